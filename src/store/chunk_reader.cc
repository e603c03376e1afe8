#include "store/chunk_reader.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"

namespace callstore::store {

ChunkShelf& ChunkReader::shelf() {
  if (shelf_ == nullptr) shelf_ = scope_.chunks.Open(scope_.number, scope_.directory);
  return *shelf_;
}

Result<columns::ChunkView> ChunkReader::Read(std::size_t i) {
  if (i - run_first_ >= run_size_) TakeRun(i);
  const std::size_t k = i - run_first_;
  if (run_[k] == nullptr) {
    CALLSTORE_ASSIGN_OR_RETURN(run_[k], Load(i));
    scope_.chunks.Add(scope_.number, shelf(), i, scope_.directory.chunk(i).version, run_[k]);
  }
  const std::ptrdiff_t step = i >= last_ ? 1 : -1;
  if (const auto* chunk = Neighbour(k, 2 * step)) chunk->Prefetch();
  next_ = Neighbour(k, step);
  last_ = i;
  return run_[k]->view;
}

const columns::ChunkView* ChunkReader::Neighbour(std::size_t k, std::ptrdiff_t step) const {
  const std::size_t of = k + static_cast<std::size_t>(step);  // beyond all where it is negative
  return of < run_size_ && run_[of] != nullptr ? &run_[of]->view : nullptr;
}

void ChunkReader::TakeRun(std::size_t i) {
  run_first_ = i;
  std::size_t size = 1;
  if (run_size_ > 0 && i == last_ + 1) {
    size = std::min(kRun, scope_.directory.chunk_count() - i);
  } else if (run_size_ > 0 && i + 1 == last_) {
    size = std::min(kRun, i + 1);
    run_first_ = i + 1 - size;
  }
  shelf().Take(scope_.directory, run_first_, {run_.data(), size});
  for (std::size_t k = size; k < run_size_; ++k) run_[k] = nullptr;
  run_size_ = size;
}

Result<ChunkPointer> ChunkReader::Load(std::size_t i) {
  const columns::Directory::Chunk entry = scope_.directory.chunk(i);
  auto chunk = std::make_shared<PinnedChunk>();
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      scope_.database.Get(engine::Family::kColumns, keys::ChunkKey(scope_.number, entry.fence),
                          &scope_.snapshot, &chunk->value));
  const auto view = columns::ChunkView::Parse(found ? engine::ToView(chunk->value) : "");
  if (!view || !view->damaged().empty() ||
      static_cast<std::int64_t>(view->size()) != entry.counts.calls) {
    return Fail(ErrorCode::kCorrupt, "a chunk of the column index is damaged",
                {{"organization_number", std::to_string(scope_.number)}});
  }
  chunk->view = *view;
  return ChunkPointer(std::move(chunk));
}

}  // namespace callstore::store
