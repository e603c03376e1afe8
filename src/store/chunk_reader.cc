#include "store/chunk_reader.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"

namespace callstore::store {

Result<columns::ChunkView> ChunkReader::Read(std::size_t i) {
  const columns::Directory::Chunk entry = scope_.directory.chunk(i);
  const ChunkCache::Key key{scope_.number, entry.fence, entry.version};
  chunk_ = scope_.chunks.Find(key);
  if (chunk_ == nullptr) {
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
    scope_.chunks.Add(key, chunk);
    chunk_ = std::move(chunk);
  }
  return chunk_->view;
}

}  // namespace callstore::store
