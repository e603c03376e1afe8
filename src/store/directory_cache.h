// directory_cache.h - the directories of organizations, in the versions that readers may still
// need. A writer publishes the directory of its batch before it writes the batch; a reader takes
// the version that the head of its snapshot names, and loads it from the summaries where the cache
// has it not.
//
// Thread safety: safe for concurrent use; one writer an organization at a time.
#ifndef CALLSTORE_SRC_STORE_DIRECTORY_CACHE_H_
#define CALLSTORE_SRC_STORE_DIRECTORY_CACHE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "columns/directory.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::store {

using keys::OrganizationNumber;

// The head record of an organization; nothing where it never had a call. corrupt.
Result<std::optional<columns::Head>> ReadHead(const engine::Database& database,
                                              OrganizationNumber organization,
                                              const engine::Snapshot* snapshot);

class DirectoryCache {
 public:
  // The directory of an organization as of `snapshot`. Nothing where it never had a call. Cost: one
  // read of the head, and none where nothing was written since the last time.
  Result<std::optional<columns::Directory>> Read(const engine::Database& database,
                                                 OrganizationNumber organization,
                                                 const engine::Snapshot& snapshot);
  // The directory as it is now. REQUIRES: the organization's write lock.
  Result<std::optional<columns::Directory>> ReadNewest(const engine::Database& database,
                                                       OrganizationNumber organization);

  void Publish(OrganizationNumber organization, const columns::Directory& directory);
  // Forgets all versions, after a write that failed.
  void Forget(OrganizationNumber organization);
  // Forgets all organizations, before the database is replaced.
  void Clear();

 private:
  // Versions kept an organization; a slower reader loads its version again.
  static constexpr std::size_t kVersions = 16;
  // Organizations kept a shard, so that memory stays bounded whatever their number.
  static constexpr std::size_t kOrganizationsPerShard = 1024;
  static constexpr std::size_t kShards = 16;

  struct Versions {
    std::deque<columns::Directory> directories;  // a published one is newer than those before it
    bool published = false;                      // the last one is the newest there is
    // What the head says in every snapshot of this sequence number.
    std::uint64_t sequence = 0;
    std::uint64_t version = 0;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<OrganizationNumber, Versions> versions;
  };
  Shard& ShardOf(OrganizationNumber organization) { return shards_[organization % kShards]; }
  // The versions of an organization; another one makes room where the shard is full. REQUIRES: the
  // shard's mutex.
  static Versions& VersionsIn(Shard* shard, OrganizationNumber organization);
  // The version; and the one that a snapshot of `sequence` is known to have.
  std::optional<columns::Directory> Find(OrganizationNumber organization, std::uint64_t version);
  std::optional<columns::Directory> FindAt(OrganizationNumber organization, std::uint64_t sequence);
  Result<columns::Directory> FindOrLoad(const engine::Database& database,
                                        OrganizationNumber organization, const columns::Head& head,
                                        const engine::Snapshot* snapshot);

  std::array<Shard, kShards> shards_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_DIRECTORY_CACHE_H_
