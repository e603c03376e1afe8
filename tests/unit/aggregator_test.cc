// Goal:   figures are those of the calls that match, in groups by JSON value, and it does not show
//         whether columns or the calls themselves were read.
#include "store/aggregator.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "callstore/store.h"
#include "scratch_folder.h"

namespace callstore::store {
namespace {

constexpr std::string_view kOrg = "org-789";
using Values = std::vector<std::optional<double>>;

class AggregatorTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Store::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }

  // One call; `members` are JSON members beside its id.
  void Put(const std::string& members) {
    const std::string json = R"({"id":"c)" + std::to_string(next_id_++) + "\"" +
                             (members.empty() ? "" : ",") + members + "}";
    const auto put = store_->PutJson(kOrg, json);
    ASSERT_TRUE(put) << json << ": " << put.error().ToString();
  }
  void PutAll(const std::vector<std::string>& calls) {
    for (const std::string& members : calls) Put(members);
  }

  Aggregation Ask(const AggregateQuery& query) {
    auto answer = store_->Aggregate(kOrg, query);
    EXPECT_TRUE(answer) << answer.error().ToString();
    return answer ? *std::move(answer) : Aggregation{};
  }
  Error Refusal(const AggregateQuery& query) {
    const auto answer = store_->Aggregate(kOrg, query);
    return answer ? Error{ErrorCode::kInternal, "answered", {}} : answer.error();
  }

  // "key,key: value value; ..." with - for no value.
  static std::string Text(const Aggregation& answer) {
    std::string text;
    for (const AggregateGroup& group : answer.groups) {
      if (!text.empty()) text += "; ";
      for (std::size_t i = 0; i < group.keys_json.size(); ++i) {
        text += (i == 0 ? "" : ",") + group.keys_json[i];
      }
      text += ':';
      for (const auto& value : group.values) {
        std::string shown = value ? std::to_string(*value) : "-";
        if (value) shown.erase(std::min(shown.find(".000000"), shown.size()));
        text += ' ' + shown;
      }
    }
    return text;
  }

  test::ScratchFolder folder_;
  std::optional<Store> store_;
  int next_id_ = 0;
};

TEST_F(AggregatorTest, OneGroupHasAllFigures) {
  PutAll({R"("call_duration":10)", R"("call_duration":40)", R"("call_duration":20)",
          R"("call_duration":-30)", ""});
  const Aggregation answer =
      Ask({.metrics = {"count", "count:call_duration", "sum:call_duration", "avg:call_duration",
                       "min:call_duration", "max:call_duration", "p50:call_duration",
                       "p99.9:call_duration"}});
  EXPECT_EQ(Text(answer), ": 5 4 40 10 -30 40 10 40");
  EXPECT_EQ(answer.total_count, 5);
  EXPECT_EQ(answer.total_groups, 1);
  EXPECT_EQ(answer.organization_id, kOrg);
}

TEST_F(AggregatorTest, GroupsAreByAgentWithNullLast) {
  PutAll({R"("agent_id":"b","call_duration":1)", R"("agent_id":"a","call_duration":2)",
          R"("call_duration":4)", R"("agent_id":"a")", R"("agent_id":"")"});
  AggregateQuery query{.group_by = {"agent_id"}, .metrics = {"count", "sum:call_duration"}};
  EXPECT_EQ(Text(Ask(query)), R"("": 1 -; "a": 2 2; "b": 1 1; null: 1 4)");
  query.sort_order = SortOrder::kDescending;
  EXPECT_EQ(Text(Ask(query)), R"("b": 1 1; "a": 2 2; "": 1 -; null: 1 4)");
}

TEST_F(AggregatorTest, SortByMetricPutsAbsentLastAndTiesByKey) {
  PutAll({R"("agent_id":"a","call_duration":5)", R"("agent_id":"b","call_duration":9)",
          R"("agent_id":"c")", R"("agent_id":"d","call_duration":5)"});
  AggregateQuery query{
      .group_by = {"agent_id"}, .metrics = {"avg:call_duration"}, .sort_by = "avg:call_duration"};
  EXPECT_EQ(Text(Ask(query)), R"("a": 5; "d": 5; "b": 9; "c": -)");
  query.sort_order = SortOrder::kDescending;
  EXPECT_EQ(Text(Ask(query)), R"("b": 9; "a": 5; "d": 5; "c": -)");
  query.limit = 2;
  const Aggregation cut = Ask(query);
  EXPECT_EQ(Text(cut), R"("b": 9; "a": 5)");
  EXPECT_EQ(cut.total_groups, 4);
  EXPECT_EQ(cut.total_count, 4);
}

