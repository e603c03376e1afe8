// directory.h - how many calls each chunk of an organization holds.
// With it the total of a list and the chunk of any row number are found without reading a chunk.
// The newest chunk's counts are what the others leave over of the organization's totals, so that a
// write at the newest end changes no entry at all: versions of a directory share their entries.
//
// Ownership:     values; entries are shared and immutable.
// Thread safety: immutable; share freely.
#ifndef CALLSTORE_SRC_COLUMNS_DIRECTORY_H_
#define CALLSTORE_SRC_COLUMNS_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/position.h"

namespace callstore::columns {

// How many calls, and how many of them have a start_timestamp.
struct Counts {
  std::int64_t calls = 0;
  std::int64_t started = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};
inline Counts operator+(Counts a, Counts b) { return {a.calls + b.calls, a.started + b.started}; }
inline Counts operator-(Counts a, Counts b) { return {a.calls - b.calls, a.started - b.started}; }

// The head record of an organization: which version its directory has, and its totals.
struct Head {
  std::uint64_t version = 0;
  Counts total;
};
std::string EncodeHead(const Head& head);
std::optional<Head> DecodeHead(std::string_view value);

// The summary record of one chunk (its key has the fence). The newest chunk's is not kept up to
// date.
std::string EncodeSummary(const Counts& counts);
std::optional<Counts> DecodeSummary(std::string_view value);

// One chunk, older than the newest one.
struct ChunkEntry {
  Position fence;  // the oldest position that it may hold
  Counts counts;
  std::uint64_t version = 0;
  Counts before;  // of all chunks between the newest (excluded) and this one (excluded)
};

// Chunks from newest to oldest. Entry 0 is the newest chunk; its counts are derived.
class Directory {
 public:
  // `fences` and `counts` from newest to oldest, at least one; counts[0] is ignored.
  struct Chunk {
    Position fence;
    Counts counts;
    // A version of the directory in which the chunk's bytes were what they are in this one. The
    // newest chunk has the directory's own.
    std::uint64_t version = 0;
  };
  // `like` may have the same fences, and then also the same layout.
  static Directory Make(const Head& head, const std::vector<Chunk>& chunks,
                        const Directory* like = nullptr);

  const Head& head() const { return head_; }
  // Directories of the same layout have the same fences. A number of this process, not on disk.
  std::uint64_t layout() const { return layout_; }
  std::size_t chunk_count() const { return 1 + older_->size(); }
  Chunk chunk(std::size_t i) const;
  // Of all chunks newer than chunk i.
  Counts before(std::size_t i) const;

  // The chunk that holds, or would hold, this position. O(log chunks).
  std::size_t FindPosition(const Position& position) const;
  // The chunk that holds row `row` of the list (all calls, or the started ones alone), newest
  // first. REQUIRES: row < the total.
  std::size_t FindRow(std::int64_t row, bool started_only) const;

  // The same chunks with another head: the newest chunk takes the difference.
  Directory WithHead(const Head& head) const;
  std::vector<Chunk> Chunks() const;

 private:
  bool HasFencesOf(const Directory& other) const;

  Head head_;
  std::uint64_t layout_ = 0;
  Position newest_fence_;
  Counts newest_;  // derived
  std::shared_ptr<const std::vector<ChunkEntry>> older_;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_DIRECTORY_H_
