// bulk_delete.h - deletes many calls of an organization, batch by batch.
#ifndef CALLSTORE_SRC_STORE_BULK_DELETE_H_
#define CALLSTORE_SRC_STORE_BULK_DELETE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/store.h"
#include "store/state.h"
#include "store/write_session.h"

namespace callstore::store {

// The calls that all of this says.
struct Doomed {
  Filter filter = {};
  std::optional<std::int64_t> before = {};        // the list time is before
  std::optional<std::int64_t> stored_until = {};  // the store first took it then or before
  Held held = Held::kRefuse;
};

struct BulkDeletion {
  std::int64_t deleted = 0;
  std::int64_t held = 0;  // that stayed
};

// Hears the ids of a batch before it is written; an error ends the deletion without it.
using BeforeBatch = std::function<Result<void>(const std::vector<std::string>& ids)>;

// Deletes them in batches of 1,000, each of them atomic; a call that is no longer such when its
// turn comes stays. invalid_argument; conflict (one of them is under a hold, which refuses: none is
// deleted, unless the hold came meanwhile); read_only, busy, full. After an error the batches
// before it are deleted
// (`deleted` says how many calls).
Result<BulkDeletion> DeleteCalls(State* state, std::string_view organization, const Doomed& doomed,
                                 const WriteOptions& options, const BeforeBatch& before_batch = {});

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_BULK_DELETE_H_