TEST_F(AggregatorTest, JsonValuesGroupByWhatTheyAre) {
  PutAll({R"("metadata":{"k":3})", R"("metadata":{"k":3.0})", R"("metadata":{"k":"3"})",
          R"("metadata":{"k":null})", R"("metadata":{})", R"("metadata":{"k":[1,2]})",
          R"("metadata":{"k":"\u0033"})", R"("metadata":{"k":true})", R"("metadata":{"k":10})"});
  EXPECT_EQ(Text(Ask({.group_by = {"metadata.k"}, .metrics = {"count", "sum:metadata.k"}})),
            R"(true: 1 -; 3: 2 6; 10: 1 10; "3": 2 -; [1,2]: 1 -; null: 2 -)");
}

TEST_F(AggregatorTest, PathTakesTheLiteralKeyFirst) {
  PutAll({R"("metadata":{"a.b":1,"a":{"b":2}})", R"("metadata":{"a":{"b":2}})",
          R"("metadata":{"a":[1]})", R"("metadata":{"a":{"b":{"c":5}}})"});
  const AggregateQuery query{.group_by = {"metadata.a.b"},
                             .metrics = {"count", "sum:metadata.a.b.c"}};
  EXPECT_EQ(Text(Ask(query)), R"(1: 1 -; 2: 1 -; {"c":5}: 1 5; null: 1 -)");
}

TEST_F(AggregatorTest, FlagsAndWordsKeepTheirSpelling) {
  PutAll({R"("call_status":"ended","call_analysis":{"call_successful":true})",
          R"("call_status":"ENDED","call_analysis":{"call_successful":false})",
          R"("call_status":"Odd","opt_out_sensitive_data_storage":true)"});
  EXPECT_EQ(Text(Ask({.group_by = {"call_status", "call_successful"}})),
            R"("ENDED",false: 1; "ENDED",true: 1; "Odd",null: 1)");
  EXPECT_EQ(Text(Ask({.group_by = {"opt_out_sensitive_data_storage"}})), "false: 2; true: 1");
}

TEST_F(AggregatorTest, DaysAreThoseOfTheTimeZone) {
  PutAll({R"("start_timestamp":1703113200000)",  // 2023-12-20T23:00:00Z
          R"("start_timestamp":1703113199999)", "", R"("start_timestamp":1703199599999)"});
  EXPECT_EQ(Text(Ask({.group_by = {"day"}, .time_zone = "Europe/Madrid"})),
            R"("2023-12-20T00:00:00+01:00": 1; "2023-12-21T00:00:00+01:00": 2; null: 1)");
  EXPECT_EQ(Text(Ask({.group_by = {"day"}})),
            R"("2023-12-20T00:00:00Z": 2; "2023-12-21T00:00:00Z": 1; null: 1)");
}

TEST_F(AggregatorTest, LatencyValuesAreThoseOfTheTranscripts) {
  PutAll({R"("agent_id":"a","latency":{"e2e":{"values":[1,2,3.5]},"llm":{"values":[9]}})",
          R"("agent_id":"a","latency":{"e2e":{"p50":7}})", R"("agent_id":"a")",
          R"("agent_id":"a","latency":{"e2e":{"values":[10]}})"});
  EXPECT_EQ(Text(Ask({.group_by = {"agent_id"},
                      .metrics = {"count:latency.e2e.values", "sum:latency.e2e.values",
                                  "max:latency.e2e.values", "p50:latency.e2e.values",
                                  "max:latency.e2e.p50"}})),
            R"("a": 2 16.500000 10 2 7)");
}

TEST_F(AggregatorTest, CountOfAFieldIsOfTheCallsThatHaveIt) {
  PutAll({R"("call_id":"x","metadata":{"n":1},"start_timestamp":5)",
          R"("call_id":"y","metadata":{"n":"1"},"recording_url":"u")", ""});
  EXPECT_EQ(Text(Ask({.metrics = {"count:id", "count:call_id", "count:metadata.n",
                                  "count:recording_url", "count:start_timestamp", "count:agent_id",
                                  "count:opt_out_sensitive_data_storage"}})),
            ": 3 2 1 1 1 0 3");
}

TEST_F(AggregatorTest, NothingMatchedHasACountOfNone) {
  const AggregateQuery all{.metrics = {"count", "count:agent_id", "sum:call_duration"}};
  EXPECT_EQ(Text(Ask(all)), ": 0 0 -");
  Put(R"("agent_id":"a")");
  AggregateQuery none = all;
  none.filter = Field("agent_id") == "b";
  EXPECT_EQ(Text(Ask(none)), ": 0 0 -");
  none.group_by = {"agent_id"};
  EXPECT_EQ(Ask(none).groups.size(), 0U);
  EXPECT_EQ(Ask(none).total_groups, 0);
}

