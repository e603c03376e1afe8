#include "columns/chunk_writer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <tuple>

namespace callstore::columns {
namespace {

bool AllSet(std::span<const std::uint64_t> bitmap, std::size_t rows) {
  std::size_t set = 0;
  for (const std::uint64_t word : bitmap) set += CountBits(word);
  return set == rows;
}

void StoreHeader(const ChunkWriter::Shape& shape, std::uint8_t flags, std::size_t column_count,
                 char* to) {
  const auto rows = static_cast<std::uint32_t>(shape.rows);
  const auto columns = static_cast<std::uint16_t>(column_count);
  const std::uint64_t damaged_bytes = shape.damaged.size();
  to[0] = static_cast<char>(kChunkVersion);
  to[1] = static_cast<char>(flags);
  std::memcpy(to + 2, &columns, sizeof columns);
  std::memcpy(to + 4, &rows, sizeof rows);
  std::memcpy(to + 8, &shape.time_code.base, sizeof shape.time_code.base);
  std::memcpy(to + 16, &damaged_bytes, sizeof damaged_bytes);
}

}  // namespace

void ColumnSink::Add(const ColumnEntry& entry, std::string_view key) {
  const std::size_t begin = made_.empty() ? 0 : made_.back().begin + made_.back().size;
  made_.push_back({.entry = entry, .key = key, .begin = begin, .size = data_.size() - begin});
  made_.back().entry.key_bytes = static_cast<std::uint16_t>(key.size());
}

ChunkWriter::ChunkWriter(const Shape& shape, ColumnSink* columns) {
  assert(shape.rows <= std::numeric_limits<std::uint32_t>::max());
  assert(columns->column_count() <= std::numeric_limits<std::uint16_t>::max());
  const bool bitmap = !AllSet(shape.started, shape.rows);
  const bool wide = shape.time_code.width == kWideBytes;
  ties_offset_ = kChunkHeaderBytes + shape.rows * shape.time_code.width;
  const std::size_t bitmap_offset = ties_offset_ + shape.rows * kTieBytes;
  const std::size_t bitmap_bytes = bitmap ? shape.started.size_bytes() : 0;
  std::size_t column_bytes = columns->data_.size();
  for (const auto& made : columns->made_) column_bytes += kEntryBytes + made.key.size();

  value_.reserve(bitmap_offset + bitmap_bytes + column_bytes + shape.damaged.size());
  value_.resize(bitmap_offset);
  const unsigned flags =
      (wide ? kWideTimes : 0U) | (bitmap ? kStartedBitmap : 0U) | shape.key_flags;
  StoreHeader(shape, static_cast<std::uint8_t>(flags), columns->column_count(), value_.data());
  if (bitmap) value_.append(reinterpret_cast<const char*>(shape.started.data()), bitmap_bytes);
  AppendColumns(columns);
  value_.append(shape.damaged);
}

void ChunkWriter::AppendColumns(ColumnSink* columns) {
  auto& made = columns->made_;
  std::sort(made.begin(), made.end(), [](const auto& a, const auto& b) {
    return std::tie(a.entry.id, a.key) < std::tie(b.entry.id, b.key);
  });
  std::uint64_t data_end = 0;
  for (auto& column : made) {
    data_end += column.size;
    column.entry.data_end = data_end;
    value_.append(reinterpret_cast<const char*>(&column.entry), sizeof column.entry);
  }
  for (const auto& column : made) value_.append(column.key);
  for (const auto& column : made) value_.append(columns->data_, column.begin, column.size);
}

}  // namespace callstore::columns
