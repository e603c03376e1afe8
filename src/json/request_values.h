// request_values.h - the checks of the values of a request, however it is written.
//
// Pure. Thread safety: free functions on values.
// Errors:        invalid_argument with `field`, `value`, `valid` and `nearest`.
#ifndef CALLSTORE_SRC_JSON_REQUEST_VALUES_H_
#define CALLSTORE_SRC_JSON_REQUEST_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "callstore/error.h"
#include "callstore/list.h"
#include "json/names.h"

namespace callstore::json {

inline constexpr std::string_view kWrongType = "the value has the wrong type";

struct Range {
  std::int64_t least = 0;
  std::int64_t most = INT64_MAX;
};
// REQUIRES: a byte that no number contains follows `text`.
Result<std::int64_t> CheckWhole(std::string_view name, std::string_view text, const Range& range);

Result<bool> CheckBool(std::string_view name, std::string_view text);

struct Choices {
  Names names;
  std::string_view message;  // that there is no such thing
};
// The place of `text` among the names; `shown` is how the request has it.
Result<std::size_t> FindChoice(std::string_view name, std::string_view text, std::string_view shown,
                               const Choices& choices);

tl::unexpected<Error> NoSuchName(std::string_view message, std::string_view field,
                                 std::string_view value, std::string_view name, Names names);

// The members that requests have in common: sort_order, filter_criteria, explain, deadline_ms and
// scan_limit_rows. A Reader is a RequestReader or a ParameterReader.
template <typename Reader, typename Query>
Result<void> ReadCommon(std::string_view name, Reader* reader, Query* query) {
  static constexpr std::string_view kOrders[] = {"descending", "ascending"};
  if (name == "sort_order") {
    std::size_t order = 0;
    if (auto read = reader->ReadChoice(name, {kOrders, "there is no such order"}, &order); !read) {
      return read;
    }
    query->sort_order = order == 0 ? SortOrder::kDescending : SortOrder::kAscending;
    return {};
  }
  if (name == "filter_criteria") return reader->ReadCriteria(&query->filter);
  if (name == "explain") return reader->ReadBool(name, &query->explain);
  if (name == "deadline_ms") return reader->ReadWhole(name, {}, &query->work.deadline_ms);
  return reader->ReadWhole(name, {}, &query->work.scan_limit_rows);
}

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_REQUEST_VALUES_H_
