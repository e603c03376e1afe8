// Queries whose work is limited: what they show is right as far as it goes, and one can go on.
#include <algorithm>
#include <utility>

#include "model/compare.h"
#include "model/query_check.h"

namespace callstore::test {

// Pages that a limit of work cut short join to the whole list.
std::string QueryCheck::CheckLimitedWalk(const Asked& asked, ListQuery query) {
  query.filter = asked.of.filter;
  query.sort_by = "start_timestamp";
  query.view = View::kSummary;
  query.explain = false;
  query.limit = std::max<std::int64_t>(query.limit, 20);
  const std::size_t calls = world_.reference().Matching(asked.profile.organization, {}).size();
  query.work.scan_limit_rows = static_cast<std::int64_t>(calls / (2 + random_.Below(20)) + 1);
  const std::vector<ReferenceRow> sorted = Sorted(asked, query);
  const std::string where =
      Describe(query) + " scan limit " + std::to_string(query.work.scan_limit_rows);
  std::size_t done = 0;
  for (int steps = 0; steps < 1000; ++steps) {
    ++queries_;
    const auto page = asked.store.List(asked.profile.organization, query);
    if (!page) return where + ": " + page.error().ToString();
    const std::size_t left = sorted.size() - done;
    const std::size_t full = std::min(left, static_cast<std::size_t>(query.limit));
    if (page->calls.size() > full) return where + ": more rows than there are";
    for (const CallView& call : page->calls) {
      const std::string difference = Differ("id", call.id(), std::string_view(*sorted[done].id));
      if (!difference.empty()) return where + ", row " + std::to_string(done) + ": " + difference;
      ++done;
    }
    const std::optional<std::int64_t>& total = page->pagination.total_count;
    if (page->complete) {
      if (page->calls.size() != full) return where + ": a complete page lacks rows";
      if (query.with_total && total != static_cast<std::int64_t>(sorted.size())) {
        return where + ": the total of a complete page is wrong";
      }
    } else if (total || page->pagination.total_pages) {
      return where + ": a page that is not complete has a total";
    }
    if (page->next_cursor.empty()) {
      return At(where + ", joined pages", Differ("rows", done, sorted.size()));
    }
    query.cursor = page->next_cursor;
  }
  return where + ": the walk does not end";
}

// A limit on time, or on the rows of another order: what is shown matches, once and in order.
std::string QueryCheck::CheckLimitedPage(const Asked& asked, ListQuery query) {
  query.filter = asked.of.filter;
  query.view = View::kSummary;
  if (random_.Chance(50)) {
    query.work.deadline_ms = 1;
  } else {
    query.work.scan_limit_rows = static_cast<std::int64_t>(1 + random_.Below(5000));
  }
  const std::vector<ReferenceRow> sorted = Sorted(asked, query);
  ++queries_;
  const auto page = asked.store.List(asked.profile.organization, query);
  const std::string where = Describe(query) + " limited";
  if (!page) return where + ": " + page.error().ToString();
  if (page->complete) {
    return At(where,
              ComparePage(*page, PageOf(sorted, query, std::nullopt, world_.fault()), query));
  }
  if (page->pagination.total_count) return where + ": not complete, but with a total";
  auto at = sorted.begin();
  for (const CallView& call : page->calls) {
    at = std::find_if(at, sorted.end(),
                      [&](const ReferenceRow& row) { return *row.id == call.id(); });
    if (at == sorted.end()) return where + ": a row that is not of the list, or not in order";
    ++at;
  }
  return {};
}

}  // namespace callstore::test
