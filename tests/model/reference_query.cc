#include "model/reference_query.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "model/reference_field.h"

namespace callstore::test {
namespace {

constexpr long double kInfinity = std::numeric_limits<long double>::infinity();

ReferencePlace PlaceBy(std::string_view sort_by, Fault fault, const ReferenceRow& row) {
  if (sort_by == "start_timestamp") {
    return {static_cast<long double>(row.list_time), row.rank};
  }
  const FieldValues values = ValuesOfField(FullFieldName(sort_by), *row.call, fault);
  if (values.present) return {values.elements.front().number, row.rank};
  if (fault == Fault::kAbsentSortsLargest) return {kInfinity, row.rank};
  return {std::nullopt, row.rank};
}

}  // namespace

void SortRows(std::string_view sort_by, SortOrder sort_order, Fault fault,
              std::vector<ReferenceRow>* rows) {
  for (ReferenceRow& row : *rows) row.place = PlaceBy(sort_by, fault, row);
  std::sort(rows->begin(), rows->end(), [&](const ReferenceRow& a, const ReferenceRow& b) {
    return sort_order == SortOrder::kDescending ? b.place < a.place : a.place < b.place;
  });
}

ReferencePage PageOf(const std::vector<ReferenceRow>& sorted, const ListQuery& query,
                     const std::optional<ReferenceCursor>& cursor, Fault fault) {
  const bool descending = query.sort_order == SortOrder::kDescending;
  const auto total = static_cast<std::int64_t>(sorted.size());
  const auto row = [&](std::int64_t i) { return sorted[static_cast<std::size_t>(i)]; };
  ReferencePage page;
  page.total_count = total;
  page.total_pages = (total + query.limit - 1) / query.limit;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  if (cursor) {
    const ReferencePlace& at = cursor->place;
    const std::int64_t place = std::ranges::count_if(sorted, [&](const ReferenceRow& other) {
      return descending ? other.place > at : other.place < at;
    });
    const bool here = place < total && row(place).place == at;
    begin =
        cursor->backward ? std::max<std::int64_t>(place - query.limit, 0) : place + (here ? 1 : 0);
    end = cursor->backward ? place : std::min(begin + query.limit, total);
    page.page = begin / query.limit;
  } else {
    page.page = query.page;
    begin = query.page >= page.total_pages ? total : query.page * query.limit;
    end = std::min(begin + query.limit, total);
  }
  page.has_next_page = end < total;
  page.has_previous_page = begin > 0;
  if (fault == Fault::kNextPageAtExactEnd) {
    page.has_next_page |= end == total && end - begin == query.limit;
  }
  for (std::int64_t i = begin; i < end; ++i) page.ids.push_back(*row(i).id);
  // From an empty page one goes on from the list's own ends.
  const ReferencePlace greatest{kInfinity, UINT64_MAX};
  const ReferencePlace least{std::nullopt, 0};
  const bool empty = begin == end;
  const ReferencePlace front = empty ? (descending ? least : greatest) : row(begin).place;
  const ReferencePlace back = empty ? (descending ? greatest : least) : row(end - 1).place;
  if (page.has_next_page) page.next = ReferenceCursor{back, false};
  if (page.has_previous_page) page.previous = ReferenceCursor{front, true};
  if (!empty) page.end = ReferenceCursor{back, false};
  if (empty && cursor && !cursor->backward) page.end = cursor;
  return page;
}

}  // namespace callstore::test
