#include "http/flat_json.h"

#include <gtest/gtest.h>

#include <string>

namespace callstore::http {
namespace {

TEST(FlatJson, ObjectGivesItsMembersByType) {
  const std::optional<FlatObject> object =
      ParseFlatObject(R"( { "a" : "x" , "b":true,"c":false,"d":-12,"e":0 } )");
  ASSERT_TRUE(object);
  ASSERT_EQ(object->members.size(), 5U);
  EXPECT_EQ(*object->Find<std::string>("a"), "x");
  EXPECT_TRUE(*object->Find<bool>("b"));
  EXPECT_FALSE(*object->Find<bool>("c"));
  EXPECT_EQ(*object->Find<std::int64_t>("d"), -12);
  EXPECT_EQ(*object->Find<std::int64_t>("e"), 0);
  EXPECT_EQ(object->Find<std::string>("b"), nullptr) << "another type";
  EXPECT_EQ(object->Find<std::string>("f"), nullptr) << "not there";
  EXPECT_TRUE(ParseFlatObject("{}"));
}

TEST(FlatJson, EscapesGiveTheirCharacters) {
  const std::optional<FlatObject> object =
      ParseFlatObject(R"({"a":"\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00\u0000"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(*object->Find<std::string>("a"),
            std::string("\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\0", 18));
}

TEST(FlatJson, AnythingElseIsRefused) {
  for (const char* const text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "[]",
                                 "null",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1",
                                 "{\"a\":1,}",
                                 "{,\"a\":1}",
                                 "{\"a\":1}x",
                                 "{\"a\":1}{}",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "{\"a\":1 \"b\":2}",
                                 "{\"a\":null}",
                                 "{\"a\":{}}",
                                 "{\"a\":[]}",
                                 "{\"a\":1.5}",
                                 "{\"a\":1e3}",
                                 "{\"a\":01}",
                                 "{\"a\":-}",
                                 "{\"a\":+1}",
                                 "{\"a\":truth}",
                                 "{\"a\":9223372036854775808}",
                                 "{\"a\":1,\"a\":2}",
                                 "{\"a\":1,\"\\u0061\":2}",
                                 "{\"a\":\"x}",
                                 "{\"a\":\"x\\\"}",
                                 "{\"a\":\"\\x\"}",
                                 "{\"a\":\"\\u12\"}",
                                 "{\"a\":\"\\u+123\"}",
                                 "{\"a\":\"\\ud83d\"}",
                                 "{\"a\":\"\\ude00\"}",
                                 "{\"a\":\"\\ud83d\\u0041\"}",
                                 "{\"a\":\"\n\"}",
                                 "{\"a\":\"\xFF\"}",
                                 "{\"a\":\"\xC0\xAF\"}",
                                 "{\"a\":\"\xED\xA0\x80\"}",
                                 "{\"a\":\"\xF4\x90\x80\x80\"}",
                                 "{\"a\":\"\xE2\x82\"}"}) {
    EXPECT_FALSE(ParseFlatObject(text)) << text;
  }
}

}  // namespace
}  // namespace callstore::http
