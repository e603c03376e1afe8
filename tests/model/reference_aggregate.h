// reference_aggregate.h - figures over calls, the plainest way: a map of groups, a list of values
// each. Groups come in no order that matters but that of their keys' text.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_TESTS_MODEL_REFERENCE_AGGREGATE_H_
#define CALLSTORE_TESTS_MODEL_REFERENCE_AGGREGATE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/aggregate.h"
#include "model/fault.h"
#include "model/reference_query.h"

namespace callstore::test {

struct ReferenceFigure {
  std::optional<double> value = {};
  bool exact = true;  // else within a rounding error
};

// By the keys of the group, in the form of CanonicalKey.
using ReferenceGroups = std::map<std::vector<std::string>, std::vector<ReferenceFigure>>;

ReferenceGroups AggregateRows(const std::vector<ReferenceRow>& rows, const AggregateQuery& query,
                              Fault fault);

// A key as JSON text in one form: numbers by their value as doubles, texts with one spelling.
std::string CanonicalKey(const JsonValue& key);

// Whether a group is a calendar unit, not a field.
bool IsCalendarUnit(std::string_view name);

// The start of the calendar unit of a time, as RFC 3339 text. Zones: UTC, Europe/Madrid since 1996.
struct CalendarUnit {
  std::string_view name;  // hour, day, week, month
  std::string_view time_zone;
};
std::string StartOfUnit(std::int64_t ms, const CalendarUnit& unit, Fault fault);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_REFERENCE_AGGREGATE_H_
