#include "cli/csv.h"

#include <cstddef>
#include <string_view>

namespace callstore::cli {
namespace {

void AppendCsvValue(std::string_view value, std::string* out) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
    *out += value;
    return;
  }
  *out += '"';
  for (const char c : value) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

}  // namespace

void AppendCsvRow(const std::vector<std::string>& values, std::string* out) {
  // A single empty value would read as an empty line.
  if (values.size() == 1 && values[0].empty()) *out += "\"\"";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) *out += ',';
    AppendCsvValue(values[i], out);
  }
  *out += "\r\n";
}

}  // namespace callstore::cli
