#include "store/group_reader.h"

#include <utility>
#include <variant>

#include "base/minified_json.h"
#include "store/column_scan.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using columns::ColumnView;
using query::FieldId;
using query::FieldType;

KeyTable::Form FormOf(const query::FieldRef& field) {
  const FieldType type = query::TypeOf(field);
  const bool text = type == FieldType::kText || type == FieldType::kEnum;
  return text ? KeyTable::Form::kText : KeyTable::Form::kJson;
}

std::string_view JsonOfFlag(bool value) { return value ? "true" : "false"; }

}  // namespace

std::optional<MetadataColumn> FindMetadataColumn(const columns::ChunkView& chunk,
                                                 std::string_view key) {
  const ColumnView literal = chunk.metadata(key);
  if (literal.kind() == ColumnView::Kind::kUnknown) return std::nullopt;
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return MetadataColumn{literal};
  // Rows without the literal key have their value in the object that the path begins with.
  const ColumnView head = chunk.metadata(key.substr(0, dot));
  switch (head.kind()) {
    case ColumnView::Kind::kAbsent:
    case ColumnView::Kind::kNumbers:  // no objects
      return MetadataColumn{literal};
    case ColumnView::Kind::kWords:
      if (literal.kind() != ColumnView::Kind::kAbsent) return std::nullopt;
      return MetadataColumn{head, key.substr(dot + 1)};
    default:
      return std::nullopt;
  }
}

GroupReader::GroupReader(query::FieldRef field) : field_(std::move(field)), keys_(FormOf(field_)) {}

GroupReader::GroupReader(const Calendar& calendar)
    : field_{FieldId::kStartTimestamp, {}}, calendar_(calendar), keys_(KeyTable::Form::kTime) {}

bool GroupReader::Open(const columns::ChunkView& chunk) {
  chunk_ = &chunk;
  path_ = {};
  if (calendar_) {
    source_ = Source::kTimes;
    return true;
  }
  if (field_.id == FieldId::kMetadata) {
    const auto metadata = FindMetadataColumn(chunk, field_.key);
    if (!metadata) return false;
    path_ = metadata->path;
    return Use(metadata->column);
  }
  // Here an absent flag is a value, so that the column does not have all of them.
  const auto id =
      field_.id == FieldId::kOptOut ? columns::ColumnId::kOptOut : query::ColumnOf(field_);
  return id && Use(chunk.column(*id));
}

bool GroupReader::Use(const ColumnView& column) {
  column_ = column;
  switch (column.kind()) {
    case ColumnView::Kind::kAbsent:
      source_ = field_.id == FieldId::kOptOut ? Source::kFlags : Source::kNull;
      return true;
    case ColumnView::Kind::kWords:
      source_ = Source::kWords;
      ids_of_codes_.assign(column.word_count() + 1, KeyTable::kNone);
      return true;
    case ColumnView::Kind::kFlags:
      source_ = Source::kFlags;
      return true;
    case ColumnView::Kind::kNumbers:
      source_ = Source::kNumbers;
      return true;
    case ColumnView::Kind::kIntegers:
    case ColumnView::Kind::kHashes:
    case ColumnView::Kind::kUnknown:
      break;
  }
  return false;
}

std::uint32_t GroupReader::IdOfCode(std::uint32_t code) {
  if (code == 0) return keys_.IdOfNull();
  const std::string_view text = column_.word(code - 1);
  if (query::TypeOf(field_) != FieldType::kAny) return keys_.IdOfText(text);
  if (path_.empty()) return keys_.IdOfJson(text);
  const auto within = text.starts_with('{') ? FindJsonPath(text, path_) : std::nullopt;
  return within ? keys_.IdOfJson(*within) : keys_.IdOfNull();
}

void GroupReader::ReadWords(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids) {
  LoadCodes(column_, rows, ids->data());
  for (std::uint32_t& id : *ids) {
    std::uint32_t& known = ids_of_codes_[id];
    // Only words that are met become keys: each key is a group.
    if (known == KeyTable::kNone) [[unlikely]]
      known = IdOfCode(id);
    id = known;
  }
}

void GroupReader::ReadTimes(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids) {
  LoadTimes(*chunk_, &times_);
  const bool all_started = chunk_->started_count() == chunk_->size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool started = all_started || chunk_->started(rows[i]);
    (*ids)[i] = started ? IdOfTime(times_[rows[i]]) : keys_.IdOfNull();
  }
}

std::uint32_t GroupReader::IdOfTime(std::int64_t time_ms) {
  // Rows are in the order of time: mostly they are in the unit of the row before.
  const std::int64_t start = calendar_->StartOf(time_ms);
  if (last_id_ == KeyTable::kNone || start != last_start_) {
    last_start_ = start;
    last_id_ = keys_.IdOfTime(start);
  }
  return last_id_;
}

std::uint32_t GroupReader::IdOfFlag(std::size_t row) {
  const bool present = column_.kind() == ColumnView::Kind::kFlags && column_.present(row);
  if (present) return keys_.IdOfJson(JsonOfFlag(column_.flag(row)));
  return field_.id == FieldId::kOptOut ? keys_.IdOfJson(JsonOfFlag(false)) : keys_.IdOfNull();
}

void GroupReader::Read(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids) {
  ids->resize(rows.size());
  const auto fill = [&](auto&& id_of) {
    for (std::size_t i = 0; i < rows.size(); ++i) (*ids)[i] = id_of(rows[i]);
  };
  switch (source_) {
    case Source::kNull:
      if (!rows.empty()) ids->assign(rows.size(), keys_.IdOfNull());
      break;
    case Source::kTimes:
      ReadTimes(rows, ids);
      break;
    case Source::kWords:
      ReadWords(rows, ids);
      break;
    case Source::kFlags:
      fill([this](std::uint32_t row) { return IdOfFlag(row); });
      break;
    case Source::kNumbers:
      fill([this](std::uint32_t row) {
        return column_.present(row) ? keys_.IdOfNumber(column_.number(row)) : keys_.IdOfNull();
      });
      break;
  }
}

std::uint32_t GroupReader::ReadCall(const CallView& call) {
  if (calendar_) {
    const auto start = call.start_timestamp();
    return start ? IdOfTime(*start) : keys_.IdOfNull();
  }
  if (query::TypeOf(field_) == FieldType::kAny) {
    const auto json = JsonOf(field_, call);
    return json ? keys_.IdOfJson(*json) : keys_.IdOfNull();
  }
  const auto value = ValueOf(field_, call);
  if (!value) return keys_.IdOfNull();
  if (const bool* flag = std::get_if<bool>(&*value)) return keys_.IdOfJson(JsonOfFlag(*flag));
  const auto* text = std::get_if<std::string_view>(&*value);
  return text != nullptr ? keys_.IdOfText(*text) : keys_.IdOfNull();
}

std::string GroupReader::Json(std::uint32_t id) const {
  if (!calendar_ || keys_.is_null(id)) return keys_.Json(id);
  return '"' + calendar_->Label(keys_.time_ms(id)) + '"';
}

}  // namespace callstore::store
