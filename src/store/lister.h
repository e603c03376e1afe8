// lister.h - one list answer: which rows, in one snapshot, and the page around them.
#ifndef CALLSTORE_SRC_STORE_LISTER_H_
#define CALLSTORE_SRC_STORE_LISTER_H_

#include <string_view>

#include "callstore/list.h"
#include "store/state.h"

namespace callstore::store {

// The answer to a query that was checked (query::CheckListQuery). Errors as Store::List.
Result<Page> ListPage(State* state, std::string_view organization, const ListQuery& query);

// The number of calls in a range.
Result<std::int64_t> CountRange(State* state, std::string_view organization,
                                const TimeRange& range);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_LISTER_H_
