#include "store/column_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "base/bytes.h"

namespace callstore::store {
namespace {

using columns::ColumnBytes;
using columns::ColumnView;

// Calls use(i, offset) for each of the rows, where offset is what the column keeps of rows[i]. The
// width of the offsets is settled outside of the loop, and so is whether rows[i] is just i.
template <typename T, typename F>
void ForEachOffset(const char* values, RowNumbers rows, bool all_rows, F&& use) {
  if (all_rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) use(i, LoadLittle<T>(values + i * sizeof(T)));
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      use(i, LoadLittle<T>(values + std::size_t{rows[i]} * sizeof(T)));
    }
  }
}

template <typename F>
void ForEachOffset(const ColumnView& column, RowNumbers rows, F&& use) {
  const ColumnBytes& bytes = column.bytes();
  const bool all = rows.size() == column.rows();
  switch (bytes.width) {
    case 0:
      for (std::size_t i = 0; i < rows.size(); ++i) use(i, std::uint8_t{0});
      break;
    case 1:
      ForEachOffset<std::uint8_t>(bytes.values, rows, all, use);
      break;
    case 2:
      ForEachOffset<std::uint16_t>(bytes.values, rows, all, use);
      break;
    case 4:
      ForEachOffset<std::uint32_t>(bytes.values, rows, all, use);
      break;
    default:
      ForEachOffset<std::uint64_t>(bytes.values, rows, all, use);
      break;
  }
}

// By blocks in arrays of their own, of a length that the compiler knows: it makes vectors of them.
template <typename T>
void WidenCodes(const char* values, std::size_t rows, std::size_t words, std::uint16_t* codes) {
  constexpr std::size_t kBlock = 64;
  const auto most = static_cast<T>(std::min<std::size_t>(words, std::numeric_limits<T>::max()));
  std::array<T, kBlock> from = {};
  std::array<std::uint16_t, kBlock> to;
  for (std::size_t row = 0; row < rows; row += kBlock) {
    const std::size_t some = std::min(kBlock, rows - row);
    std::memcpy(from.data(), values + row * sizeof(T), some * sizeof(T));
    for (std::size_t i = 0; i < kBlock; ++i) {
      to[i] = static_cast<std::uint16_t>(from[i] <= most ? from[i] : T{0});
    }
    std::memcpy(codes + row, to.data(), some * sizeof(std::uint16_t));
  }
}

}  // namespace

void LoadCodes(const ColumnView& column, RowNumbers rows, std::uint32_t* codes) {
  const auto words = static_cast<std::uint32_t>(column.word_count());
  if (column.bytes().width == 0) {  // all rows have the one word
    for (std::size_t i = 0; i < rows.size(); ++i) codes[i] = 1;
    return;
  }
  ForEachOffset(column, rows, [codes, words](std::size_t i, auto code) {
    codes[i] = code <= words ? static_cast<std::uint32_t>(code) : 0;
  });
}

void LoadWordCodes(const ColumnView& column, std::uint16_t* codes) {
  const std::size_t words = column.word_count();
  switch (column.bytes().width) {
    case 0:  // all rows have the one word
      std::fill_n(codes, column.rows(), std::uint16_t{1});
      break;
    case 1:
      WidenCodes<std::uint8_t>(column.bytes().values, column.rows(), words, codes);
      break;
    default:
      WidenCodes<std::uint16_t>(column.bytes().values, column.rows(), words, codes);
      break;
  }
}

void LoadNumbers(const ColumnView& column, RowNumbers rows, double* values) {
  const auto least = static_cast<std::uint64_t>(column.bytes().least);
  const auto integer = [least](auto offset) { return static_cast<std::int64_t>(least + offset); };
  const std::uint8_t scale = column.bytes().scale;
  const bool whole = column.kind() == ColumnView::Kind::kIntegers || scale == 0;
  if (whole) {
    ForEachOffset(column, rows, [=](std::size_t i, auto offset) {
      values[i] = static_cast<double>(integer(offset));
    });
  } else if (scale == ColumnBytes::kOrdered) {
    ForEachOffset(column, rows, [=](std::size_t i, auto offset) {
      values[i] = columns::FromOrderedBits(integer(offset)) + 0.0;
    });
  } else {
    double power = 1;
    for (std::uint8_t i = 0; i < scale; ++i) power *= 10;
    ForEachOffset(column, rows, [=](std::size_t i, auto offset) {
      values[i] = static_cast<double>(integer(offset)) / power;
    });
  }
}

void LoadTimes(const columns::ChunkView& chunk, std::vector<std::int64_t>* times) {
  times->resize(chunk.size());
  chunk.CopyTimes({.first = 0, .count = chunk.size()}, {.base = 0, .width = sizeof(std::int64_t)},
                  reinterpret_cast<char*>(times->data()));
}

}  // namespace callstore::store
