#include "cli/records.h"

#include "cli/csv.h"
#include "cli/json_text.h"

namespace callstore::cli {
namespace {

std::vector<std::string> NamesOf(const Record& record) {
  std::vector<std::string> names;
  for (const auto& member : record) names.push_back(member.first);
  return names;
}

std::vector<std::string> ValuesOf(const Record& record) {
  std::vector<std::string> values;
  for (const auto& member : record) values.push_back(JsonText(member.second).Text());
  return values;
}

}  // namespace

std::string FormatOutcome(const std::string& organization, const std::string& id,
                          std::string_view outcome, Format format) {
  if (format == Format::kTable) return id + ": " + std::string(outcome) + "\n";
  const Record record = {{"organization_id", QuoteJson(organization)},
                         {"id", QuoteJson(id)},
                         {"outcome", QuoteJson(outcome)}};
  return FormatRecords({record}, record, format);
}

std::string ToObject(const Record& record) {
  std::string json = "{";
  for (const auto& [name, value] : record) {
    json.append(json.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(value);
  }
  return json + "}";
}

std::string FormatRecords(const std::vector<Record>& records, const Record& header, Format format) {
  std::string text;
  if (format == Format::kCsv) AppendCsvRow(NamesOf(header), &text);
  for (const Record& record : records) {
    if (format == Format::kCsv) {
      AppendCsvRow(ValuesOf(record), &text);
    } else {
      text += ToObject(record) + "\n";
    }
  }
  return text;
}

}  // namespace callstore::cli
