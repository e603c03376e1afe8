// selection.h - the calls of one organization that match a filter, at one snapshot, chunk by chunk.
// Lists, counts and aggregates all run on it. Chunks outside of the time bounds, and those that
// index keys rule out, are not read; the columns of the others are tested; rows that the columns
// leave open are read and tested themselves. What a visitor gets is exact.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_SELECTION_H_
#define CALLSTORE_SRC_STORE_SELECTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/call_view.h"
#include "callstore/error.h"
#include "callstore/work.h"
#include "columns/chunk.h"
#include "query/chunk_match.h"
#include "query/normal_filter.h"
#include "store/chunk_reader.h"
#include "store/match_counts.h"
#include "store/query_scope.h"
#include "store/row_reader.h"

namespace callstore::store {

// The matching rows of one chunk.
struct ChunkRows {
  const columns::ChunkView* chunk = nullptr;
  const columns::Bitmap* rows = nullptr;
  std::size_t count = 0;  // of rows
};

class Selection {
 public:
  Selection(const QueryScope& scope, const query::NormalFilter& filter, const WorkLimits& limits);

  // Where a walk goes and begins. Without `from`, at the end of the list that the direction begins
  // at; with it, at that position, which is included. `skip` is asked, with a chunk's number and
  // how many of its rows match, where that is known before they are tested; if it returns true, the
  // chunk is not visited.
  struct Walk {
    bool toward_older = true;
    std::optional<Position> from = {};
    std::function<bool(std::size_t chunk, std::size_t count)> skip = {};
  };
  // Returns false to end the walk.
  using Visitor = std::function<Result<bool>(const ChunkRows&)>;

  // Visits the chunks that have matching rows. Rows are numbered from the newest, whatever the
  // direction. deadline: stopped by another thread. Ends early where a limit of the query is hit:
  // see complete().
  Result<void> Visit(const Walk& walk, const Visitor& visit);
  Result<void> Visit(const Visitor& visit) { return Visit(Walk{}, visit); }

  // False after a walk that a limit ended: rows behind stopped_at() were not tested, in the
  // direction of the walk.
  bool complete() const { return !stopped_; }
  // The last position that was tested; nothing where the limit left no row to test.
  const std::optional<Position>& stopped_at() const { return stopped_at_; }

  // deadline: what an answer that cannot be a part of one says of that limit, with `field` and
  // `value`. REQUIRES: not complete().
  tl::unexpected<Error> LimitHit() const;

  // Reads calls of the same snapshot.
  RowReader& rows() { return row_reader_; }
  // What was done so far.
  const Explain& explain() const { return explain_; }

 private:
  // Rows of one chunk that index keys name.
  struct IndexedChunk {
    std::size_t chunk = 0;
    std::vector<Position> positions;
  };
  // Rows [first, end) of a chunk.
  struct Window {
    std::size_t first = 0;
    std::size_t end = 0;
  };

  Result<void> Prepare();
  void OpenCounts();
  // Whether all rows of chunk `i` are in the bounds and in the walk, so that its count is of use.
  bool TakesWhole(std::size_t i, const Walk& walk) const;
  // Whether the walk may pass over chunk `i` because of what is known of it.
  bool Skip(std::size_t i, const Walk& walk);
  Result<bool> VisitChunk(std::size_t i, const std::vector<Position>* indexed, const Walk& walk,
                          const Visitor& visit);
  // The rows of a chunk that the bounds, the walk and the scan limit take in.
  Window WindowOf(const columns::ChunkView& chunk, std::size_t i, const Walk& walk);
  // Sets sets_ for the chunk, without the rows to be read; false where nothing can match. Where
  // `indexed` is not null, these rows alone.
  bool TestColumns(const columns::ChunkView& chunk, const std::vector<Position>* indexed);
  // Reads the rows that the columns left open, in the order of the walk.
  Result<void> SettleOpenRows(const columns::ChunkView& chunk, const Walk& walk);
  Result<bool> TestRow(const Position& position);
  // False after the deadline of the query. deadline: stopped by another thread.
  Result<bool> InTime() const;
  // Ends the walk where a limit is hit.
  Result<bool> MayGoOn();
  void StopAt(const std::optional<Position>& position) {
    stopped_ = true;
    stopped_at_ = position;
  }

  const QueryScope& scope_;
  const query::NormalFilter& filter_;
  const WorkLimits& limits_;
  const std::chrono::steady_clock::time_point begun_;
  ChunkReader chunk_reader_;
  RowReader row_reader_;
  query::ChunkMatcher matcher_;
  std::shared_ptr<MatchCounts> counts_;  // null where they are of no use
  query::RowSets sets_;
  columns::Bitmap started_rows_;
  columns::Bitmap open_rows_;

  bool prepared_ = false;
  bool empty_ = false;         // the bounds are inverted
  Position newest_ = kNewest;  // of the bounds, both included
  Position oldest_ = kOldest;
  std::size_t newest_chunk_ = 0;  // of the bounds, both included
  std::size_t oldest_chunk_ = 0;
  std::optional<std::vector<IndexedChunk>> indexed_;  // newest first

  bool stopped_ = false;
  std::optional<Position> last_tested_;  // of the walk
  std::optional<Position> stopped_at_;
  Explain explain_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_SELECTION_H_
