// ascii.h - letter case of ASCII letters; all other bytes are left alone.
#ifndef CALLSTORE_SRC_BASE_ASCII_H_
#define CALLSTORE_SRC_BASE_ASCII_H_

#include <algorithm>
#include <string_view>

namespace callstore {

constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

inline bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, AsciiLower, AsciiLower);
}

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_ASCII_H_
