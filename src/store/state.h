// state.h - what all parts of an open store share.
#ifndef CALLSTORE_SRC_STORE_STATE_H_
#define CALLSTORE_SRC_STORE_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/hash.h"
#include "callstore/store.h"
#include "engine/database.h"
#include "store/chunk_cache.h"
#include "store/column_writer.h"
#include "store/directory_cache.h"
#include "store/organizations.h"

namespace callstore::store {

// Writers of one organization wait for each other; its stripe follows from its name.
struct Stripe {
  std::mutex mutex;
  PendingOperations pending;  // guarded by mutex
};
inline constexpr std::size_t kStripes = 64;

struct State {
  StoreOptions options;
  std::unique_ptr<engine::Database> database;
  Organizations organizations;
  DirectoryCache directories;
  std::unique_ptr<ChunkCache> chunks;  // pins memory of the database: ends before it
  std::array<Stripe, kStripes> stripes;

  Stripe& StripeOf(std::string_view organization) {
    return stripes[static_cast<std::size_t>(Hash64(organization) % kStripes)];
  }
  // Ms since the epoch, at least 1.
  std::int64_t NowMs() const;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_STATE_H_
