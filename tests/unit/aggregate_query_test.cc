// Goal:   an aggregation is taken as it is meant, and each wrong word of it is named.
#include "query/aggregate_query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace callstore::query {
namespace {

AggregateQuery WithGroup(std::string group) { return {.group_by = {std::move(group)}}; }
AggregateQuery WithMetric(std::string metric) { return {.metrics = {std::move(metric)}}; }

// The error of a query; its code is checked here.
Error ErrorOf(const AggregateQuery& query) {
  const auto plan = CheckAggregateQuery(query);
  if (plan) return {ErrorCode::kInternal, "taken", {}};
  EXPECT_EQ(plan.error().code, ErrorCode::kInvalidArgument);
  return plan.error();
}

Metric MetricOf(const std::string& text) {
  const auto plan = CheckAggregateQuery(WithMetric(text));
  EXPECT_TRUE(plan) << text << ": " << plan.error().ToString();
  return plan ? plan->metrics.front() : Metric{};
}

TEST(AggregateQuery, DefaultIsTheCountOfAll) {
  const auto plan = CheckAggregateQuery({});
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->group_by.empty());
  ASSERT_EQ(plan->metrics.size(), 1U);
  EXPECT_EQ(plan->metrics[0].function, Function::kCount);
  EXPECT_FALSE(plan->metrics[0].field);
  EXPECT_FALSE(plan->sort_metric);
}

TEST(AggregateQuery, GroupsAreFieldsAndUnits) {
  const auto plan = CheckAggregateQuery({.group_by = {"week", "metadata.campaign.name"}});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->group_by.size(), 2U);
  EXPECT_EQ(std::get<CalendarUnit>(plan->group_by[0]), CalendarUnit::kWeek);
  EXPECT_EQ(std::get<FieldRef>(plan->group_by[1]), (FieldRef{FieldId::kMetadata, "campaign.name"}));
  for (const char* name : {"hour", "day", "week", "month", "id", "agent_id", "call_status",
                           "opt_out_sensitive_data_storage", "call_successful", "user_sentiment",
                           "custom_analysis_data.score", "batch_call_id", "to_number"}) {
    EXPECT_TRUE(CheckAggregateQuery(WithGroup(name))) << name;
  }
}

TEST(AggregateQuery, GroupThatHasNoOneValueIsRefused) {
  for (const char* name : {"start_timestamp", "call_duration", "latency.e2e.p50", "tool_calls.name",
                           "tool_calls.successful", "transcript_search", "latency.e2e.values",
                           "year", "", "agent", "metadata.", "Day", "a\xFFz"}) {
    const Error error = ErrorOf(WithGroup(name));
    EXPECT_EQ(error.Detail("field"), "group_by") << name;
    EXPECT_NE(error.Detail("valid"), "") << name;
  }
  EXPECT_EQ(ErrorOf(WithGroup("agentid")).Detail("nearest"), "agent_id");
  EXPECT_EQ(ErrorOf(WithGroup("agentid")).Detail("value"), "agentid");
  EXPECT_EQ(ErrorOf(WithGroup("months")).Detail("nearest"), "month");
}

TEST(AggregateQuery, MetricNamesFunctionAndField) {
  const Metric average = MetricOf("avg:duration_ms");
  EXPECT_EQ(average.function, Function::kAvg);
  EXPECT_EQ(average.field, (FieldRef{FieldId::kCallDuration, ""}));
  EXPECT_EQ(MetricOf("sum:combined_cost").function, Function::kSum);
  EXPECT_EQ(MetricOf("min:start_timestamp").function, Function::kMin);
  EXPECT_EQ(MetricOf("max:metadata.score").function, Function::kMax);
  EXPECT_EQ(MetricOf("count:call_id").field, (FieldRef{FieldId::kCallId, ""}));
  const Metric latency = MetricOf("p95:latency.e2e.values");
  EXPECT_EQ(latency.function, Function::kPercentile);
  EXPECT_TRUE(IsLatencyValues(*latency.field));
  EXPECT_FALSE(IsLatencyValues(*MetricOf("p95:latency.e2e.p50").field));
}

