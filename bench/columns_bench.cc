// Goal:   what an answer by value costs - counts, pages and figures under filters and other orders
// -
//         beside the best index of SQLite and beside loops over plain arrays.
// Method: all three sides answer and must agree, on totals, on every id of a page, on every figure;
//         that also warms them. Then they answer in turn, for a few seconds or a few hundred times,
//         whichever ends first. A filter that was asked before is answered from counts that the
//         store keeps; "first time" is without them.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/column_archive.h"
#include "bench/contest.h"
#include "bench/workload.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kFarPageNumber = 5'000;

// The filters, from none to five conditions.
enum class Which {
  kNone,
  kAgent,
  kAgentStatusDirection,
  kAgentSentimentDays,
  kStatusDuration,
  kNumber,
  kFive,
};
struct NamedFilter {
  Which which;
  const char* name;
};
constexpr NamedFilter kFilters[] = {
    {Which::kNone, "no filter"},
    {Which::kAgent, "agent"},
    {Which::kAgentStatusDirection, "agent+status+direction"},
    {Which::kAgentSentimentDays, "agent+sentiment+90 days"},
    {Which::kStatusDuration, "status+duration"},
    {Which::kNumber, "one number"},
    {Which::kFive, "five conditions"},
};

ColumnFilter FilterOf(const ColumnArchive& archive, Which which) {
  constexpr std::uint8_t kSomeAgent = 2;  // takes 6 % of the calls
  constexpr std::uint8_t kSomeCampaign = 7;
  constexpr std::int64_t kNinetyDaysMs = std::int64_t{90} * 24 * 60 * 60 * 1000;
  switch (which) {
    case Which::kNone:
      return {};
    case Which::kAgent:
      return {.agent = kSomeAgent};
    case Which::kAgentStatusDirection:
      return {.agent = kSomeAgent, .status = kEnded, .direction = kOutbound};
    case Which::kAgentSentimentDays:
      return {.agent = kSomeAgent,
              .sentiment = kNegative,
              .start_ge = ColumnCalls::kFirstStart + ColumnCalls::kSpanMs - kNinetyDaysMs};
    case Which::kStatusDuration:
      return {.status = kEnded, .least_duration_ms = 60'000, .most_duration_ms = 120'000};
    case Which::kNumber:
      return {.to_number = archive.arrays().ToNumberOf(5)};
    case Which::kFive:
      return {.agent = kSomeAgent,
              .status = kEnded,
              .direction = kOutbound,
              .campaign = kSomeCampaign,
              .least_duration_ms = 60'000};
  }
  return {};
}

// A query as the library takes it.
class StoreQuery {
 public:
  StoreQuery(const Store& store, const ColumnQuery& query, bool first_time)
      : store_(store), task_(query.task) {
    list_ = {.page = query.page,
             .limit = kColumnsLimit,
             .sort_by = query.by_duration ? "call_duration" : "start_timestamp",
             .view = View::kSummary,
             .filter = MakeFilter(query.filter)};
    aggregate_ = {.filter = list_.filter,
                  .group_by = {"agent_id"},
                  .metrics = {"count", "avg:call_duration"}};
    // Rows that a limit counts are tested, whatever is known of them.
    if (first_time) list_.work.scan_limit_rows = std::numeric_limits<std::int64_t>::max();
  }

  bool Run() const {
    switch (task_) {
      case ColumnTask::kCount:
        return store_.Count(kOrganization, list_.filter, list_.work).has_value();
      case ColumnTask::kPage:
        return store_.List(kOrganization, list_).has_value();
      case ColumnTask::kAggregate:
        return store_.Aggregate(kOrganization, aggregate_).has_value();
    }
    return false;
  }

  // Nothing where the library fails, or gives less than was asked for.
  std::optional<ColumnAnswer> Answer() const {
    ColumnAnswer answer;
    if (task_ == ColumnTask::kCount) {
      const auto count = store_.Count(kOrganization, list_.filter, list_.work);
      if (!count) return std::nullopt;
      answer.total = *count;
    } else if (task_ == ColumnTask::kPage) {
      const auto page = store_.List(kOrganization, list_);
      if (!page || !page->pagination.total_count) return std::nullopt;
      answer.total = *page->pagination.total_count;
      for (const CallView& call : page->calls) answer.ids.emplace_back(call.id());
    } else {
      const auto figures = store_.Aggregate(kOrganization, aggregate_);
      if (!figures) return std::nullopt;
      answer.total = figures->total_count;
      for (const AggregateGroup& group : figures->groups) {
        const std::string& key = group.keys_json.at(0);  // a string without anything to escape
        answer.agents.push_back({key.substr(1, key.size() - 2),
                                 static_cast<std::int64_t>(group.values.at(0).value_or(-1)),
                                 group.values.at(1).value_or(-1)});
      }
    }
    return answer;
  }

 private:
  const Store& store_;
  ColumnTask task_;
  ListQuery list_;
  AggregateQuery aggregate_;
};

// As many rounds as fit into a few seconds, from a few to some hundred.
std::int64_t RoundsFor(const std::vector<Way>& ways) {
  constexpr double kSeconds = 6;
  const auto start = std::chrono::steady_clock::now();
  for (const Way& way : ways) {
    if (!way.run()) break;  // the contest says so
  }
  const std::chrono::duration<double> round = std::chrono::steady_clock::now() - start;
  return std::clamp(static_cast<std::int64_t>(kSeconds / round.count()), std::int64_t{7},
                    std::int64_t{500});
}

void RunQuery(benchmark::State& state, const ColumnQuery& query, bool first_time,
              Contest::Description description) {
  const ColumnArchive& archive = ColumnArchive::Get();
  const StoreQuery of_store(archive.store(), query, first_time);
  SqliteQuery of_sqlite(archive.sqlite(), query);
  const ColumnAnswer expected = archive.arrays().Answer(query);
  if (!of_sqlite.Run() || of_sqlite.answer() != expected) {
    return state.SkipWithError("SQLite and the arrays disagree");
  }
  if (of_store.Answer() != expected) {
    return state.SkipWithError("callstore and the arrays disagree");
  }

  ArrayAnswer of_arrays;
  std::vector<Way> ways;
  ways.push_back({"callstore", [&] { return of_store.Run(); }});
  ways.push_back({"arrays", [&] {
                    archive.arrays().Answer(query, &of_arrays);
                    benchmark::DoNotOptimize(of_arrays.total);
                    return true;
                  }});
  ways.push_back({"SQLite", [&] { return of_sqlite.Run(); }});
  const std::int64_t rounds = RoundsFor(ways);
  description.data = archive.data() + ", warm";
  Contest contest(std::move(description), std::move(ways));
  while (state.KeepRunningBatch(rounds)) {
    for (std::int64_t i = 0; i < rounds; ++i) {
      if (!contest.Round(&state)) return;
    }
  }
  contest.Report(&state);
  state.counters["matches"] = static_cast<double>(expected.total);
}

struct ColumnsCase {
  ColumnTask task;
  NamedFilter filter;
  bool by_duration = false;
  bool far = false;
  bool first_time = false;
};

// The page that lies farthest back, up to page 5,000, and is full.
std::int64_t FarPage(const ColumnArchive& archive, const ColumnFilter& filter) {
  const std::int64_t total = archive.arrays().Answer({.filter = filter}).total;
  return std::clamp(total / kColumnsLimit - 1, std::int64_t{0}, kFarPageNumber);
}

std::string AimOf(const ColumnsCase& of) {
  std::string aim = "< SQLite";
  if (of.filter.which == Which::kNone && !of.by_duration && of.task == ColumnTask::kPage) {
    return of.far ? aim + ", < 50 us" : aim;
  }
  if (of.filter.which != Which::kNone || of.by_duration || of.task == ColumnTask::kAggregate) {
    aim += ", <= 3 x arrays";
  }
  return of.far ? aim + ", < 15 ms" : aim;
}

void BM_Columns(benchmark::State& state, const ColumnsCase& of) {
  const ColumnArchive& archive = ColumnArchive::Get();
  ColumnQuery query{
      .task = of.task, .filter = FilterOf(archive, of.filter.which), .by_duration = of.by_duration};
  std::string operation = "count";
  if (of.task == ColumnTask::kAggregate) operation = "by agent";
  if (of.task == ColumnTask::kPage) {
    if (of.far) query.page = FarPage(archive, query.filter);
    operation = "page " + std::to_string(query.page) + (of.by_duration ? " by duration" : "");
  }
  operation += std::string(", ") + of.filter.name + (of.first_time ? ", first time" : "");
  RunQuery(state, query, of.first_time, {.operation = operation, .data = {}, .aim = AimOf(of)});
}

std::string NameOf(const ColumnsCase& of) {
  std::string name = "Columns/";
  if (of.task == ColumnTask::kCount) name += "count/";
  if (of.task == ColumnTask::kAggregate) name += "by_agent/";
  if (of.task == ColumnTask::kPage) name += of.far ? "page_5000/" : "page_0/";
  name += of.filter.name;
  if (of.by_duration) name += "/by_duration";
  if (of.first_time) name += "/first_time";
  std::ranges::replace(name, ' ', '_');
  return name;
}

std::vector<ColumnsCase> Cases() {
  std::vector<ColumnsCase> cases;
  for (const NamedFilter& filter : kFilters) {
    for (const bool first_time : {true, false}) {
      if (first_time && filter.which == Which::kNone) continue;  // nothing is tested
      ColumnsCase of{.task = ColumnTask::kCount, .filter = filter, .first_time = first_time};
      cases.push_back(of);
      of.task = ColumnTask::kPage;
      cases.push_back(of);
      // Few calls have one number: there is no far page.
      if (filter.which == Which::kNumber) continue;
      of.far = true;
      cases.push_back(of);
    }
  }
  for (const Which which : {Which::kNone, Which::kAgentStatusDirection}) {
    for (const bool far : {false, true}) {
      cases.push_back({.task = ColumnTask::kPage,
                       .filter = kFilters[static_cast<std::size_t>(which)],
                       .by_duration = true,
                       .far = far});
    }
  }
  cases.push_back({ColumnTask::kAggregate, kFilters[0]});
  return cases;
}

}  // namespace

void RegisterColumnsBenchmarks() {
  for (const ColumnsCase& of : Cases()) {
    benchmark::RegisterBenchmark(NameOf(of).c_str(),
                                 [of](benchmark::State& state) { BM_Columns(state, of); })
        ->Iterations(1)  // rounds are counted by RunQuery
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace callstore::bench
