// filtered_lister.h - lists by list time of the calls that match a filter.
#ifndef CALLSTORE_SRC_STORE_FILTERED_LISTER_H_
#define CALLSTORE_SRC_STORE_FILTERED_LISTER_H_

#include <optional>

#include "callstore/error.h"
#include "query/cursor.h"
#include "store/page_builder.h"
#include "store/selection.h"

namespace callstore::store {

// Fills the page. Cost: one pass over the chunks for the total, and one from the cursor to the end
// of the page. Errors as Selection::Visit and PageBuilder.
Result<void> ListFiltered(const QueryScope& scope, const std::optional<query::Cursor>& cursor,
                          Selection* selection, PageBuilder* builder);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_FILTERED_LISTER_H_
