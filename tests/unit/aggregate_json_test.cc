// Goal:   the request of an aggregation is read or refused by name; its answer is valid JSON.
#include <gtest/gtest.h>

#include <limits>

#include "callstore/json.h"
#include "filter_text.h"
#include "json_value.h"

namespace callstore {
namespace {

using test::JsonValue;

TEST(AggregateJson, EmptyRequestIsTheDefault) {
  for (const std::string_view body : {"{}", R"({"group_by":null,"metrics":null,"limit":null})"}) {
    const auto query = ParseAggregateQuery(body);
    ASSERT_TRUE(query.has_value()) << query.error().ToString();
    EXPECT_TRUE(query->group_by.empty());
    EXPECT_EQ(query->metrics, std::vector<std::string>{"count"});
    EXPECT_EQ(query->time_zone, "UTC");
    EXPECT_EQ(query->sort_by, "group");
    EXPECT_EQ(query->sort_order, SortOrder::kAscending);
    EXPECT_EQ(query->limit, 1000);
    EXPECT_TRUE(query->filter.empty());
    EXPECT_FALSE(query->explain);
  }
}

TEST(AggregateJson, EveryMemberIsRead) {
  const auto query = ParseAggregateQuery(
      R"({"group_by":["metadata.\u00f1","day"],"metrics":["count","avg:call_duration"],
          "time_zone":"Europe\/Madrid","sort_by":"avg:call_duration","sort_order":"descending",
          "limit":10000,"filter_criteria":{"call_status":"ENDED"},"explain":true,
          "deadline_ms":7,"scan_limit_rows":8})");
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->group_by, (std::vector<std::string>{"metadata.\xC3\xB1", "day"}));
  EXPECT_EQ(query->metrics, (std::vector<std::string>{"count", "avg:call_duration"}));
  EXPECT_EQ(query->time_zone, "Europe/Madrid");
  EXPECT_EQ(query->sort_by, "avg:call_duration");
  EXPECT_EQ(query->sort_order, SortOrder::kDescending);
  EXPECT_EQ(query->limit, 10'000);
  EXPECT_EQ(test::TextOf(query->filter), R"(call_status eq "ENDED")");
  EXPECT_TRUE(query->explain);
  EXPECT_EQ(query->work.deadline_ms, 7);
  EXPECT_EQ(query->work.scan_limit_rows, 8);
}

TEST(AggregateJson, OneTextStandsForAListOfOne) {
  const auto query =
      ParseAggregateQuery(R"({"group_by":"agent_id","metrics":"max:call_duration"})");
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->group_by, std::vector<std::string>{"agent_id"});
  EXPECT_EQ(query->metrics, std::vector<std::string>{"max:call_duration"});
  EXPECT_TRUE(ParseAggregateQuery(R"({"group_by":[]})")->group_by.empty());
}

TEST(AggregateJson, WrongMemberIsRefusedByName) {
  struct Case {
    std::string_view body, field, value;
  };
  const Case cases[] = {
      {R"({"group_by":["a","b","c"]})", "group_by", "3"},
      {R"({"group_by":5})", "group_by", "5"},
      {R"({"group_by":["a",null]})", "group_by", "null"},
      {R"({"metrics":[]})", "metrics", "0"},
      {R"({"metrics":["1","2","3","4","5","6","7","8","9","0","1","2","3","4","5","6","7"]})",
       "metrics", "17"},
      {R"({"metrics":{"count":1}})", "metrics", R"({"count":1})"},
      {R"({"time_zone":1})", "time_zone", "1"},
      {R"({"sort_by":["count"]})", "sort_by", R"(["count"])"},
      {R"({"sort_order":"down"})", "sort_order", "\"down\""},
      {R"({"limit":0})", "limit", "0"},
      {R"({"limit":10001})", "limit", "10001"},
      {R"({"deadline_ms":-1})", "deadline_ms", "-1"},
      {R"({"page":1})", "page", "1"},
      {R"({"filter_criteria":{"f":{"near":1}}})", "f", "1"},
  };
  for (const Case& c : cases) {
    const auto query = ParseAggregateQuery(c.body);
    ASSERT_FALSE(query.has_value()) << c.body;
    EXPECT_EQ(query.error().code, ErrorCode::kInvalidArgument) << c.body;
    EXPECT_EQ(query.error().Detail("field"), c.field) << c.body;
    EXPECT_EQ(query.error().Detail("value"), c.value) << c.body;
    EXPECT_FALSE(query.error().Detail("valid").empty()) << c.body;
  }
  EXPECT_EQ(ParseAggregateQuery(R"({"metric":1})").error().Detail("nearest"), "metrics");
}

