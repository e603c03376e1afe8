#include "query/aggregate_query.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/nearest.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

constexpr std::array<std::string_view, 4> kUnits = {"hour", "day", "week", "month"};
// In the order of Function; percentiles have names of their own.
constexpr std::array<std::string_view, 5> kFunctions = {"count", "sum", "avg", "min", "max"};

constexpr std::string_view kValidGroups =
    "hour, day, week, month, a text, enum or boolean field of the call itself, metadata.KEY or "
    "custom_analysis_data.KEY";
constexpr std::string_view kValidMetrics =
    "count, count:FIELD, or sum, avg, min, max, p1 to p99.9 of a number or time field, "
    "metadata.KEY, custom_analysis_data.KEY or latency.COMPONENT.values, as in avg:call_duration";

std::string Shown(std::string_view text) { return Excerpt(Utf8Prefix(text)); }

tl::unexpected<Error> Wrong(std::string_view argument, std::string_view message,
                            std::string_view value, std::string_view nearest = {}) {
  Details details = {{"field", std::string(argument)},
                     {"value", Shown(value)},
                     {"valid", std::string(argument == "group_by" ? kValidGroups : kValidMetrics)}};
  if (!nearest.empty()) details.emplace_back("nearest", std::string(nearest));
  return Fail(ErrorCode::kInvalidArgument, message, std::move(details));
}

Result<GroupBy> ParseGroupBy(std::string_view text) {
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (text == kUnits[i]) return static_cast<CalendarUnit>(i);
  }
  auto field = FindField("group_by", text);
  if (!field) {
    const std::string_view unit = Nearest(text, kUnits);
    return Wrong("group_by", "there is no such field to group by", text,
                 unit.empty() ? field.error().Detail("nearest") : unit);
  }
  switch (TypeOf(*field)) {
    case FieldType::kText:
    case FieldType::kEnum:
    case FieldType::kBoolean:
      // What a call has many of would put it in many groups.
      if (IsList(*field)) break;
      return *std::move(field);
    case FieldType::kAny:
      return *std::move(field);
    case FieldType::kTime:
    case FieldType::kNumber:
    case FieldType::kWords:
      break;
  }
  return Wrong("group_by", "calls cannot be grouped by this field", text);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "p50", "p99.9": 10 to 999.
std::optional<int> ParsePercentile(std::string_view text) {
  if (!text.starts_with('p')) return std::nullopt;
  text.remove_prefix(1);
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits]) && digits < 2) {
    value = value * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || value == 0 || text.front() == '0') return std::nullopt;
  text.remove_prefix(digits);
  value *= 10;
  if (text.empty()) return value;
  if (text.size() != 2 || text[0] != '.' || !IsDigit(text[1])) return std::nullopt;
  return value + (text[1] - '0');
}

// Whether the field has numbers to reckon with.
bool IsNumeric(const FieldRef& field) {
  const FieldType type = TypeOf(field);
  return type == FieldType::kNumber || type == FieldType::kTime || type == FieldType::kAny;
}

Result<Metric> ParseMetric(std::string_view text) {
  if (text == kFunctions[0]) return Metric{};
  const std::size_t colon = text.find(':');
  const std::string_view function = text.substr(0, colon);
  Metric metric;
  const auto known = std::find(kFunctions.begin(), kFunctions.end(), function);
  if (known != kFunctions.end()) {
    metric.function = static_cast<Function>(known - kFunctions.begin());
  } else if (const auto per_mille = ParsePercentile(function)) {
    metric.function = Function::kPercentile;
    metric.per_mille = *per_mille;
  } else {
    return Wrong("metrics", "there is no such function", text, Nearest(function, kFunctions));
  }
  if (colon == std::string_view::npos) {
    return Wrong("metrics", "the function needs a field", text);
  }
  const std::string_view name = text.substr(colon + 1);
  auto field = FindField("metrics", name);
  if (!field) {
    return Wrong("metrics", "there is no such field", text, field.error().Detail("nearest"));
  }
  const bool counted = metric.function == Function::kCount;
  const bool of_calls = !NeedsTranscript(*field) || IsLatencyValues(*field);
  if (!of_calls || (!counted && !IsNumeric(*field))) {
    return Wrong("metrics", "the function does not take this field", text);
  }
  metric.field = *std::move(field);
  return metric;
}

