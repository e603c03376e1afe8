// number.h - JSON numbers, exactly.
// A number token is a decimal. A double stands for it exactly when the token's value is the
// double's shortest decimal: the one that is printed for it. Tokens of up to 15 significant digits
// always are.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_NUMBER_H_
#define CALLSTORE_SRC_JSON_NUMBER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callstore::json {

inline bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// The end of the number (RFC 8259) that begins at `p`; null where none begins. REQUIRES: a byte
// that no number contains follows, such as the zero after a Document's text.
inline const char* NumberEnd(const char* p) {
  if (*p == '-') ++p;
  if (!IsDigit(*p)) return nullptr;
  if (*p == '0') {
    ++p;
  } else {
    while (IsDigit(*p)) ++p;
  }
  if (*p == '.') {
    ++p;
    if (!IsDigit(*p)) return nullptr;
    while (IsDigit(*p)) ++p;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    if (!IsDigit(*p)) return nullptr;
    while (IsDigit(*p)) ++p;
  }
  return p;
}

// Reads seconds with at most three decimals, below 10^7 s, as milliseconds, and returns their end;
// null where the text at `p` is anything else. REQUIRES: as NumberEnd.
inline const char* ReadSeconds(const char* p, std::uint32_t* ms) {
  const char* const begin = p;
  std::uint32_t value = 0;
  while (IsDigit(*p)) value = value * 10 + static_cast<std::uint32_t>(*p++ - '0');
  const auto digits = p - begin;
  if (digits == 0 || digits > 6 || (*begin == '0' && digits > 1)) return nullptr;
  value *= 1000;
  if (*p == '.') {
    std::uint32_t unit = 100;
    const char* const fraction = ++p;
    while (IsDigit(*p)) {
      value += unit * static_cast<std::uint32_t>(*p++ - '0');
      unit /= 10;
    }
    if (p == fraction || p - fraction > 3) return nullptr;
  }
  if (*p == 'e' || *p == 'E') return nullptr;
  *ms = value;
  return p;
}

// The functions below take a valid number token.

// The token's value in seconds as milliseconds, where it is a whole number of them from 0 to
// 2^32 - 2.
std::optional<std::uint32_t> WholeMilliseconds(std::string_view token);

// The token's value, where it is a whole number in range.
std::optional<std::int64_t> WholeInt64(std::string_view token);

struct NearestDouble {
  double value = 0;
  bool exact = false;  // printing `value` gives the token's value again
};
// Nothing where the token is beyond the largest double.
std::optional<NearestDouble> ToDouble(std::string_view token);

inline constexpr std::size_t kMostNumberBytes = 32;

// Writes the shortest decimal that reads as `value` (finite), a whole number below 10^15 without
// point or exponent; returns the end. REQUIRES: kMostNumberBytes of room.
char* WriteDouble(double value, char* out);
char* WriteInt64(std::int64_t value, char* out);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_NUMBER_H_
