// cells.h - the values of pending puts, gathered by column as they are read.
// A cell points at a value where it lies in its operand. Cells are read put by put and sorted by
// column once, by counting, so that nothing is allocated per value.
//
// Ownership:     cells and keys live as long as the operands and the chunk.
// Thread safety: none; one fold.
#ifndef CALLSTORE_SRC_COLUMNS_CELLS_H_
#define CALLSTORE_SRC_COLUMNS_CELLS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "columns/chunk.h"
#include "columns/column.h"
#include "columns/row_values.h"

namespace callstore::columns {

struct Cell {
  const char* data = nullptr;
  std::uint32_t operation = 0;  // the put that it is of
  std::uint16_t size = 0;
  std::uint8_t column = 0;
  bool hashed = false;  // `data` are the 8 bytes of a hash

  std::string_view bytes() const { return {data, size}; }
};

class CellTable {
 public:
  explicit CellTable(const ChunkView& base);
  void Reserve(std::size_t cells) { read_.reserve(cells); }

  // Adds the values of one put. False, and nothing is added: they are not a RowValuesWriter's.
  bool Add(std::string_view values, std::uint32_t operation);
  // To be called once all puts are added, before cells().
  void Sort();

  // Columns of the chunk, of no value where it has none, and columns that a put has a value for. By
  // ascending id; metadata columns of the chunk first, then new ones as they came.
  const std::vector<ChunkView::NamedColumn>& columns() const { return columns_; }
  // The cells of a column, in the order of their puts.
  std::span<const Cell> cells(std::size_t column) const {
    return std::span(sorted_).subspan(begins_[column], begins_[column + 1] - begins_[column]);
  }
  // Flags of the chunk that the puts call for.
  std::uint8_t key_flags() const { return key_flags_; }

 private:
  // No more columns are made than two chunks could have.
  static constexpr std::size_t kMostColumns = 24 + 2 * kMostMetadataColumns;
  static constexpr std::size_t kSlots = 512;  // of the hash table of keys: mostly empty
  static constexpr std::uint8_t kNoColumn = UINT8_MAX;
  static_assert(kMostColumns < kNoColumn);

  // The slot of the key's column, or the free one where it would be.
  std::size_t FindSlot(std::string_view key) const;
  std::uint8_t ColumnOf(const RowValue& value);

  std::vector<ChunkView::NamedColumn> columns_;  // by id first: columns_[id - 1]
  std::vector<Cell> read_;
  std::vector<Cell> sorted_;
  std::array<std::uint32_t, kMostColumns + 1> begins_ = {};
  std::array<std::uint8_t, kSlots> slots_;
  std::uint8_t key_flags_ = 0;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CELLS_H_
