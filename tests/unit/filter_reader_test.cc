// Goal:   filter_criteria is read by its grammar, and what is wrong in it is refused by name.
#include <gtest/gtest.h>

#include "callstore/json.h"
#include "filter_text.h"

namespace callstore {
namespace {

using test::TextOf;

std::string Read(std::string_view json) {
  const auto filter = ParseFilter(json);
  return filter ? TextOf(*filter) : filter.error().ToString();
}

std::string Repeat(std::string_view text, int count) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated += text;
  return repeated;
}

// `levels` criteria, each in an `and` of the one before, around the innermost one.
std::string Nested(int levels, std::string_view innermost) {
  return Repeat(R"({"and":[)", levels - 1) + std::string(innermost) + Repeat("]}", levels - 1);
}

TEST(FilterReader, ConditionHasThreeForms) {
  EXPECT_EQ(Read(R"({"agent_id":"a"})"), R"(agent_id eq "a")");
  EXPECT_EQ(Read(R"({"call_status":["ENDED","ERROR"]})"), R"(call_status in "ENDED" "ERROR")");
  EXPECT_EQ(Read(R"({"call_duration":{"ge":1,"lt":2}})"), "call_duration ge 1 lt 2");
}

TEST(FilterReader, EveryOperatorIsRead) {
  EXPECT_EQ(Read(R"({"f":{"eq":1,"ne":2,"in":[3],"not_in":[4,5],"lt":6,"le":7,"gt":8,"ge":9,
                    "between":[10,11],"prefix":"p","suffix":"s","contains":"c","present":false,
                    "lower_threshold":12,"upper_threshold":13}})"),
            "f eq 1 ne 2 in 3 not_in 4 5 lt 6 le 7 gt 8 ge 9 between 10 11 prefix \"p\" "
            "suffix \"s\" contains \"c\" present false ge 12 le 13");
}

TEST(FilterReader, MembersAreJoinedInOrder) {
  EXPECT_EQ(Read("{}"), "everything");
  EXPECT_EQ(Read(R"({"b":1,"a":2})"), "and(b eq 1, a eq 2)");
  EXPECT_EQ(Read(R"({"or":[{"a":1},{"b":1,"c":1}],"not":{"d":1}})"),
            "and(or(a eq 1, and(b eq 1, c eq 1)), not(d eq 1))");
  EXPECT_EQ(Read(R"({"and":[{"a":1},{"not":{"or":[{}]}}]})"), "and(a eq 1, not(or(everything)))");
}

TEST(FilterReader, EmptyListsOfCriteriaAreEverythingAndNothing) {
  EXPECT_EQ(Read(R"({"and":[]})"), "everything");
  EXPECT_EQ(Read(R"({"or":[]})"), "or()");
  EXPECT_EQ(Read(R"({"not":{}})"), "not(everything)");
}

TEST(FilterReader, ValuesKeepTheirType) {
  EXPECT_EQ(Read(R"({"f":["3",3,3.5,1e3,2.0,true,false,null]})"),
            R"(f in "3" 3 3.5 1000 2 true false null)");
  EXPECT_EQ(Read(R"({"f":[9223372036854775807,-9223372036854775808]})"),
            "f in 9223372036854775807 -9223372036854775808");
  EXPECT_EQ(Read(R"({"f":[9223372036854775808,1e300]})"), "f in 9.22337e+18 1e+300");
  EXPECT_EQ(Read(R"({"f":null})"), "f eq null");
}

TEST(FilterReader, NamesAndTextsAreUnescaped) {
  const auto filter = ParseFilter(R"({"metadata.\u00f1":"a\"b\u0000"})");
  ASSERT_TRUE(filter.has_value()) << filter.error().ToString();
  EXPECT_EQ(filter->field(), "metadata.\xC3\xB1");
  EXPECT_EQ(std::get<std::string>(filter->tests().at(0).values.at(0)), std::string("a\"b\0", 4));
}

