#include "base/utf8.h"

#include <cstddef>
#include <cstdint>

namespace callstore {
namespace {

// The length of the character that `bytes` (not empty) begins with; 0 where it begins with none.
std::size_t CharacterBytes(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  // The second byte is bounded where a shorter form, a surrogate or too great a number begins.
  std::uint8_t least = 0x80;
  std::uint8_t most = 0xBF;
  if (lead == 0xE0) least = 0xA0;
  if (lead == 0xED) most = 0x9F;
  if (lead == 0xF0) least = 0x90;
  if (lead == 0xF4) most = 0x8F;
  if (at(1) < least || at(1) > most) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string_view Utf8Prefix(std::string_view bytes) {
  std::size_t end = 0;
  while (end < bytes.size()) {
    const std::size_t length = CharacterBytes(bytes.substr(end));
    if (length == 0) break;
    end += length;
  }
  return bytes.substr(0, end);
}

}  // namespace callstore
