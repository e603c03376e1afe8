#include "json/request_reader.h"

#include <algorithm>

#include "base/error.h"
#include "json/filter_reader.h"

namespace callstore::json {
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
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view raw, Raw());
  CALLSTORE_ASSIGN_OR_RETURN(*value, CheckWhole(name, raw, range));
  return {};
}

Result<void> RequestReader::ReadBool(std::string_view name, bool* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view raw, Raw());
  CALLSTORE_ASSIGN_OR_RETURN(*value, CheckBool(name, raw));
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

Result<void> RequestReader::ReadChoice(std::string_view name, const Choices& choices,
                                       std::size_t* choice) {
  CALLSTORE_ASSIGN_OR_RETURN(const Text text, TakeText(name, Joined(choices.names)));
  CALLSTORE_ASSIGN_OR_RETURN(*choice, FindChoice(name, text.text, text.raw, choices));
  return {};
}

Result<void> RequestReader::ReadCriteria(Filter* filter) {
  CALLSTORE_ASSIGN_OR_RETURN(*filter, ReadFilter(&walker_));
  return {};
}

}  // namespace callstore::json
