// aggregate_query.h - the checks of an aggregation, and its groups and metrics read from their
// text.
//
// Pure. Thread safety: free functions on values.
// Errors:        invalid_argument with `field`, `value`, what is `valid`, and the `nearest` name.
#ifndef CALLSTORE_SRC_QUERY_AGGREGATE_QUERY_H_
#define CALLSTORE_SRC_QUERY_AGGREGATE_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/error.h"
#include "query/field.h"

namespace callstore::query {

inline constexpr std::size_t kMostGroupBy = 2;
inline constexpr std::size_t kMostMetrics = 16;
inline constexpr std::int64_t kMostGroupsShown = 10'000;

enum class CalendarUnit : std::uint8_t { kHour, kDay, kWeek, kMonth };

// What calls are grouped by: a field, or the calendar unit that they started in.
using GroupBy = std::variant<FieldRef, CalendarUnit>;

enum class Function : std::uint8_t { kCount, kSum, kAvg, kMin, kMax, kPercentile };

struct Metric {
  Function function = Function::kCount;
  std::optional<FieldRef> field = {};  // nothing: kCount of the calls themselves
  int per_mille = 0;                   // kPercentile: p50 is 500, p99.9 is 999
};

struct AggregatePlan {
  std::vector<GroupBy> group_by;
  std::vector<Metric> metrics;             // one for each of the query's, in their order
  std::optional<std::size_t> sort_metric;  // nothing: sorted by group
};

// Everything but the filter and the time zone, whose names this layer does not know.
Result<AggregatePlan> CheckAggregateQuery(const AggregateQuery& query);

// Whether the field is the values of a latency component, of which a call has any number.
bool IsLatencyValues(const FieldRef& field);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_AGGREGATE_QUERY_H_
