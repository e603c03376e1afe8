// chunk_shelf.h - what is at hand of one organization's chunks, in the order of its directory.
// A query over ten million calls looks at 2,500 chunks, and finding one costs RocksDB more than
// testing its rows costs us. Here a chunk is found by its number, and those that a walk comes to
// next are fetched from memory ahead of it. A chunk is known by the version of its bytes, which
// the directory names; so a reader never gets another snapshot's.
//
// Thread safety: safe for concurrent use; a chunk that was handed out lives as long as its pointer.
#ifndef CALLSTORE_SRC_STORE_CHUNK_SHELF_H_
#define CALLSTORE_SRC_STORE_CHUNK_SHELF_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "columns/chunk.h"
#include "columns/directory.h"
#include "engine/database.h"
#include "store/match_counts.h"

namespace callstore::store {

// A chunk and the memory that it lies in: a pin on RocksDB's own cached block, or, of a chunk with
// pending operations, a copy as folded.
struct PinnedChunk {
  engine::PinnedValue value;
  columns::ChunkView view;
};
using ChunkPointer = std::shared_ptr<const PinnedChunk>;

class ChunkShelf {
 public:
  explicit ChunkShelf(columns::Directory directory);

  // The directory that it was made for; others of its layout can use it.
  const columns::Directory& directory() const { return directory_; }

  // Sets to[k] to chunk first + k of `directory`, null where that is not at hand. REQUIRES: the
  // shelf's layout, and chunks that there are.
  void Take(const columns::Directory& directory, std::size_t first, std::span<ChunkPointer> to);

  // The counts of a filter, given as its normal form. A few filters are kept, those asked for last.
  std::shared_ptr<MatchCounts> CountsOf(const std::string& filter);

  std::size_t chunk_count() const { return slots_.size(); }
  // What it takes without its chunks.
  std::size_t base_bytes() const;

  // The next three return how many bytes were added to, or left, the shelf.
  //
  // Puts a chunk in its place. An older version does not replace a newer one.
  std::ptrdiff_t Put(std::size_t i, std::uint64_t version, ChunkPointer chunk);
  // Drops the first chunk from `start` on, round the end; 0 where there is none at all.
  std::ptrdiff_t DropNext(std::size_t start);
  // Takes over the chunks and counts that `older` has between the same fences.
  std::ptrdiff_t TakeOver(ChunkShelf* older);

 private:
  // Filters whose counts are kept; 8 bytes a chunk each.
  static constexpr std::size_t kMostFilters = 16;

  struct Slot {
    std::uint64_t version = 0;
    ChunkPointer chunk;
  };
  struct FilterCounts {
    std::string filter;
    std::shared_ptr<MatchCounts> counts;
  };

  const columns::Directory directory_;
  std::mutex mutex_;
  std::vector<Slot> slots_;
  std::list<FilterCounts> filters_;  // asked for last first
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_SHELF_H_
