#include "store/filtered_lister.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/error.h"

namespace callstore::store {
namespace {

class FilteredLister {
 public:
  FilteredLister(const QueryScope& scope, Selection* selection, PageBuilder* builder)
      : scope_(scope),
        selection_(*selection),
        builder_(*builder),
        query_(builder->query()),
        page_(builder->page()),
        descending_(builder->descending()) {}

  Result<void> ListByPage();
  Result<void> ListByCursor(const query::Cursor& cursor);

 private:
  struct Totals {
    std::int64_t all = 0;
    std::int64_t newer = 0;  // than the place that was asked about
  };

  // The matching rows behind `place` (without it), up to a page of them, in walking order.
  Result<void> Collect(const Position& place, bool toward_older);
  // Whether a row matches at `place` or behind it.
  Result<bool> HasMatch(const Position& place, bool toward_older);
  Result<Totals> CountAll(const Position& place);
  Result<void> ReadRows();
  // The page ends where a limit was hit; `backward` is its direction.
  void EndIncomplete(bool backward);
  void FillCursors() {
    if (!rows_.empty()) builder_.FillCursors(rows_.front(), rows_.back());
  }
  // The place before the first row of the list, and the one behind its last row.
  Position ListBegin() const { return descending_ ? kNewest : kOldest; }
  Position ListEnd() const { return descending_ ? kOldest : kNewest; }

