// csv.h - comma separated values as RFC 4180 has them.
// Lines end with CR LF. A value is quoted where it holds a comma, a quote or an end of line.
#ifndef CALLSTORE_SRC_CLI_CSV_H_
#define CALLSTORE_SRC_CLI_CSV_H_

#include <string>
#include <vector>

namespace callstore::cli {

// Appends one record with its end of line.
void AppendCsvRow(const std::vector<std::string>& values, std::string* out);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_CSV_H_
