#include "model/reference_aggregate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "model/query_maker.h"
#include "model/reference_field.h"
#include "model/reference_filter.h"

namespace callstore::test {
namespace {

constexpr std::int64_t kDayMs = 86400 * 1000;
constexpr std::int64_t kHourMs = 3600 * 1000;

std::int64_t FloorTo(std::int64_t ms, std::int64_t unit) {
  return (ms - (ms % unit + unit) % unit);
}

// 01:00 UTC on the last Sunday of a month of 31 days.
std::int64_t LastSunday(const std::string& year, const char* month) {
  const std::int64_t last = MsOfTimeText(year + "-" + month + "-31T01:00:00.000Z");
  const std::int64_t weekday = (FloorTo(last, kDayMs) / kDayMs % 7 + 11) % 7;  // 0: Sunday
  return last - weekday * kDayMs;
}

// Madrid is an hour before UTC, two in summer.
std::int64_t OffsetOf(std::int64_t ms, std::string_view time_zone) {
  if (time_zone == "UTC") return 0;
  const std::string year = TimeText(ms, false).substr(0, 4);
  const bool summer = ms >= LastSunday(year, "03") && ms < LastSunday(year, "10");
  return summer ? 2 * kHourMs : kHourMs;
}

std::string KeyOf(const ReferenceRow& row, std::string_view group, const AggregateQuery& query,
                  Fault fault) {
  if (IsCalendarUnit(group)) {
    const JsonValue* const start = row.call->Find("start_timestamp");
    if (start == nullptr) return "null";
    return CanonicalKey(
        JsonValue::Text(StartOfUnit(start->whole(), {group, query.time_zone}, fault)));
  }
  const FieldValues values = ValuesOfField(FullFieldName(group), *row.call, Fault::kNone);
  if (values.whole != nullptr) return CanonicalKey(*values.whole);
  return values.present ? "false" : "null";  // the flag of opting out alone is there unseen
}

// What a metric is about: the numbers of the field, and the calls that have it. Of a field of any
// type those that have a number count.
struct Numbers {
  std::vector<double> values;
  std::size_t calls = 0;
};

void CollectLatencyValues(const ReferenceRow& row, const std::string& component, Numbers* numbers) {
  const JsonValue* const latency = row.call->Find("latency");
  const JsonValue* const stats = latency == nullptr ? nullptr : latency->Find(component);
  const JsonValue* const values = stats == nullptr ? nullptr : stats->Find("values");
  if (values == nullptr) return;
  for (const JsonValue& value : values->elements()) numbers->values.push_back(NumberOf(value));
  if (!values->elements().empty()) ++numbers->calls;
}

void Collect(const ReferenceRow& row, std::string_view field, Numbers* numbers) {
  const std::string name = FullFieldName(field);
  if (name.starts_with("latency.") && name.ends_with(".values")) {
    return CollectLatencyValues(row, name.substr(8, name.size() - 15), numbers);
  }
  const FieldValues values = ValuesOfField(name, *row.call, Fault::kNone);
  const bool is_list = values.whole != nullptr && values.whole->kind() == JsonValue::Kind::kArray;
  const bool is_number =
      !is_list && !values.elements.empty() && values.elements.front().kind == Scalar::Kind::kNumber;
  if (is_number) numbers->values.push_back(static_cast<double>(values.elements.front().number));
  const bool is_any = TypeOfField(name) == ReferenceType::kAny;
  if (is_any ? is_number : values.present) ++numbers->calls;
}

// Nearest rank: the smallest value that at least this share of all do not exceed.
double Percentile(std::vector<double> values, std::string_view percent, Fault fault) {
  std::sort(values.begin(), values.end());
  const std::size_t dot = std::min(percent.find('.'), percent.size());
  std::size_t thousandths =
      10 * static_cast<std::size_t>(std::stoi(std::string(percent.substr(0, dot))));
  if (dot < percent.size()) thousandths += static_cast<std::size_t>(percent.back() - '0');
  std::size_t rank = (thousandths * values.size() + 999) / 1000;
  if (fault == Fault::kPercentileOffByOne) rank = std::min(rank + 1, values.size());
  return values[std::max<std::size_t>(rank, 1) - 1];
}

ReferenceFigure FigureOf(std::string_view function, const Numbers& numbers, Fault fault) {
  const std::vector<double>& values = numbers.values;
  if (function == "count") return {.value = static_cast<double>(numbers.calls)};
  if (values.empty()) return {};
  if (function == "min") return {.value = *std::ranges::min_element(values)};
  if (function == "max") return {.value = *std::ranges::max_element(values)};
  if (function.front() == 'p') {
    return {.value = Percentile(values, function.substr(1), fault)};
  }
  long double sum = 0;
  bool whole = true;
  for (const double value : values) {
    sum += value;
    whole &= std::floor(value) == value;
  }
  const bool exact = whole && std::fabs(sum) < 9e15L;
  if (function == "sum") return {.value = static_cast<double>(sum), .exact = exact};
  return {.value = static_cast<double>(sum / static_cast<long double>(values.size())),
          .exact = false};
}

}  // namespace

bool IsCalendarUnit(std::string_view name) {
  return name == "hour" || name == "day" || name == "week" || name == "month";
}

std::string CanonicalKey(const JsonValue& key) {
  if (key.kind() != JsonValue::Kind::kNumber) return key.Print();
  char text[32];
  const double number = NumberOf(key) == 0 ? 0 : NumberOf(key);
  return {text, std::to_chars(std::begin(text), std::end(text), number).ptr};
}

std::string StartOfUnit(std::int64_t ms, const CalendarUnit& unit, Fault fault) {
  const std::string_view zone = fault == Fault::kBucketsInUtc ? "UTC" : unit.time_zone;
  std::int64_t local = ms + OffsetOf(ms, zone);
  std::int64_t offset = OffsetOf(ms, zone);
  if (unit.name == "hour") {
    local = FloorTo(local, kHourMs);
  } else {
    local = FloorTo(local, kDayMs);
    if (unit.name == "week") {
      // 1970-01-01 was a Thursday.
      const std::int64_t first = fault == Fault::kWeekFromSunday ? 4 : 3;
      local -= ((local / kDayMs + first) % 7 + 7) % 7 * kDayMs;
    }
    if (unit.name == "month") {
      local = MsOfTimeText(TimeText(local, false).substr(0, 8) + "01T00:00:00.000Z");
    }
    offset = OffsetOf(local - offset, zone);
    offset = OffsetOf(local - offset, zone);
  }
  std::string text = TimeText(local, false).substr(0, 19);
  if (zone == "UTC") return text + "Z";
  return text + (offset == kHourMs ? "+01:00" : "+02:00");
}

ReferenceGroups AggregateRows(const std::vector<ReferenceRow>& rows, const AggregateQuery& query,
                              Fault fault) {
  std::map<std::vector<std::string>, std::vector<Numbers>> collected;
  std::map<std::vector<std::string>, std::size_t> counts;
  if (query.group_by.empty()) collected[{}].resize(query.metrics.size());
  for (const ReferenceRow& row : rows) {
    std::vector<std::string> keys;
    for (const std::string& group : query.group_by) {
      keys.push_back(KeyOf(row, group, query, fault));
    }
    std::vector<Numbers>& numbers = collected[keys];
    numbers.resize(query.metrics.size());
    ++counts[keys];
    for (std::size_t i = 0; i < query.metrics.size(); ++i) {
      const std::size_t colon = query.metrics[i].find(':');
      if (colon == std::string::npos) continue;
      Collect(row, std::string_view(query.metrics[i]).substr(colon + 1), &numbers[i]);
    }
  }
  ReferenceGroups groups;
  for (const auto& [keys, numbers] : collected) {
    std::vector<ReferenceFigure>& figures = groups[keys];
    for (std::size_t i = 0; i < query.metrics.size(); ++i) {
      const std::string& metric = query.metrics[i];
      const std::size_t colon = metric.find(':');
      figures.push_back(colon == std::string::npos
                            ? ReferenceFigure{.value = static_cast<double>(counts[keys])}
                            : FigureOf(metric.substr(0, colon), numbers[i], fault));
    }
  }
  return groups;
}

}  // namespace callstore::test
