#include "json/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace callstore::json {
namespace {

constexpr std::array<double, 16> kPowersOfTen = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr int kExactDigits = 15;

// digits * 10^exponent, the digits without zeros at either end; no digits: 0.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// Saturates far outside of all that a double can be.
std::int64_t ParseExponent(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : text) {
    value = std::min<std::int64_t>(value * 10 + (c - '0'), std::int64_t{1} << 40);
  }
  return negative ? -value : value;
}

Decimal ParseDecimal(std::string_view token) {
  Decimal decimal;
  if (token.front() == '-') {
    decimal.negative = true;
    token.remove_prefix(1);
  }
  if (const auto e = token.find_first_of("eE"); e != std::string_view::npos) {
    decimal.exponent = ParseExponent(token.substr(e + 1));
    token = token.substr(0, e);
  }
  if (const auto point = token.find('.'); point != std::string_view::npos) {
    decimal.digits = token.substr(0, point);
    decimal.digits += token.substr(point + 1);
    decimal.exponent -= static_cast<std::int64_t>(token.size() - point - 1);
  } else {
    decimal.digits = token;
  }
  decimal.digits.erase(0, std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size()));
  const std::size_t end = decimal.digits.find_last_not_of('0') + 1;
  decimal.exponent += static_cast<std::int64_t>(decimal.digits.size() - end);
  decimal.digits.resize(end);
  if (decimal.digits.empty()) decimal.exponent = 0;
  return decimal;
}

// The whole number digits * 10^exponent, where it is one of at most 19 digits.
std::optional<std::uint64_t> WholeMagnitude(const Decimal& decimal) {
  if (decimal.digits.empty()) return 0;
  if (decimal.exponent < 0 || decimal.exponent > 19) return std::nullopt;
  std::string digits = decimal.digits;
  digits.append(static_cast<std::size_t>(decimal.exponent), '0');
  if (digits.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

// A token of at most 15 digits and no exponent, whose value is value / 10^decimals.
struct ShortToken {
  std::int64_t value = 0;
  int decimals = 0;
  bool negative = false;
};

bool ReadShort(std::string_view token, ShortToken* number) {
  if (token.front() == '-') {
    number->negative = true;
    token.remove_prefix(1);
  }
  if (token.size() > kExactDigits + 1) return false;
  bool point = false;
  for (const char c : token) {
    if (IsDigit(c)) {
      number->value = number->value * 10 + (c - '0');
      number->decimals += point ? 1 : 0;
    } else if (c == '.') {
      point = true;
    } else {
      return false;
    }
  }
  return point || token.size() <= kExactDigits;
}

}  // namespace

std::optional<std::uint32_t> WholeMilliseconds(std::string_view token) {
  Decimal decimal = ParseDecimal(token);
  if (decimal.negative) return std::nullopt;
  if (!decimal.digits.empty()) decimal.exponent += 3;
  const auto ms = WholeMagnitude(decimal);
  if (!ms || *ms >= UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*ms);
}

std::optional<std::int64_t> WholeInt64(std::string_view token) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error == std::errc() && end == token.data() + token.size()) return value;
  const Decimal decimal = ParseDecimal(token);
  const auto magnitude = WholeMagnitude(decimal);
  constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
  if (!magnitude || *magnitude > kMost + (decimal.negative ? 1 : 0)) return std::nullopt;
  const std::uint64_t bits = decimal.negative ? 0 - *magnitude : *magnitude;
  return static_cast<std::int64_t>(bits);
}

std::optional<NearestDouble> ToDouble(std::string_view token) {
  if (ShortToken number; ReadShort(token, &number)) {
    // Both operands are exact, so the quotient is the nearest double.
    const double magnitude =
        static_cast<double>(number.value) / kPowersOfTen[static_cast<std::size_t>(number.decimals)];
    return NearestDouble{number.negative ? -magnitude : magnitude, true};
  }
  NearestDouble nearest;
  const auto [end, error] =
      std::from_chars(token.data(), token.data() + token.size(), nearest.value);
  const Decimal decimal = ParseDecimal(token);
  if (error == std::errc::result_out_of_range || !std::isfinite(nearest.value)) {
    if (decimal.exponent > 0 ||
        -decimal.exponent < static_cast<std::int64_t>(decimal.digits.size())) {
      return std::nullopt;
    }
    return NearestDouble{decimal.negative ? -0.0 : 0.0, false};
  }
  std::array<char, kMostNumberBytes> shortest;
  const char* const shortest_end = WriteDouble(nearest.value, shortest.data());
  nearest.exact = ParseDecimal({shortest.data(), shortest_end}) == decimal;
  return nearest;
}

char* WriteInt64(std::int64_t value, char* out) {
  return std::to_chars(out, out + kMostNumberBytes, value).ptr;
}

char* WriteDouble(double value, char* out) {
  // Most figures have at most three decimals. Two decimals of up to 15 digits are never the nearest
  // to one double, so where value * 1000 is such a whole number, its digits are the shortest.
  const double thousandths = std::nearbyint(value * 1000);
  if (std::abs(thousandths) < 1e15 && thousandths / 1000 == value && thousandths != 0) {
    const auto whole = static_cast<std::int64_t>(thousandths);
    if (whole < 0) *out++ = '-';
    const std::int64_t magnitude = whole < 0 ? -whole : whole;
    out = WriteInt64(magnitude / 1000, out);
    auto fraction = static_cast<int>(magnitude % 1000);
    if (fraction == 0) return out;
    *out++ = '.';
    for (int unit = 100; fraction > 0; fraction %= unit, unit /= 10) {
      *out++ = static_cast<char>('0' + fraction / unit);
    }
    return out;
  }
  if (std::abs(value) < 1e15 && std::trunc(value) == value && value != 0) {
    return WriteInt64(static_cast<std::int64_t>(value), out);
  }
  return std::to_chars(out, out + kMostNumberBytes, value).ptr;
}

}  // namespace callstore::json
