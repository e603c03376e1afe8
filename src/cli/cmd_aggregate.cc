// cmd_aggregate.cc - callstore aggregate: figures over calls, in groups.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/json.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/explain.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

// At most this many decimals in a table; data has every digit.
constexpr std::size_t kAverageDecimals = 3;
constexpr std::size_t kMostDecimals = 6;

Result<AggregateQuery> MakeQuery(const AggregateOptions& options, const Session& session) {
  if (options.filter.query_json) return ParseAggregateQuery(*options.filter.query_json);
  return ReadFilter(options.filter, session).map([&](const Filter& filter) {
    AggregateQuery query = options.query;
    query.filter = filter;
    return query;
  });
}

// Rounded to `decimals`; a number too large for decimals as its shortest text.
std::string FormatFixed(double value, std::size_t decimals) {
  constexpr double kMostFixed = 1e15;
  std::array<char, 64> text{};
  if (std::fabs(value) < kMostFixed) {
    (void)std::snprintf(text.data(), text.size(), "%.*f", static_cast<int>(decimals), value);
  } else {
    (void)std::snprintf(text.data(), text.size(), "%.15g", value);
  }
  return text.data();
}

// The decimals that the value needs, up to `most`.
std::size_t DecimalsOf(double value, std::size_t most) {
  const std::string text = FormatFixed(value, most);
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return 0;
  return text.find_last_not_of('0') - point;
}

// The figures of one metric. All have the same number of decimals, so that their points align.
std::vector<std::string> FigureColumn(const Aggregation& answer, std::size_t metric) {
  const bool is_average = answer.metrics[metric].starts_with("avg:");
  const std::size_t most = is_average ? kAverageDecimals : kMostDecimals;
  std::size_t decimals = 0;
  for (const AggregateGroup& group : answer.groups) {
    const std::optional<double>& value = group.values[metric];
    if (value) decimals = std::max(decimals, DecimalsOf(*value, most));
  }
  std::vector<std::string> cells;
  for (const AggregateGroup& group : answer.groups) {
    const std::optional<double>& value = group.values[metric];
    cells.push_back(value ? FormatFixed(*value, decimals) : "-");
  }
  return cells;
}

std::string FormatGroupTable(const Aggregation& answer, const TableOptions& options) {
  constexpr std::size_t kLeastKeyWidth = 12;
  std::vector<TableColumn> columns;
  for (const std::string& name : answer.group_by) {
    columns.push_back({.header = name, .least_width = kLeastKeyWidth});
  }
  for (const std::string& name : answer.metrics) {
    columns.push_back({.header = name, .align_right = true});
  }
  std::vector<std::vector<std::string>> rows;
  for (const AggregateGroup& group : answer.groups) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& key : group.keys_json) {
      const JsonText value(key);
      row.push_back(value.present() ? value.Text() : "-");
    }
  }
  for (std::size_t i = 0; i < answer.metrics.size(); ++i) {
    const std::vector<std::string> cells = FigureColumn(answer, i);
    for (std::size_t k = 0; k < rows.size(); ++k) rows[k].push_back(cells[k]);
  }
  return FormatTable(columns, rows, options);
}

// The groups as the json answer has them, so that every digit is the same in all formats.
std::string FormatGroups(const Aggregation& answer, Format format) {
  const std::string json = ToJson(answer);
  if (format == Format::kJson) return json + "\n";
  std::string text;
  if (format == Format::kCsv) {
    std::vector<std::string> header = answer.group_by;
    header.insert(header.end(), answer.metrics.begin(), answer.metrics.end());
    AppendCsvRow(header, &text);
  }
  for (const JsonText& group : JsonText(json).At("data.groups").Elements()) {
    if (format == Format::kJsonl) {
      text.append(group.raw()).append("\n");
      continue;
    }
    std::vector<std::string> values;
    for (const char* const part : {"keys", "values"}) {
      for (const auto& [name, value] : group.Member(part).Members()) values.push_back(value.Text());
    }
    AppendCsvRow(values, &text);
  }
  return text;
}

// Under a table: of how many calls these are the figures, and whether groups were left out.
void NoteGroups(const Aggregation& answer) {
  const auto shown = static_cast<std::int64_t>(answer.groups.size());
  std::string note = CountOf(answer.total_count, "call");
  if (!answer.group_by.empty()) note += " in " + CountOf(answer.total_groups, "group");
  if (shown < answer.total_groups) {
    note += "; " + GroupDigits(shown) + " shown, more with a greater limit";
  }
  Notice(note);
}

}  // namespace

Result<void> RunCommand(const AggregateOptions& options, Session* session) {
  const Result<AggregateQuery> query = MakeQuery(options, *session);
  if (!query) return Forward(query);
  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const Result<Aggregation> answer = opened->store.Aggregate(opened->organization, *query);
  if (!answer) return Forward(answer);

  if (answer->total_count == 0) {
    Result<void> known = CheckOrganization(opened->store, opened->organization);
    if (!known) return known;
  }
  const bool is_table = session->format == Format::kTable;
  Result<void> written;
  if (!is_table || !answer->groups.empty()) {
    written = session->out.Write(is_table ? FormatGroupTable(*answer, session->table)
                                          : FormatGroups(*answer, session->format));
  }
  if (written) written = session->out.Flush();
  if (!written) return written;
  if (is_table) NoteGroups(*answer);
  if (answer->explain && session->format != Format::kJson) {
    WriteToStderr(FormatExplain(*answer->explain));
  }
  return {};
}

}  // namespace callstore::cli
