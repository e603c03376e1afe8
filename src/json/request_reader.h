// request_reader.h - a request body: an object whose members are known by name.
// A member is read by the function that its type asks for; null means that it is absent, and is not
// given to the reader at all.
//
// Ownership:     copies the body; what it reads are values.
// Thread safety: none; one thread at a time.
// Errors:        invalid_argument with `field`, `value`, `valid` and `nearest`, or as the walker
// has
//                it.
#ifndef CALLSTORE_SRC_JSON_REQUEST_READER_H_
#define CALLSTORE_SRC_JSON_REQUEST_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "callstore/list.h"
#include "callstore/work.h"
#include "json/names.h"
#include "json/walker.h"

namespace callstore::json {

class RequestReader {
 public:
  // Must read the value of the member with one of the functions below.
  using OnMember = std::function<Result<void>(std::string_view name)>;

  // Walks the members, whose names must be among `names`.
  Result<void> Read(std::string_view body, Names names, const OnMember& on_member);

  struct Range {
    std::int64_t least = 0;
    std::int64_t most = INT64_MAX;
  };
  Result<void> ReadWhole(std::string_view name, const Range& range, std::int64_t* value);
  Result<void> ReadBool(std::string_view name, bool* value);
  Result<void> ReadText(std::string_view name, std::string_view valid, std::string* value);
  // One text or an array of texts.
  Result<void> ReadTexts(std::string_view name, std::string_view valid,
                         std::vector<std::string>* values);
  // One of `choices`: its place there. `message` says that there is no such thing.
  Result<void> ReadChoice(std::string_view name, Names choices, std::string_view message,
                          std::size_t* choice);

  // The members that requests have in common: sort_order, filter_criteria, explain, deadline_ms and
  // scan_limit_rows.
  template <typename Query>
  Result<void> ReadCommon(std::string_view name, Query* query);

 private:
  Result<void> ReadSortOrder(SortOrder* order);
  Result<void> ReadCriteria(Filter* filter);
  // The value at the current token, and steps past it.
  Result<std::string_view> Raw();
  // The value at the current token is a text: it, unescaped, and as it is written.
  struct Text {
    std::string_view text;
    std::string_view raw;
  };
  Result<Text> TakeText(std::string_view name, std::string_view valid);

  Document document_;
  record::TextArena arena_;
  Walker walker_;
};

template <typename Query>
Result<void> RequestReader::ReadCommon(std::string_view name, Query* query) {
  if (name == "sort_order") return ReadSortOrder(&query->sort_order);
  if (name == "filter_criteria") return ReadCriteria(&query->filter);
  if (name == "explain") return ReadBool(name, &query->explain);
  if (name == "deadline_ms") return ReadWhole(name, {}, &query->work.deadline_ms);
  return ReadWhole(name, {}, &query->work.scan_limit_rows);
}

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_REQUEST_READER_H_
