// aggregate.h - figures over the calls that match a filter, in groups.
//
//   auto answer = store.Aggregate("org-789", {.group_by = {"agent_id"},
//                                             .metrics = {"count", "avg:call_duration",
//                                                         "p95:latency.e2e.values"}});
//
// Figures are exact and from one snapshot. A percentile is a value that occurs: the smallest one
// that at least that share of all values do not exceed (nearest rank).
//
// Ownership, thread safety: values.
// Errors:        none here; Store::Aggregate says what it returns.
#ifndef CALLSTORE_AGGREGATE_H_
#define CALLSTORE_AGGREGATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callstore/filter.h"
#include "callstore/list.h"
#include "callstore/work.h"

namespace callstore {

struct AggregateQuery {
  Filter filter = {};
  // Up to two of: a text, enum or boolean field, metadata.KEY, or a calendar unit of the start of
  // the call: "hour", "day", "week" (from Monday), "month". None: one group of all calls.
  std::vector<std::string> group_by = {};
  // 1 to 16, each once: "count", or FUNCTION:FIELD with a function of count (calls that have the
  // field; of a metadata key, those where it is a number), sum, avg, min, max, p1 to p99 (also
  // p99.9) and a numeric field: number or time fields, metadata.KEY (values that are numbers),
  // latency.COMPONENT.values (all values of the calls, read from their transcripts).
  std::vector<std::string> metrics = {"count"};
  // Of the calendar units: a name of the IANA database, "Europe/Madrid". Its summer times: to 2037.
  std::string time_zone = "UTC";
  // "group" or one of `metrics`. Groups whose figure is absent come last in either order.
  std::string sort_by = "group";
  SortOrder sort_order = SortOrder::kAscending;
  // Groups in the answer, 1 to 10,000.
  std::int64_t limit = 1000;
  WorkLimits work = {};
  bool explain = false;
};

struct AggregateGroup {
  // One for each of group_by, as JSON: text and enum words are strings, a metadata value is itself,
  // the start of a calendar unit is RFC 3339 text with its offset, absent is null.
  std::vector<std::string> keys_json = {};
  // One for each of metrics; empty where the group has no value.
  std::vector<std::optional<double>> values = {};
};

struct Aggregation {
  std::string organization_id = {};
  std::vector<std::string> group_by = {};
  std::vector<std::string> metrics = {};
  std::vector<AggregateGroup> groups = {};
  std::int64_t total_count = 0;   // calls that match
  std::int64_t total_groups = 0;  // before `limit`
  std::string time_zone = {};
  std::string sort_by = {};
  SortOrder sort_order = SortOrder::kAscending;
  std::string applied_filters_json = "{}";
  std::optional<Explain> explain = {};
};

}  // namespace callstore

#endif  // CALLSTORE_AGGREGATE_H_
