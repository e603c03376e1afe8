// chunk_reader.h - the chunks of an organization's directory, read and checked.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CHUNK_READER_H_
#define CALLSTORE_SRC_STORE_CHUNK_READER_H_

#include <cstddef>
#include <memory>

#include "callstore/error.h"
#include "columns/chunk.h"
#include "store/chunk_cache.h"
#include "store/query_scope.h"

namespace callstore::store {

class ChunkReader {
 public:
  // REQUIRES: the scope outlives the reader.
  explicit ChunkReader(const QueryScope& scope) : scope_(scope) {}

  // Chunk `i` of the directory, counted from the newest. It lives until the next read. corrupt: the
  // chunk is damaged, or has other rows than the directory says.
  Result<columns::ChunkView> Read(std::size_t i);

 private:
  const QueryScope& scope_;
  std::shared_ptr<const PinnedChunk> chunk_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_READER_H_
