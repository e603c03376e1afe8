#include "json/request_reader.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "json/filter_reader.h"

namespace callstore::json {
namespace {

constexpr std::string_view kWrongType = "the value has the wrong type";

tl::unexpected<Error> NoSuchName(std::string_view message, std::string_view field,
                                 std::string_view value, std::string_view name, Names names) {
  Details details = {{"field", Excerpt(field)}, {"value", Excerpt(value)}};
  AddValidNames(name, names, &details);
  return Fail(ErrorCode::kInvalidArgument, message, std::move(details));
}

}  // namespace

Result<void> RequestReader::Read(std::string_view body, Names names, const OnMember& on_member) {
  CALLSTORE_RETURN_IF_ERROR(document_.Load(body));
  walker_.Start(document_, document_.text(), &arena_, kRequestSurroundings);
  const auto read_member = [&](std::string_view name) -> Result<void> {
    if (std::ranges::find(names, name) == names.end()) {
      CALLSTORE_ASSIGN_OR_RETURN(const std::string_view raw, Raw());
      return NoSuchName("the request has no such member", name, raw, name, names);
    }
    return walker_.TakeNull() ? Result<void>() : on_member(name);
  };
  Result<void> member;
  const bool read = walker_.ReadObject([&](const Walker::Key& key) {
    walker_.AddName(key);
    member = read_member(key.name);
    return member.has_value();
  });
  CALLSTORE_RETURN_IF_ERROR(member);
  if (!read || !walker_.CheckNames(0) || !walker_.ReadEnd()) {
    return tl::unexpected<Error>(walker_.TakeError());
  }
  return {};
}

Result<std::string_view> RequestReader::Raw() {
  std::string_view raw;
  if (!walker_.Skip(&raw)) return tl::unexpected<Error>(walker_.TakeError());
  return raw;
}

Result<void> RequestReader::ReadWhole(std::string_view name, const Range& range,
                                      std::int64_t* value) {
  const std::string valid = "a whole number, " + std::to_string(range.least) + " to " +
                            (range.most == INT64_MAX ? "2^63 - 1" : std::to_string(range.most));
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view raw, Raw());
  if (raw.front() != '-' && !IsDigit(raw.front())) return Invalid(kWrongType, name, raw, valid);
  const auto whole = WholeInt64(raw);
  if (!whole || *whole < range.least || *whole > range.most) {
    return Invalid("the value is out of range", name, raw, valid);
  }
  *value = *whole;
  return {};
}

Result<void> RequestReader::ReadBool(std::string_view name, bool* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view raw, Raw());
  if (raw != "true" && raw != "false") return Invalid(kWrongType, name, raw, "true, false");
  *value = raw == "true";
  return {};
}

Result<RequestReader::Text> RequestReader::TakeText(std::string_view name, std::string_view valid) {
  const Walker::Token token = walker_.token();
  const bool is_text = walker_.Peek() == '"';
  Text value;
  CALLSTORE_ASSIGN_OR_RETURN(value.raw, Raw());
  if (!is_text) return Invalid(kWrongType, name, value.raw, valid);
  walker_.Seek(token);
  if (!walker_.ReadString(&value.text)) return tl::unexpected<Error>(walker_.TakeError());
  return value;
}

Result<void> RequestReader::ReadText(std::string_view name, std::string_view valid,
                                     std::string* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const Text text, TakeText(name, valid));
  *value = text.text;
  return {};
}

Result<void> RequestReader::ReadTexts(std::string_view name, std::string_view valid,
                                      std::vector<std::string>* values) {
  values->clear();
  if (walker_.Peek() != '[') return ReadText(name, valid, &values->emplace_back());
  Result<void> element;
  const bool read = walker_.ReadArray([&] {
    element = ReadText(name, valid, &values->emplace_back());
    return element.has_value();
  });
  CALLSTORE_RETURN_IF_ERROR(element);
  if (!read) return tl::unexpected<Error>(walker_.TakeError());
  return {};
}

Result<void> RequestReader::ReadChoice(std::string_view name, Names choices,
                                       std::string_view message, std::size_t* choice) {
  CALLSTORE_ASSIGN_OR_RETURN(const Text text, TakeText(name, Joined(choices)));
  const auto found = std::ranges::find(choices, text.text);
  if (found == choices.end()) return NoSuchName(message, name, text.raw, text.text, choices);
  *choice = static_cast<std::size_t>(found - choices.begin());
  return {};
}

Result<void> RequestReader::ReadSortOrder(SortOrder* order) {
  static constexpr std::array<std::string_view, 2> kOrders = {"descending", "ascending"};
  std::size_t choice = 0;
  CALLSTORE_RETURN_IF_ERROR(ReadChoice("sort_order", kOrders, "there is no such order", &choice));
  *order = choice == 0 ? SortOrder::kDescending : SortOrder::kAscending;
  return {};
}

Result<void> RequestReader::ReadCriteria(Filter* filter) {
  CALLSTORE_ASSIGN_OR_RETURN(*filter, ReadFilter(&walker_));
  return {};
}

}  // namespace callstore::json
