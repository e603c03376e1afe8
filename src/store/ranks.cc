#include "store/ranks.h"

#include <algorithm>

#include "base/error.h"

namespace callstore::store {

Bounds BoundsOf(const query::NormalFilter& filter) {
  if (!filter.bounded) return {};
  return {.newest = {filter.most_start, UINT64_MAX},
          .oldest = {filter.least_start, 0},
          .bounded = true,
          .empty = filter.least_start > filter.most_start};
}

Result<std::int64_t> Ranks::CountNewerInAll(const Position& position) const {
  const std::size_t i = scope_.directory.FindPosition(position);
  const columns::Counts before = scope_.directory.before(i);
  ChunkReader reader(scope_);
  CALLSTORE_ASSIGN_OR_RETURN(const columns::ChunkView chunk, reader.Read(i));
  const std::size_t rows = chunk.CountNewer(position);
  return bounds_.bounded ? before.started + static_cast<std::int64_t>(chunk.CountStarted(rows))
                         : before.calls + static_cast<std::int64_t>(rows);
}

Result<void> Ranks::Count() {
  if (bounds_.empty) return {};
  const columns::Counts all = scope_.directory.head().total;
  if (!bounds_.bounded) {
    total_ = all.calls;
    return {};
  }
  if (bounds_.newest != kNewest) {
    CALLSTORE_ASSIGN_OR_RETURN(first_, CountNewerInAll(bounds_.newest));
  }
  std::int64_t end = all.started;
  if (bounds_.oldest != kOldest) {
    CALLSTORE_ASSIGN_OR_RETURN(end, CountNewerInAll(JustOlder(bounds_.oldest)));
  }
  total_ = std::max<std::int64_t>(end - first_, 0);
  return {};
}

Result<std::int64_t> Ranks::CountNewer(const Position& position) const {
  CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t newer, CountNewerInAll(position));
  return std::clamp<std::int64_t>(newer - first_, 0, total_);
}

Result<Position> Ranks::PositionAt(std::int64_t row) const {
  const std::int64_t in_all = first_ + row;
  const std::size_t i = scope_.directory.FindRow(in_all, bounds_.bounded);
  const columns::Counts before = scope_.directory.before(i);
  ChunkReader reader(scope_);
  CALLSTORE_ASSIGN_OR_RETURN(const columns::ChunkView chunk, reader.Read(i));
  const auto offset =
      static_cast<std::size_t>(in_all - (bounds_.bounded ? before.started : before.calls));
  return chunk.position(bounds_.bounded ? chunk.SelectStarted(offset) : offset);
}

}  // namespace callstore::store