TEST(AggregateJson, AnswerHasDocumentedMembers) {
  const Aggregation aggregation{
      .organization_id = "org-1",
      .group_by = {"metadata.\"k\"", "day"},
      .metrics = {"count", "avg:call_duration"},
      .groups = {{.keys_json = {"3", "\"2023-12-20T00:00:00+01:00\""}, .values = {2.0, 1.5}},
                 {.keys_json = {"null", "null"}, .values = {1.0, std::nullopt}}},
      .total_count = 3,
      .total_groups = 5,
      .time_zone = "Europe/Madrid",
      .sort_by = "count",
      .sort_order = SortOrder::kDescending,
      .applied_filters_json = R"({"call_status":{"eq":"ENDED"}})"};
  EXPECT_EQ(ToJson(aggregation),
            R"({"message":"Calls aggregated successfully","status":"success","error":null,"data":{)"
            R"("organization_id":"org-1","group_by":["metadata.\"k\"","day"],)"
            R"("metrics":["count","avg:call_duration"],"groups":[)"
            R"({"keys":{"metadata.\"k\"":3,"day":"2023-12-20T00:00:00+01:00"},)"
            R"("values":{"count":2,"avg:call_duration":1.5}},)"
            R"({"keys":{"metadata.\"k\"":null,"day":null},)"
            R"("values":{"count":1,"avg:call_duration":null}}],)"
            R"("total_count":3,"total_groups":5,"returned_count":2,"time_zone":"Europe/Madrid",)"
            R"("sort_by":"count","sort_order":"descending",)"
            R"("applied_filters":{"call_status":{"eq":"ENDED"}}}})");
}

TEST(AggregateJson, AnswerWithoutGroupsIsWhole) {
  const JsonValue answer = JsonValue::Parse(ToJson(Aggregation{.time_zone = "UTC"}));
  const JsonValue& data = *answer.Find("data");
  EXPECT_EQ(*data.Find("groups"), JsonValue::Array());
  EXPECT_EQ(*data.Find("group_by"), JsonValue::Array());
  EXPECT_EQ(*data.Find("applied_filters"), JsonValue::Object());
  EXPECT_EQ(data.Find("explain"), nullptr);
}

TEST(AggregateJson, InfiniteFigureIsNull) {
  const Aggregation aggregation{.metrics = {"sum:metadata.k"},
                                .groups = {{.values = {std::numeric_limits<double>::infinity()}}}};
  EXPECT_NE(ToJson(aggregation).find(R"("groups":[{"keys":{},"values":{"sum:metadata.k":null}}])"),
            std::string::npos);
}

TEST(AggregateJson, ExplainIsLast) {
  Aggregation aggregation;
  aggregation.explain = Explain{.plan = "scan", .chunks_read = 1};
  EXPECT_TRUE(
      ToJson(aggregation)
          .ends_with(
              R"("explain":{"plan":"scan","chunks_read":1,"chunks_skipped":0,"chunks_known":0,"rows_tested":0,)"
              R"("residual_rows":0,"residual_transcripts":0}}})"));
}

}  // namespace
}  // namespace callstore
