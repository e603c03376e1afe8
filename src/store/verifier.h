// verifier.h - Store::Verify: every row of a store against every other.
//
// Thread safety: a free function; others may read and write the store meanwhile.
#ifndef CALLSTORE_SRC_STORE_VERIFIER_H_
#define CALLSTORE_SRC_STORE_VERIFIER_H_

#include "callstore/error.h"
#include "callstore/verify.h"
#include "engine/database.h"

namespace callstore::store {

// Checks one moment of a database. deadline. Memory: some hundred bytes an organization, one chunk
// and one call, and the faults; of an organization, also 40 bytes a chunk.
Result<VerifyReport> Verify(const engine::Database& database, const VerifyOptions& options);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_VERIFIER_H_