TEST(FilterReader, WrongPartIsRefusedByName) {
  struct Case {
    std::string_view json, field, op, value;
  };
  const Case cases[] = {
      {"[]", "filter_criteria", "", "[]"},
      {"5", "filter_criteria", "", "5"},
      {R"({"and":{}})", "and", "", "{}"},
      {R"({"and":null})", "and", "", "null"},
      {R"({"or":[{},5]})", "or", "", "5"},
      {R"({"not":[{}] })", "not", "", "[{}]"},
      {R"({"and":[{"or":[{"not":"x"}]}]})", "not", "", "\"x\""},
      {R"({"f":{}})", "f", "", "{}"},
      {R"({"f":[]})", "f", "", "[]"},
      {R"({"f":[1,[2]]})", "f", "", "[2]"},
      {R"({"f":1e999})", "f", "", "1e999"},
      {R"({"f":{"eq":[1]}})", "f", "eq", "[1]"},
      {R"({"f":{"lt":{}}})", "f", "lt", "{}"},
      {R"({"f":{"in":1}})", "f", "in", "1"},
      {R"({"f":{"not_in":[ ]}, "g":1})", "f", "not_in", "[ ]"},
      {R"({"f":{"in":[{}]}})", "f", "in", "{}"},
      {R"({"f":{"between":[1]}})", "f", "between", "[1]"},
      {R"({"f":{"between":[1,2,3]}})", "f", "between", "[1,2,3]"},
      {R"({"f":{"between":1}})", "f", "between", "1"},
      {R"({"f":{"present":1}})", "f", "present", "1"},
      {R"({"f":{"present":null}})", "f", "present", "null"},
      {R"({"f":{"near":[1]}})", "f", "near", "[1]"},
  };
  for (const Case& c : cases) {
    const auto filter = ParseFilter(c.json);
    ASSERT_FALSE(filter.has_value()) << c.json;
    EXPECT_EQ(filter.error().code, ErrorCode::kInvalidArgument) << c.json;
    EXPECT_EQ(filter.error().Detail("field"), c.field) << c.json;
    EXPECT_EQ(filter.error().Detail("operator"), c.op) << c.json;
    EXPECT_EQ(filter.error().Detail("value"), c.value) << c.json;
    EXPECT_FALSE(filter.error().Detail("valid").empty()) << c.json;
  }
}

TEST(FilterReader, UnknownOperatorNamesTheNearest) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"gte", "ge"},
      {"neq", "ne"},
      {"$in", "in"},
      {"contain", "contains"},
      {"lower", "lower_threshold"},
      {"regex", ""},
  };
  for (const auto& [name, nearest] : cases) {
    const auto filter = ParseFilter("{\"f\":{\"" + std::string(name) + "\":1}}");
    ASSERT_FALSE(filter.has_value()) << name;
    EXPECT_EQ(filter.error().Detail("operator"), name);
    EXPECT_EQ(filter.error().Detail("nearest"), nearest) << name;
    EXPECT_TRUE(filter.error().Detail("valid").starts_with("eq, ne, in, not_in, lt")) << name;
  }
}

TEST(FilterReader, MalformedTextIsRefused) {
  for (const std::string_view json :
       {"", "{", R"({"f")", R"({"f":})", R"({"f":1}x)", R"({"f":1,"f":2})", R"({"f":{"eq":01}})",
        R"({"f":{"lt":1,"lt":2}})", R"({"and":[{"f":1,"f":2}]})", R"({"f":nul})", R"({"f":"\x"})",
        "{\"f\":\"\xFF\"}"}) {
    const auto filter = ParseFilter(json);
    ASSERT_FALSE(filter.has_value()) << json;
    EXPECT_EQ(filter.error().code, ErrorCode::kInvalidArgument) << json;
  }
}

TEST(FilterReader, LevelsAreBounded) {
  constexpr std::string_view kInnermost = R"({"f":{"in":[1]}})";
  EXPECT_TRUE(ParseFilter(Nested(32, kInnermost)).has_value());
  EXPECT_TRUE(ParseListQuery("{\"filter_criteria\":" + Nested(32, kInnermost) + "}").has_value());
  const auto deeper = ParseFilter(Nested(33, kInnermost));
  ASSERT_FALSE(deeper.has_value());
  EXPECT_EQ(deeper.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(deeper.error().Detail("limit"), "32 levels");
  const auto garbage = ParseFilter("{\"f\":" + Repeat("[", 100'000));
  ASSERT_FALSE(garbage.has_value());
}

TEST(FilterReader, ConditionsAreBounded) {
  const auto criteria = [](int conditions) {
    return "{\"or\":[" + Repeat(R"({"f":1},)", conditions - 1) + R"({"f":1}]})";
  };
  EXPECT_TRUE(ParseFilter(criteria(1000)).has_value());
  const auto more = ParseFilter(criteria(1001));
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(more.error().Detail("limit"), "1000 conditions");
}

}  // namespace
}  // namespace callstore