Result<void> CheckCount(std::string_view argument, std::size_t count, std::size_t least,
                        std::size_t most) {
  if (count >= least && count <= most) return {};
  return Fail(ErrorCode::kInvalidArgument, "the number of elements is out of range",
              {{"field", std::string(argument)},
               {"value", std::to_string(count)},
               {"valid", std::to_string(least) + " to " + std::to_string(most) + " elements"}});
}

// Names are the keys of the answer's objects.
Result<void> CheckUnique(std::string_view argument, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      return Fail(ErrorCode::kInvalidArgument, "an element is there twice",
                  {{"field", std::string(argument)},
                   {"value", Shown(names[i])},
                   {"valid", "each element once"}});
    }
  }
  return {};
}

Result<void> CheckRange(std::string_view field, std::int64_t value, std::int64_t least,
                        std::int64_t most) {
  if (value >= least && value <= most) return {};
  return Fail(ErrorCode::kInvalidArgument, "the value is out of range",
              {{"field", std::string(field)},
               {"value", std::to_string(value)},
               {"valid", std::to_string(least) + " to " + std::to_string(most)}});
}

Result<std::optional<std::size_t>> FindSortMetric(const AggregateQuery& query) {
  if (query.sort_by == "group") return std::nullopt;
  const auto found = std::find(query.metrics.begin(), query.metrics.end(), query.sort_by);
  if (found != query.metrics.end()) {
    return static_cast<std::size_t>(found - query.metrics.begin());
  }
  std::vector<std::string_view> names = {"group"};
  std::string valid = "group";
  for (const std::string& metric : query.metrics) {
    names.emplace_back(metric);
    valid.append(", ").append(metric);
  }
  Details details = {
      {"field", "sort_by"}, {"value", Shown(query.sort_by)}, {"valid", std::move(valid)}};
  const std::string_view nearest = Nearest(query.sort_by, names);
  if (!nearest.empty()) details.emplace_back("nearest", std::string(nearest));
  return Fail(ErrorCode::kInvalidArgument, "sort_by is neither group nor one of the metrics",
              std::move(details));
}

}  // namespace

bool IsLatencyValues(const FieldRef& field) {
  return field.id == FieldId::kLatency && field.key.ends_with(".values");
}

Result<AggregatePlan> CheckAggregateQuery(const AggregateQuery& query) {
  CALLSTORE_RETURN_IF_ERROR(CheckCount("group_by", query.group_by.size(), 0, kMostGroupBy));
  CALLSTORE_RETURN_IF_ERROR(CheckCount("metrics", query.metrics.size(), 1, kMostMetrics));
  CALLSTORE_RETURN_IF_ERROR(CheckUnique("group_by", query.group_by));
  CALLSTORE_RETURN_IF_ERROR(CheckUnique("metrics", query.metrics));
  CALLSTORE_RETURN_IF_ERROR(CheckRange("limit", query.limit, 1, kMostGroupsShown));
  CALLSTORE_RETURN_IF_ERROR(CheckRange("deadline_ms", query.work.deadline_ms, 0, INT64_MAX));
  CALLSTORE_RETURN_IF_ERROR(
      CheckRange("scan_limit_rows", query.work.scan_limit_rows, 0, INT64_MAX));
  if (query.sort_order != SortOrder::kAscending && query.sort_order != SortOrder::kDescending) {
    return Fail(ErrorCode::kInvalidArgument, "sort_order is not an order",
                {{"field", "sort_order"},
                 {"value", std::to_string(static_cast<int>(query.sort_order))},
                 {"valid", "descending, ascending"}});
  }
  AggregatePlan plan;
  for (const std::string& text : query.group_by) {
    CALLSTORE_ASSIGN_OR_RETURN(auto group, ParseGroupBy(text));
    plan.group_by.push_back(std::move(group));
  }
  for (const std::string& text : query.metrics) {
    CALLSTORE_ASSIGN_OR_RETURN(auto metric, ParseMetric(text));
    plan.metrics.push_back(std::move(metric));
  }
  CALLSTORE_ASSIGN_OR_RETURN(plan.sort_metric, FindSortMetric(query));
  return plan;
}

}  // namespace callstore::query
