// chunk_check.h - whether the rows of a chunk say what their calls say, column by column.
// A value is compared as queries read it: a word with the word, a hash with the hash of the word, a
// number with the number. So a column that fell back to hashes is right where its hashes are, and
// keys that a chunk does not cover are nothing wrong.
//
// Ownership:     the chunk's value outlives the check.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CHUNK_CHECK_H_
#define CALLSTORE_SRC_STORE_CHUNK_CHECK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "columns/chunk.h"
#include "columns/row_values.h"

namespace callstore::store {

class ChunkCheck {
 public:
  explicit ChunkCheck(const columns::ChunkView& chunk);

  // The name of the first column in which the row does not say what `values` (of
  // AppendColumnValues) say; empty: there is none.
  std::string FindWrongColumn(std::size_t row, std::string_view values) const;

  // The names of columns whose bounds or words are not those of their rows: queries pass by whole
  // chunks because of them.
  std::vector<std::string> FindWrongBounds() const;

 private:
  using Column = columns::ChunkView::NamedColumn;

  // Whether a chunk without a column for the value may be right.
  bool MayLack(const columns::RowValue& value) const;

  columns::ChunkView chunk_;
  std::vector<Column> columns_;  // in the order of ids and keys
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_CHECK_H_
