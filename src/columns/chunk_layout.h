// chunk_layout.h - the bytes of a chunk value, and a writer that lays them out.
//
//   0  version (1)            8  time base (8)         24  times: rows x 4 or 8
//   1  flags                 16  damaged bytes (8)         ties: rows x 8
//   2  0 (2)                                               started bitmap, whole 8-byte words
//   4  rows (4)                                            damaged section
//
// All little-endian. A chunk has one encoding only: narrow times where the span fits, a bitmap only
// where some row is not started, bits past the last row 0.
#ifndef CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_
#define CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "columns/chunk.h"

namespace callstore::columns {

inline constexpr std::uint8_t kChunkVersion = 1;
inline constexpr std::uint8_t kWideTimes = 1;      // flag: 8 bytes a time
inline constexpr std::uint8_t kStartedBitmap = 2;  // flag: not all rows are started
inline constexpr std::size_t kChunkHeaderBytes = 24;
inline constexpr std::size_t kNarrowBytes = 4;
inline constexpr std::size_t kWideBytes = 8;
inline constexpr std::size_t kTieBytes = 8;

inline constexpr std::size_t BitmapWords(std::size_t rows) { return (rows + 63) / 64; }

// The code for times from `oldest` to `newest`.
inline TimeCode ChooseTimeCode(std::int64_t newest, std::int64_t oldest) {
  const std::uint64_t span =
      static_cast<std::uint64_t>(newest) - static_cast<std::uint64_t>(oldest);
  if (span <= UINT32_MAX) return {.base = oldest, .width = kNarrowBytes};
  return {.base = 0, .width = kWideBytes};
}

inline void StoreTime(const TimeCode& code, std::int64_t time, char* to) {
  const std::uint64_t offset =
      static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(code.base);
  const auto narrow = static_cast<std::uint32_t>(offset);
  if (code.width == kNarrowBytes) {
    std::memcpy(to, &narrow, sizeof narrow);
  } else {
    std::memcpy(to, &offset, sizeof offset);
  }
}

// A chunk value with room for its columns.
class ChunkWriter {
 public:
  struct Shape {
    std::size_t rows = 0;
    TimeCode time_code;
    std::span<const std::uint64_t> started;  // the bitmap; left out where all bits are set
    std::string_view damaged;
  };
  explicit ChunkWriter(const Shape& shape);

  // Room for the times and the ties of all rows, to be filled before Take.
  char* times() { return value_.data() + kChunkHeaderBytes; }
  char* ties() { return value_.data() + ties_offset_; }
  std::string Take() { return std::move(value_); }

 private:
  std::string value_;
  std::size_t ties_offset_ = 0;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_
