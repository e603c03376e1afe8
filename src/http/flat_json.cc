#include "http/flat_json.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "http/utf8.h"

namespace callstore::http {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Steps over a text. What returns a bool is false where the text is not as it should be.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool ReadObject(FlatObject* object) {
    if (!Take('{')) return false;
    if (Take('}')) return AtEnd();
    do {
      if (!ReadMember(object)) return false;
    } while (Take(','));
    return Take('}') && AtEnd();
  }

 private:
  void SkipSpace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool AtEnd() {
    SkipSpace();
    return rest_.empty();
  }
  // Takes this character, and the space before it, where it comes next.
  bool Take(char wanted) {
    SkipSpace();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool ReadMember(FlatObject* object) {
    std::string name;
    if (!Take('"') || !ReadString(&name) || !Take(':')) return false;
    const bool again = std::ranges::any_of(
        object->members, [&](const auto& member) { return member.first == name; });
    FlatValue value;
    if (again || !ReadValue(&value)) return false;
    object->members.emplace_back(std::move(name), std::move(value));
    return true;
  }

  bool ReadValue(FlatValue* value) {
    if (Take('"')) return ReadString(&value->emplace<std::string>());
    if (TakeWord("true")) {
      *value = true;
      return true;
    }
    if (TakeWord("false")) {
      *value = false;
      return true;
    }
    return ReadNumber(&value->emplace<std::int64_t>());
  }

  bool ReadNumber(std::int64_t* number) {
    const std::string_view digits = rest_.substr(rest_.starts_with('-') ? 1 : 0);
    // from_chars takes leading zeros, JSON has none.
    if (digits.empty() || !IsDigit(digits[0])) return false;
    if (digits.size() > 1 && digits[0] == '0' && IsDigit(digits[1])) return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), *number);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;  // a fraction or an exponent is refused by what is expected next
  }

  // Behind the opening quote.
  bool ReadString(std::string* out) {
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        *out += c;
      } else if (!ReadEscape(out)) {
        return false;
      }
    }
    return false;
  }

  // Behind the backslash.
  bool ReadEscape(std::string* out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    if (const std::size_t i = kLetters.find(letter); i != std::string_view::npos) {
      *out += kValues[i];
      return true;
    }
    std::uint32_t code = 0;
    if (letter != 'u' || !ReadHex4(&code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      std::uint32_t low = 0;
      if (!TakeWord("\\u") || !ReadHex4(&low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(code, out);
    return true;
  }

  bool ReadHex4(std::uint32_t* code) {
    if (rest_.size() < 4) return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, *code, 16);
    if (error != std::errc() || end != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<FlatObject> ParseFlatObject(std::string_view text) {
  FlatObject object;
  if (!IsUtf8(text) || !Reader(text).ReadObject(&object)) return std::nullopt;
  return object;
}

}  // namespace callstore::http
