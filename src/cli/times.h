// times.h - moments and spans as people write and read them.
// Moments are milliseconds since 1970-01-01T00:00:00Z and print in UTC.
#ifndef CALLSTORE_SRC_CLI_TIMES_H_
#define CALLSTORE_SRC_CLI_TIMES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::cli {

// What --since and --until take: milliseconds, a date, RFC 3339, or a span before `now_ms`: 90s,
// 30m, 12h, 7d, 2w. invalid_argument with `field`, `value`, `valid`.
Result<std::int64_t> ParseMoment(std::string_view field, std::string_view text,
                                 std::int64_t now_ms);

// "2023-12-20 18:40:00"; a moment outside of the years 0 to 9999 as its number.
std::string FormatMoment(std::int64_t moment_ms);

// "0:42", "10:00", "1:02:03".
std::string FormatSpan(double span_ms);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_TIMES_H_
