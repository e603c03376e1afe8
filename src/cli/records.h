// records.h - small answers that are no calls (counts, organizations), in every format of data.
//
// Ownership, thread safety: values.
#ifndef CALLSTORE_SRC_CLI_RECORDS_H_
#define CALLSTORE_SRC_CLI_RECORDS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/options.h"

namespace callstore::cli {

// One row: names and JSON values.
using Record = std::vector<std::pair<std::string, std::string>>;

// What was done to which call, in the formats that are not the envelope.
std::string FormatOutcome(const std::string& organization, const std::string& id,
                          std::string_view outcome, Format format);

// {"name":value,...}.
std::string ToObject(const Record& record);

// The records as JSON Lines, or as csv under the names of `header`.
std::string FormatRecords(const std::vector<Record>& records, const Record& header, Format format);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_RECORDS_H_
