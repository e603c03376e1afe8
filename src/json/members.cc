#include "json/members.h"

#include <algorithm>

namespace callstore::json {

bool Extras::ReadUnknown(const Walker::Key& key, Walker* walker) {
  walker->AddName(key);
  std::string_view json;
  if (!walker->ReadMinified(&json)) return false;
  Add(key, json);
  return true;
}

std::string_view Extras::Build(std::size_t first, record::TextArena* arena) {
  if (first == members_.size()) return {};
  std::size_t size = 1;
  for (std::size_t i = first; i < members_.size(); ++i) {
    size += members_[i].raw_key.size() + members_[i].json.size() + 2;
  }
  char* const begin = arena->Allocate(size);
  char* out = begin;
  for (std::size_t i = first; i < members_.size(); ++i) {
    *out++ = i == first ? '{' : ',';
    out = std::ranges::copy(members_[i].raw_key, out).out;
    *out++ = ':';
    out = std::ranges::copy(members_[i].json, out).out;
  }
  *out++ = '}';
  members_.resize(first);
  return {begin, size};
}

bool ReadOptionalText(Walker* walker, record::OptionalText* field) {
  if (walker->TakeNull()) return true;
  return walker->ReadString(&field->emplace());
}

bool ReadOptionalBool(Walker* walker, std::optional<bool>* field) {
  if (walker->TakeNull()) return true;
  return walker->ReadBool(&field->emplace());
}

bool ReadOptionalTime(Walker* walker, std::optional<std::int64_t>* field) {
  if (walker->TakeNull()) return true;
  const std::uint32_t offset = walker->offset();
  std::string_view token;
  if (!walker->ReadNumber(&token)) return false;
  *field = WholeInt64(token);
  return field->has_value() ||
         walker->Fault(offset, "the time is not a whole number of ms", "a whole number of 64 bits");
}

bool ReadOptionalNumber(Walker* walker, const Walker::Key& key, std::optional<double>* field,
                        Extras* extras) {
  if (walker->TakeNull()) return true;
  const std::uint32_t offset = walker->offset();
  std::string_view token;
  if (!walker->ReadNumber(&token)) return false;
  const auto nearest = ToDouble(token);
  if (!nearest) {
    return walker->Fault(offset, "the number is too large", "a number that a double can hold");
  }
  *field = nearest->value;
  if (!nearest->exact) extras->Add(key, token);
  return true;
}

}  // namespace callstore::json
