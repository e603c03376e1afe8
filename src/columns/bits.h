// bits.h - bitmaps as they lie in a chunk's value: bit i of byte i / 8, whole 8-byte words, any
// alignment.
#ifndef CALLSTORE_SRC_COLUMNS_BITS_H_
#define CALLSTORE_SRC_COLUMNS_BITS_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace callstore::columns {

inline std::size_t CountBits(std::uint64_t bits) {
  return static_cast<std::size_t>(std::popcount(bits));
}

// The lowest `count` bits set; `count` is 0 to 64.
inline std::uint64_t LowBits(std::size_t count) {
  return count < 64 ? (std::uint64_t{1} << count) - 1 : UINT64_MAX;
}

inline std::size_t BitmapWords(std::size_t rows) { return (rows + 63) / 64; }

inline bool HasBit(const char* bitmap, std::size_t row) {
  return ((static_cast<std::uint8_t>(bitmap[row / 8]) >> (row % 8)) & 1U) != 0;
}

// Bits `row` to `row + count` - 1, lowest first; `count` is 1 to 64. A null bitmap has all bits.
inline std::uint64_t LoadBits(const char* bitmap, std::size_t row, std::size_t count) {
  if (bitmap == nullptr) return LowBits(count);
  const std::size_t shift = row % 64;
  std::uint64_t bits = LoadLittle<std::uint64_t>(bitmap + row / 64 * 8) >> shift;
  if (shift + count > 64) {
    bits |= LoadLittle<std::uint64_t>(bitmap + (row / 64 + 1) * 8) << (64 - shift);
  }
  return bits & LowBits(count);
}

// Adds `count` bits from `row` on to `to` at bit `to_bit`; they are 0 there before.
inline void CopyBits(const char* bitmap, std::size_t row, std::size_t count, std::uint64_t* to,
                     std::size_t to_bit) {
  while (count > 0) {
    const std::size_t shift = to_bit % 64;
    const std::size_t some = std::min(count, 64 - shift);
    to[to_bit / 64] |= LoadBits(bitmap, row, some) << shift;
    row += some;
    to_bit += some;
    count -= some;
  }
}

inline void SetBit(std::uint64_t* words, std::size_t row) {
  words[row / 64] |= std::uint64_t{1} << (row % 64);
}

inline bool HasBit(const std::uint64_t* words, std::size_t row) {
  return ((words[row / 64] >> (row % 64)) & 1U) != 0;
}

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_BITS_H_
