// index_keys.h - the keys that a call has in the index.
//
// Pure. Thread safety: a free function on values.
#ifndef CALLSTORE_SRC_STORE_INDEX_KEYS_H_
#define CALLSTORE_SRC_STORE_INDEX_KEYS_H_

#include <vector>

#include "callstore/call_view.h"
#include "keys/keys.h"

namespace callstore::store {

// One for each indexed field that the call has.
std::vector<keys::Key> IndexKeysOf(keys::OrganizationNumber organization, const Position& position,
                                   const CallView& call);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_INDEX_KEYS_H_
