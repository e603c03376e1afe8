// json_value.h - a small JSON value for tests: parse, print, compare, merge.
// It shares no code with the library, so that a fault there is not a fault here too. Members keep
// their order; numbers keep their spelling and compare as exact decimals.
//
// REQUIRES: valid JSON with string escapes of the two-character kind or below \u0800; other input
// throws std::runtime_error, which fails the test.
#ifndef CALLSTORE_TESTS_JSON_VALUE_H_
#define CALLSTORE_TESTS_JSON_VALUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callstore::test {

class JsonValue {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kText, kArray, kObject };
  using Member = std::pair<std::string, JsonValue>;

  JsonValue() = default;
  static JsonValue Bool(bool value) {
    JsonValue json(Kind::kBool);
    json.flag_ = value;
    return json;
  }
  static JsonValue Number(std::string_view token) { return JsonValue(Kind::kNumber, token); }
  static JsonValue Number(std::int64_t value) { return Number(std::to_string(value)); }
  static JsonValue Text(std::string_view text) { return JsonValue(Kind::kText, text); }
  static JsonValue Array() { return JsonValue(Kind::kArray); }
  static JsonValue Object() { return JsonValue(Kind::kObject); }
  static JsonValue Parse(std::string_view text);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_true() const { return kind_ == Kind::kBool && flag_; }
  const std::string& text() const { return text_; }  // of a text, or a number's token
  std::int64_t whole() const { return std::stoll(text_); }

  std::vector<JsonValue>& elements() { return elements_; }
  const std::vector<JsonValue>& elements() const { return elements_; }
  std::vector<Member>& members() { return members_; }
  const std::vector<Member>& members() const { return members_; }
  bool empty() const { return text_.empty() && elements_.empty() && members_.empty(); }

  // The member; null where there is none.
  const JsonValue* Find(std::string_view name) const {
    const auto found = std::ranges::find(members_, name, &Member::first);
    return found == members_.end() ? nullptr : &found->second;
  }
  JsonValue* Find(std::string_view name) {
    return const_cast<JsonValue*>(std::as_const(*this).Find(name));
  }
  // Replaces in place, or appends.
  void Set(std::string_view name, JsonValue value) {
    if (JsonValue* const old = Find(name)) {
      *old = std::move(value);
    } else {
      members_.emplace_back(name, std::move(value));
    }
  }
  bool Erase(std::string_view name) {
    return std::erase_if(members_, [&](const Member& member) { return member.first == name; }) > 0;
  }

  // Minified, in the order of the members.
  std::string Print() const {
    std::string out;
    PrintTo(&out);
    return out;
  }

  // The same value: numbers as decimals, members in any order.
  friend bool operator==(const JsonValue& a, const JsonValue& b);
  friend std::ostream& operator<<(std::ostream& out, const JsonValue& json) {
    return out << json.Print();
  }

 private:
  class Parser;
  explicit JsonValue(Kind kind, std::string_view text = {}) : kind_(kind), text_(text) {}
  void PrintTo(std::string* out) const;

  Kind kind_ = Kind::kNull;
  bool flag_ = false;
  std::string text_;
  std::vector<JsonValue> elements_;
  std::vector<Member> members_;
};

