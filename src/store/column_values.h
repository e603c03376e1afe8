// column_values.h - the value columns of one call, taken from its record.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_STORE_COLUMN_VALUES_H_
#define CALLSTORE_SRC_STORE_COLUMN_VALUES_H_

#include <string>

#include "callstore/call_view.h"

namespace callstore::store {

// Appends what columns::RowValuesWriter makes of the call: equal columns are equal bytes. Metadata
// keys of more than 256 bytes are left out, with a mark that there are such.
void AppendColumnValues(const CallView& call, std::string* out);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_COLUMN_VALUES_H_
