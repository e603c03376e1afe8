// sort_key.h - the sort keys of a list, and their values as numbers that compare alike.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_SORT_KEY_H_
#define CALLSTORE_SRC_QUERY_SORT_KEY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "callstore/error.h"
#include "columns/column.h"

namespace callstore::query {

enum class SortKey : std::uint8_t {
  kListTime,  // "start_timestamp"
  kEndTimestamp,
  kCreatedAt,
  kUpdatedAt,
  kCallDuration,
  kCombinedCost,
  kLatencyE2eP50,
};

// invalid_argument with the names that are valid, and the nearest one.
Result<SortKey> FindSortKey(std::string_view sort_by);
// REQUIRES: not kListTime.
columns::ColumnId ColumnOf(SortKey key);

// A value as an unsigned number that orders alike; 0 is an absent value, smaller than all others.
// (The two least times that there are share one number: INT64_MIN would be 0.)
std::uint64_t OrderedInteger(std::int64_t value);
std::uint64_t OrderedNumber(double value);  // finite; -0 as 0
// Back again. REQUIRES: not 0.
std::int64_t IntegerOf(std::uint64_t ordered);
double NumberOf(std::uint64_t ordered);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_SORT_KEY_H_
