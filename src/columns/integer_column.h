// integer_column.h - writes integers as offsets from the least one, at the least width.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_COLUMNS_INTEGER_COLUMN_H_
#define CALLSTORE_SRC_COLUMNS_INTEGER_COLUMN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "columns/chunk_layout.h"

namespace callstore::columns {

// Values of all rows as they were before: origin + an unsigned offset of `width` bytes (0: none).
// `least` and `most` are bounds of them; `exact` says that they are values of rows that are there.
// A row without a value may have any offset.
struct IntegerSource {
  const char* values = nullptr;
  std::size_t width = 0;
  std::int64_t origin = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool exact = false;
  bool empty = false;  // there are no such values; no field above is looked at
};

// The new value of a row.
struct RowInteger {
  std::uint32_t row = 0;
  std::int64_t value = 0;
};

// Which rows have a value: a bitmap, or null for all.
struct Presence {
  const std::uint64_t* words = nullptr;
  std::size_t rows = 0;
};

// Appends the offsets of all rows, and sets least, most and width of the entry. REQUIRES: some row
// has a value; each row of `puts` has one.
void AppendIntegers(const IntegerSource& source, std::span<const RowInteger> added,
                    const Presence& presence, std::string* data, ColumnEntry* entry);

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_INTEGER_COLUMN_H_
