#include "store/aggregator.h"

#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "store/aggregation_run.h"
#include "store/calendar.h"

namespace callstore::store {
namespace {

struct CheckedQuery {
  query::AggregatePlan plan;
  std::vector<GroupReader> groups;
};

Result<CheckedQuery> Check(const AggregateQuery& query) {
  CheckedQuery checked;
  CALLSTORE_ASSIGN_OR_RETURN(checked.plan, query::CheckAggregateQuery(query));
  // The zone is checked whether or not a calendar unit uses it.
  CALLSTORE_RETURN_IF_ERROR(Calendar::Make(query::CalendarUnit::kDay, query.time_zone));
  for (const query::GroupBy& group_by : checked.plan.group_by) {
    if (const auto* unit = std::get_if<query::CalendarUnit>(&group_by)) {
      CALLSTORE_ASSIGN_OR_RETURN(const auto calendar, Calendar::Make(*unit, query.time_zone));
      checked.groups.emplace_back(calendar);
    } else {
      checked.groups.emplace_back(std::get<query::FieldRef>(group_by));
    }
  }
  return checked;
}

// Everything that repeats the query.
Aggregation AnswerTo(const AggregateQuery& query) {
  Aggregation answer;
  answer.group_by = query.group_by;
  answer.metrics = query.metrics;
  answer.time_zone = query.time_zone;
  answer.sort_by = query.sort_by;
  answer.sort_order = query.sort_order;
  return answer;
}

Explain ExplainOf(const Selection& selection, const AggregationRun& run) {
  Explain explain = selection.explain();
  explain.plan += "\nfigures: columns of " + std::to_string(run.chunks_in_columns()) + " chunks, " +
                  std::to_string(run.calls_read()) + " calls, " +
                  std::to_string(run.transcripts_read()) + " transcripts";
  explain.residual_rows += run.calls_read();
  explain.residual_transcripts += run.transcripts_read();
  return explain;
}

}  // namespace

Result<void> CheckAggregation(const AggregateQuery& query) {
  CALLSTORE_RETURN_IF_ERROR(Check(query));
  return {};
}

Result<Aggregation> RunAggregation(const QueryScope& scope, const query::NormalFilter& filter,
                                   const AggregateQuery& query, Counters* counters) {
  CALLSTORE_ASSIGN_OR_RETURN(auto checked, Check(query));
  Selection selection(scope, filter, query.work);
  const WorkCount work(counters, selection.explain());
  AggregationRun run(checked.plan, std::move(checked.groups), query.work);
  const auto add = [&](const ChunkRows& found) -> Result<bool> {
    CALLSTORE_RETURN_IF_ERROR(run.Add(*found.chunk, *found.rows, &selection.rows()));
    return true;
  };
  const Result<void> visited = selection.Visit(add);
  counters->Add(Counter::kCallsRead, run.calls_read());
  counters->Add(Counter::kTranscriptsRead, run.transcripts_read());
  CALLSTORE_RETURN_IF_ERROR(visited);
  if (!selection.complete()) return selection.LimitHit();
  Aggregation answer = AnswerTo(query);
  CALLSTORE_RETURN_IF_ERROR(run.Finish(query, &answer));
  if (query.explain) answer.explain = ExplainOf(selection, run);
  return answer;
}

Aggregation EmptyAggregation(const AggregateQuery& query) {
  Aggregation answer = AnswerTo(query);
  if (query.explain) answer.explain = Explain{.plan = "no calls"};
  if (!query.group_by.empty()) return answer;
  answer.total_groups = 1;
  AggregateGroup& all = answer.groups.emplace_back();
  for (const std::string& metric : query.metrics) {
    // Of nothing there is a count, and no other figure.
    const bool count = metric == "count" || metric.starts_with("count:");
    all.values.push_back(count ? std::optional<double>(0) : std::nullopt);
  }
  return answer;
}

}  // namespace callstore::store
