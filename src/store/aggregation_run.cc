#include "store/aggregation_run.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "store/aggregator.h"

namespace callstore::store {
namespace {

using query::FieldType;
using query::Function;
using query::Metric;

// Calls that are read between two looks at the clock and at the sizes.
constexpr std::int64_t kCallsBetweenChecks = 32;
// So many codes of a chunk cost little, however few its rows are.
constexpr std::size_t kFewCodes = 64;
// Values that wait to be added; a single call may have many.
constexpr std::size_t kMostWaiting = 64 << 10;

// Turns the places of keys around; that of null stays the last.
void Reverse(const KeyTable& keys, std::vector<std::uint32_t>* places) {
  const auto last = static_cast<std::uint32_t>(keys.size());
  for (std::uint32_t id = 0; id < last; ++id) {
    (*places)[id] = keys.is_null(id) ? last : last - 1 - (*places)[id];
  }
}

tl::unexpected<Error> TooLarge(std::string_view message, std::string_view field, std::size_t most) {
  return Fail(ErrorCode::kTooLarge, message,
              {{"field", std::string(field)},
               {"limit", std::to_string(most)},
               {"advice", "a narrower filter, such as a shorter time range"}});
}

}  // namespace

AggregationRun::AggregationRun(const query::AggregatePlan& plan, std::vector<GroupReader> groups,
                               const WorkLimits& limits)
    : plan_(plan),
      limits_(limits),
      begun_(std::chrono::steady_clock::now()),
      group_readers_(std::move(groups)) {
  AddMetricSources();
  if (group_readers_.empty()) MakeRoom();
}

std::size_t AggregationRun::FindOrAddField(const query::FieldRef& field, FieldReader::What what) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].Is(field, what)) return i;
  }
  fields_.emplace_back(field, what);
  return fields_.size() - 1;
}

void AggregationRun::AddMetricSources() {
  using What = FieldReader::What;
  sources_.resize(plan_.metrics.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Metric& metric = plan_.metrics[i];
    if (metric.function == Function::kCount) continue;
    sources_[i].field = FindOrAddField(*metric.field, What::kNumbers);
    fields_[*sources_[i].field].figures().AddNeedsOf(metric.function);
  }
  // Counts last: most come with the numbers of another metric.
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Metric& metric = plan_.metrics[i];
    if (metric.function != Function::kCount || !metric.field) continue;
    sources_[i].field = FindOrAddField(*metric.field, CountedAs(*metric.field));
  }
}

// How the calls that have a field are counted: any JSON counts where it is a number, and a call
// once, however many latency values it has.
FieldReader::What AggregationRun::CountedAs(const query::FieldRef& field) const {
  const auto numbers = FieldReader::What::kNumbers;
  const FieldType type = query::TypeOf(field);
  if (type == FieldType::kAny) return numbers;
  const bool read_anyway = std::ranges::any_of(
      fields_, [&](const FieldReader& reader) { return reader.Is(field, numbers); });
  return read_anyway && !query::IsLatencyValues(field) ? numbers : FieldReader::What::kPresence;
}

Result<void> AggregationRun::Add(const columns::ChunkView& chunk, const columns::Bitmap& rows,
                                 RowReader* row_reader) {
  if (limits_.plan != PlanChoice::kRowsOnly && OpenColumns(chunk)) {
    ++chunks_in_columns_;
    if (LoadCodes(chunk, rows.Count())) {
      AddByCode(rows);
    } else {
      TakeRows(rows);
      AddFromColumns();
    }
  } else {
    TakeRows(rows);
    CALLSTORE_RETURN_IF_ERROR(AddFromCalls(chunk, row_reader));
  }
  return CheckSizes();
}

void AggregationRun::TakeRows(const columns::Bitmap& rows) {
  if (rows.Count() == rows.rows()) {
    if (all_rows_.size() < rows.rows()) {
      all_rows_.resize(rows.rows());
      std::iota(all_rows_.begin(), all_rows_.end(), 0U);
    }
    rows_ = {all_rows_.data(), rows.rows()};
    return;
  }
  some_rows_.clear();
  rows.ForEach([this](std::size_t row) { some_rows_.push_back(static_cast<std::uint32_t>(row)); });
  rows_ = some_rows_;
}

bool AggregationRun::OpenColumns(const columns::ChunkView& chunk) {
  return std::ranges::all_of(group_readers_, [&](GroupReader& r) { return r.Open(chunk); }) &&
         std::ranges::all_of(fields_, [&](FieldReader& r) { return r.Open(chunk); });
}

void AggregationRun::AddFromColumns() {
  if (group_readers_.empty()) {
    groups_.assign(rows_.size(), 0);
  } else {
    group_readers_[0].Read(rows_, &groups_);
  }
  if (group_readers_.size() == 2) {
    group_readers_[1].Read(rows_, &second_);
    NumberGroups();
  }
  MakeRoom();
  calls_.Count(groups_);
  for (FieldReader& field : fields_) field.Read(rows_, groups_);
}

