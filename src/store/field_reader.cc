#include "store/field_reader.h"

#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "base/minified_json.h"
#include "query/aggregate_query.h"
#include "store/column_scan.h"
#include "store/group_key.h"
#include "store/group_reader.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using columns::ColumnView;
using query::FieldId;
using query::FieldType;

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

}  // namespace

FieldReader::FieldReader(query::FieldRef field, What what)
    : field_(std::move(field)), what_(what) {}

bool FieldReader::Open(const columns::ChunkView& chunk) {
  chunk_ = &chunk;
  if (field_.id == FieldId::kStartTimestamp) {
    source_ = Source::kStarted;
    return true;
  }
  if (field_.id == FieldId::kMetadata) return OpenMetadata(chunk);
  return what_ == What::kPresence ? OpenPresence(chunk) : OpenNumbers(chunk);
}

bool FieldReader::OpenPresence(const columns::ChunkView& chunk) {
  if (field_.id == FieldId::kId || field_.id == FieldId::kOptOut) {
    source_ = Source::kAll;
    return true;
  }
  auto id = query::ColumnOf(field_);
  if (!id) id = query::PresenceColumnOf(field_);
  if (!id) return false;
  column_ = chunk.column(*id);
  if (column_.kind() == ColumnView::Kind::kUnknown) return false;
  source_ = column_.kind() == ColumnView::Kind::kAbsent ? Source::kNone : Source::kPresent;
  return true;
}

bool FieldReader::OpenNumbers(const columns::ChunkView& chunk) {
  const auto id = query::ColumnOf(field_);
  if (!id) return false;
  column_ = chunk.column(*id);
  switch (column_.kind()) {
    case ColumnView::Kind::kAbsent:
      source_ = Source::kNone;
      return true;
    case ColumnView::Kind::kIntegers:
    case ColumnView::Kind::kNumbers:
      source_ = Source::kNumbers;
      return true;
    default:
      return false;
  }
}

bool FieldReader::OpenMetadata(const columns::ChunkView& chunk) {
  const auto metadata = FindMetadataColumn(chunk, field_.key);
  if (!metadata) return false;
  column_ = metadata->column;
  switch (column_.kind()) {
    case ColumnView::Kind::kAbsent:
      source_ = Source::kNone;
      return true;
    case ColumnView::Kind::kNumbers:
      source_ = Source::kNumbers;
      return true;
    case ColumnView::Kind::kWords:
      source_ = Source::kWords;
      LoadWords(metadata->path);
      return true;
    default:
      return false;
  }
}

void FieldReader::LoadWords(std::string_view path) {
  values_of_codes_.assign(column_.word_count() + 1, kNoNumber);
  for (std::size_t word = 0; word < column_.word_count(); ++word) {
    std::optional<std::string_view> json = column_.word(word);
    if (!path.empty()) {
      json = json->starts_with('{') ? FindJsonPath(*json, path) : std::nullopt;
    }
    if (json) values_of_codes_[word + 1] = JsonNumber(*json).value_or(kNoNumber);
  }
}

void FieldReader::Add(std::span<const std::uint32_t> groups, std::span<const double> values) {
  if (what_ == What::kPresence) return figures_.Count(groups);
  if (figures_.needs().values) kept_ += values.size();
  figures_.Add(groups, values);
}

template <typename F>
void FieldReader::TakeIf(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> groups,
                         F&& has_value) {
  // Without a branch: what is not wanted is overwritten by the next one.
  groups_.resize(rows.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    groups_[count] = groups[i];
    values_[count] = values_[i];
    count += has_value(i) ? 1 : 0;
  }
  groups_.resize(count);
  values_.resize(count);
  Flush();
}

void FieldReader::Flush() {
  Add(groups_, values_);
  groups_.clear();
  values_.clear();
}

void FieldReader::Read(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> groups) {
  if (source_ == Source::kNone) return;
  if (source_ == Source::kAll) return figures_.Count(groups);
  values_.resize(rows.size());
  switch (source_) {
    case Source::kStarted:
      if (what_ == What::kNumbers) {
        LoadTimes(*chunk_, &times_);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          values_[i] = static_cast<double>(times_[rows[i]]);
        }
      }
      TakeIf(rows, groups, [&](std::size_t i) { return chunk_->started(rows[i]); });
      break;
    case Source::kPresent:
      TakeIf(rows, groups, [&](std::size_t i) { return column_.present(rows[i]); });
      break;
    case Source::kNumbers:
      LoadNumbers(column_, rows, values_.data());
      if (HasAllRows(column_)) {
        Add(groups, values_);
        values_.clear();
      } else {
        TakeIf(rows, groups, [&](std::size_t i) { return column_.present(rows[i]); });
      }
      break;
    case Source::kWords:
      codes_.resize(rows.size());
      LoadCodes(column_, rows, codes_.data());
      for (std::size_t i = 0; i < rows.size(); ++i) values_[i] = values_of_codes_[codes_[i]];
      TakeIf(rows, groups, [&](std::size_t i) { return !std::isnan(values_of_codes_[codes_[i]]); });
      break;
    case Source::kNone:
    case Source::kAll:
      break;
  }
}

// The component of the call whose values the field is; nothing where it has none of that name.
std::optional<std::size_t> FieldReader::ComponentOf(const CallView& call) const {
  if (!query::IsLatencyValues(field_)) return std::nullopt;
  const std::string_view name = std::string_view(field_.key).substr(0, field_.key.find('.'));
  for (std::size_t i = 0; i < call.latency_count(); ++i) {
    if (call.latency(i).component == name) return i;
  }
  return std::nullopt;
}

void FieldReader::ReadCall(const CallView& call, std::uint32_t group) {
  if (query::IsLatencyValues(field_)) return ReadLatencyValues(call, group);
  if (what_ == What::kPresence) {
    if (store::ValueOf(field_, call)) Wait(group, 1);
  } else if (const auto number = NumberOf(call)) {
    Wait(group, *number);
  }
}

std::optional<double> FieldReader::NumberOf(const CallView& call) const {
  if (query::TypeOf(field_) == FieldType::kAny) {
    const auto json = JsonOf(field_, call);
    return json ? JsonNumber(*json) : std::nullopt;
  }
  const auto value = store::ValueOf(field_, call);
  if (!value) return std::nullopt;
  if (const auto* time = std::get_if<std::int64_t>(&*value)) return static_cast<double>(*time);
  if (const auto* number = std::get_if<double>(&*value)) return *number + 0.0;  // makes -0 a 0
  return std::nullopt;
}

void FieldReader::ReadLatencyValues(const CallView& call, std::uint32_t group) {
  const auto component = ComponentOf(call);
  if (!component) return;
  const std::size_t count = call.latency_value_count(*component);
  if (what_ == What::kPresence) {
    if (count > 0) Wait(group, 1);
    return;
  }
  for (std::size_t k = 0; k < count; ++k) Wait(group, call.latency_value(*component, k) + 0.0);
}

}  // namespace callstore::store
