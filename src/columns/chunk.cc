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

std::size_t CountBits(std::uint64_t bits) { return static_cast<std::size_t>(std::popcount(bits)); }

// The lowest `count` bits set; `count` is 0 to 64.
std::uint64_t LowBits(std::size_t count) {
  return count < 64 ? (std::uint64_t{1} << count) - 1 : UINT64_MAX;
}

bool AllSet(std::span<const std::uint64_t> bitmap, std::size_t rows) {
  std::size_t set = 0;
  for (const std::uint64_t word : bitmap) set += CountBits(word);
  return set == rows;
}

void StoreHeader(const ChunkWriter::Shape& shape, std::uint8_t flags, char* to) {
  const auto rows = static_cast<std::uint32_t>(shape.rows);
  const std::uint64_t damaged_bytes = shape.damaged.size();
  to[0] = static_cast<char>(kChunkVersion);
  to[1] = static_cast<char>(flags);
  std::memcpy(to + 4, &rows, sizeof rows);
  std::memcpy(to + 8, &shape.time_code.base, sizeof shape.time_code.base);
  std::memcpy(to + 16, &damaged_bytes, sizeof damaged_bytes);
}

}  // namespace

ChunkWriter::ChunkWriter(const Shape& shape) {
  assert(shape.rows <= std::numeric_limits<std::uint32_t>::max());
  const bool bitmap = !AllSet(shape.started, shape.rows);
  const bool wide = shape.time_code.width == kWideBytes;
  ties_offset_ = kChunkHeaderBytes + shape.rows * shape.time_code.width;
  const std::size_t bitmap_offset = ties_offset_ + shape.rows * kTieBytes;
  const std::size_t bitmap_bytes = bitmap ? shape.started.size_bytes() : 0;

  value_.reserve(bitmap_offset + bitmap_bytes + shape.damaged.size());
  value_.resize(bitmap_offset);
  StoreHeader(shape,
              static_cast<std::uint8_t>((wide ? kWideTimes : 0U) | (bitmap ? kStartedBitmap : 0U)),
              value_.data());
  if (bitmap) value_.append(reinterpret_cast<const char*>(shape.started.data()), bitmap_bytes);
  value_.append(shape.damaged);
}

std::optional<ChunkView> ChunkView::Parse(std::string_view value) {
  ChunkView view;
  if (value.empty()) return view;
  if (value.size() < kChunkHeaderBytes) return std::nullopt;
  const char* from = value.data();
  const auto flags = static_cast<std::uint8_t>(from[1]);
  if (static_cast<std::uint8_t>(from[0]) != kChunkVersion) return std::nullopt;
  if ((flags & ~(kWideTimes | kStartedBitmap)) != 0) return std::nullopt;
  if (LoadLittle<std::uint16_t>(from + 2) != 0) return std::nullopt;

  view.size_ = LoadLittle<std::uint32_t>(from + 4);
  view.time_code_.base = LoadLittle<std::int64_t>(from + 8);
  view.time_code_.width = (flags & kWideTimes) != 0 ? kWideBytes : kNarrowBytes;
  const bool bitmap = (flags & kStartedBitmap) != 0;
  // 32 bits of rows at 17 bytes or less each: no sum overflows.
  const std::size_t ties_offset = kChunkHeaderBytes + view.size_ * view.time_code_.width;
  const std::size_t bitmap_offset = ties_offset + view.size_ * kTieBytes;
  const std::size_t end = bitmap_offset + (bitmap ? BitmapWords(view.size_) * 8 : 0);
  if (end > value.size()) return std::nullopt;
  if (LoadLittle<std::uint64_t>(from + 16) != value.size() - end) return std::nullopt;

  view.times_ = from + kChunkHeaderBytes;
  view.ties_ = from + ties_offset;
  view.started_ = bitmap ? from + bitmap_offset : nullptr;
  view.damaged_ = value.substr(end);
  if (const std::size_t last = view.size_ % 64; bitmap && last != 0) {
    const auto word = LoadLittle<std::uint64_t>(from + end - 8);
    if ((word & ~LowBits(last)) != 0) return std::nullopt;
  }
  return view;
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
  return ((static_cast<std::uint8_t>(started_[row / 8]) >> (row % 8)) & 1U) != 0;
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

// Bits `row` to `row + count` - 1, lowest first; `count` is 1 to 64.
std::uint64_t ChunkView::StartedBits(std::size_t row, std::size_t count) const {
  if (started_ == nullptr) return LowBits(count);
  const std::size_t shift = row % 64;
  std::uint64_t bits = LoadLittle<std::uint64_t>(started_ + row / 64 * 8) >> shift;
  if (shift + count > 64) {
    bits |= LoadLittle<std::uint64_t>(started_ + (row / 64 + 1) * 8) << (64 - shift);
  }
  return bits & LowBits(count);
}

void ChunkView::CopyStarted(const Stretch& rows, std::span<std::uint64_t> to,
                            std::size_t to_bit) const {
  std::size_t row = rows.first;
  for (std::size_t left = rows.count; left > 0;) {
    const std::size_t shift = to_bit % 64;
    const std::size_t count = std::min(left, 64 - shift);
    to[to_bit / 64] |= StartedBits(row, count) << shift;
    row += count;
    to_bit += count;
    left -= count;
  }
}

std::string EncodeChunk(std::span<const Row> rows, std::string_view damaged) {
  std::vector<std::uint64_t> started(BitmapWords(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].started) started[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  const TimeCode code =
      rows.empty() ? TimeCode{}
                   : ChooseTimeCode(rows.front().position.time_ms, rows.back().position.time_ms);
  ChunkWriter writer(
      {.rows = rows.size(), .time_code = code, .started = started, .damaged = damaged});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    StoreTime(code, rows[i].position.time_ms, writer.times() + i * code.width);
    std::memcpy(writer.ties() + i * kTieBytes, &rows[i].position.tie, kTieBytes);
  }
  return writer.Take();
}

std::vector<Row> DecodeRows(const ChunkView& chunk) {
  std::vector<Row> rows;
  rows.reserve(chunk.size());
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    rows.push_back({.position = chunk.position(i), .started = chunk.started(i)});
  }
  return rows;
}

}  // namespace callstore::columns
