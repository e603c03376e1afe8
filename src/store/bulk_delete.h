// bulk_delete.h - deletes all calls that match a filter, batch by batch.
#ifndef CALLSTORE_SRC_STORE_BULK_DELETE_H_
#define CALLSTORE_SRC_STORE_BULK_DELETE_H_

#include <cstdint>
#include <string_view>

#include "callstore/store.h"
#include "store/state.h"

namespace callstore::store {

// Errors and result as Store::DeleteMatching.
Result<std::int64_t> DeleteMatching(State* state, std::string_view organization,
                                    const Filter& filter, const WriteOptions& options);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_BULK_DELETE_H_
