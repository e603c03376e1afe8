// Goal:   MergePatch is RFC 7396 on text, and leaves what it does not touch as it was written.
#include <gtest/gtest.h>

#include "json/merge.h"
#include "json_value.h"

namespace callstore::json {
namespace {

using test::JsonValue;

struct MergeCase {
  std::string_view target, patch, merged;
};

// RFC 7396, appendix A, where target and patch are objects.
constexpr MergeCase kRfcCases[] = {
    {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
    {R"({"a":"b"})", R"({"a":null})", R"({})"},
    {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
    {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
    {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
    {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
    {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
    {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    // The example of section 3.
    {R"({"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},
         "tags":["example","sample"],"content":"This will be unchanged"})",
     R"({"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},
         "tags":["example"]})",
     R"({"title":"Hello!","author":{"givenName":"John"},"tags":["example"],)"
     R"("content":"This will be unchanged","phoneNumber":"+01-123-456-7890"})"},
};

TEST(JsonMerge, RfcExamplesHold) {
  for (const MergeCase& c : kRfcCases) {
    const auto merged = MergePatch(c.target, c.patch, MergeNull::kDeletes);
    ASSERT_TRUE(merged.has_value()) << c.patch << merged.error().ToString();
    EXPECT_EQ(*merged, c.merged);
  }
}

TEST(JsonMerge, SpellingIsKept) {
  const auto merged =
      MergePatch(R"({ "n" : 1.10e1, "\u0061" : "\u00e9", "o":{ "x" : 1 } })",
                 R"({ "a" : 10000000000000000000001 , "o":{"y":[ 1 ]}})", MergeNull::kDeletes);
  ASSERT_TRUE(merged);
  EXPECT_EQ(*merged, R"({"n":1.10e1,"a":10000000000000000000001,"o":{"x":1,"y":[1]}})");
}

TEST(JsonMerge, NullCanStand) {
  const auto merged = MergePatch(R"({"a":{"b":1},"c":2})", R"({"a":{"b":null},"d":{"e":null}})",
                                 MergeNull::kStands);
  ASSERT_TRUE(merged);
  EXPECT_EQ(*merged, R"({"a":{"b":null},"c":2,"d":{"e":null}})");
}

TEST(JsonMerge, WrongPatchIsRefused) {
  const std::string deep = "{\"a\":" + std::string(64, '[') + std::string(64, ']') + "}";
  for (const std::string_view patch : {"[]", "null", "1", "", "{", "{} {}", R"({"a":1,"a":2})",
                                       R"({"b":{"a":1,"a":2}})", deep.c_str()}) {
    EXPECT_FALSE(MergePatch("{}", patch, MergeNull::kDeletes)) << patch;
  }
  EXPECT_EQ(MergePatch("{}", R"({"a":x})", MergeNull::kDeletes).error().Detail("offset"), "5");
  EXPECT_FALSE(MergePatch("[]", "{}", MergeNull::kDeletes));
}

TEST(JsonMerge, MemberNamesAreUnescapedInOrder) {
  const auto names = MemberNames(R"({"b":{"x":1},"\u0061\n":2,"":[3]})");
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::vector<std::string>{"b", "a\n", ""}));
  EXPECT_EQ(MemberNames("{}")->size(), 0U);
  EXPECT_FALSE(MemberNames("[1]"));
  EXPECT_FALSE(MemberNames(R"({"a":1,"a":1})"));
}

}  // namespace
}  // namespace callstore::json