TEST_F(AggregatorTest, EmptyAnswerLooksAsOneOfARun) {
  const AggregateQuery query{.metrics = {"count", "avg:call_duration", "count:call_id"}};
  const Aggregation empty = EmptyAggregation(query);
  EXPECT_EQ(Text(empty), ": 0 - 0");
  EXPECT_EQ(empty.metrics, query.metrics);
  EXPECT_EQ(empty.time_zone, "UTC");
  EXPECT_EQ(empty.total_groups, 1);
  EXPECT_EQ(EmptyAggregation({.group_by = {"day"}}).groups.size(), 0U);
}

TEST_F(AggregatorTest, WrongQueryIsRefused) {
  Put("");
  EXPECT_EQ(Refusal({.group_by = {"agnt_id"}}).Detail("nearest"), "agent_id");
  EXPECT_EQ(Refusal({.metrics = {"sum:agent_id"}}).Detail("field"), "metrics");
  EXPECT_EQ(Refusal({.time_zone = "Mars/Base"}).Detail("field"), "time_zone");
  EXPECT_EQ(CheckAggregation({.time_zone = "Mars/Base"}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(CheckAggregation({.group_by = {"hour"}, .time_zone = "Europe/Madrid"}));
}

TEST_F(AggregatorTest, LimitOfTheQueryIsNamed) {
  for (int i = 0; i < 10; ++i) Put(R"("call_duration":1)");
  AggregateQuery query;
  query.work.scan_limit_rows = 5;
  EXPECT_EQ(Refusal(query).code, ErrorCode::kDeadline);
  EXPECT_EQ(Refusal(query).Detail("field"), "scan_limit_rows");
  EXPECT_EQ(Refusal(query).Detail("value"), "5");
  // A count says the same.
  const auto count = store_->Count(kOrg, Field("call_duration") == 1, query.work);
  ASSERT_FALSE(count.has_value());
  EXPECT_EQ(count.error().code, ErrorCode::kDeadline);
  EXPECT_EQ(count.error().details, Refusal(query).details);
  std::stop_source stop;
  stop.request_stop();
  query.work = {.stop = stop.get_token()};
  EXPECT_EQ(Refusal(query).code, ErrorCode::kDeadline);
}

TEST_F(AggregatorTest, SumBeyondDoublesIsTooLarge) {
  PutAll({R"("call_duration":1.7e308)", R"("call_duration":1.7e308)"});
  EXPECT_EQ(Refusal({.metrics = {"sum:call_duration"}}).code, ErrorCode::kTooLarge);
  EXPECT_EQ(Text(Ask({.metrics = {"count:call_duration"}})), ": 2");
}

TEST_F(AggregatorTest, ExplainSaysWhatWasRead) {
  for (int i = 0; i < 10; ++i) Put(R"("call_duration":1,"latency":{"llm":{"p50":3}})");
  const auto columns = Ask({.metrics = {"avg:call_duration"}, .explain = true}).explain;
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->residual_rows, 0) << columns->plan;
  const auto calls = Ask({.metrics = {"avg:latency.llm.p50"}, .explain = true}).explain;
  EXPECT_EQ(calls->residual_rows, 10) << calls->plan;
  EXPECT_FALSE(Ask({}).explain);
}

// A call with a bit of everything.
std::string RandomCall(std::mt19937_64& random) {
  const auto pick = [&](std::uint64_t n) { return std::to_string(random() % n); };
  std::string json;
  const auto add = [&](const std::string& member) { json += (json.empty() ? "" : ",") + member; };
  if (random() % 8 != 0)
    add("\"start_timestamp\":" + std::to_string(1'698'000'000'000 + random() % 1'000'000'000));
  if (random() % 4 != 0) add(R"("agent_id":"agent-)" + pick(5) + "\"");
  if (random() % 4 != 0) add("\"call_duration\":" + pick(1000) + (random() % 3 == 0 ? ".25" : ""));
  if (random() % 4 != 0) add(R"("call_cost":{"combined_cost":0.)" + pick(100'000) + "}");
  if (random() % 2 != 0)
    add(R"("call_status":")" + std::string(random() % 2 == 0 ? "ENDED" : "Else") + "\"");
  if (random() % 2 != 0)
    add(R"("call_analysis":{"in_voicemail":)" +
        std::string(random() % 2 == 0 ? "true}" : "false}"));
  if (random() % 8 != 0) add(R"("to_number":"+)" + pick(100'000) + "\"");
  const std::vector<std::string> values = {"1",   "1.0",       "2.50",  "\"x\"", "null",
                                           "[1]", "{\"b\":4}", "1e400", "-0.0"};
  if (random() % 4 != 0) {
    add(R"("metadata":{"k":)" + values[random() % values.size()] + R"(,"n":)" + pick(5000) + "." +
        pick(10) + R"(,"a":)" + values[random() % values.size()] + "}");
  }
  return json;
}

TEST_F(AggregatorTest, ColumnsAndCallsGiveTheSameToTheLastBit) {
  std::mt19937_64 random(17);
  std::vector<std::string> calls;
  for (int i = 0; i < 1600; ++i)
    calls.push_back(R"({"id":"r)" + std::to_string(i) + "\"," + RandomCall(random) + "}");
  for (std::string& call : calls) {
    if (call.ends_with(",}")) call.replace(call.size() - 2, 2, "}");
  }
  const std::vector<std::string_view> texts(calls.begin(), calls.end());
  const auto put = store_->PutJsonBatch(kOrg, texts);
  ASSERT_TRUE(put);
  for (const auto& one : *put) ASSERT_TRUE(one) << one.error().ToString();

  const std::vector<std::string> metrics = {"count",
                                            "avg:call_duration",
                                            "p95:call_duration",
                                            "sum:combined_cost",
                                            "avg:combined_cost",
                                            "p50:combined_cost",
                                            "max:start_timestamp",
                                            "sum:metadata.k",
                                            "p90:metadata.n",
                                            "count:metadata.k",
                                            "count:to_number",
                                            "min:metadata.a.b",
                                            "sum:start_timestamp"};
  const std::vector<Filter> filters = {Filter(), Field("agent_id") == "agent-3",
                                       Field("call_duration") >= 900};
  int without_calls = 0;
  for (const char* group :
       {"", "agent_id", "hour", "week", "metadata.k", "metadata.n", "metadata.a.b", "to_number",
        "in_voicemail", "call_status", "id", "opt_out_sensitive_data_storage"}) {
    for (const char* second : {"", "day", "call_status"}) {
      AggregateQuery query{.metrics = metrics, .time_zone = "Europe/Madrid", .limit = 10'000};
      for (const char* name : {group, second}) {
        if (*name != '\0') query.group_by.emplace_back(name);
      }
      if (query.group_by.size() == 2 && query.group_by[0] == query.group_by[1]) continue;
      query.filter = filters[random() % filters.size()];
      query.explain = true;
      const Aggregation columns = Ask(query);
      without_calls += columns.explain->residual_rows == 0 ? 1 : 0;
      query.work.plan = PlanChoice::kRowsOnly;
      const Aggregation rows = Ask(query);
      ASSERT_EQ(Text(columns), Text(rows)) << group << ' ' << second;
      ASSERT_EQ(columns.total_count, rows.total_count);
      for (std::size_t i = 0; i < columns.groups.size(); ++i) {
        ASSERT_EQ(columns.groups[i].values, rows.groups[i].values) << group << ' ' << second;
      }
      EXPECT_GE(rows.explain->residual_rows, rows.total_count);
    }
  }
  EXPECT_GT(without_calls, 5);
}

// A call whose values are such as are tallied from the raw bytes: whole or decimal, mostly there.
std::string SteadyCall(std::mt19937_64& random) {
  const auto pick = [&](std::uint64_t n) { return std::to_string(random() % n); };
  std::string json = R"("agent_id":"agent-)" + pick(9) + "\"";
  const auto add = [&](std::uint64_t one_in, const std::string& member) {
    if (random() % one_in != 0) json += "," + member;
  };
  // Two days about the night in which St. John's put its clock back from 00:01 to 23:01.
  add(9, "\"start_timestamp\":" + std::to_string(1'256'956'200'000 + random() % 172'800'000));
  add(6, "\"call_duration\":" + pick(600'000));
  add(6, R"("call_cost":{"combined_cost":)" + pick(5) + "." + pick(10'000) + "}");
  add(6, R"("latency":{"e2e":{"p50":)" + pick(900) + "." + pick(10) + "}}");
  add(4, R"("call_status":")" + std::string(random() % 2 == 0 ? "ended" : "error") + "\"");
  add(2,
      R"("call_analysis":{"in_voicemail":)" + std::string(random() % 2 == 0 ? "true}" : "false}"));
  add(7, R"("metadata":{"attempt":)" + std::to_string(static_cast<int>(random() % 20) - 5) +
             R"(,"zone":"z)" + pick(30) + R"("})");
  return json;
}

TEST_F(AggregatorTest, TalliesAndCallsGiveTheSameToTheLastBit) {
  std::mt19937_64 random(23);
  std::vector<std::string> calls;
  for (int i = 0; i < 5000; ++i) {
    calls.push_back(R"({"id":"s)" + std::to_string(i) + "\"," + SteadyCall(random) + "}");
  }
  const std::vector<std::string_view> texts(calls.begin(), calls.end());
  const auto put = store_->PutJsonBatch(kOrg, texts);
  ASSERT_TRUE(put);
  for (const auto& one : *put) ASSERT_TRUE(one) << one.error().ToString();

  // All of it by tallies; then some beside what is read row by row.
  std::vector<std::vector<std::string>> metric_sets = {
      {"count", "count:start_timestamp", "count:call_status", "count:id"}, {"p90:call_duration"}};
  for (const char* field : {"call_duration", "combined_cost", "latency.e2e.p50", "start_timestamp"})
    for (const char* function : {"sum:", "min:", "max:"})
      metric_sets[0].push_back(std::string(function) + field);
  for (const char* field : {"call_duration", "combined_cost", "created_at", "metadata.attempt"})
    for (const char* function : {"avg:", "min:", "max:"})
      metric_sets[1].push_back(std::string(function) + field);
  metric_sets[1].emplace_back("p50:combined_cost");
  const std::vector<Filter> filters = {Filter(), Field("call_duration") >= 60'000,
                                       Field("agent_id") == "agent-3"};
  const std::vector<std::vector<std::string>> groupings = {{},
                                                           {"agent_id"},
                                                           {"day"},
                                                           {"hour"},
                                                           {"metadata.attempt"},
                                                           {"in_voicemail"},
                                                           {"opt_out_sensitive_data_storage"},
                                                           {"call_sid"},
                                                           {"agent_id", "call_status"},
                                                           {"metadata.attempt", "hour"},
                                                           {"metadata.zone", "metadata.attempt"},
                                                           {"day", "agent_id"}};
  for (const auto& group_by : groupings) {
    for (const Filter& filter : filters) {
      for (const auto& metrics : metric_sets) {
        AggregateQuery query{.filter = filter, .group_by = group_by, .metrics = metrics};
        query.time_zone = "America/St_Johns";
        query.limit = 10'000;
        query.explain = true;
        const Aggregation columns = Ask(query);
        query.work.plan = PlanChoice::kRowsOnly;
        const Aggregation rows = Ask(query);
        if (group_by != std::vector<std::string>{"call_sid"}) {
          ASSERT_EQ(columns.explain->residual_rows, 0) << columns.explain->plan;
        }
        ASSERT_EQ(Text(columns), Text(rows));
        ASSERT_EQ(columns.total_count, rows.total_count);
        for (std::size_t i = 0; i < columns.groups.size(); ++i) {
          ASSERT_EQ(columns.groups[i].values, rows.groups[i].values);
        }
      }
    }
  }
}

TEST_F(AggregatorTest, ChunksOfOtherWordsHaveOtherGroups) {
  // Three chunks and more, each with agents and attempts of its own.
  constexpr int kCalls = 14'000;
  std::vector<std::string> calls;
  for (int i = 0; i < kCalls; ++i) {
    const std::string part = std::to_string(i / 2000);
    calls.push_back(R"({"id":"w)" + std::to_string(i) + R"(","start_timestamp":)" +
                    std::to_string(1'700'000'000'000 + i) + R"(,"agent_id":"a)" + part +
                    R"(","call_duration":)" + part + R"(,"metadata":{"n":)" + part + "}}");
  }
  const std::vector<std::string_view> texts(calls.begin(), calls.end());
  ASSERT_TRUE(store_->PutJsonBatch(kOrg, texts));
  const std::vector<std::string> metrics = {"count", "sum:call_duration"};
  EXPECT_EQ(Text(Ask({.group_by = {"agent_id"}, .metrics = metrics})),
            R"("a0": 2000 0; "a1": 2000 2000; "a2": 2000 4000; "a3": 2000 6000; )"
            R"("a4": 2000 8000; "a5": 2000 10000; "a6": 2000 12000)");
  EXPECT_EQ(Text(Ask({.group_by = {"metadata.n"}, .metrics = metrics})),
            "0: 2000 0; 1: 2000 2000; 2: 2000 4000; 3: 2000 6000; 4: 2000 8000; 5: 2000 10000; "
            "6: 2000 12000");
}

}  // namespace
}  // namespace callstore::store
