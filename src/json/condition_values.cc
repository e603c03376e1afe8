#include "json/condition_values.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "callstore/json.h"
#include "json/filter_reader.h"
#include "json/names.h"
#include "json/number.h"

namespace callstore::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct Piece {
  std::string text;
  bool quoted = false;
};

bool IsEquality(FilterOperator op) {
  return op == FilterOperator::kEq || op == FilterOperator::kNe || op == FilterOperator::kIn ||
         op == FilterOperator::kNotIn;
}

bool IsOrder(FilterOperator op) {
  return op == FilterOperator::kLt || op == FilterOperator::kLe || op == FilterOperator::kGt ||
         op == FilterOperator::kGe || op == FilterOperator::kBetween;
}

// Spaces around a word of an enum field never count: "ENDED, ERROR".
bool IsTrimmed(const ValuePlace& place) {
  return place.source == TextSource::kLine || place.type == FieldType::kEnum;
}

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

// Takes the next piece of *rest and the comma behind it. Returns whether there was one.
bool TakePiece(bool is_list, std::string_view* rest, std::string* piece) {
  std::size_t at = 0;
  for (; at < rest->size() && !(is_list && (*rest)[at] == ','); ++at) {
    if (is_list && rest->substr(at).starts_with("\\,")) ++at;
    *piece += (*rest)[at];
  }
  const bool more = at < rest->size();
  rest->remove_prefix(std::min(at + 1, rest->size()));
  return more;
}

// The same of a piece in quotes. REQUIRES: *rest begins with one.
Result<bool> TakeQuoted(const ValuePlace& place, std::string_view* rest, std::string* piece) {
  std::size_t at = 1;
  for (; at < rest->size() && (*rest)[at] != '"'; ++at) {
    const std::string_view tail = rest->substr(at);
    if (tail.starts_with("\\\"") || tail.starts_with("\\\\")) ++at;
    *piece += (*rest)[at];
  }
  if (at >= rest->size()) {
    return Invalid("the quotes are not closed", place.field, *rest, "\"VALUE\"");
  }
  const std::string_view tail = WithoutLeadingSpace(rest->substr(at + 1));
  const bool more = TakesList(place) && tail.starts_with(',');
  if (!more && !tail.empty()) {
    return Invalid("something follows the closing quote", place.field, *rest,
                   "\"VALUE\", with \\\" for a quote in it");
  }
  *rest = tail.substr(more ? 1 : 0);
  return more;
}

// The number that the whole text spells.
std::optional<FilterValue> SpelledNumber(const std::string& text) {
  // A string ends with a zero byte, so that the end of a number is found.
  if (NumberEnd(text.c_str()) != text.data() + text.size()) return std::nullopt;
  return NumberValue(text);
}

std::optional<FilterValue> SpelledScalar(const std::string& text) {
  if (text == "true") return FilterValue(true);
  if (text == "false") return FilterValue(false);
  if (text == "null") return FilterValue(nullptr);
  return SpelledNumber(text);
}

// What an empty value would have had to be; empty: it may be empty.
std::string_view ValidWhereEmpty(FieldType type) {
  switch (type) {
    case FieldType::kEnum:
      return "a word, or \"\" for an empty one";
    case FieldType::kWords:
      return "text with a word";
    case FieldType::kBoolean:
      return "true, false";
    case FieldType::kTime:
      return "ms since the epoch, a date or RFC 3339";
    case FieldType::kNumber:
      return "a number";
    case FieldType::kText:
    case FieldType::kAny:
      break;
  }
  return {};
}

bool MayHavePlus(const ValuePlace& place) {
  return place.type == FieldType::kNumber || place.field == "from_number" ||
         place.field == "to_number";
}

Result<void> CheckPiece(const ValuePlace& place, const Piece& piece) {
  const std::string_view valid = ValidWhereEmpty(place.type);
  if (piece.text.empty() && !valid.empty()) {
    return Invalid("the value is empty", place.field, "", valid);
  }
  const bool spaced = place.source == TextSource::kAddress && piece.text.starts_with(' ');
  if (spaced && MayHavePlus(place)) return UnescapedPlus(place.field, piece.text);
  return {};
}

Result<void> AppendTime(const ValuePlace& place, const std::string& text,
                        std::vector<FilterValue>* values) {
  const auto time = ParseTime(text);
  if (time) {
    values->emplace_back(*time);
    return {};
  }
  if (place.source == TextSource::kAddress && text.find(' ') != std::string::npos) {
    return Invalid("the time has a space in it, which an unescaped + in an address becomes",
                   place.field, text, "%2B for a + in an address");
  }
  return Invalid(time.error().message, place.field, text, time.error().Detail("valid"));
}

