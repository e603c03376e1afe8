#include "columns/chunk.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

#include "base/bytes.h"
#include "columns/chunk_layout.h"

namespace callstore::columns {
namespace {

bool IsWidth(std::uint8_t width) {
  return width == 0 || width == 1 || width == 2 || width == 4 || width == 8;
}

// Whether the entry's encoding is one that its column can have, with all fields in range. What it
// says of rows is not looked at.
bool IsSound(const ColumnEntry& entry) {
  if (entry.id == 0 || entry.id > static_cast<std::uint8_t>(ColumnId::kMetadata)) return false;
  if (entry.presence > 1 || !IsWidth(entry.width) || entry.least > entry.most) return false;
  const ValueType type = TypeOf(static_cast<ColumnId>(entry.id));
  if (type != ValueType::kJson && entry.key_bytes != 0) return false;
  if (entry.key_bytes > kMostKeyBytes) return false;

  const auto encoding = static_cast<Encoding>(entry.encoding);
  if (encoding == Encoding::kWords) {
    if (type != ValueType::kText && type != ValueType::kJson) return false;
    if (entry.words == 0 || entry.words > kMostWords || entry.presence != 0) return false;
    if (entry.least != 0 || entry.most != 0) return false;
    return entry.width == WidthOf(entry.words) || (entry.width == 0 && entry.words == 1);
  }
  if (entry.words != 0) return false;
  if (encoding == Encoding::kFlags) {
    return type == ValueType::kFlag && entry.width == 0 && entry.least >= 0 && entry.most <= 1;
  }
  if (entry.width != WidthOf(SpanOf(entry.least, entry.most))) return false;
  if (encoding == Encoding::kIntegers) return type == ValueType::kInteger;
  if (encoding == Encoding::kHashes) return type == ValueType::kText || type == ValueType::kJson;
  if (type != ValueType::kNumber && type != ValueType::kJson) return false;
  if (encoding == Encoding::kDoubles) return true;
  return IsScaled(entry.encoding) && entry.least >= -kMostScaled && entry.most <= kMostScaled;
}

// Bytes of the bitmap or bitmaps of a column, and of its values.
std::size_t BitmapBytes(std::size_t rows) { return BitmapWords(rows) * 8; }
std::size_t ValueBytes(const ColumnEntry& entry, std::size_t rows) {
  const bool flags = entry.encoding == static_cast<std::uint8_t>(Encoding::kFlags);
  if (flags) return entry.least == entry.most ? 0 : BitmapBytes(rows);
  return rows * entry.width;
}

ColumnView::Kind KindOf(std::uint8_t encoding) {
  switch (static_cast<Encoding>(encoding)) {
    case Encoding::kIntegers:
      return ColumnView::Kind::kIntegers;
    case Encoding::kWords:
      return ColumnView::Kind::kWords;
    case Encoding::kHashes:
      return ColumnView::Kind::kHashes;
    case Encoding::kFlags:
      return ColumnView::Kind::kFlags;
    default:
      return ColumnView::Kind::kNumbers;
  }
}

}  // namespace

std::optional<std::size_t> ChunkView::ParseTable(std::string_view rest) {
  const std::size_t table_bytes = column_count_ * kEntryBytes;
  if (table_bytes > rest.size() || (size_ == 0 && column_count_ != 0)) return std::nullopt;
  table_ = rest.data();
  keys_ = table_ + table_bytes;
  rest.remove_prefix(table_bytes);
  std::size_t key_offset = 0;
  std::string_view last_key;
  std::uint8_t last_id = 0;
  std::uint64_t data_end = 0;
  for (std::size_t i = 0; i < column_count_; ++i) {
    const ColumnEntry entry = LoadEntry(table_ + i * kEntryBytes);
    if (!IsSound(entry) || entry.key_bytes > rest.size() - key_offset) return std::nullopt;
    const std::string_view key = rest.substr(key_offset, entry.key_bytes);
    const bool again = entry.id == last_id;
    const bool is_metadata = entry.id == static_cast<std::uint8_t>(ColumnId::kMetadata);
    if (entry.id < last_id || (again && (!is_metadata || key <= last_key))) return std::nullopt;
    key_offset += entry.key_bytes;
    // At most 2^32 rows of 8 bytes, two bitmaps and 1,024 words: no sum overflows.
    const std::size_t fixed = ValueBytes(entry, size_) + entry.words * kWordEndBytes +
                              (entry.presence != 0 ? BitmapBytes(size_) : 0);
    if (entry.data_end < data_end) return std::nullopt;
    const std::uint64_t given = entry.data_end - data_end;
    if (entry.words == 0 ? given != fixed : given < fixed) return std::nullopt;
    last_key = key;
    last_id = entry.id;
    data_end = entry.data_end;
  }
  data_ = keys_ + key_offset;
  if (data_end > rest.size() - key_offset) return std::nullopt;
  return table_bytes + key_offset + data_end;
}

std::optional<ChunkView> ChunkView::Parse(std::string_view value) {
  ChunkView view;
  if (value.empty()) return view;
  if (value.size() < kChunkHeaderBytes) return std::nullopt;
  const char* from = value.data();
  const auto flags = static_cast<std::uint8_t>(from[1]);
  if (static_cast<std::uint8_t>(from[0]) != kChunkVersion) return std::nullopt;
  if ((flags & ~kAllChunkFlags) != 0) return std::nullopt;

  view.column_count_ = LoadLittle<std::uint16_t>(from + 2);
  view.size_ = LoadLittle<std::uint32_t>(from + 4);
  view.time_code_.base = LoadLittle<std::int64_t>(from + 8);
  view.time_code_.width = (flags & kWideTimes) != 0 ? kWideBytes : kNarrowBytes;
  view.key_flags_ = flags & (kMoreKeys | kLongKeys);
  const bool bitmap = (flags & kStartedBitmap) != 0;
  // 32 bits of rows at 17 bytes or less each: no sum overflows.
  const std::size_t ties_offset = kChunkHeaderBytes + view.size_ * view.time_code_.width;
  const std::size_t bitmap_offset = ties_offset + view.size_ * kTieBytes;
  const std::size_t table_offset = bitmap_offset + (bitmap ? BitmapBytes(view.size_) : 0);
  if (table_offset > value.size()) return std::nullopt;
  const std::optional<std::size_t> columns = view.ParseTable(value.substr(table_offset));
  if (!columns) return std::nullopt;
  const std::size_t end = table_offset + *columns;
  if (LoadLittle<std::uint64_t>(from + 16) != value.size() - end) return std::nullopt;

  view.times_ = from + kChunkHeaderBytes;
  view.ties_ = from + ties_offset;
  view.started_ = bitmap ? from + bitmap_offset : nullptr;
  view.damaged_ = value.substr(end);
  if (const std::size_t last = view.size_ % 64; bitmap && last != 0) {
    const auto word = LoadLittle<std::uint64_t>(from + table_offset - 8);
    if ((word & ~LowBits(last)) != 0) return std::nullopt;
  }
  return view;
}

ChunkView::NamedColumn ChunkView::NextColumn(Cursor* cursor) const {
  assert(cursor->column < column_count_);
  const ColumnEntry entry = LoadEntry(table_ + cursor->column * kEntryBytes);
  NamedColumn named{.id = static_cast<ColumnId>(entry.id),
                    .key = {keys_ + cursor->key_offset, entry.key_bytes}};
  ColumnView& view = named.view;
  const std::size_t data_bytes = entry.data_end - cursor->data_offset;
  const char* data = data_ + cursor->data_offset;
  view.kind_ = KindOf(entry.encoding);
  view.rows_ = size_;
  view.size_bytes_ = kEntryBytes + entry.key_bytes + data_bytes;
  ColumnBytes& bytes = view.bytes_;
  bytes.width = entry.width;
  bytes.least = entry.least;
  bytes.most = entry.most;
  bytes.scale = ColumnBytes::kOrdered;
  if (IsScaled(entry.encoding)) {
    bytes.scale =
        static_cast<std::uint8_t>(entry.encoding - static_cast<std::uint8_t>(Encoding::kScaled0));
  }
  bytes.values = data;
  if (entry.presence != 0) {
    bytes.presence = data;
    bytes.values += BitmapBytes(size_);
  }
  bytes.word_count = entry.words;
  bytes.word_ends = bytes.values + ValueBytes(entry, size_);
  const char* words = bytes.word_ends + entry.words * kWordEndBytes;
  bytes.words = {words, static_cast<std::size_t>(data + data_bytes - words)};
  cursor->key_offset += entry.key_bytes;
  cursor->data_offset = entry.data_end;
  ++cursor->column;
  return named;
}

ColumnView ChunkView::AbsentColumn() const {
  ColumnView view;
  view.rows_ = size_;
  return view;
}

ColumnView ChunkView::column(ColumnId id) const {
  assert(id != ColumnId::kMetadata);
  // Only the ids of the columns before are looked at; they have no keys.
  const char* entry = table_;
  for (std::size_t i = 0; i < column_count_; ++i, entry += kEntryBytes) {
    if (static_cast<std::uint8_t>(*entry) < static_cast<std::uint8_t>(id)) continue;
    if (static_cast<std::uint8_t>(*entry) != static_cast<std::uint8_t>(id)) break;
    const std::size_t data_offset = i == 0 ? 0 : LoadEntry(entry - kEntryBytes).data_end;
    Cursor cursor{.column = i, .key_offset = 0, .data_offset = data_offset};
    return NextColumn(&cursor).view;
  }
  return AbsentColumn();
}

ColumnView ChunkView::metadata(std::string_view key) const {
  std::size_t key_offset = 0;
  std::size_t data_offset = 0;
  for (std::size_t i = 0; i < column_count_; ++i) {
    const ColumnEntry entry = LoadEntry(table_ + i * kEntryBytes);
    const bool is_metadata = entry.id == static_cast<std::uint8_t>(ColumnId::kMetadata);
    if (is_metadata && std::string_view(keys_ + key_offset, entry.key_bytes) == key) {
      Cursor cursor{.column = i, .key_offset = key_offset, .data_offset = data_offset};
      return NextColumn(&cursor).view;
    }
    key_offset += entry.key_bytes;
    data_offset = entry.data_end;
  }
  ColumnView view = AbsentColumn();
  const std::uint8_t flag = key.size() > kMostKeyBytes ? kLongKeys : kMoreKeys;
  if ((key_flags_ & flag) != 0) view.kind_ = ColumnView::Kind::kUnknown;
  return view;
}

void ChunkView::Prefetch() const {
  constexpr std::size_t kCacheLineBytes = 64;
  for (std::size_t at = 0; at < column_count_ * kEntryBytes; at += kCacheLineBytes) {
    __builtin_prefetch(table_ + at);
  }
}

bool ChunkView::more_metadata() const { return key_flags_ != 0; }

std::vector<std::pair<std::string, std::size_t>> ChunkView::Sizes() const {
  std::vector<std::pair<std::string, std::size_t>> sizes = {
      {"time", size_ * time_code_.width},
      {"tie", size_ * kTieBytes},
      {"started", started_ != nullptr ? BitmapBytes(size_) : 0}};
  ForEachColumn([&](const NamedColumn& column) {
    sizes.emplace_back(ColumnName(column.id, column.key), column.view.size_bytes());
  });
  return sizes;
}

std::int64_t ChunkView::time(std::size_t row) const {
  if (time_code_.width == kWideBytes) return LoadLittle<std::int64_t>(times_ + row * kWideBytes);
  const std::uint64_t offset = LoadLittle<std::uint32_t>(times_ + row * kNarrowBytes);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(time_code_.base) + offset);
}

