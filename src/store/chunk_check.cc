#include "store/chunk_check.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>

#include "base/bytes.h"
#include "columns/chunk_layout.h"
#include "columns/value_hash.h"

namespace callstore::store {
namespace {

using columns::ColumnId;
using columns::ColumnView;
using columns::RowValue;
using columns::ValueType;
using Kind = ColumnView::Kind;

// The number that a cell stands for in a column of numbers; nothing: it is none.
std::optional<double> NumberOf(const RowValue& value) {
  if (columns::TypeOf(value.id) == ValueType::kNumber) return value.number() + 0.0;  // -0 becomes 0
  if (value.hashed) return std::nullopt;
  return columns::FiniteJsonNumber(value.bytes);
}

std::uint64_t HashOf(const RowValue& value) {
  if (value.hashed) return LoadLittle<std::uint64_t>(value.bytes.data());
  return columns::TypeOf(value.id) == ValueType::kJson ? columns::JsonHash(value.bytes)
                                                       : columns::TextHash(value.bytes);
}

// REQUIRES: the column has a value in the row.
bool SaysTheSame(const ColumnView& column, std::size_t row, const RowValue& value) {
  switch (column.kind()) {
    case Kind::kIntegers:
      return column.integer(row) == value.integer();
    case Kind::kNumbers:
      return column.number(row) == NumberOf(value);
    case Kind::kWords:
      return !value.hashed && column.word(column.word_of(row)) == value.bytes;
    case Kind::kHashes:
      return column.hash(row) == HashOf(value);
    case Kind::kFlags:
      return column.flag(row) == (value.bytes[0] != 0);
    case Kind::kAbsent:
    case Kind::kUnknown:
      break;
  }
  return false;
}

bool HasRightWords(const ColumnView& column) {
  std::vector<bool> used(column.word_count());
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (column.bytes().code(row) > column.word_count()) return false;
    if (column.present(row)) used[column.word_of(row)] = true;
  }
  for (std::size_t i = 1; i < column.word_count(); ++i) {
    if (column.word(i - 1) >= column.word(i)) return false;
  }
  return std::ranges::all_of(used, [](bool is_used) { return is_used; });
}

bool HasRightFlags(const ColumnView& column) {
  bool least = true;
  bool most = false;
  bool any = false;
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (!column.present(row)) continue;
    any = true;
    least = least && column.flag(row);
    most = most || column.flag(row);
  }
  return any && (column.bytes().least != 0) == least && (column.bytes().most != 0) == most;
}

bool HasRightBounds(const ColumnView& column) {
  if (column.kind() == Kind::kWords) return HasRightWords(column);
  if (column.kind() == Kind::kFlags) return HasRightFlags(column);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (!column.present(row)) continue;
    least = std::min(least, column.integer(row));
    most = std::max(most, column.integer(row));
  }
  return column.bytes().least == least && column.bytes().most == most;
}

}  // namespace

ChunkCheck::ChunkCheck(const columns::ChunkView& chunk) : chunk_(chunk) {
  columns_.reserve(chunk.column_count());
  chunk.ForEachColumn([&](const Column& column) { columns_.push_back(column); });
}

bool ChunkCheck::MayLack(const RowValue& value) const {
  const std::uint8_t flag = value.long_key ? columns::kLongKeys : columns::kMoreKeys;
  return value.id == ColumnId::kMetadata && (chunk_.key_flags() & flag) != 0;
}

std::string ChunkCheck::FindWrongColumn(std::size_t row, std::string_view values) const {
  columns::RowValuesReader reader(values);
  bool more = reader.Next();
  auto column = columns_.begin();
  while (more || column != columns_.end()) {
    const RowValue& value = reader.value();
    if (more && value.long_key) {
      if (!MayLack(value)) return columns::ColumnName(value.id, "(a long key)");
      more = reader.Next();
      continue;
    }
    const bool value_first =
        column == columns_.end() ||
        (more && std::tie(value.id, value.key) < std::tie(column->id, column->key));
    if (value_first) {
      if (!MayLack(value)) return columns::ColumnName(value.id, value.key);
      more = reader.Next();
      continue;
    }
    const bool both = more && value.id == column->id && value.key == column->key;
    const bool present = column->view.present(row);
    if (present != both || (both && !SaysTheSame(column->view, row, value))) {
      return columns::ColumnName(column->id, column->key);
    }
    if (both) more = reader.Next();
    ++column;
  }
  return {};
}

std::vector<std::string> ChunkCheck::FindWrongBounds() const {
  std::vector<std::string> wrong;
  for (const Column& column : columns_) {
    if (!HasRightBounds(column.view)) wrong.push_back(columns::ColumnName(column.id, column.key));
  }
  return wrong;
}

}  // namespace callstore::store
