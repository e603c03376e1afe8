#include "query/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/json_string.h"

namespace callstore::query {
namespace {

std::weak_ordering CompareIgnoringCase(std::string_view a, std::string_view b) {
  return std::lexicographical_compare_three_way(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) -> std::weak_ordering {
        return static_cast<unsigned char>(AsciiLower(x)) <=>
               static_cast<unsigned char>(AsciiLower(y));
      });
}

// Numbers of conditions and of JSON are never NaN.
std::weak_ordering CompareNumbers(double a, double b) {
  if (a < b) return std::weak_ordering::less;
  return a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

void AppendNumber(double number, std::string* out) {
  constexpr double kMostPlain = 1e15;
  std::array<char, 32> digits;
  char* const begin = digits.data();
  char* const end = begin + digits.size();
  const bool whole = std::abs(number) < kMostPlain && std::trunc(number) == number;
  out->append(begin, whole ? std::to_chars(begin, end, static_cast<std::int64_t>(number)).ptr
                           : std::to_chars(begin, end, number).ptr);
}

}  // namespace

LetterCase LetterCaseOf(const FieldRef& field) {
  return TypeOf(field) == FieldType::kEnum ? LetterCase::kIgnored : LetterCase::kCounts;
}

ValueView ViewOf(const Scalar& scalar) {
  return std::visit([](const auto& value) { return ValueView(value); }, scalar);
}

std::weak_ordering Compare(const ValueView& a, const ValueView& b, LetterCase letter_case) {
  if (a.index() != b.index()) return a.index() <=> b.index();
  if (const auto* text = std::get_if<std::string_view>(&a)) {
    const std::string_view other = *std::get_if<std::string_view>(&b);
    if (letter_case == LetterCase::kIgnored) return CompareIgnoringCase(*text, other);
    return *text <=> other;
  }
  if (const auto* number = std::get_if<double>(&a)) {
    return CompareNumbers(*number, *std::get_if<double>(&b));
  }
  if (const auto* time = std::get_if<std::int64_t>(&a)) {
    return *time <=> *std::get_if<std::int64_t>(&b);
  }
  if (const auto* flag = std::get_if<bool>(&a)) return *flag <=> *std::get_if<bool>(&b);
  return std::weak_ordering::equivalent;  // null
}

void SortScalars(LetterCase letter_case, std::vector<Scalar>* scalars) {
  std::sort(scalars->begin(), scalars->end(), [&](const Scalar& a, const Scalar& b) {
    const auto order = Compare(ViewOf(a), ViewOf(b), letter_case);
    return order != 0 ? order < 0 : Compare(ViewOf(a), ViewOf(b), LetterCase::kCounts) < 0;
  });
  const auto equal = [&](const Scalar& a, const Scalar& b) {
    return Compare(ViewOf(a), ViewOf(b), letter_case) == 0;
  };
  scalars->erase(std::unique(scalars->begin(), scalars->end(), equal), scalars->end());
}

bool Contains(const std::vector<Scalar>& sorted, const ValueView& value, LetterCase letter_case) {
  const auto less = [&](const Scalar& scalar, const ValueView& wanted) {
    return Compare(ViewOf(scalar), wanted, letter_case) < 0;
  };
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), value, less);
  return found != sorted.end() && Compare(ViewOf(*found), value, letter_case) == 0;
}

void AppendScalar(const ValueView& scalar, std::string* out) {
  if (const auto* text = std::get_if<std::string_view>(&scalar)) {
    AppendJsonString(*text, out);
  } else if (const auto* number = std::get_if<double>(&scalar)) {
    AppendNumber(*number, out);
  } else if (const auto* time = std::get_if<std::int64_t>(&scalar)) {
    out->append(std::to_string(*time));
  } else if (const auto* flag = std::get_if<bool>(&scalar)) {
    out->append(*flag ? "true" : "false");
  } else {
    out->append("null");
  }
}

}  // namespace callstore::query
