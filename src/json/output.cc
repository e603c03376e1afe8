#include "json/output.h"

#include "base/bytes.h"

namespace callstore::json {
namespace {

constexpr std::size_t kLeastGrowth = 8 << 10;

constexpr std::uint64_t Repeat(unsigned char byte) { return 0x0101010101010101U * byte; }

// The high bit of each byte that is 0. Bytes above a byte that is 0 may be marked falsely.
constexpr std::uint64_t ZeroBytes(std::uint64_t x) { return (x - Repeat(1)) & ~x & Repeat(0x80); }

// Not 0 where one of eight bytes is a quote, a backslash or a control character; the lowest mark is
// right.
constexpr std::uint64_t Special(std::uint64_t x) {
  const std::uint64_t control = (x - Repeat(0x20)) & ~x & Repeat(0x80);
  return control | ZeroBytes(x ^ Repeat('"')) | ZeroBytes(x ^ Repeat('\\'));
}

bool IsSpecial(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace

void Output::Grow(std::size_t size) {
  const std::size_t used = this->size();
  out_->resize(used + std::max({size, used - begin_, kLeastGrowth}));
  at_ = out_->data() + used;
  end_ = out_->data() + out_->size();
}

void Output::PutEscape(char c, std::size_t bytes_left) {
  static constexpr char kHex[] = "0123456789abcdef";
  char* at = Room(bytes_left + 8);
  *at++ = '\\';
  switch (c) {
    case '\n':
      *at++ = 'n';
      break;
    case '\t':
      *at++ = 't';
      break;
    case '\r':
      *at++ = 'r';
      break;
    case '"':
    case '\\':
      *at++ = c;
      break;
    default:
      *at++ = 'u';
      *at++ = '0';
      *at++ = '0';
      *at++ = kHex[static_cast<unsigned char>(c) >> 4];
      *at++ = kHex[static_cast<unsigned char>(c) & 15];
  }
  Wrote(at);
}

bool Output::PutEscaped(std::string_view text) {
  bool escaped = false;
  const char* from = text.data();
  const char* const end = from + text.size();
  char* at = Room(text.size() + 8);
  while (from < end) {
    if (end - from >= 8) {
      const auto bytes = LoadLittle<std::uint64_t>(from);
      std::memcpy(at, &bytes, sizeof bytes);
      const std::uint64_t special = Special(bytes);
      const int clean = special == 0 ? 8 : __builtin_ctzll(special) / 8;
      from += clean;
      at += clean;
      if (special == 0) continue;
    } else if (!IsSpecial(*from)) {
      *at++ = *from++;
      continue;
    }
    escaped = true;
    Wrote(at);
    const char c = *from++;
    PutEscape(c, static_cast<std::size_t>(end - from));
    at = at_;
  }
  Wrote(at);
  return escaped;
}

}  // namespace callstore::json
