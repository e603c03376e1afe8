#include "store/lister.h"

#include <optional>
#include <utility>

#include "base/error.h"
#include "query/normal_filter.h"
#include "query/sort_key.h"
#include "store/aggregator.h"
#include "store/filtered_lister.h"
#include "store/key_lister.h"
#include "store/page_builder.h"
#include "store/selection.h"
#include "store/time_lister.h"

namespace callstore::store {
namespace {

// Runs `work(const RowScope&)` on a snapshot of the organization; `nothing()` where there is none.
template <typename Work, typename Nothing>
auto WithRows(State* state, std::string_view organization, const Work& work, const Nothing& nothing)
    -> decltype(nothing()) {
  const engine::Snapshot snapshot(*state->database);
  CALLSTORE_ASSIGN_OR_RETURN(const auto number, state->FindOrganization(organization));
  if (!number) return nothing();
  return work(RowScope{.database = *state->database, .snapshot = snapshot, .number = *number});
}

// Runs `work(const QueryScope&)` on a snapshot of the organization; `nothing()` where it never had
// a call.
template <typename Work, typename Nothing>
auto WithScope(State* state, std::string_view organization, const Work& work,
               const Nothing& nothing) -> decltype(nothing()) {
  const auto with_directory = [&](const RowScope& rows) -> decltype(nothing()) {
    CALLSTORE_ASSIGN_OR_RETURN(
        const auto directory,
        state->directories.Read(*state->database, rows.number, rows.snapshot));
    if (!directory) return nothing();
    return work(QueryScope{rows, organization, *directory, *state->chunks});
  };
  return WithRows(state, organization, with_directory, nothing);
}

Result<Page> EmptyPage(const std::optional<query::Cursor>& cursor, PageBuilder* builder) {
  const ListQuery& query = builder->query();
  Page& page = builder->page();
  page.pagination.page = cursor ? 0 : query.page;
  if (query.with_total) builder->FillTotals(0);
  if (cursor && !cursor->backward) page.end_cursor = query.cursor;
  if (query.explain) page.explain = Explain{.plan = "no calls"};
  return builder->Take();
}

Explain ExplainTimeOrder(const QueryScope& scope, const query::NormalFilter& filter) {
  Explain explain;
  explain.plan = filter.bounded ? "time order: counts of the directory, a chunk a bound"
                                : "time order: counts of the directory";
  explain.chunks_skipped = static_cast<std::int64_t>(scope.directory.chunk_count());
  return explain;
}

}  // namespace

Result<Page> ListPage(State* state, std::string_view organization, const ListQuery& query) {
  // Not moved: of a page without a filter, that would be some percent of the time.
  const Result<query::NormalFilter> normal = query::Normalize(query.filter);
  if (!normal) return tl::unexpected(normal.error());
  const query::NormalFilter& filter = *normal;
  CALLSTORE_ASSIGN_OR_RETURN(const query::SortKey key, query::FindSortKey(query.sort_by));
  PageBuilder builder(organization, query, filter);
  CALLSTORE_ASSIGN_OR_RETURN(const auto cursor, builder.RequestCursor());
  const bool by_time = key == query::SortKey::kListTime;
  const bool in_time_order =
      by_time && filter.only_bounds() && query.work.plan != PlanChoice::kRowsOnly;
  const auto nothing = [&] { return EmptyPage(cursor, &builder); };
  if (in_time_order && !NeedsRanks(query) && !query.explain) {
    // No look at the directory: at the first page of a process it would have to be read.
    const auto list_rows = [&](const RowScope& scope) -> Result<Page> {
      CALLSTORE_RETURN_IF_ERROR(ListRowsInTimeOrder(scope, filter, cursor, &builder));
      return builder.Take();
    };
    return WithRows(state, organization, list_rows, nothing);
  }
  const auto list = [&](const QueryScope& scope) -> Result<Page> {
    if (in_time_order) {
      CALLSTORE_RETURN_IF_ERROR(ListInTimeOrder(scope, filter, cursor, &builder));
      if (query.explain) builder.page().explain = ExplainTimeOrder(scope, filter);
      return builder.Take();
    }
    Selection selection(scope, filter, query.work);
    const WorkCount work(&state->counters, selection.explain());
    CALLSTORE_RETURN_IF_ERROR(
        by_time ? ListFiltered(scope, cursor, &selection, &builder)
                : ListByKey(scope, key, cursor, query.work.plan, &selection, &builder));
    if (query.explain) builder.page().explain = selection.explain();
    return builder.Take();
  };
  return WithScope(state, organization, list, nothing);
}

Result<std::int64_t> CountCalls(State* state, std::string_view organization, const Filter& filter,
                                const WorkLimits& limits) {
  CALLSTORE_ASSIGN_OR_RETURN(const query::NormalFilter normal, query::Normalize(filter));
  const auto count = [&](const QueryScope& scope) -> Result<std::int64_t> {
    if (normal.only_bounds() && limits.plan != PlanChoice::kRowsOnly) {
      return CountInBounds(scope, normal);
    }
    Selection selection(scope, normal, limits);
    const WorkCount work(&state->counters, selection.explain());
    std::int64_t total = 0;
    const auto add = [&](std::size_t, std::size_t matches) {
      total += static_cast<std::int64_t>(matches);
      return true;
    };
    CALLSTORE_RETURN_IF_ERROR(
        selection.Visit({.skip = add}, [&](const ChunkRows& found) -> Result<bool> {
          total += static_cast<std::int64_t>(found.count);
          return true;
        }));
    if (!selection.complete()) return selection.LimitHit();
    return total;
  };
  return WithScope(state, organization, count, [] { return Result<std::int64_t>(0); });
}

Result<Aggregation> AggregateCalls(State* state, std::string_view organization,
                                   const AggregateQuery& query) {
  CALLSTORE_RETURN_IF_ERROR(CheckAggregation(query));
  CALLSTORE_ASSIGN_OR_RETURN(const query::NormalFilter filter, query::Normalize(query.filter));
  auto answer = WithScope(
      state, organization,
      [&](const QueryScope& scope) {
        return RunAggregation(scope, filter, query, &state->counters);
      },
      [&]() -> Result<Aggregation> { return EmptyAggregation(query); });
  if (!answer) return answer;
  answer->organization_id = organization;
  answer->applied_filters_json = filter.json;
  return answer;
}

}  // namespace callstore::store