class JsonValue::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  JsonValue ParseAll() {
    JsonValue value = ParseValue();
    Peek();
    if (at_ != text_.size()) Fail("more text");
    return value;
  }

 private:
  [[noreturn]] void Fail(const char* what) const {
    throw std::runtime_error("JSON at byte " + std::to_string(at_) + ": " + what);
  }
  // The next byte that is not whitespace; 0 at the end.
  char Peek() {
    at_ = std::min(text_.find_first_not_of(" \n\r\t", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void Expect(char c) {
    if (Peek() != c) Fail("an unexpected character");
    ++at_;
  }

  JsonValue ParseValue() {
    switch (Peek()) {
      case '{':
        return ParseObject();
      case '[':
        return ParseArray();
      case '"':
        return Text(ParseText());
      default:
        break;
    }
    if (Take("null")) return JsonValue();
    if (Take("true")) return Bool(true);
    if (Take("false")) return Bool(false);
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size());
    if (at_ == begin) Fail("no value");
    return Number(text_.substr(begin, at_ - begin));
  }
  JsonValue ParseObject() {
    JsonValue object = Object();
    Expect('{');
    if (Peek() == '}') return ++at_, object;
    while (true) {
      if (Peek() != '"') Fail("no key");
      std::string name = ParseText();
      Expect(':');
      object.members_.emplace_back(std::move(name), ParseValue());
      if (Peek() != ',') break;
      ++at_;
    }
    Expect('}');
    return object;
  }
  JsonValue ParseArray() {
    JsonValue array = Array();
    Expect('[');
    if (Peek() == ']') return ++at_, array;
    while (true) {
      array.elements_.push_back(ParseValue());
      if (Peek() != ',') break;
      ++at_;
    }
    Expect(']');
    return array;
  }
  std::string ParseText() {
    std::string text;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      text_[at_] == '\\' ? ParseEscape(&text) : text.push_back(text_[at_]);
    }
    Expect('"');
    return text;
  }
  void ParseEscape(std::string* text) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (Take("u")) {
      const int code = std::stoi(std::string(text_.substr(at_, 4)), nullptr, 16);
      if (code >= 0x800) Fail("an escape of more than two bytes");
      if (code >= 0x80) text->push_back(static_cast<char>(0xC0 + code / 64));
      text->push_back(static_cast<char>(code < 0x80 ? code : 0x80 + code % 64));
      at_ += 3;
      return;
    }
    const std::size_t escape = at_ < text_.size() ? kEscapes.find(text_[at_]) : std::string::npos;
    if (escape == std::string::npos) Fail("an unknown escape");
    text->push_back(kMeanings[escape]);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline JsonValue JsonValue::Parse(std::string_view text) { return Parser(text).ParseAll(); }

// A number as sign, significant digits and exponent of ten: "1.50e3" and "1500" are "15e2".
inline std::string ExactDecimal(std::string_view token) {
  const std::size_t e = std::min(token.find_first_of("eE"), token.size());
  std::int64_t exponent = e < token.size() ? std::stoll(std::string(token.substr(e + 1))) : 0;
  std::string digits;
  bool fraction = false;
  for (const char c : token.substr(0, e)) {
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    digits += c;
    if (fraction) --exponent;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  for (; !digits.empty() && digits.back() == '0'; digits.pop_back()) ++exponent;
  if (digits.empty()) return "0";
  return (token.front() == '-' ? "-" : "") + digits + "e" + std::to_string(exponent);
}

inline bool operator==(const JsonValue& a, const JsonValue& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case JsonValue::Kind::kNull:
      return true;
    case JsonValue::Kind::kBool:
      return a.flag_ == b.flag_;
    case JsonValue::Kind::kNumber:
      return ExactDecimal(a.text_) == ExactDecimal(b.text_);
    case JsonValue::Kind::kText:
      return a.text_ == b.text_;
    case JsonValue::Kind::kArray:
      return a.elements_ == b.elements_;
    case JsonValue::Kind::kObject:
      break;
  }
  return a.members_.size() == b.members_.size() &&
         std::ranges::all_of(a.members_, [&](const JsonValue::Member& member) {
           const JsonValue* const other = b.Find(member.first);
           return other != nullptr && member.second == *other;
         });
}

inline void PrintJsonText(std::string_view text, std::string* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  *out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (*out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      (*out += "\\u00") += kHex[static_cast<unsigned char>(c) / 16U];
      *out += kHex[static_cast<unsigned char>(c) % 16U];
    } else {
      *out += c;
    }
  }
  *out += '"';
}

inline void JsonValue::PrintTo(std::string* out) const {
  switch (kind_) {
    case Kind::kNull:
      *out += "null";
      return;
    case Kind::kBool:
      *out += flag_ ? "true" : "false";
      return;
    case Kind::kNumber:
      *out += text_;
      return;
    case Kind::kText:
      PrintJsonText(text_, out);
      return;
    case Kind::kArray:
      *out += '[';
      for (const JsonValue& element : elements_) {
        if (&element != elements_.data()) *out += ',';
        element.PrintTo(out);
      }
      *out += ']';
      return;
    case Kind::kObject:
      *out += '{';
      for (const Member& member : members_) {
        if (&member != members_.data()) *out += ',';
        PrintJsonText(member.first, out);
        *out += ':';
        member.second.PrintTo(out);
      }
      *out += '}';
      return;
  }
}

// `patch` over `target` (RFC 7396). Where nulls stand, a null replaces like any other value.
inline JsonValue Merged(JsonValue target, const JsonValue& patch, bool nulls_stand) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = JsonValue::Object();
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null() && !nulls_stand) {
      target.Erase(name);
    } else {
      JsonValue* const old = target.Find(name);
      target.Set(name, Merged(old == nullptr ? JsonValue() : *old, value, nulls_stand));
    }
  }
  return target;
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_JSON_VALUE_H_
