// chunk_cache.h - the shelves of all organizations, within a bound of memory.
//
// Ownership:     must end before the database.
// Thread safety: safe for concurrent use.
#ifndef CALLSTORE_SRC_STORE_CHUNK_CACHE_H_
#define CALLSTORE_SRC_STORE_CHUNK_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "columns/directory.h"
#include "keys/keys.h"
#include "store/chunk_shelf.h"

namespace callstore::store {

using keys::OrganizationNumber;

class ChunkCache {
 public:
  // Keeps chunks of up to `capacity_bytes` all told.
  explicit ChunkCache(std::size_t capacity_bytes)
      : capacity_(static_cast<std::ptrdiff_t>(capacity_bytes)) {}

  // The shelf of an organization, in the layout of `directory`. Cost: a search; O(chunks) where the
  // layout is not that of the last time.
  std::shared_ptr<ChunkShelf> Open(OrganizationNumber organization,
                                   const columns::Directory& directory);
  // Puts chunk `i` of that version on its shelf. Chunks of the organization that was opened least
  // recently make room, any of them: a walk over more chunks than there is room for still finds
  // its share.
  void Add(OrganizationNumber organization, const ChunkShelf& shelf, std::size_t i,
           std::uint64_t version, ChunkPointer chunk);

 private:
  struct Entry {
    OrganizationNumber organization = 0;
    std::shared_ptr<ChunkShelf> shelf;
    std::ptrdiff_t used_bytes = 0;
  };
  using Entries = std::list<Entry>;

  void Use(Entry* entry, std::ptrdiff_t bytes) {
    entry->used_bytes += bytes;
    used_bytes_ += bytes;
  }
  // Drops chunks and shelves until the bound holds; of the first shelf, chunks alone.
  void MakeRoom();
  std::size_t Random();

  const std::ptrdiff_t capacity_;
  std::mutex mutex_;
  Entries entries_;  // opened last first
  std::unordered_map<OrganizationNumber, Entries::iterator> places_;
  std::ptrdiff_t used_bytes_ = 0;
  std::uint64_t random_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_CACHE_H_
