// time_filter.h - filter_criteria, of which this version evaluates conditions on start_timestamp.
// What it does not evaluate is an error: a filter is never dropped.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_TIME_FILTER_H_
#define CALLSTORE_SRC_JSON_TIME_FILTER_H_

#include <string_view>

#include "callstore/error.h"
#include "callstore/list.h"

namespace callstore::json {

// The range that the criteria (a JSON object) mean. invalid_argument with `field`, `value` and
// `valid`.
Result<TimeRange> ReadTimeFilter(std::string_view criteria);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_TIME_FILTER_H_
