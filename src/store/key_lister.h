// key_lister.h - lists by a sort key other than list time.
// Calls stand in the order of (value, tie); an absent value is smaller than any. Each page is the
// best of all matching rows: one pass over the chunks, which skips what cannot be on the page. A
// page far behind takes a pass more, over the values alone, which finds about where it lies; beyond
// a million rows one for every million, and among equal values one for every half million of them,
// so that memory is bounded.
#ifndef CALLSTORE_SRC_STORE_KEY_LISTER_H_
#define CALLSTORE_SRC_STORE_KEY_LISTER_H_

#include <optional>

#include "callstore/error.h"
#include "query/cursor.h"
#include "query/sort_key.h"
#include "store/page_builder.h"
#include "store/selection.h"

namespace callstore::store {

// Fills the page. A limit that is hit leaves it without rows: they are only known at the end.
// REQUIRES: key is not kListTime. Errors as Selection::Visit and PageBuilder.
Result<void> ListByKey(const QueryScope& scope, query::SortKey key,
                       const std::optional<query::Cursor>& cursor, PlanChoice plan,
                       Selection* selection, PageBuilder* builder);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_KEY_LISTER_H_
