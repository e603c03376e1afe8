// Tests of one value.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/minified_json.h"
#include "query/normal_filter.h"
#include "query/scalar.h"

namespace callstore::query {
namespace {

bool StartsWith(std::string_view text, std::string_view prefix, LetterCase letter_case) {
  if (letter_case == LetterCase::kCounts) return text.starts_with(prefix);
  return text.size() >= prefix.size() && EqualIgnoringCase(text.substr(0, prefix.size()), prefix);
}

bool EndsWith(std::string_view text, std::string_view suffix, LetterCase letter_case) {
  if (letter_case == LetterCase::kCounts) return text.ends_with(suffix);
  return text.size() >= suffix.size() &&
         EqualIgnoringCase(text.substr(text.size() - suffix.size()), suffix);
}

bool ContainsText(std::string_view text, std::string_view part, LetterCase letter_case) {
  if (letter_case == LetterCase::kCounts) return text.find(part) != std::string_view::npos;
  const auto same = [](char a, char b) { return AsciiLower(a) == AsciiLower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() ||
         part.empty();
}

bool InBounds(const Condition& condition, const ValueView& value) {
  const auto& low = condition.low;
  const auto& high = condition.high;
  if (low) {
    if (!SameType(low->value, value)) return false;
    const auto order = Compare(value, ViewOf(low->value), LetterCase::kCounts);
    if (order < 0 || (low->open && order == 0)) return false;
  }
  if (high) {
    if (!SameType(high->value, value)) return false;
    const auto order = Compare(value, ViewOf(high->value), LetterCase::kCounts);
    if (order > 0 || (high->open && order == 0)) return false;
  }
  return true;
}

bool TextPasses(const Condition& condition, const ValueView& value, LetterCase letter_case) {
  if (condition.prefixes.empty() && condition.suffixes.empty() && condition.contains.empty()) {
    return true;
  }
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return false;
  const auto all = [&](const std::vector<std::string>& parts, auto test) {
    return std::ranges::all_of(
        parts, [&](const std::string& part) { return test(*text, part, letter_case); });
  };
  return all(condition.prefixes, StartsWith) && all(condition.suffixes, EndsWith) &&
         all(condition.contains, ContainsText);
}

bool ScalarPasses(const Condition& condition, std::string_view json) {
  switch (json.empty() ? '\0' : json.front()) {
    case '"': {
      std::string buffer;
      return Matches(condition, JsonText(json, &buffer));
    }
    case 't':
    case 'f':
      return Matches(condition, json.front() == 't');
    case 'n':
      return Matches(condition, nullptr);
    case '{':
    case '[':
    case '\0':
      return false;
    default:
      return Matches(condition, JsonNumber(json));
  }
}

}  // namespace

bool Matches(const Condition& condition, const ValueView& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value);
      whole != nullptr && TypeOf(condition.field) != FieldType::kTime) {
    return Matches(condition, static_cast<double>(*whole));
  }
  const LetterCase letter_case = LetterCaseOf(condition.field);
  if (!condition.one_of.empty() && !Contains(condition.one_of, value, letter_case)) return false;
  return InBounds(condition, value) && TextPasses(condition, value, letter_case);
}

bool MatchesJson(const Condition& condition, std::string_view json) {
  if (condition.present) return true;
  if (!json.starts_with('[')) return ScalarPasses(condition, json);
  for (JsonElements elements(json); elements.Next();) {
    if (ScalarPasses(condition, elements.value())) return true;
  }
  return false;
}

}  // namespace callstore::query
