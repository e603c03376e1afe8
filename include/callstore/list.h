// list.h - what to list, and the page that answers.
// Page numbers and cursors are two ways into one list. A page, its total and its flags come from
// one snapshot. Walking by cursor neither skips nor repeats a call whose place stays the same,
// whatever is written meanwhile.
//
// Ownership:     a Page owns the bytes that its calls point into; copies of a Page share them.
// Thread safety: values; share a const Page freely.
// Errors:        none here; Store::List says what it returns.
#ifndef CALLSTORE_LIST_H_
#define CALLSTORE_LIST_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "callstore/call_view.h"

namespace callstore {

enum class SortOrder : std::uint8_t { kDescending, kAscending };

// Full: every field. Summary: without transcript, transcript_object, transcript_with_tool_calls,
// events and latency values, which are then not read at all.
enum class View : std::uint8_t { kFull, kSummary };

// Half open bounds on start_timestamp, ms since the epoch: ge <= start_timestamp < lt. A call
// without start_timestamp is in no bounded range. Inverted bounds match nothing.
struct TimeRange {
  std::optional<std::int64_t> ge = {};
  std::optional<std::int64_t> lt = {};
};

// The documented request; names and defaults are the request's own.
struct ListQuery {
  // 0-based, 0 to 2^63 - 1. A page past the end is empty. Not together with `cursor`.
  std::int64_t page = 0;
  // Calls a page, 1 to 1000.
  std::int64_t limit = 20;
  // A cursor of an earlier page of the same organization, filter and order; empty: none. The limit
  // may differ from page to page.
  std::string cursor = {};
  // The sort key. This version sorts by "start_timestamp", that is by list time: start_timestamp,
  // else created_at, else the moment the call was first stored.
  std::string sort_by = "start_timestamp";
  SortOrder sort_order = SortOrder::kDescending;
  View view = View::kFull;
  // The filter. This version filters by time.
  TimeRange start_timestamp = {};
  // False leaves total_count, total_pages and page (by cursor) out: no chunk is read for them.
  bool with_total = true;
  // Verify the bytes of every row before it is shown; a damaged row is `corrupt` then. Without it,
  // block checksums alone guard the rows.
  bool verify = false;
};

struct Pagination {
  // By cursor: the number of matching calls before the first row, divided by limit, rounded down.
  std::int64_t page = 0;
  std::int64_t limit = 0;
  // Every call that matches, exact. Empty only where with_total was false.
  std::optional<std::int64_t> total_count = {};
  std::optional<std::int64_t> total_pages = {};
  bool has_next_page = false;
  bool has_previous_page = false;
};

struct Page {
  std::string organization_id = {};
  std::vector<CallView> calls = {};
  Pagination pagination = {};
  // Empty exactly when nothing follows.
  std::string next_cursor = {};
  // Empty exactly when nothing precedes.
  std::string previous_cursor = {};
  // Never empty on a page with rows: going on from it later finds what came since.
  std::string end_cursor = {};
  std::string sort_by = {};
  SortOrder sort_order = SortOrder::kDescending;
  View view = View::kFull;
  // What was evaluated, as the JSON object that filter_criteria takes; "{}" for no filter.
  std::string applied_filters_json = "{}";

  // What the calls point into. REQUIRES: kept as long as any of them is used.
  std::shared_ptr<const void> bytes = {};
};

}  // namespace callstore

#endif  // CALLSTORE_LIST_H_
