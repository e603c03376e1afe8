#include "store/ranks.h"

#include <algorithm>

#include "base/error.h"

namespace callstore::store {

Bounds BoundsOf(const TimeRange& range) {
  Bounds bounds;
  bounds.bounded = range.ge.has_value() || range.lt.has_value();
  bounds.empty = range.lt && (*range.lt == INT64_MIN || (range.ge && *range.ge >= *range.lt));
  if (bounds.empty) return bounds;
  if (range.lt) bounds.newest = {*range.lt - 1, UINT64_MAX};
  if (range.ge) bounds.oldest = {*range.ge, 0};
  return bounds;
}

Ranks::Ranks(const engine::Database& database, OrganizationNumber organization,
             const engine::Snapshot& snapshot, columns::Directory directory, const TimeRange& range)
    : database_(database),
      organization_(organization),
      snapshot_(snapshot),
      directory_(std::move(directory)),
      bounds_(BoundsOf(range)) {}

Result<void> Ranks::ReadChunk(std::size_t i, PinnedChunk* chunk) const {
  const columns::Directory::Chunk entry = directory_.chunk(i);
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      database_.Get(engine::Family::kColumns, keys::ChunkKey(organization_, entry.fence),
                    &snapshot_, &chunk->value));
  const auto view = columns::ChunkView::Parse(found ? engine::ToView(chunk->value) : "");
  if (!view || !view->damaged().empty() ||
      static_cast<std::int64_t>(view->size()) != entry.counts.calls) {
    return Fail(ErrorCode::kCorrupt, "a chunk of the column index is damaged",
                {{"organization_number", std::to_string(organization_)}});
  }
  chunk->view = *view;
  return {};
}

Result<std::int64_t> Ranks::CountNewerInAll(const Position& position) const {
  const std::size_t i = directory_.FindPosition(position);
  const columns::Counts before = directory_.before(i);
  PinnedChunk chunk;
  CALLSTORE_RETURN_IF_ERROR(ReadChunk(i, &chunk));
  const std::size_t rows = chunk.view.CountNewer(position);
  return bounds_.bounded ? before.started + static_cast<std::int64_t>(chunk.view.CountStarted(rows))
                         : before.calls + static_cast<std::int64_t>(rows);
}

Result<void> Ranks::Count() {
  if (bounds_.empty) return {};
  const columns::Counts all = directory_.head().total;
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
  const std::size_t i = directory_.FindRow(in_all, bounds_.bounded);
  const columns::Counts before = directory_.before(i);
  PinnedChunk chunk;
  CALLSTORE_RETURN_IF_ERROR(ReadChunk(i, &chunk));
  const auto offset =
      static_cast<std::size_t>(in_all - (bounds_.bounded ? before.started : before.calls));
  return chunk.view.position(bounds_.bounded ? chunk.view.SelectStarted(offset) : offset);
}

}  // namespace callstore::store
