// time_lister.h - lists by list time without a filter but time bounds: one walk over the calls, and
// the directory's counts for the total and the place of a page.
#ifndef CALLSTORE_SRC_STORE_TIME_LISTER_H_
#define CALLSTORE_SRC_STORE_TIME_LISTER_H_

#include <cstdint>
#include <optional>

#include "callstore/error.h"
#include "query/cursor.h"
#include "query/normal_filter.h"
#include "store/page_builder.h"
#include "store/query_scope.h"

namespace callstore::store {

// Whether a page needs the directory: it has a total, or a number.
bool NeedsRanks(const ListQuery& query);

// Fills the page. REQUIRES: filter.only_bounds(). corrupt, too_large.
Result<void> ListInTimeOrder(const QueryScope& scope, const query::NormalFilter& filter,
                             const std::optional<query::Cursor>& cursor, PageBuilder* builder);

// The same without the directory. REQUIRES: !NeedsRanks(the builder's query), too.
Result<void> ListRowsInTimeOrder(const RowScope& scope, const query::NormalFilter& filter,
                                 const std::optional<query::Cursor>& cursor, PageBuilder* builder);

// The number of calls in the bounds. REQUIRES: filter.only_bounds().
Result<std::int64_t> CountInBounds(const QueryScope& scope, const query::NormalFilter& filter);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_TIME_LISTER_H_
