// bytes.h - fixed-width integers in byte strings, whatever the alignment.
// Big-endian where byte order must be the order of values (keys), little-endian in values.
#ifndef CALLSTORE_SRC_BASE_BYTES_H_
#define CALLSTORE_SRC_BASE_BYTES_H_

#include <bit>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

namespace callstore {

static_assert(std::endian::native == std::endian::little, "values are read in place");

template <std::integral T>
T LoadLittle(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <std::integral T>
void AppendLittle(T value, std::string* to) {
  to->append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <std::unsigned_integral T>
T SwapBytes(T value) {
  if constexpr (sizeof(T) == 8) {
    return __builtin_bswap64(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return value;
  }
}

template <std::unsigned_integral T>
T LoadBig(const char* from) {
  return SwapBytes(LoadLittle<T>(from));
}

template <std::unsigned_integral T>
void StoreBig(T value, char* to) {
  value = SwapBytes(value);
  std::memcpy(to, &value, sizeof value);
}

// Two lower-case digits a byte, as messages name keys.
inline std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_BYTES_H_
