// reference_query.h - one page of a list, the plainest way: sort all rows, cut.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_TESTS_MODEL_REFERENCE_QUERY_H_
#define CALLSTORE_TESTS_MODEL_REFERENCE_QUERY_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/list.h"
#include "json_value.h"
#include "model/fault.h"

namespace callstore::test {

// What a list is sorted by. An absent value is smaller than any; a number of either kind is exact.
struct ReferencePlace {
  std::optional<long double> value;
  std::uint64_t rank = 0;  // among equal values
  friend std::partial_ordering operator<=>(const ReferencePlace&, const ReferencePlace&) = default;
};

// A call that matches. Its pointers live as long as nothing is written.
struct ReferenceRow {
  std::int64_t list_time = 0;
  std::uint64_t rank = 0;
  const std::string* id = nullptr;
  const JsonValue* call = nullptr;
  ReferencePlace place = {};  // in the order that SortRows made
};

// The rows behind (backward: before) a place in the list.
struct ReferenceCursor {
  ReferencePlace place;
  bool backward = false;
};

struct ReferencePage {
  std::vector<std::string> ids;
  std::int64_t page = 0;
  std::int64_t total_count = 0;
  std::int64_t total_pages = 0;
  bool has_next_page = false;
  bool has_previous_page = false;
  std::optional<ReferenceCursor> next, previous, end;
};

// Into the order of a list by a documented sort key.
void SortRows(std::string_view sort_by, SortOrder sort_order, Fault fault,
              std::vector<ReferenceRow>* rows);

// The page that query.page, or `cursor`, asks for. REQUIRES: `sorted` as query.sort_order has it.
ReferencePage PageOf(const std::vector<ReferenceRow>& sorted, const ListQuery& query,
                     const std::optional<ReferenceCursor>& cursor, Fault fault);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_REFERENCE_QUERY_H_
