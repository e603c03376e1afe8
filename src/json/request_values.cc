#include "json/request_values.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "json/number.h"

namespace callstore::json {

Result<std::int64_t> CheckWhole(std::string_view name, std::string_view text, const Range& range) {
  const std::string valid = "a whole number, " + std::to_string(range.least) + " to " +
                            (range.most == INT64_MAX ? "2^63 - 1" : std::to_string(range.most));
  if (text.empty() || NumberEnd(text.data()) != text.data() + text.size()) {
    return Invalid(kWrongType, name, text, valid);
  }
  const auto whole = WholeInt64(text);
  if (!whole || *whole < range.least || *whole > range.most) {
    return Invalid("the value is out of range", name, text, valid);
  }
  return *whole;
}

Result<bool> CheckBool(std::string_view name, std::string_view text) {
  if (text != "true" && text != "false") return Invalid(kWrongType, name, text, "true, false");
  return text == "true";
}

Result<std::size_t> FindChoice(std::string_view name, std::string_view text, std::string_view shown,
                               const Choices& choices) {
  const auto found = std::ranges::find(choices.names, text);
  if (found == choices.names.end()) {
    return NoSuchName(choices.message, name, shown, text, choices.names);
  }
  return static_cast<std::size_t>(found - choices.names.begin());
}

tl::unexpected<Error> NoSuchName(std::string_view message, std::string_view field,
                                 std::string_view value, std::string_view name, Names names) {
  Details details = {{"field", Excerpt(field)}, {"value", Excerpt(value)}};
  AddValidNames(name, names, &details);
  return Fail(ErrorCode::kInvalidArgument, message, std::move(details));
}

}  // namespace callstore::json
