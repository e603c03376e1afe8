#include "base/minified_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>

namespace callstore {
namespace {

// The end of the string that begins at `at`, its closing quote included.
std::size_t StringEnd(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return text.size();
}

std::size_t ContainerEnd(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = StringEnd(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return at;
    }
  }
  return text.size();
}

void AppendUtf8(std::uint32_t code, std::string* out) {
  const auto push = [out](std::uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | (code >> 6));
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

// Takes four hex digits from the front of `text`.
std::optional<std::uint32_t> TakeHex4(std::string_view* text) {
  if (text->size() < 4) return std::nullopt;
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + 4, code, 16);
  if (error != std::errc() || end != text->data() + 4) return std::nullopt;
  text->remove_prefix(4);
  return code;
}

// Takes what follows "\u". Half of a surrogate pair alone stands for no character.
void TakeUnicode(std::string_view* text, std::string* out) {
  constexpr std::uint32_t kNoCharacter = 0xFFFD;
  std::uint32_t code = TakeHex4(text).value_or(kNoCharacter);
  if (code >= 0xD800 && code < 0xDC00 && text->starts_with("\\u")) {
    std::string_view after = text->substr(2);
    const std::uint32_t low = TakeHex4(&after).value_or(0);
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      *text = after;
    }
  }
  AppendUtf8(code >= 0xD800 && code < 0xE000 ? kNoCharacter : code, out);
}

void TakeEscape(std::string_view* text, std::string* out) {
  if (text->empty()) return;
  const char c = text->front();
  text->remove_prefix(1);
  switch (c) {
    case 'b':
      return out->push_back('\b');
    case 'f':
      return out->push_back('\f');
    case 'n':
      return out->push_back('\n');
    case 'r':
      return out->push_back('\r');
    case 't':
      return out->push_back('\t');
    case 'u':
      return TakeUnicode(text, out);
    default:
      return out->push_back(c);  // a quote, a backslash or a slash
  }
}

// Whether a number that no double can hold is too great, and not too small: its first digit that is
// not 0 stands before or after the point, once the exponent has moved it.
bool IsBeyondGreatest(std::string_view token) {
  const std::size_t e = std::min(token.find_first_of("eE"), token.size());
  const std::size_t point = std::min(token.find('.'), e);
  const std::size_t digit = token.find_first_of("123456789");
  const auto places = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(digit);
  std::string_view exponent = token.substr(std::min(e + 1, token.size()));
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t power = 0;
  const auto result = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
  if (result.ec == std::errc::result_out_of_range) return !exponent.starts_with('-');
  return power > -places;
}

}  // namespace

std::size_t JsonValueEnd(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  const char c = text[at];
  if (c == '"') return StringEnd(text, at);
  if (c == '{' || c == '[') return ContainerEnd(text, at);
  return std::min(text.find_first_of(",]}", at), text.size());
}

std::string_view JsonText(std::string_view json_string, std::string* buffer) {
  if (json_string.size() < 2) return {};
  std::string_view text = json_string.substr(1, json_string.size() - 2);
  std::size_t escape = text.find('\\');
  if (escape == std::string_view::npos) return text;
  buffer->clear();
  while (escape != std::string_view::npos) {
    buffer->append(text.substr(0, escape));
    text.remove_prefix(escape + 1);
    TakeEscape(&text, buffer);
    escape = text.find('\\');
  }
  return buffer->append(text);
}

double JsonNumber(std::string_view json_number) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(json_number.data(), json_number.data() + json_number.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  if (!IsBeyondGreatest(json_number)) return 0;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return json_number.starts_with('-') ? -kInfinity : kInfinity;
}

bool JsonMembers::Next() {
  // Before each member stands the brace or a comma; a string and a colon must follow.
  if (at_ >= text_.size() || text_[at_] != (at_ == 0 ? '{' : ',')) return false;
  const std::size_t key = at_ + 1;
  if (key >= text_.size() || text_[key] != '"') return false;
  const std::size_t key_end = StringEnd(text_, key);
  if (key_end >= text_.size() || text_[key_end] != ':') return false;
  at_ = JsonValueEnd(text_, key_end + 1);
  raw_key_ = text_.substr(key, key_end - key);
  value_ = text_.substr(key_end + 1, at_ - key_end - 1);
  return !value_.empty();
}

std::string_view JsonMembers::key() { return JsonText(raw_key_, &buffer_); }

bool JsonElements::Next() {
  if (at_ >= text_.size() || text_[at_] != (at_ == 0 ? '[' : ',')) return false;
  const std::size_t begin = at_ + 1;
  at_ = JsonValueEnd(text_, begin);
  value_ = text_.substr(std::min(begin, text_.size()), at_ - begin);
  return !value_.empty();
}

std::optional<std::string_view> FindJsonMember(std::string_view object, std::string_view key) {
  for (JsonMembers members(object); members.Next();) {
    if (members.key() == key) return members.value();
  }
  return std::nullopt;
}

std::optional<std::string_view> FindJsonPath(std::string_view object, std::string_view path) {
  while (true) {
    if (const auto value = FindJsonMember(object, path)) return value;
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto inner = FindJsonMember(object, path.substr(0, dot));
    if (!inner || !inner->starts_with('{')) return std::nullopt;
    object = *inner;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace callstore
