// column_scan.h - the values of many rows of a chunk at once, in loops without a call a row.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_STORE_COLUMN_SCAN_H_
#define CALLSTORE_SRC_STORE_COLUMN_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "columns/chunk.h"
#include "columns/column.h"

namespace callstore::store {

// Rows of one chunk, ascending. All of them where there are as many as the chunk has.
using RowNumbers = std::span<const std::uint32_t>;

// Sets codes[i] to 1 + the word of rows[i], 0 where it has none. REQUIRES: a column of words; room
// for all rows.
void LoadCodes(const columns::ColumnView& column, RowNumbers rows, std::uint32_t* codes);

// The same of every row of the chunk.
void LoadWordCodes(const columns::ColumnView& column, std::uint16_t* codes);

// Sets values[i] to the number of rows[i], whatever it is where the row has none. Never -0.
// REQUIRES: a column of integers or numbers; room for all rows.
void LoadNumbers(const columns::ColumnView& column, RowNumbers rows, double* values);

// Whether all rows of the chunk have a value. REQUIRES: as LoadNumbers.
inline bool HasAllRows(const columns::ColumnView& column) {
  return column.bytes().presence == nullptr;
}

// Sets times[row] to the list time of every row of the chunk.
void LoadTimes(const columns::ChunkView& chunk, std::vector<std::int64_t>* times);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_COLUMN_SCAN_H_
