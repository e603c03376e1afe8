// filter_text.h - a Filter as a line of text, for tests: and(a eq 1, not(b in "x" "y")).
#ifndef CALLSTORE_TESTS_UNIT_FILTER_TEXT_H_
#define CALLSTORE_TESTS_UNIT_FILTER_TEXT_H_

#include <array>
#include <sstream>
#include <string>
#include <string_view>

#include "callstore/filter.h"

namespace callstore::test {

// Whole numbers print without a point, doubles with one or an exponent: 1 and 1.0 differ.
inline std::string TextOf(const FilterValue& value) {
  if (std::holds_alternative<std::nullptr_t>(value)) return "null";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) {
    std::ostringstream out;
    out << *number;
    return out.str().find_first_of(".e") == std::string::npos ? out.str() + ".0" : out.str();
  }
  return '"' + std::get<std::string>(value) + '"';
}

inline std::string TextOf(const Filter& filter) {
  constexpr std::array<std::string_view, 13> kOperators = {
      "eq", "ne",      "in",     "not_in", "lt",       "le",     "gt",
      "ge", "between", "prefix", "suffix", "contains", "present"};
  constexpr std::array<std::string_view, 5> kKinds = {"everything", "", "and", "or", "not"};
  std::string text(kKinds.at(static_cast<std::size_t>(filter.kind())));
  if (filter.kind() == Filter::Kind::kEverything) return text;
  if (filter.kind() == Filter::Kind::kCondition) {
    text = filter.field();
    for (const Filter::Test& test : filter.tests()) {
      (text += ' ') += kOperators.at(static_cast<std::size_t>(test.op));
      for (const FilterValue& value : test.values) (text += ' ') += TextOf(value);
    }
    return text;
  }
  text += '(';
  for (const Filter& part : filter.parts()) {
    if (text.back() != '(') text += ", ";
    text += TextOf(part);
  }
  return text += ')';
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_UNIT_FILTER_TEXT_H_
