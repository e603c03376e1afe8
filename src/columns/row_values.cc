#include "columns/row_values.h"

#include <cassert>

namespace callstore::columns {
namespace {

void AppendTextOrHash(std::string_view text, std::uint64_t (*hash_of)(std::string_view),
                      std::string* out) {
  if (text.size() > kMostWordBytes) {
    AppendLength(kHashedLength, out);
    AppendLittle(hash_of(text), out);
  } else {
    AppendLength(text.size(), out);
    out->append(text);
  }
}

}  // namespace

void RowValuesWriter::AddInteger(ColumnId id, std::int64_t value) {
  assert(TypeOf(id) == ValueType::kInteger);
  out_->push_back(static_cast<char>(id));
  AppendLittle(value, out_);
}

void RowValuesWriter::AddNumber(ColumnId id, double value) {
  assert(TypeOf(id) == ValueType::kNumber);
  // One such value would make the whole operation unreadable.
  if (!std::isfinite(value)) return;
  out_->push_back(static_cast<char>(id));
  AppendLittle(std::bit_cast<std::int64_t>(value + 0.0), out_);  // -0 becomes 0
}

void RowValuesWriter::AddText(ColumnId id, std::string_view value) {
  assert(TypeOf(id) == ValueType::kText);
  out_->push_back(static_cast<char>(id));
  AppendTextOrHash(value, TextHash, out_);
}

void RowValuesWriter::AddFlag(ColumnId id, bool value) {
  assert(TypeOf(id) == ValueType::kFlag);
  out_->push_back(static_cast<char>(id));
  out_->push_back(value ? '\1' : '\0');
}

void RowValuesWriter::AddMetadata(std::string_view key, std::string_view json) {
  out_->push_back(static_cast<char>(ColumnId::kMetadata));
  if (key.size() > kMostKeyBytes) return AppendLength(kHashedLength, out_);
  AppendLength(key.size(), out_);
  out_->append(key);
  AppendTextOrHash(json, JsonHash, out_);
}

}  // namespace callstore::columns
