// lister.h - lists and counts: one snapshot, the filter in its normal form, and the way that
// answers it.
#ifndef CALLSTORE_SRC_STORE_LISTER_H_
#define CALLSTORE_SRC_STORE_LISTER_H_

#include <cstdint>
#include <string_view>

#include "callstore/aggregate.h"
#include "callstore/list.h"
#include "store/state.h"

namespace callstore::store {

// The answer to a query that was checked (query::CheckListQuery). Errors as Store::List.
Result<Page> ListPage(State* state, std::string_view organization, const ListQuery& query);

// The number of calls that match. Errors as Store::Count.
Result<std::int64_t> CountCalls(State* state, std::string_view organization, const Filter& filter,
                                const WorkLimits& limits);

// Figures over the calls that match. Errors as Store::Aggregate.
Result<Aggregation> AggregateCalls(State* state, std::string_view organization,
                                   const AggregateQuery& query);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_LISTER_H_
