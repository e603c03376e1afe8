#include "fuzz/strict_json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>

#include "json_value.h"

namespace callstore::fuzz {
namespace {

// Every function that returns a bool steps past what it reads, or returns false for good.
class Reader {
 public:
  Reader(std::string_view text, int most_depth) : text_(text), most_depth_(most_depth) {}

  std::optional<StrictJson> Read() {
    if (!Value(0)) return std::nullopt;
    SkipSpace();
    if (at_ != text_.size()) return std::nullopt;
    return result_;
  }

 private:
  void SkipSpace() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // What is between values goes to the plain text, too.
  bool Put(char c) {
    SkipSpace();
    if (!Take(c)) return false;
    result_.plain += c;
    return true;
  }
  bool Word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    result_.plain += word;
    return true;
  }

  bool Value(int depth) {
    SkipSpace();
    switch (Peek()) {
      case '{':
        return Object(depth + 1);
      case '[':
        return Array(depth + 1);
      case '"': {
        std::string text;
        return Text(&text);
      }
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }
  bool Deeper(int depth) {
    result_.depth = std::max(result_.depth, depth);
    return depth <= most_depth_;
  }

  bool Object(int depth) {
    if (!Deeper(depth) || !Put('{')) return false;
    if (Put('}')) return true;
    std::set<std::string> names;
    do {
      SkipSpace();
      std::string name;
      if (!Text(&name) || !names.insert(name).second || !Put(':') || !Value(depth)) return false;
    } while (Put(','));
    return Put('}');
  }
  bool Array(int depth) {
    if (!Deeper(depth) || !Put('[')) return false;
    if (Put(']')) return true;
    do {
      if (!Value(depth)) return false;
    } while (Put(','));
    return Put(']');
  }

  bool Digits() {
    const std::size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > begin;
  }
  bool Number() {
    const std::size_t begin = at_;
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      const std::size_t exponent = at_;
      if (!Digits()) return false;
      if (at_ - exponent > 15) result_.huge_exponent = true;
    }
    result_.plain += text_.substr(begin, at_ - begin);
    return true;
  }

  bool Text(std::string* text) {
    if (!Take('"')) return false;
    while (at_ < text_.size() && text_[at_] != '"') {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20) return false;
      if (!(c == '\\' ? Escape(text) : Character(text))) return false;
    }
    if (!Take('"')) return false;
    test::PrintJsonText(*text, &result_.plain);
    return true;
  }

  // One character of UTF-8 (RFC 3629).
  bool Character(std::string* text) {
    const auto byte = [&](std::size_t i) -> unsigned {
      return at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : 0;
    };
    const unsigned first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4) return false;
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0U) != 0x80) return false;
    }
    if (first == 0xE0 && byte(1) < 0xA0) return false;  // a longer form
    if (first == 0xED && byte(1) > 0x9F) return false;  // a surrogate
    if (first == 0xF0 && byte(1) < 0x90) return false;
    if (first == 0xF4 && byte(1) > 0x8F) return false;  // beyond U+10FFFF
    *text += text_.substr(at_, size);
    at_ += size;
    return true;
  }

  bool Hex4(std::uint32_t* code) {
    *code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const char c = Peek() >= 'A' && Peek() <= 'F' ? static_cast<char>(Peek() + 32) : Peek();
      const std::size_t digit = c == '\0' ? std::string_view::npos : kDigits.find(c);
      if (digit == std::string_view::npos) return false;
      *code = *code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }
  bool Escape(std::string* text) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_ == text_.size()) return false;
    if (const std::size_t i = kEscapes.find(text_[at_]); i != std::string_view::npos) {
      ++at_;
      *text += kMeanings[i];
      return true;
    }
    std::uint32_t code = 0;
    if (!Take('u') || !Hex4(&code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      std::uint32_t low = 0;
      if (!Take('\\') || !Take('u') || !Hex4(&low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    Append(code, text);
    return true;
  }
  static void Append(std::uint32_t code, std::string* text) {
    const auto push = [text](std::uint32_t byte) { *text += static_cast<char>(byte); };
    const auto tail = [&](unsigned shift) { push(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) return push(code);
    if (code < 0x800) {
      push(0xC0U | (code >> 6U));
      return tail(0);
    }
    push(code < 0x10000 ? 0xE0U | (code >> 12U) : 0xF0U | (code >> 18U));
    if (code >= 0x10000) tail(12);
    tail(6);
    tail(0);
  }

  std::string_view text_;
  int most_depth_;
  std::size_t at_ = 0;
  StrictJson result_;
};

}  // namespace

std::optional<StrictJson> ReadStrictly(std::string_view text, int most_depth) {
  return Reader(text, most_depth).Read();
}

}  // namespace callstore::fuzz