Result<void> AppendPresence(const ValuePlace& place, const std::string& text,
                            std::vector<FilterValue>* values) {
  if (text != "true" && text != "false") {
    return Invalid("the value has the wrong type", place.field, text, "true, false");
  }
  values->emplace_back(text == "true");
  return {};
}

// A value that compares, of a field that does not hold text alone.
Result<void> AppendTyped(const ValuePlace& place, std::string text,
                         std::vector<FilterValue>* values) {
  if (place.type == FieldType::kTime) return AppendTime(place, text, values);
  if (place.type == FieldType::kNumber) {
    auto number = SpelledNumber(text);
    if (!number) return Invalid("the value is not a number", place.field, text, "a number");
    values->push_back(*std::move(number));
    return {};
  }
  auto scalar = IsEquality(place.op) ? SpelledScalar(text) : SpelledNumber(text);
  if (place.type == FieldType::kBoolean) {
    // What is no boolean is refused where the filter is used.
    const bool is_boolean = scalar && std::holds_alternative<bool>(*scalar);
    values->push_back(is_boolean ? *std::move(scalar) : FilterValue(std::move(text)));
    return {};
  }
  // Of two types nothing is between; the order is that of the one it is spelled as.
  if (!scalar || IsEquality(place.op)) values->emplace_back(std::move(text));
  if (scalar) values->push_back(*std::move(scalar));
  return {};
}

Result<void> AppendPiece(const ValuePlace& place, Piece piece, std::vector<FilterValue>* values) {
  const bool is_text = place.type == FieldType::kText || place.type == FieldType::kEnum ||
                       place.type == FieldType::kWords;
  if (place.op == FilterOperator::kPresent) return AppendPresence(place, piece.text, values);
  if (!piece.quoted) CALLSTORE_RETURN_IF_ERROR(CheckPiece(place, piece));
  if (piece.quoted || is_text || !(IsEquality(place.op) || IsOrder(place.op))) {
    values->emplace_back(std::move(piece.text));
    return {};
  }
  return AppendTyped(place, std::move(piece.text), values);
}

}  // namespace

FieldType TypeOfFieldNamed(std::string_view name) {
  const auto field = FindFieldName(name);
  return field ? TypeOfField(field->id) : FieldType::kText;
}

bool TakesList(const ValuePlace& place) {
  const bool several = IsEquality(place.op) || place.op == FilterOperator::kBetween;
  return several && place.type != FieldType::kWords;
}

Result<void> AppendValues(const ValuePlace& place, std::string_view text,
                          std::vector<FilterValue>* values) {
  for (bool more = true; more;) {
    if (IsTrimmed(place)) text = WithoutLeadingSpace(text);
    Piece piece{.text = {}, .quoted = text.starts_with('"')};
    if (piece.quoted) {
      CALLSTORE_ASSIGN_OR_RETURN(more, TakeQuoted(place, &text, &piece.text));
    } else {
      more = TakePiece(TakesList(place), &text, &piece.text);
      if (IsTrimmed(place)) piece.text.resize(Trim(piece.text).size());
    }
    CALLSTORE_RETURN_IF_ERROR(AppendPiece(place, std::move(piece), values));
  }
  return {};
}

Result<Filter::Test> MakeTest(const ValuePlace& place, std::vector<FilterValue> values) {
  Filter::Test test{place.op, std::move(values)};
  if (test.op == FilterOperator::kBetween && test.values.size() != 2) {
    return Invalid("between takes two values", place.field, std::to_string(test.values.size()),
                   "LEAST,MOST");
  }
  if (test.values.size() > 1) {
    if (test.op == FilterOperator::kEq) test.op = FilterOperator::kIn;
    if (test.op == FilterOperator::kNe) test.op = FilterOperator::kNotIn;
  }
  return test;
}

tl::unexpected<Error> UnescapedPlus(std::string_view field, std::string_view text) {
  return Invalid("the number begins with a space, which an unescaped + in an address becomes",
                 field, text, "a number right after the operator; %2B for a + in an address");
}

std::string_view Trim(std::string_view text) {
  return WithoutLeadingSpace(text.substr(0, text.find_last_not_of(kSpace) + 1));
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> pieces;
  while (TakePiece(true, &text, &pieces.emplace_back())) {
  }
  return pieces;
}

}  // namespace callstore::json