bool AggregationRun::LoadCodes(const columns::ChunkView& chunk, std::size_t rows) {
  if (chunk.size() > kMostCodedRows) return false;
  if (!std::ranges::all_of(group_readers_, [](GroupReader& r) { return r.LoadCodes(); })) {
    return false;
  }
  code_count_ = 1;
  for (const GroupReader& reader : group_readers_) code_count_ *= reader.code_count();
  // Each code costs something, whether or not rows have it.
  if (code_count_ > std::min(kMostCodes, std::max(rows, kFewCodes))) return false;
  if (group_readers_.size() == 1) {
    codes_ = group_readers_[0].codes();
    return true;
  }
  own_codes_.assign(chunk.size(), 0);
  if (group_readers_.size() == 2) {
    const std::span<const std::uint16_t> first = group_readers_[0].codes();
    const std::span<const std::uint16_t> second = group_readers_[1].codes();
    const std::size_t seconds = group_readers_[1].code_count();
    for (std::size_t row = 0; row < own_codes_.size(); ++row) {
      own_codes_[row] = static_cast<std::uint16_t>(first[row] * seconds + second[row]);
    }
  }
  codes_ = own_codes_;
  return true;
}

std::uint32_t AggregationRun::GroupOfCode(std::size_t code) {
  if (group_readers_.empty()) return 0;
  const auto number = static_cast<std::uint32_t>(code);
  if (group_readers_.size() == 1) return group_readers_[0].IdOfCode(number);
  const auto seconds = static_cast<std::uint32_t>(group_readers_[1].code_count());
  const std::uint32_t first = group_readers_[0].IdOfCode(number / seconds);
  return pairs_.NumberOf(first, group_readers_[1].IdOfCode(number % seconds));
}

void AggregationRun::AddByCode(const columns::Bitmap& rows) {
  const CodedRows coded = {.codes = codes_.data(), .code_count = code_count_, .rows = &rows};
  const std::span<const CodeTally::Total> calls = tally_.Count(coded);
  groups_of_codes_.assign(code_count_, 0);
  calls_of_codes_.assign(code_count_, 0);
  for (std::size_t code = 0; code < code_count_; ++code) {
    // Only keys that are met become groups.
    if (calls[code].count == 0) continue;
    calls_of_codes_[code] = calls[code].count;
    groups_of_codes_[code] = GroupOfCode(code);
  }
  MakeRoom();
  for (std::size_t code = 0; code < code_count_; ++code) {
    calls_.Add(groups_of_codes_[code], {.count = calls_of_codes_[code]});
  }
  bool listed = false;
  for (FieldReader& field : fields_) {
    if (field.CanTally()) {
      field.Tally(coded, groups_of_codes_, calls_of_codes_);
      continue;
    }
    if (!listed) {
      TakeRows(rows);
      groups_.resize(rows_.size());
      for (std::size_t i = 0; i < rows_.size(); ++i)
        groups_[i] = groups_of_codes_[codes_[rows_[i]]];
      listed = true;
    }
    field.Read(rows_, groups_);
  }
}

// Turns the two keys of each row into the number of their pair.
void AggregationRun::NumberGroups() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    groups_[i] = pairs_.NumberOf(groups_[i], second_[i]);
  }
}

Result<void> AggregationRun::AddFromCalls(const columns::ChunkView& chunk, RowReader* row_reader) {
  groups_.clear();
  for (const std::uint32_t row : rows_) {
    CALLSTORE_RETURN_IF_ERROR(AddCall(chunk.position(row), row_reader));
    if (calls_read_ % kCallsBetweenChecks == 0) {
      CALLSTORE_RETURN_IF_ERROR(CheckTime());
      CALLSTORE_RETURN_IF_ERROR(CheckSizes());
    }
  }
  MakeRoom();
  calls_.Count(groups_);
  for (FieldReader& field : fields_) field.Flush();
  return {};
}

Result<void> AggregationRun::AddCall(const Position& position, RowReader* row_reader) {
  CALLSTORE_ASSIGN_OR_RETURN(CallView call, row_reader->ReadCall(position));
  ++calls_read_;
  if (std::ranges::any_of(fields_, [&](FieldReader& r) { return r.NeedsTranscript(call); })) {
    CALLSTORE_ASSIGN_OR_RETURN(call, row_reader->WithTranscript());
    ++transcripts_read_;
  }
  std::uint32_t group = 0;
  if (!group_readers_.empty()) group = group_readers_[0].ReadCall(call);
  if (group_readers_.size() == 2) {
    group = pairs_.NumberOf(group, group_readers_[1].ReadCall(call));
  }
  groups_.push_back(group);
  for (FieldReader& field : fields_) {
    field.ReadCall(call, group);
    if (field.waiting() < kMostWaiting) continue;
    MakeRoom();
    field.Flush();
  }
  return {};
}

