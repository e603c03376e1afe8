// call_report.h - one call as a page for a person: who, when, what was said, what it cost.
#ifndef CALLSTORE_SRC_CLI_CALL_REPORT_H_
#define CALLSTORE_SRC_CLI_CALL_REPORT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace callstore::cli {

struct ReportOptions {
  std::size_t width = 100;  // columns; lines are broken to fit
  bool colour = false;
  bool whole = false;  // do not shorten the results of tools
};

// `call_json` is one call as the library prints it, in the full view.
std::string FormatCallReport(std::string_view call_json, const ReportOptions& options);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_CALL_REPORT_H_
