// aggregator.h - answers an aggregation: the calls that match, in groups, and their figures.
// A chunk whose columns have all groups and metrics is reckoned without reading a call; of the
// others the matching calls are read. Both ways, and any order of rows, give the same answer to the
// last bit: keys are compared as JSON values, sums are exact until they are rounded once.
//
// Thread safety: free functions; none writes.
#ifndef CALLSTORE_SRC_STORE_AGGREGATOR_H_
#define CALLSTORE_SRC_STORE_AGGREGATOR_H_

#include <cstddef>

#include "callstore/aggregate.h"
#include "callstore/error.h"
#include "query/normal_filter.h"
#include "store/counters.h"
#include "store/selection.h"

namespace callstore::store {

// Of one answer, `limit` or not. Beyond them it is too_large.
inline constexpr std::size_t kMostGroups = 1'000'000;
inline constexpr std::size_t kMostPercentileValues = std::size_t{32} << 20;
inline constexpr std::size_t kMostKeyBytes = std::size_t{256} << 20;

// Everything but the filter: invalid_argument with `field`, `value`, what is `valid`, and the
// `nearest` name. io_error: a time zone is named and the zone database cannot be read.
Result<void> CheckAggregation(const AggregateQuery& query);

// All but organization_id and applied_filters_json. Errors as CheckAggregation; too_large: a limit
// above, or a sum that no double holds; deadline: stopped, or a limit of the query was hit. The
// work is added to `counters`, whatever comes of it.
Result<Aggregation> RunAggregation(const QueryScope& scope, const query::NormalFilter& filter,
                                   const AggregateQuery& query, Counters* counters);

// The same over no calls: without group_by one group of none, else no group. REQUIRES: the query
// was checked.
Aggregation EmptyAggregation(const AggregateQuery& query);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_AGGREGATOR_H_
