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

using columns::ColumnBytes;
using columns::ColumnView;
using query::FieldId;
using query::FieldType;

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

std::uint64_t SpanOf(const ColumnBytes& bytes) {
  return static_cast<std::uint64_t>(bytes.most) - static_cast<std::uint64_t>(bytes.least);
}

double PowerOfTen(std::uint8_t scale) {
  double power = 1;
  for (std::uint8_t i = 0; i < scale; ++i) power *= 10;
  return power;
}

OffsetArray OffsetsOf(const ColumnBytes& bytes) {
  return {.values = bytes.values, .width = bytes.width};
}

// Whether all numbers are whole and have 4 bytes at most.
bool HasSmallWholes(const ColumnBytes& bytes) {
  return bytes.scale == 0 && bytes.least >= 0 && bytes.most <= UINT32_MAX;
}

// Whether the sum of the numbers, as doubles, can be reckoned from their offsets.
bool HasExactSum(const ColumnBytes& bytes) {
  if (bytes.scale == ColumnBytes::kOrdered) return false;
  const double power = PowerOfTen(bytes.scale);
  // Whole numbers up to here are doubles themselves.
  constexpr double kMostWhole = 0x1p53;
  const double limit = bytes.scale == 0 ? kMostWhole : CodeTally::kDecimalLimit * power;
  return power <= CodeTally::kMostPower && static_cast<double>(bytes.least) > -limit &&
         static_cast<double>(bytes.most) < limit;
}

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

// What the source's numbers lie in; times are of the chunk, not of a column.
ColumnBytes FieldReader::NumberBytes() const {
  ColumnBytes bytes = column_.bytes();
  if (source_ == Source::kStarted && chunk_->size() > 0) {
    bytes = {};
    bytes.least = chunk_->position(chunk_->size() - 1).time_ms;
    bytes.most = chunk_->position(0).time_ms;
    bytes.width = SpanOf(bytes) <= UINT32_MAX ? sizeof(std::uint32_t) : sizeof(std::uint64_t);
  }
  const bool whole = source_ == Source::kStarted || column_.kind() == ColumnView::Kind::kIntegers;
  if (whole) bytes.scale = 0;
  return bytes;
}

bool FieldReader::CanTally() const {
  if (source_ == Source::kWords) return false;
  if (what_ == What::kPresence || source_ == Source::kNone) return true;
  const ColumnBytes bytes = NumberBytes();
  return bytes.width <= sizeof(std::uint32_t) && (!figures_.needs().sum || HasExactSum(bytes)) &&
         (!figures_.needs().values || HasSmallWholes(bytes));
}

void FieldReader::Tally(const CodedRows& rows, std::span<const std::uint32_t> groups,
                        std::span<const std::uint64_t> calls) {
  if (source_ == Source::kNone) return;
  parts_.assign(rows.code_count, {});
  if (source_ == Source::kAll) {
    for (std::size_t code = 0; code < calls.size(); ++code) parts_[code].count = calls[code];
  } else {
    if (source_ == Source::kStarted) {
      rows_.Reset(chunk_->size());
      chunk_->CopyStarted({.first = 0, .count = chunk_->size()},
                          {rows_.words(), rows_.word_count()}, 0);
    } else {
      column_.Present(&rows_);
    }
    rows_.And(*rows.rows);
    TallyNumbers({.codes = rows.codes, .code_count = rows.code_count, .rows = &rows_});
  }
  for (std::size_t code = 0; code < parts_.size(); ++code) {
    if (parts_[code].count != 0) figures_.Add(groups[code], parts_[code]);
  }
}

// Sets parts_ to the figures of the rows, all of which have a value.
void FieldReader::TallyNumbers(const CodedRows& rows) {
  const Figures::Needs& needs = figures_.needs();
  ColumnBytes bytes = NumberBytes();
  if (source_ == Source::kStarted && (needs.sum || needs.range)) {
    times_.resize(chunk_->size());  // more than enough
    bytes.values = reinterpret_cast<char*>(times_.data());
    chunk_->CopyTimes({.first = 0, .count = chunk_->size()},
                      {.base = bytes.least, .width = bytes.width},
                      reinterpret_cast<char*>(times_.data()));
  }
  const auto totals =
      needs.sum && bytes.scale == 0 ? tally_.Sum(rows, OffsetsOf(bytes)) : tally_.Count(rows);
  for (std::size_t code = 0; code < parts_.size(); ++code) {
    parts_[code].count = totals[code].count;
    parts_[code].sum = Int128{bytes.least} * static_cast<Int128>(totals[code].count) +
                       static_cast<Int128>(totals[code].sum);
  }
  if (needs.values) TallyValues(rows, bytes);
  if (needs.sum && bytes.scale != 0) TallyDecimals(rows, bytes);
  if (needs.range) TallyRange(rows, bytes);
}

void FieldReader::TallyDecimals(const CodedRows& rows, const ColumnBytes& bytes) {
  const auto sums = tally_.SumDecimals(rows, OffsetsOf(bytes),
                                       {.least = bytes.least, .power = PowerOfTen(bytes.scale)});
  for (std::size_t code = 0; code < parts_.size(); ++code) {
    parts_[code].sum = sums[code].Sum();
    parts_[code].sum_exponent = CodeTally::kDecimalExponent;
  }
}

void FieldReader::TallyRange(const CodedRows& rows, const ColumnBytes& bytes) {
  const auto ranges = tally_.FindRange(rows, OffsetsOf(bytes));
  const auto number = [&bytes](std::uint32_t offset) {
    const std::uint64_t integer = static_cast<std::uint64_t>(bytes.least) + offset;
    return bytes.ToNumber(static_cast<std::int64_t>(integer)) + 0.0;  // makes -0 a 0
  };
  for (std::size_t code = 0; code < parts_.size(); ++code) {
    if (parts_[code].count == 0) continue;
    parts_[code].least = number(ranges[code].least);
    parts_[code].greatest = number(ranges[code].most);
  }
}

void FieldReader::TallyValues(const CodedRows& rows, const ColumnBytes& bytes) {
  std::span<const std::uint32_t> values =
      tally_.Sort(rows, OffsetsOf(bytes), static_cast<std::uint32_t>(bytes.least));
  kept_ += values.size();
  for (Figures::Part& part : parts_) {
    part.values = values.first(part.count);
    values = values.subspan(part.count);
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