Position ChunkView::position(std::size_t row) const {
  assert(row < size_);
  return {.time_ms = time(row), .tie = LoadLittle<std::uint64_t>(ties_ + row * kTieBytes)};
}

bool ChunkView::started(std::size_t row) const {
  assert(row < size_);
  if (started_ == nullptr) return true;
  return HasBit(started_, row);
}

std::size_t ChunkView::CountNewer(const Position& position) const {
  std::size_t low = 0;
  std::size_t high = size_;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (Newer(this->position(middle), position)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::size_t ChunkView::started_count() const { return CountStarted(size_); }

std::size_t ChunkView::CountStarted(std::size_t rows) const {
  rows = std::min(rows, size_);
  if (started_ == nullptr) return rows;
  std::size_t count = 0;
  for (std::size_t word = 0; word < rows / 64; ++word) {
    count += CountBits(LoadLittle<std::uint64_t>(started_ + word * 8));
  }
  if (rows % 64 == 0) return count;
  return count +
         CountBits(LoadLittle<std::uint64_t>(started_ + rows / 64 * 8) & LowBits(rows % 64));
}

std::size_t ChunkView::SelectStarted(std::size_t k) const {
  assert(k < started_count());
  if (started_ == nullptr) return k;
  for (std::size_t word = 0; word < BitmapWords(size_); ++word) {
    auto bits = LoadLittle<std::uint64_t>(started_ + word * 8);
    const std::size_t count = CountBits(bits);
    if (k >= count) {
      k -= count;
      continue;
    }
    for (; k > 0; --k) bits &= bits - 1;  // drops the lowest bit
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }
  return size_;
}

void ChunkView::CopyTimes(const Stretch& rows, const TimeCode& code, char* to) const {
  if (rows.count == 0) return;
  if (code == time_code_) {
    std::memcpy(to, times_ + rows.first * code.width, rows.count * code.width);
    return;
  }
  for (std::size_t i = 0; i < rows.count; ++i) {
    StoreTime(code, time(rows.first + i), to + i * code.width);
  }
}

void ChunkView::CopyTies(const Stretch& rows, char* to) const {
  if (rows.count == 0) return;
  std::memcpy(to, ties_ + rows.first * kTieBytes, rows.count * kTieBytes);
}

void ChunkView::CopyStarted(const Stretch& rows, std::span<std::uint64_t> to,
                            std::size_t to_bit) const {
  CopyBits(started_, rows.first, rows.count, to.data(), to_bit);
}

}  // namespace callstore::columns
