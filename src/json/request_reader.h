// request_reader.h - a request body: an object whose members are known by name.
// A member is read by the function that its type asks for; null means that it is absent, and is not
// given to the reader at all.
//
// Ownership:     copies the body; what it reads are values.
// Thread safety: none; one thread at a time.
// Errors:        invalid_argument with `field`, `value`, `valid` and `nearest`, or as the walker
// has it.
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
#include "json/names.h"
#include "json/request_values.h"
#include "json/walker.h"

namespace callstore::json {

class RequestReader {
 public:
  // Must read the value of the member with one of the functions below.
  using OnMember = std::function<Result<void>(std::string_view name)>;

  // Walks the members, whose names must be among `names`.
  Result<void> Read(std::string_view body, Names names, const OnMember& on_member);

  Result<void> ReadWhole(std::string_view name, const Range& range, std::int64_t* value);
  Result<void> ReadBool(std::string_view name, bool* value);
  Result<void> ReadText(std::string_view name, std::string_view valid, std::string* value);
  // One text or an array of texts.
  Result<void> ReadTexts(std::string_view name, std::string_view valid,
                         std::vector<std::string>* values);
  Result<void> ReadChoice(std::string_view name, const Choices& choices, std::size_t* choice);
  Result<void> ReadCriteria(Filter* filter);

 private:
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

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_REQUEST_READER_H_
