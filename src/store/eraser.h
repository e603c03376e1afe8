// eraser.h - erasures, the ledger that remembers them, and retention.
//
// Thread safety: safe for concurrent use; one erasure at a time.
#ifndef CALLSTORE_SRC_STORE_ERASER_H_
#define CALLSTORE_SRC_STORE_ERASER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "callstore/erase.h"
#include "store/ledger.h"
#include "store/state.h"

namespace callstore::store {

// As the members of Store with these names.
Result<ErasureReceipt> Erase(State* state, std::string_view organization, const Erasure& erasure,
                             const EraseOptions& options);
Result<void> Purge(State* state);
Result<std::vector<RetentionResult>> Retain(State* state);

// Erases again what the entries say, from a store that is older than they are; holds do not count.
// Result: how many calls went. Nothing is written to the ledger.
Result<std::int64_t> EraseAgain(State* state, const std::vector<LedgerEntry>& entries);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ERASER_H_
