// chunk_layout.h - the bytes of a chunk value.
//
//   0  version (2)            8  time base (8)         24  times: rows x 4 or 8
//   1  flags                 16  damaged bytes (8)         ties: rows x 8
//   2  value columns (2)                                   started bitmap
//   4  rows (4)                                            table: 32 bytes a value column
//                                                          metadata keys, end to end
//                                                          data of the columns, end to end
//                                                          damaged section
//
//   entry of the table: 0  column id (1)      4  words (2)         16  least (8)
//                       1  encoding (1)       6  key bytes (2)     24  most (8)
//                       2  width (1)          8  end of its data, from the first column's begin (8)
//                       3  1: presence bitmap
//   data of a column: presence bitmap; values: rows x width, or a bitmap of flags; ends of the
//   words (4 each); words
//
// All little-endian; bitmaps are whole 8-byte words, and their bits past the last row 0. A chunk
// has one encoding only, up to what columns keep of their past: narrow times where the span fits,
// bitmaps only where they say something, the least width, no column without a value.
#ifndef CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_
#define CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "columns/bits.h"
#include "columns/chunk.h"
#include "columns/column.h"

namespace callstore::columns {

inline constexpr std::uint8_t kChunkVersion = 2;
inline constexpr std::uint8_t kWideTimes = 1;      // flag: 8 bytes a time
inline constexpr std::uint8_t kStartedBitmap = 2;  // flag: not all rows are started
inline constexpr std::uint8_t kMoreKeys = 4;       // flag: rows may have keys that got no column
inline constexpr std::uint8_t kLongKeys = 8;       // flag: rows may have keys over kMostKeyBytes
inline constexpr std::uint8_t kAllChunkFlags = kWideTimes | kStartedBitmap | kMoreKeys | kLongKeys;
inline constexpr std::size_t kChunkHeaderBytes = 24;
inline constexpr std::size_t kNarrowBytes = 4;
inline constexpr std::size_t kWideBytes = 8;
inline constexpr std::size_t kTieBytes = 8;
inline constexpr std::size_t kEntryBytes = 32;
inline constexpr std::size_t kWordEndBytes = 4;

// How the values of a column are written.
enum class Encoding : std::uint8_t {
  kIntegers = 1,
  kWords = 2,
  kHashes = 3,
  kFlags = 4,
  kDoubles = 5,   // as OrderedBits
  kScaled0 = 16,  // kScaled0 + k: integers, each the number times 10^k
};
inline constexpr std::uint8_t kMostScale = 6;
// Beyond, a double is not sure to be a scaled integer exactly.
inline constexpr std::int64_t kMostScaled = std::int64_t{1} << 53;

inline bool IsScaled(std::uint8_t encoding) {
  constexpr auto kFirst = static_cast<std::uint8_t>(Encoding::kScaled0);
  return encoding >= kFirst && encoding <= kFirst + kMostScale;
}

// An entry of the table of value columns.
struct ColumnEntry {
  std::uint8_t id = 0;
  std::uint8_t encoding = 0;
  std::uint8_t width = 0;
  std::uint8_t presence = 0;
  std::uint16_t words = 0;
  std::uint16_t key_bytes = 0;
  std::uint64_t data_end = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
};
static_assert(sizeof(ColumnEntry) == kEntryBytes);

inline ColumnEntry LoadEntry(const char* from) {
  ColumnEntry entry;
  std::memcpy(&entry, from, sizeof entry);
  return entry;
}

// The least width of offsets up to `span`.
inline std::size_t WidthOf(std::uint64_t span) {
  if (span == 0) return 0;
  if (span <= UINT8_MAX) return 1;
  if (span <= UINT16_MAX) return 2;
  return span <= UINT32_MAX ? 4 : 8;
}
inline std::uint64_t SpanOf(std::int64_t least, std::int64_t most) {
  return static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
}

// The code for times from `oldest` to `newest`.
inline TimeCode ChooseTimeCode(std::int64_t newest, std::int64_t oldest) {
  if (SpanOf(oldest, newest) <= UINT32_MAX) return {.base = oldest, .width = kNarrowBytes};
  return {.base = 0, .width = kWideBytes};
}

inline void StoreTime(const TimeCode& code, std::int64_t time, char* to) {
  const std::uint64_t offset = SpanOf(code.base, time);
  std::memcpy(to, &offset, code.width);
}

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CHUNK_LAYOUT_H_
