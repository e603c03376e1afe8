// chunk_reader.h - the chunks of an organization's directory, read and checked.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CHUNK_READER_H_
#define CALLSTORE_SRC_STORE_CHUNK_READER_H_

#include <array>
#include <cstddef>
#include <memory>

#include "callstore/error.h"
#include "columns/chunk.h"
#include "store/chunk_shelf.h"
#include "store/query_scope.h"

namespace callstore::store {

class ChunkReader {
 public:
  // REQUIRES: the scope outlives the reader.
  explicit ChunkReader(const QueryScope& scope) : scope_(scope) {}

  // Chunk `i` of the directory, counted from the newest. It lives until the next read. corrupt: the
  // chunk is damaged, or has other rows than the directory says.
  Result<columns::ChunkView> Read(std::size_t i);

  // The chunk that a walk will read next, where it is known and at hand; else null. Its table of
  // columns is being fetched from memory.
  const columns::ChunkView* next() const { return next_; }

  ChunkShelf& shelf();

 private:
  // Chunks that are taken from the shelf at once by a walk.
  static constexpr std::size_t kRun = 16;

  // Takes chunk `i`, and where the last read was of its neighbour, those that the walk comes to.
  void TakeRun(std::size_t i);
  // The chunk `step` away from run_[k], where the run has it.
  const columns::ChunkView* Neighbour(std::size_t k, std::ptrdiff_t step) const;
  Result<ChunkPointer> Load(std::size_t i);

  const QueryScope& scope_;
  std::shared_ptr<ChunkShelf> shelf_;
  std::array<ChunkPointer, kRun> run_;  // of the chunks from run_first_ on
  std::size_t run_first_ = 0;
  std::size_t run_size_ = 0;
  std::size_t last_ = 0;  // read
  const columns::ChunkView* next_ = nullptr;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_READER_H_