TEST(AggregateQuery, PercentileIsOneToNinetyNinePointNine) {
  EXPECT_EQ(MetricOf("p1:call_duration").per_mille, 10);
  EXPECT_EQ(MetricOf("p50:call_duration").per_mille, 500);
  EXPECT_EQ(MetricOf("p99:call_duration").per_mille, 990);
  EXPECT_EQ(MetricOf("p99.9:call_duration").per_mille, 999);
  EXPECT_EQ(MetricOf("p2.5:call_duration").per_mille, 25);
  for (const char* name : {"p0", "p100", "p", "p05", "p99.", "p99.99", "p-1", "p1e1", "P50", "p5 ",
                           "p.5", "p0.5", "p99.x"}) {
    EXPECT_EQ(ErrorOf(WithMetric(std::string(name) + ":call_duration")).Detail("field"), "metrics")
        << name;
  }
}

TEST(AggregateQuery, WrongMetricIsNamed) {
  for (const char* name :
       {"", ":", "sum", "sum:", "avg:agent_id", "sum:call_status", "max:call_successful",
        "count:tool_calls.name", "count:transcript_search", "sum:latency.e2e",
        "median:call_duration", "Count", "count:", "sum :call_duration", "sum:\xFF"}) {
    const Error error = ErrorOf(WithMetric(name));
    EXPECT_EQ(error.Detail("field"), "metrics") << name;
    EXPECT_NE(error.Detail("valid"), "") << name;
  }
  EXPECT_EQ(ErrorOf(WithMetric("sum:call_duratoin")).Detail("nearest"), "call_duration");
  EXPECT_EQ(ErrorOf(WithMetric("sun:call_duration")).Detail("nearest"), "sum");
  EXPECT_EQ(ErrorOf(WithMetric("sun:call_duration")).Detail("value"), "sun:call_duration");
}

TEST(AggregateQuery, NumberOfElementsIsBounded) {
  EXPECT_EQ(ErrorOf({.group_by = {"day", "agent_id", "direction"}}).Detail("field"), "group_by");
  EXPECT_EQ(ErrorOf({.metrics = {}}).Detail("field"), "metrics");
  std::vector<std::string> metrics;
  for (int i = 1; i <= 16; ++i) metrics.push_back("p" + std::to_string(i) + ":call_duration");
  EXPECT_TRUE(CheckAggregateQuery({.metrics = metrics}));
  metrics.emplace_back("count");
  EXPECT_EQ(ErrorOf({.metrics = metrics}).Detail("field"), "metrics");
}

TEST(AggregateQuery, ElementThatIsThereTwiceIsRefused) {
  EXPECT_EQ(ErrorOf({.group_by = {"day", "day"}}).Detail("value"), "day");
  EXPECT_EQ(ErrorOf({.metrics = {"count", "sum:call_duration", "count"}}).Detail("value"), "count");
}

TEST(AggregateQuery, SortIsByGroupOrOneOfTheMetrics) {
  AggregateQuery query{.metrics = {"count", "avg:call_duration"}, .sort_by = "avg:call_duration"};
  const auto plan = CheckAggregateQuery(query);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->sort_metric, 1U);
  query.sort_by = "avg:duration_ms";  // the name as given, not another one of the field
  EXPECT_EQ(ErrorOf(query).Detail("field"), "sort_by");
  query.sort_by = "groups";
  EXPECT_EQ(ErrorOf(query).Detail("nearest"), "group");
  EXPECT_EQ(ErrorOf(query).Detail("valid"), "group, count, avg:call_duration");
}

TEST(AggregateQuery, RangesAreChecked) {
  for (const std::int64_t limit : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'001}}) {
    EXPECT_EQ(ErrorOf({.limit = limit}).Detail("field"), "limit");
  }
  EXPECT_TRUE(CheckAggregateQuery({.limit = 10'000}));
  EXPECT_EQ(ErrorOf({.sort_order = static_cast<SortOrder>(7)}).Detail("field"), "sort_order");
  AggregateQuery query;
  query.work.deadline_ms = -1;
  EXPECT_EQ(ErrorOf(query).Detail("field"), "deadline_ms");
  query.work = {.scan_limit_rows = -1};
  EXPECT_EQ(ErrorOf(query).Detail("field"), "scan_limit_rows");
}

}  // namespace
}  // namespace callstore::query
