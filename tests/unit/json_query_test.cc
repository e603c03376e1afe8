// Goal:   a request says what to list, or is refused by the name of what is wrong in it.
#include <gtest/gtest.h>

#include "callstore/json.h"

namespace callstore {
namespace {

TEST(JsonQuery, EmptyRequestIsTheDefault) {
  for (const std::string_view body : {"{}", R"({"page":null,"filter_criteria":{},"cursor":""})"}) {
    const auto query = ParseListQuery(body);
    ASSERT_TRUE(query.has_value()) << query.error().ToString();
    EXPECT_EQ(query->page, 0);
    EXPECT_EQ(query->limit, 20);
    EXPECT_EQ(query->sort_by, "start_timestamp");
    EXPECT_EQ(query->sort_order, SortOrder::kDescending);
    EXPECT_EQ(query->view, View::kFull);
    EXPECT_FALSE(query->start_timestamp.ge || query->start_timestamp.lt);
  }
}

TEST(JsonQuery, EveryMemberIsRead) {
  const auto query = ParseListQuery(
      R"({"page":9223372036854775807,"limit":1000,"sort_by":"start_timestamp",
          "sort_order":"ascending","view":"summary","explain":false,
          "filter_criteria":{"start_timestamp":{"ge":5,"lt":"1970-01-01T00:00:01Z"}}})");
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->page, INT64_MAX);
  EXPECT_EQ(query->limit, 1000);
  EXPECT_EQ(query->sort_order, SortOrder::kAscending);
  EXPECT_EQ(query->view, View::kSummary);
  EXPECT_EQ(query->start_timestamp.ge, 5);
  EXPECT_EQ(query->start_timestamp.lt, 1000);
  EXPECT_EQ(ParseListQuery(R"({"cursor":"abc-_"})")->cursor, "abc-_");
}

TEST(JsonQuery, WrongMemberIsRefusedByName) {
  struct Case {
    std::string_view body, field, value;
  };
  const Case cases[] = {
      {R"({"limit":0})", "limit", "0"},
      {R"({"limit":1001})", "limit", "1001"},
      {R"({"limit":-1})", "limit", "-1"},
      {R"({"limit":1.5})", "limit", "1.5"},
      {R"({"limit":"20"})", "limit", "\"20\""},
      {R"({"page":-1})", "page", "-1"},
      {R"({"page":9223372036854775808})", "page", "9223372036854775808"},
      {R"({"page":true})", "page", "true"},
      {R"({"page":0,"cursor":"x"})", "page", "0"},
      {R"({"cursor":5})", "cursor", "5"},
      {R"({"sort_by":"agent"})", "sort_by", "\"agent\""},
      {R"({"sort_by":"call_duration"})", "sort_by", "\"call_duration\""},
      {R"({"sort_order":"desc"})", "sort_order", "\"desc\""},
      {R"({"view":"long"})", "view", "\"long\""},
      {R"({"view":1})", "view", "1"},
      {R"({"explain":true})", "explain", "true"},
      {R"({"deadline_ms":5})", "deadline_ms", "5"},
      {R"({"scan_limit_rows":5})", "scan_limit_rows", "5"},
      {R"({"pages":1})", "pages", "1"},
      {R"({"filter_criteria":{"agent_id":"a"}})", "agent_id", "\"a\""},
      {R"({"filter_criteria":{"agnt_id":"a"}})", "agnt_id", "\"a\""},
      {R"({"filter_criteria":{"metadata.k":1}})", "metadata.k", "1"},
      {R"({"filter_criteria":{"not":{}}})", "not", "{}"},
      {R"({"filter_criteria":{"start_timestamp":{"near":1}}})", "start_timestamp.near", "1"},
      {R"({"filter_criteria":{"start_timestamp":{"ne":1}}})", "start_timestamp.ne", "1"},
      {R"({"filter_criteria":{"start_timestamp":{}}})", "start_timestamp", "{}"},
      {R"({"filter_criteria":{"start_timestamp":[1]}})", "start_timestamp", "[1]"},
      {R"({"filter_criteria":{"start_timestamp":1.5}})", "start_timestamp", "1.5"},
      {R"({"filter_criteria":{"start_timestamp":"soon"}})", "start_timestamp", "soon"},
      {R"({"filter_criteria":{"start_timestamp":{"ge":null}}})", "start_timestamp", "null"},
  };
  for (const Case& c : cases) {
    const auto query = ParseListQuery(c.body);
    ASSERT_FALSE(query.has_value()) << c.body;
    EXPECT_EQ(query.error().code, ErrorCode::kInvalidArgument) << c.body;
    EXPECT_EQ(query.error().Detail("field"), c.field) << c.body;
    EXPECT_EQ(query.error().Detail("value"), c.value) << c.body;
    EXPECT_FALSE(query.error().Detail("valid").empty()) << c.body;
  }
}

TEST(JsonQuery, NoRequestIsRefused) {
  for (const std::string_view body :
       {"", "[]", "{", R"({"page":1,"page":1})", R"({"filter_criteria":[]})",
        R"({"filter_criteria":{"start_timestamp":1,"start_timestamp":2}})",
        R"({"filter_criteria":{"start_timestamp":{"between":[1]}}})", "{} x"}) {
    const auto query = ParseListQuery(body);
    ASSERT_FALSE(query.has_value()) << body;
    EXPECT_EQ(query.error().code, ErrorCode::kInvalidArgument) << body;
  }
}

TEST(JsonQuery, TimeConditionsMakeOneRange) {
  struct Case {
    std::string_view condition;
    std::optional<std::int64_t> ge, lt;
  };
  constexpr std::int64_t kMost = INT64_MAX;
  const Case cases[] = {
      {"5", 5, 6},
      {R"("5")", 5, 6},
      {R"({"eq":5})", 5, 6},
      {R"({"gt":5})", 6, {}},
      {R"({"le":5})", {}, 6},
      {R"({"lower_threshold":1,"upper_threshold":2})", 1, 3},
      {R"({"between":[1,2]})", 1, 3},
      {R"({"between":["1970-01-01","1970-01-02"]})", 0, 86400001},
      {R"({"ge":1,"gt":5,"lt":9,"le":9})", 6, 9},
      {R"({"between":[9,1]})", 9, 2},
      {R"({"le":9223372036854775807})", INT64_MIN, {}},
      {R"({"lt":9223372036854775807})", {}, kMost},
      {R"({"gt":9223372036854775807})", 0, 0},
      {R"({"gt":9223372036854775807,"ge":1,"lt":7})", 0, 0},
  };
  for (const Case& c : cases) {
    const auto query = ParseListQuery(
        "{\"filter_criteria\":{\"start_timestamp\":" + std::string(c.condition) + "}}");
    ASSERT_TRUE(query.has_value()) << c.condition << query.error().ToString();
    EXPECT_EQ(query->start_timestamp.ge, c.ge) << c.condition;
    EXPECT_EQ(query->start_timestamp.lt, c.lt) << c.condition;
  }
}

}  // namespace
}  // namespace callstore