void AggregationRun::MakeRoom() {
  const std::size_t count = group_count();
  calls_.Resize(count);
  for (FieldReader& field : fields_) field.figures().Resize(count);
}

Result<void> AggregationRun::CheckSizes() const {
  if (group_count() > kMostGroups) {
    return TooLarge("the calls have too many groups", "group_by", kMostGroups);
  }
  std::size_t key_bytes = 0;
  for (const GroupReader& reader : group_readers_) key_bytes += reader.keys().size_bytes();
  if (key_bytes > kMostKeyBytes) {
    return TooLarge("the texts of the groups have too many bytes", "group_by", kMostKeyBytes);
  }
  std::size_t values = 0;
  for (const FieldReader& field : fields_) values += field.values_kept();
  if (values > kMostPercentileValues) {
    return TooLarge("percentiles have too many values", "metrics", kMostPercentileValues);
  }
  return {};
}

Result<void> AggregationRun::CheckTime() const {
  if (limits_.stop.stop_requested()) {
    return Fail(ErrorCode::kDeadline, "the query was stopped");
  }
  if (limits_.deadline_ms <= 0 ||
      std::chrono::steady_clock::now() - begun_ < std::chrono::milliseconds(limits_.deadline_ms)) {
    return {};
  }
  return Fail(ErrorCode::kDeadline, "the limit of the query was hit",
              {{"field", "deadline_ms"}, {"value", std::to_string(limits_.deadline_ms)}});
}

std::size_t AggregationRun::group_count() const {
  switch (group_readers_.size()) {
    case 0:
      return 1;
    case 1:
      return group_readers_[0].keys().size();
    default:
      return pairs_.size();
  }
}

std::uint32_t AggregationRun::KeyOf(std::uint32_t group, std::size_t group_by) const {
  if (group_readers_.size() == 1) return group;
  const auto [first, second] = pairs_.pair(group);
  return group_by == 0 ? first : second;
}

std::optional<double> AggregationRun::ValueOf(std::size_t metric, std::uint32_t group) {
  const auto& field = sources_[metric].field;
  Figures& figures = field ? fields_[*field].figures() : calls_;
  return figures.Value(plan_.metrics[metric], group);
}

// The groups to show, in order.
std::vector<std::uint32_t> AggregationRun::Ordered(const AggregateQuery& query) {
  const bool descending = query.sort_order == SortOrder::kDescending;
  const bool by_group = !plan_.sort_metric;
  // The places of all groups' keys; those of null are last in either order.
  std::vector<std::vector<std::uint32_t>> places;
  for (const GroupReader& reader : group_readers_) {
    places.push_back(reader.keys().Ranks());
    if (descending && by_group) Reverse(reader.keys(), &places.back());
  }
  std::vector<std::uint32_t> groups(group_count());
  std::iota(groups.begin(), groups.end(), 0U);
  std::vector<std::optional<double>> values;
  if (!by_group) {
    values.reserve(groups.size());
    for (const std::uint32_t group : groups) values.push_back(ValueOf(*plan_.sort_metric, group));
  }
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    if (!by_group && values[a] != values[b]) {
      if (!values[a] || !values[b]) return values[a].has_value();
      return descending ? *values[a] > *values[b] : *values[a] < *values[b];
    }
    for (std::size_t k = 0; k < places.size(); ++k) {
      const std::uint32_t place_a = places[k][KeyOf(a, k)];
      const std::uint32_t place_b = places[k][KeyOf(b, k)];
      if (place_a != place_b) return place_a < place_b;
    }
    return false;
  };
  const std::size_t shown = std::min(groups.size(), static_cast<std::size_t>(query.limit));
  const auto end = groups.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(groups.begin(), end, groups.end(), before);
  groups.resize(shown);
  return groups;
}

Result<void> AggregationRun::Finish(const AggregateQuery& query, Aggregation* answer) {
  answer->total_groups = static_cast<std::int64_t>(group_count());
  for (std::uint32_t group = 0; group < group_count(); ++group) {
    answer->total_count += static_cast<std::int64_t>(calls_.count(group));
  }
  for (const std::uint32_t group : Ordered(query)) {
    AggregateGroup& shown = answer->groups.emplace_back();
    for (std::size_t k = 0; k < group_readers_.size(); ++k) {
      shown.keys_json.push_back(group_readers_[k].Json(KeyOf(group, k)));
    }
    for (std::size_t m = 0; m < plan_.metrics.size(); ++m) {
      const auto value = ValueOf(m, group);
      if (value && !std::isfinite(*value)) {
        return Fail(ErrorCode::kTooLarge, "a sum is beyond the largest number",
                    {{"field", "metrics"}, {"value", query.metrics[m]}});
      }
      shown.values.push_back(value);
    }
  }
  return {};
}

}  // namespace callstore::store