  const QueryScope& scope_;
  Selection& selection_;
  PageBuilder& builder_;
  const ListQuery& query_;
  Page& page_;
  const bool descending_;
  std::vector<Position> rows_;
  bool more_ = false;  // Collect stopped before the end
};

Result<void> FilteredLister::ListByPage() {
  Pagination& pagination = page_.pagination;
  pagination.page = query_.page;
  // No list is that long: such a page is past the end.
  const std::int64_t last_page = std::numeric_limits<std::int64_t>::max() / query_.limit - 1;
  const std::int64_t first = std::min(query_.page, last_page) * query_.limit;
  std::int64_t seen = 0;
  // The page's part of the next `count` rows.
  const auto begin_in = [&](std::int64_t count) {
    return std::clamp<std::int64_t>(first - seen, 0, count);
  };
  const auto end_in = [&](std::int64_t count) {
    return std::clamp<std::int64_t>(first + query_.limit - seen, 0, count);
  };
  const auto skip = [&](std::size_t, std::size_t known) {
    const auto count = static_cast<std::int64_t>(known);
    if (begin_in(count) != end_in(count)) return false;
    seen += count;
    return true;
  };
  const auto visit = [&](const ChunkRows& found) -> Result<bool> {
    const auto count = static_cast<std::int64_t>(found.count);
    const std::int64_t begin = begin_in(count);
    const std::int64_t end = end_in(count);
    for (std::int64_t k = begin; k < end; ++k) {
      const std::int64_t nth = descending_ ? k : count - 1 - k;
      rows_.push_back(found.chunk->position(found.rows->Select(static_cast<std::size_t>(nth))));
    }
    seen += count;
    return query_.with_total || seen <= first + query_.limit;
  };
  CALLSTORE_RETURN_IF_ERROR(selection_.Visit({.toward_older = descending_, .skip = skip}, visit));
  pagination.has_next_page = seen > first + query_.limit;
  pagination.has_previous_page = query_.page > 0 && seen > 0;
  if (!selection_.complete()) {
    EndIncomplete(false);
    return ReadRows();
  }
  if (query_.with_total) builder_.FillTotals(seen);
  FillCursors();
  if (rows_.empty() && pagination.has_previous_page) {
    page_.previous_cursor = builder_.CursorAt(ListEnd(), true);
  }
  return ReadRows();
}

Result<void> FilteredLister::Collect(const Position& place, bool toward_older) {
  const auto limit = static_cast<std::size_t>(query_.limit);
  const auto visit = [&](const ChunkRows& found) -> Result<bool> {
    for (std::size_t k = 0; k < found.count; ++k) {
      const std::size_t nth = toward_older ? k : found.count - 1 - k;
      const Position position = found.chunk->position(found.rows->Select(nth));
      if (position == place) continue;
      if (rows_.size() == limit) {
        more_ = true;
        return false;
      }
      rows_.push_back(position);
    }
    return true;
  };
  return selection_.Visit({.toward_older = toward_older, .from = place}, visit);
}

Result<bool> FilteredLister::HasMatch(const Position& place, bool toward_older) {
  bool any = false;
  CALLSTORE_RETURN_IF_ERROR(selection_.Visit({.toward_older = toward_older, .from = place},
                                             [&](const ChunkRows&) -> Result<bool> {
                                               any = true;
                                               return false;
                                             }));
  return any;
}

Result<FilteredLister::Totals> FilteredLister::CountAll(const Position& place) {
  Totals totals;
  const std::size_t place_chunk = scope_.directory.FindPosition(place);
  const auto skip = [&](std::size_t chunk, std::size_t known) {
    if (chunk == place_chunk) return false;
    const auto count = static_cast<std::int64_t>(known);
    totals.all += count;
    if (chunk < place_chunk) totals.newer += count;
    return true;
  };
  const auto visit = [&](const ChunkRows& found) -> Result<bool> {
    totals.all += static_cast<std::int64_t>(found.count);
    const std::size_t newer = found.chunk->CountNewer(place);
    totals.newer += static_cast<std::int64_t>(found.rows->CountBefore(newer));
    return true;
  };
  CALLSTORE_RETURN_IF_ERROR(selection_.Visit({.skip = skip}, visit));
  return totals;
}

Result<void> FilteredLister::ListByCursor(const query::Cursor& cursor) {
  const bool toward_older = descending_ != cursor.backward;
  CALLSTORE_RETURN_IF_ERROR(Collect(cursor.position, toward_older));
  if (cursor.backward) std::ranges::reverse(rows_);
  if (!selection_.complete()) {
    EndIncomplete(cursor.backward);
    return ReadRows();
  }
  bool follows = !cursor.backward && more_;
  bool precedes = cursor.backward && more_;
  const Position place = rows_.empty() ? cursor.position : rows_.front();
  if (query_.with_total) {
    CALLSTORE_ASSIGN_OR_RETURN(const Totals totals, CountAll(place));
    const auto shown = static_cast<std::int64_t>(rows_.size());
    std::int64_t before = descending_ ? totals.newer : totals.all - totals.newer - (shown > 0);
    if (rows_.empty()) before = cursor.backward ? 0 : totals.all;
    if (selection_.complete()) {
      page_.pagination.page = before / query_.limit;
      builder_.FillTotals(totals.all);
      precedes = before > 0;
      follows = before + shown < totals.all;
    }
  } else {
    CALLSTORE_ASSIGN_OR_RETURN((cursor.backward ? follows : precedes),
                               HasMatch(cursor.position, !toward_older));
  }
  // The rows are there; what a limit cut off is what is known about the rest.
  page_.complete = selection_.complete();
  page_.pagination.has_next_page = follows;
  page_.pagination.has_previous_page = precedes;
  FillCursors();
  if (rows_.empty()) {
    // Nothing here yet: the caller may come again with the same cursor, or turn round.
    if (cursor.backward) {
      if (follows) page_.next_cursor = builder_.CursorAt(ListBegin(), false);
    } else {
      page_.end_cursor = query_.cursor;
      if (precedes) page_.previous_cursor = builder_.CursorAt(ListEnd(), true);
    }
  }
  return ReadRows();
}

void FilteredLister::EndIncomplete(bool backward) {
  page_.complete = false;
  // Behind the last row of a full page, else behind the last row that was tested.
  const bool full = rows_.size() == static_cast<std::size_t>(query_.limit);
  const auto& stopped_at = selection_.stopped_at();
  std::string cursor;
  if (full) {
    cursor = builder_.CursorAt(backward ? rows_.front() : rows_.back(), backward);
  } else if (stopped_at) {
    cursor = builder_.CursorAt(*stopped_at, backward);
  } else {
    cursor = query_.cursor.empty() ? builder_.CursorAt(ListBegin(), false) : query_.cursor;
  }
  if (backward) {
    page_.pagination.has_previous_page = true;
    page_.previous_cursor = cursor;
    if (!rows_.empty()) page_.end_cursor = builder_.CursorAt(rows_.back(), false);
  } else {
    page_.pagination.has_next_page = true;
    page_.next_cursor = cursor;
    page_.end_cursor = cursor;
    if (page_.pagination.has_previous_page && !rows_.empty()) {
      page_.previous_cursor = builder_.CursorAt(rows_.front(), true);
    }
  }
}

Result<void> FilteredLister::ReadRows() {
  for (const Position& position : rows_) {
    CALLSTORE_RETURN_IF_ERROR(
        builder_.ReadRow(scope_.database, scope_.number, scope_.snapshot, position));
  }
  return {};
}

}  // namespace

Result<void> ListFiltered(const QueryScope& scope, const std::optional<query::Cursor>& cursor,
                          Selection* selection, PageBuilder* builder) {
  FilteredLister lister(scope, selection, builder);
  return cursor ? lister.ListByCursor(*cursor) : lister.ListByPage();
}

}  // namespace callstore::store
