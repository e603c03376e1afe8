#include "columns/cells.h"

#include "base/hash.h"
#include "columns/chunk_layout.h"

namespace callstore::columns {

CellTable::CellTable(const ChunkView& base) {
  slots_.fill(kNoColumn);
  constexpr auto kMetadata = static_cast<std::uint8_t>(ColumnId::kMetadata);
  columns_.resize(kMetadata - 1);
  for (std::uint8_t id = 1; id < kMetadata; ++id) {
    columns_[id - 1].id = static_cast<ColumnId>(id);
  }
  base.ForEachColumn([&](const ChunkView::NamedColumn& column) {
    if (column.id != ColumnId::kMetadata) {
      columns_[static_cast<std::size_t>(column.id) - 1] = column;
    } else if (columns_.size() < kMostColumns) {
      slots_[FindSlot(column.key)] = static_cast<std::uint8_t>(columns_.size());
      columns_.push_back(column);
    } else {
      key_flags_ |= kMoreKeys;  // no chunk of ours has so many
    }
  });
}

std::size_t CellTable::FindSlot(std::string_view key) const {
  std::size_t slot = Hash64(key) % kSlots;
  while (slots_[slot] != kNoColumn && columns_[slots_[slot]].key != key) {
    slot = (slot + 1) % kSlots;
  }
  return slot;
}

std::uint8_t CellTable::ColumnOf(const RowValue& value) {
  if (value.id != ColumnId::kMetadata) return static_cast<std::uint8_t>(value.id) - 1;
  const std::size_t slot = FindSlot(value.key);
  if (slots_[slot] == kNoColumn) {
    if (columns_.size() == kMostColumns) return kNoColumn;
    slots_[slot] = static_cast<std::uint8_t>(columns_.size());
    columns_.push_back({.id = value.id, .key = value.key});
  }
  return slots_[slot];
}

bool CellTable::Add(std::string_view values, std::uint32_t operation) {
  const std::size_t before = read_.size();
  std::uint8_t flags = 0;
  RowValuesReader reader(values);
  while (reader.Next()) {
    const RowValue& value = reader.value();
    const std::uint8_t column = value.long_key ? kNoColumn : ColumnOf(value);
    if (column == kNoColumn) {
      flags |= value.long_key ? kLongKeys : kMoreKeys;
      continue;
    }
    read_.push_back({.data = value.bytes.data(),
                     .operation = operation,
                     .size = static_cast<std::uint16_t>(value.bytes.size()),
                     .column = column,
                     .hashed = value.hashed});
  }
  if (!reader.complete()) {
    read_.resize(before);
    return false;
  }
  key_flags_ |= flags;
  return true;
}

void CellTable::Sort() {
  begins_.fill(0);
  for (const Cell& cell : read_) ++begins_[cell.column + 1U];
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  std::array<std::uint32_t, kMostColumns + 1> next = begins_;
  sorted_.resize(read_.size());
  for (const Cell& cell : read_) sorted_[next[cell.column]++] = cell;
}

}  // namespace callstore::columns
