// chunk_cache.h - chunks that were read before, at hand without a search in RocksDB.
// A query over ten million calls looks at 2,500 chunks, and finding one costs RocksDB more than
// testing its rows costs us. A chunk is known by its fence and by the version of its bytes, which
// its directory names; so a reader never gets another snapshot's. What is kept are pins on
// RocksDB's own cached blocks, not copies; a chunk with pending operations is kept as folded.
//
// Ownership:     must end before the database.
// Thread safety: safe for concurrent use; a chunk that was handed out lives as long as its pointer.
#ifndef CALLSTORE_SRC_STORE_CHUNK_CACHE_H_
#define CALLSTORE_SRC_STORE_CHUNK_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/position.h"
#include "columns/chunk.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::store {

using keys::OrganizationNumber;

// A chunk and the memory that it lies in.
struct PinnedChunk {
  engine::PinnedValue value;
  columns::ChunkView view;
};

class ChunkCache {
 public:
  // Keeps chunks of up to `capacity_bytes` all told.
  explicit ChunkCache(std::size_t capacity_bytes) : shard_bytes_(capacity_bytes / kShards) {}

  struct Key {
    OrganizationNumber organization = 0;
    Position fence;
    std::uint64_t version = 0;  // of the bytes
  };
  // Null where it is not there.
  std::shared_ptr<const PinnedChunk> Find(const Key& key);
  // The least recently used ones make room. Of one chunk the newest version stays.
  void Add(const Key& key, std::shared_ptr<const PinnedChunk> chunk);

 private:
  static constexpr std::size_t kShards = 16;

  struct Place {
    OrganizationNumber organization;
    Position fence;
    friend bool operator==(const Place&, const Place&) = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& place) const;
  };
  struct Entry {
    Place place;
    std::uint64_t version = 0;
    std::shared_ptr<const PinnedChunk> chunk;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> entries;  // most recently used first
    std::unordered_map<Place, std::list<Entry>::iterator, PlaceHash> places;
    std::size_t used_bytes = 0;
  };
  Shard& ShardOf(const Place& place) { return shards_[PlaceHash()(place) % kShards]; }
  static void Remove(Shard* shard, std::list<Entry>::iterator entry);

  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_CACHE_H_
