// state.h - what all parts of an open store share.
#ifndef CALLSTORE_SRC_STORE_STATE_H_
#define CALLSTORE_SRC_STORE_STATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/hash.h"
#include "callstore/store.h"
#include "engine/database.h"
#include "engine/environment.h"
#include "store/chunk_cache.h"
#include "store/column_writer.h"
#include "store/counters.h"
#include "store/directory_cache.h"
#include "store/follower.h"
#include "store/ledger.h"
#include "store/organizations.h"
#include "store/record_reader.h"

namespace callstore::store {

// Writers of one organization wait for each other; its stripe follows from its name.
struct Stripe {
  std::mutex mutex;
  PendingOperations pending;  // guarded by mutex
};
inline constexpr std::size_t kStripes = 64;

struct State {
  StoreOptions options;
  engine::Environment environment;
  std::unique_ptr<engine::Database> database;
  Organizations organizations;
  DirectoryCache directories;
  std::unique_ptr<ChunkCache> chunks;  // pins memory of the database: ends before it
  std::array<Stripe, kStripes> stripes;
  Following following;
  ReadAheadSlots read_ahead;
  std::mutex erasing;              // one erasure at a time
  std::unique_ptr<Ledger> ledger;  // guarded by erasing; null until it is needed
  Counters counters;

  Stripe& StripeOf(std::string_view organization) {
    return stripes[static_cast<std::size_t>(Hash64(organization) % kStripes)];
  }
  // The number of an organization; nothing where it is not known in this mode's view. Cost: in a
  // follower a read of the database where it is not known yet.
  Result<std::optional<OrganizationNumber>> FindOrganization(std::string_view name) {
    if (options.mode == OpenMode::kFollow) return organizations.FindOrRead(*database, name);
    return organizations.Find(name);
  }
  // Ms since the epoch, at least 1.
  std::int64_t NowMs() const;
};

// Room for the chunks of queries, as StoreOptions::cache_bytes says.
inline std::unique_ptr<ChunkCache> NewChunkCache(const StoreOptions& options) {
  return std::make_unique<ChunkCache>(options.cache_bytes / 2);
}

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_STATE_H_
