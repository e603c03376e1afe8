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
#include "callstore/filter.h"
#include "callstore/transcript_search.h"
#include "callstore/work.h"

namespace callstore {

enum class SortOrder : std::uint8_t { kDescending, kAscending };

// Full: every field. Summary: without transcript, transcript_object, transcript_with_tool_calls,
// events and latency values, which are then not read at all.
enum class View : std::uint8_t { kFull, kSummary };

// The documented request; names and defaults are the request's own.
struct ListQuery {
  // 0-based, 0 to 2^63 - 1. A page past the end is empty. Not together with `cursor`.
  std::int64_t page = 0;
  // Calls a page, 1 to 1000.
  std::int64_t limit = 20;
  // A cursor of an earlier page of the same organization, filter and order; empty: none. The limit
  // may differ from page to page.
  std::string cursor = {};
  // "start_timestamp" is the list time: start_timestamp, else created_at, else the moment the call
  // was first stored. The others: end_timestamp, created_at, updated_at, call_duration,
  // combined_cost, latency.e2e.p50; an absent value is smaller than any present one.
  std::string sort_by = "start_timestamp";
  SortOrder sort_order = SortOrder::kDescending;
  View view = View::kFull;
  Filter filter = {};
  // False leaves total_count, total_pages and page (by cursor) out: no chunk is read for them.
  bool with_total = true;
  // Verify the bytes of every row before it is shown; a damaged row is `corrupt` then. Without it,
  // block checksums alone guard the rows.
  bool verify = false;
  WorkLimits work = {};
  // Fill Page::explain.
  bool explain = false;
};

struct Pagination {
  // By cursor: the number of matching calls before the first row, divided by limit, rounded down.
  std::int64_t page = 0;
  std::int64_t limit = 0;
  // Every call that matches, exact. Empty only where with_total was false, and on a page that is
  // not complete.
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
  // False where deadline_ms or scan_limit_rows was hit: `calls` are the rows found until then, and
  // next_cursor (previous_cursor on the way back) goes on from there; it is empty only where all
  // rows were found and nothing but their number is missing. In an order other than by list time
  // no row is known before all were seen: there are none then, and the cursor begins again.
  bool complete = true;
  // Where the filter has a transcript_search: its words in each of `calls`, in their order.
  std::vector<std::vector<TranscriptHit>> transcript_hits = {};
  std::optional<Explain> explain = {};

  // What the calls point into. REQUIRES: kept as long as any of them is used.
  std::shared_ptr<const void> bytes = {};
};

}  // namespace callstore

#endif  // CALLSTORE_LIST_H_
