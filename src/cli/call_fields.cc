#include "cli/call_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "callstore/json.h"
#include "cli/failure.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

constexpr std::string_view kUsualFields =
    "id,call_id,agent_id,organization_id,call_status,call_type,direction,from_number,to_number,"
    "start_timestamp,end_timestamp,call_duration,disconnection_reason,"
    "call_analysis.call_successful,call_analysis.user_sentiment,call_analysis.in_voicemail,"
    "call_analysis.call_summary,call_cost.combined_cost,latency.e2e.p50,recording_url,"
    "public_log_url,opt_out_sensitive_data_storage,metadata";

struct UsualColumn {
  TableColumn column;
  std::string_view path;
};

constexpr std::size_t kUncut = static_cast<std::size_t>(-1);

const std::vector<UsualColumn>& UsualColumns() {
  static const std::vector<UsualColumn> kColumns = {
      {{"CALL", false, kUncut, 0}, "call_id"},
      {{"STARTED (UTC)", false, kUncut, 0}, "start_timestamp"},
      {{"LENGTH", true, kUncut, 2}, "call_duration"},
      {{"STATUS", false, kUncut, 1}, "call_status"},
      {{"DIRECTION", false, kUncut, 5}, "direction"},
      {{"FROM", false, kUncut, 4}, "from_number"},
      {{"TO", false, kUncut, 3}, "to_number"},
      {{"AGENT", false, 10, 6}, "agent_id"},
      {{"SENTIMENT", false, kUncut, 7}, "call_analysis.user_sentiment"},
      {{"SUMMARY", false, 24, 8}, "call_analysis.call_summary"},
  };
  return kColumns;
}

bool IsTimeField(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kTimes = {
      "start_timestamp", "end_timestamp", "created_at", "updated_at", "stored_at", "changed_at"};
  return std::find(kTimes.begin(), kTimes.end(), path) != kTimes.end();
}

// A field that the summary view leaves out, in whole or in part.
bool IsLongField(std::string_view path) {
  if (path.starts_with("transcript") || path.starts_with("events")) return true;
  if (!path.starts_with("latency")) return false;
  const bool one_figure = std::count(path.begin(), path.end(), '.') >= 2;
  return !one_figure || path.find(".values") != std::string_view::npos;
}

std::optional<std::int64_t> ToInteger(const JsonText& value) {
  std::int64_t number = 0;
  const std::string_view raw = value.raw();
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (error != std::errc() || end != raw.data() + raw.size()) return std::nullopt;
  return number;
}

std::optional<double> ToDouble(const JsonText& value) {
  double number = 0;
  const std::string_view raw = value.raw();
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (error != std::errc() || end != raw.data() + raw.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<std::vector<std::string>> ParseFields(std::string_view list) {
  if (list.empty()) list = kUsualFields;
  std::vector<std::string> fields;
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    fields.emplace_back(list.substr(0, comma));
    if (fields.back().empty()) {
      return Failure(ErrorCode::kInvalidArgument, "a field has no name",
                     {{"field", "--fields"},
                      {"value", std::string(list)},
                      {"valid", "dotted paths, comma separated: id,metadata.campaign"}});
    }
    if (comma == list.size()) return fields;
    list.remove_prefix(comma + 1);
  }
}

View ViewFor(const std::vector<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(), IsLongField) ? View::kFull : View::kSummary;
}

CallFields::CallFields(const CallView& call, View view)
    : json_(std::make_unique<const std::string>(ToJson(call, {.view = view, .stamps = true}))),
      members_(JsonText(*json_).Members()) {}

std::string CallFields::Cell(std::string_view path) const {
  const JsonText value = At(path);
  if (IsTimeField(path)) {
    const std::optional<std::int64_t> moment = ToInteger(value);
    return moment ? FormatMoment(*moment) : value.Text();
  }
  if (path == "call_id" && !value.present()) return Value("id");
  if (path != "call_duration") return value.Text();
  const std::optional<double> given = ToDouble(value);
  if (given) return FormatSpan(*given);
  const std::optional<double> start = ToDouble(At("start_timestamp"));
  const std::optional<double> end = ToDouble(At("end_timestamp"));
  return start && end ? FormatSpan(*end - *start) : std::string();
}

std::vector<std::string> CallValues(const CallFields& call,
                                    const std::vector<std::string>& fields) {
  std::vector<std::string> values;
  values.reserve(fields.size());
  for (const std::string& field : fields) values.push_back(call.Value(field));
  return values;
}

std::string FormatCallTable(const std::vector<CallView>& calls, View view,
                            const std::vector<std::string>& fields, const TableOptions& options) {
  constexpr std::size_t kLeastCellWidth = 12;
  std::vector<TableColumn> columns;
  std::vector<std::string_view> paths;
  if (fields.empty()) {
    for (const UsualColumn& usual : UsualColumns()) {
      columns.push_back(usual.column);
      paths.push_back(usual.path);
    }
  } else {
    for (const std::string& field : fields) {
      columns.push_back({.header = field, .least_width = kLeastCellWidth});
      paths.emplace_back(field);
    }
  }
  std::vector<std::vector<std::string>> rows;
  for (const CallView& call : calls) {
    const CallFields values(call, view);
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string_view path : paths) row.push_back(values.Cell(path));
  }
  return FormatTable(columns, rows, options);
}

}  // namespace callstore::cli
