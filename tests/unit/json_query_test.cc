// Goal:   a request says what to list, or is refused by the name of what is wrong in it.
#include <gtest/gtest.h>

#include "callstore/json.h"
#include "filter_text.h"

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
    EXPECT_TRUE(query->filter.empty());
    EXPECT_FALSE(query->explain);
    EXPECT_EQ(query->work.deadline_ms, 0);
    EXPECT_EQ(query->work.scan_limit_rows, 0);
  }
}

TEST(JsonQuery, EveryMemberIsRead) {
  const auto query = ParseListQuery(
      R"({"page":9223372036854775807,"limit":1000,"sort_by":"call_duration",
          "sort_order":"ascending","view":"summary","explain":true,"deadline_ms":5,
          "scan_limit_rows":9223372036854775807,
          "filter_criteria":{"start_timestamp":{"ge":5,"lt":"1970-01-01T00:00:01Z"}}})");
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->page, INT64_MAX);
  EXPECT_EQ(query->limit, 1000);
  EXPECT_EQ(query->sort_order, SortOrder::kAscending);
  EXPECT_EQ(query->view, View::kSummary);
  EXPECT_EQ(query->sort_by, "call_duration");
  EXPECT_TRUE(query->explain);
  EXPECT_EQ(query->work.deadline_ms, 5);
  EXPECT_EQ(query->work.scan_limit_rows, INT64_MAX);
  EXPECT_EQ(test::TextOf(query->filter), R"(start_timestamp ge 5 lt "1970-01-01T00:00:01Z")");
  EXPECT_EQ(ParseListQuery(R"({"cursor":"abc-_"})")->cursor, "abc-_");
}

TEST(JsonQuery, EverySortKeyIsRead) {
  for (const std::string_view key : {"start_timestamp", "end_timestamp", "created_at", "updated_at",
                                     "call_duration", "combined_cost", "latency.e2e.p50"}) {
    const auto query = ParseListQuery("{\"sort_by\":\"" + std::string(key) + "\"}");
    ASSERT_TRUE(query.has_value()) << query.error().ToString();
    EXPECT_EQ(query->sort_by, key);
  }
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
      {R"({"sort_order":"desc"})", "sort_order", "\"desc\""},
      {R"({"view":"long"})", "view", "\"long\""},
      {R"({"view":1})", "view", "1"},
      {R"({"explain":1})", "explain", "1"},
      {R"({"explain":"true"})", "explain", "\"true\""},
      {R"({"deadline_ms":-5})", "deadline_ms", "-5"},
      {R"({"deadline_ms":"5"})", "deadline_ms", "\"5\""},
      {R"({"scan_limit_rows":1.5})", "scan_limit_rows", "1.5"},
      {R"({"plan":"rows"})", "plan", "\"rows\""},
      {R"({"pages":1})", "pages", "1"},
      {R"({"filter_criteria":[]})", "filter_criteria", "[]"},
      {R"({"filter_criteria":{"not":5}})", "not", "5"},
      {R"({"filter_criteria":{"start_timestamp":{"near":1}},"page":1})", "start_timestamp", "1"},
      {R"({"filter_criteria":{"start_timestamp":{}}})", "start_timestamp", "{}"},
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

TEST(JsonQuery, UnknownNameTellsTheNearest) {
  struct Case {
    std::string_view body, nearest;
  };
  const Case cases[] = {
      {R"({"pages":1})", "page"},
      {R"({"lmit":1})", "limit"},
      {R"({"filter":{}})", "filter_criteria"},
      {R"({"sort_by":"duration"})", ""},
      {R"({"sort_order":"desc"})", "descending"},
      {R"({"sort_by":"created"})", "created_at"},
      {R"({"organization":1})", ""},
  };
  for (const Case& c : cases) {
    const auto query = ParseListQuery(c.body);
    ASSERT_FALSE(query.has_value()) << c.body;
    EXPECT_EQ(query.error().Detail("nearest"), c.nearest) << c.body;
  }
}

TEST(JsonQuery, FaultInFilterIsPlacedInTheRequest) {
  const auto query = ParseListQuery(R"({"page":1,"filter_criteria":{"or":[{"f":01}]}})");
  ASSERT_FALSE(query.has_value());
  EXPECT_EQ(query.error().Detail("path"), "$.filter_criteria.or[0].f");
  EXPECT_EQ(query.error().Detail("offset"), "40");
}

TEST(JsonQuery, NoRequestIsRefused) {
  for (const std::string_view body :
       {"", "[]", "{", R"({"page":1,"page":1})", R"({"filter_criteria":[]})",
        R"({"filter_criteria":{"start_timestamp":1,"start_timestamp":2}})",
        R"({"filter_criteria":{"start_timestamp":{"between":[1]}}})", R"({"cursor":nul})",
        R"({"sort_by":"\q"})", "{} x"}) {
    const auto query = ParseListQuery(body);
    ASSERT_FALSE(query.has_value()) << body;
    EXPECT_EQ(query.error().code, ErrorCode::kInvalidArgument) << body;
  }
}

}  // namespace
}  // namespace callstore
