#include "store/group_reader.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/minified_json.h"
#include "store/code_tally.h"
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

constexpr std::uint32_t kFalseCode = 1;
constexpr std::uint32_t kTrueCode = 2;
constexpr std::size_t kFlagCodes = 3;

// How far the numbers of a column reach.
std::uint64_t SpanOf(const ColumnView& column) {
  const columns::ColumnBytes& bytes = column.bytes();
  return static_cast<std::uint64_t>(bytes.most) - static_cast<std::uint64_t>(bytes.least);
}

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
      ResetIds(1);
      return true;
    case ColumnView::Kind::kWords:
      source_ = Source::kWords;
      ResetIds(column.word_count() + 1);
      return true;
    case ColumnView::Kind::kFlags:
      source_ = Source::kFlags;
      ResetIds(kFlagCodes);
      return true;
    case ColumnView::Kind::kNumbers: {
      source_ = Source::kNumbers;
      const std::uint64_t span = SpanOf(column);
      ResetIds(span <= kMostCodes - 2 ? static_cast<std::size_t>(span) + 2 : 0);
      return true;
    }
    case ColumnView::Kind::kIntegers:
    case ColumnView::Kind::kHashes:
    case ColumnView::Kind::kUnknown:
      break;
  }
  return false;
}

void GroupReader::ResetIds(std::size_t code_count) {
  code_count_ = code_count;
  ids_of_codes_.swap(ids_before_);
  ids_of_codes_.assign(code_count, KeyTable::kNone);
}

bool GroupReader::LoadCodes() {
  codes_.resize(chunk_->size());
  switch (source_) {
    case Source::kNull:
      std::ranges::fill(codes_, std::uint16_t{0});
      return true;
    case Source::kTimes:
      return LoadTimeCodes();
    case Source::kWords:
      LoadWordCodes(column_, codes_.data());
      return true;
    case Source::kFlags:
      for (std::size_t row = 0; row < codes_.size(); ++row) {
        codes_[row] = static_cast<std::uint16_t>(CodeOfFlag(row));
      }
      return true;
    case Source::kNumbers:
      for (std::size_t row = 0; code_count_ != 0 && row < codes_.size(); ++row) {
        codes_[row] = static_cast<std::uint16_t>(CodeOfNumber(row));
      }
      return code_count_ != 0;
  }
  return false;
}

// Rows are in the order of time: those of a unit are neighbours.
bool GroupReader::LoadTimeCodes() {
  units_.clear();
  for (std::size_t row = 0; row < codes_.size();) {
    if (units_.size() + 1 == kMostCodes) return false;
    units_.push_back(calendar_->StartOf(chunk_->position(row).time_ms));
    const std::size_t end = EndOfUnit(row);
    const auto at = [this](std::size_t i) {
      return codes_.begin() + static_cast<std::ptrdiff_t>(i);
    };
    std::fill(at(row), at(end), static_cast<std::uint16_t>(units_.size()));
    row = end;
  }
  if (chunk_->started_count() != chunk_->size()) {
    for (std::size_t row = 0; row < codes_.size(); ++row) {
      if (!chunk_->started(row)) codes_[row] = 0;
    }
  }
  ResetIds(units_.size() + 1);
  return true;
}

// The first row older than the stretch of the unit that StartOf found for `row`.
std::size_t GroupReader::EndOfUnit(std::size_t row) {
  const auto is_within = [&](std::size_t i) {
    return chunk_->position(i).time_ms >= calendar_->begin_ms();
  };
  // Steps that double, and then halve: a unit may have a few of the rows, or all.
  std::size_t within = row;
  std::size_t beyond = row + 1;
  for (std::size_t step = 1; beyond < codes_.size() && is_within(beyond); step *= 2) {
    within = beyond;
    beyond = std::min(beyond + step, codes_.size());
  }
  while (beyond - within > 1) {
    const std::size_t middle = within + (beyond - within) / 2;
    (is_within(middle) ? within : beyond) = middle;
  }
  return beyond;
}

std::uint32_t GroupReader::CodeOfFlag(std::size_t row) const {
  if (column_.kind() != ColumnView::Kind::kFlags || !column_.present(row)) return 0;
  return column_.flag(row) ? kTrueCode : kFalseCode;
}

// REQUIRES: there are codes.
std::uint32_t GroupReader::CodeOfNumber(std::size_t row) const {
  if (!column_.present(row)) return 0;
  // Bytes that were changed on disk may be beyond the greatest value.
  return static_cast<std::uint32_t>(std::min(column_.bytes().Offset(row), SpanOf(column_))) + 1;
}

std::uint32_t GroupReader::IdOfCode(std::uint32_t code) {
  std::uint32_t& id = ids_of_codes_[code];
  if (id == KeyTable::kNone) [[unlikely]]
    id = FindId(code);
  return id;
}

std::uint32_t GroupReader::FindId(std::uint32_t code) {
  if (source_ == Source::kFlags) {
    if (code == 0 && field_.id != FieldId::kOptOut) return keys_.IdOfNull();
    return keys_.IdOfJson(JsonOfFlag(code == kTrueCode));
  }
  if (code == 0) return keys_.IdOfNull();
  switch (source_) {
    case Source::kTimes:
      return keys_.IdOfTime(units_[code - 1]);
    case Source::kNumbers:
      return keys_.IdOfNumber(column_.bytes().ToNumber(column_.bytes().least + (code - 1)));
    default:
      return IdOfWord(code - 1);
  }
}

std::uint32_t GroupReader::IdOfWord(std::uint32_t word) {
  const std::string_view text = column_.word(word);
  if (path_.empty()) {
    // Chunks side by side mostly have the same words.
    const std::uint32_t guess =
        word + 1 < ids_before_.size() ? ids_before_[word + 1] : KeyTable::kNone;
    if (guess != KeyTable::kNone && keys_.Is(guess, text)) return guess;
  }
  if (query::TypeOf(field_) != FieldType::kAny) return keys_.IdOfText(text);
  if (path_.empty()) return keys_.IdOfJson(text);
  const auto within = text.starts_with('{') ? FindJsonPath(text, path_) : std::nullopt;
  return within ? keys_.IdOfJson(*within) : keys_.IdOfNull();
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
      store::LoadCodes(column_, rows, ids->data());
      for (std::uint32_t& id : *ids) id = IdOfCode(id);
      break;
    case Source::kFlags:
      fill([this](std::uint32_t row) { return IdOfCode(CodeOfFlag(row)); });
      break;
    case Source::kNumbers:
      if (code_count_ != 0) {
        fill([this](std::uint32_t row) { return IdOfCode(CodeOfNumber(row)); });
        break;
      }
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
