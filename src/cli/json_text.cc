#include "cli/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::size_t SkipSpace(std::string_view text, std::size_t i) {
  while (i < text.size() &&
         (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r')) {
    ++i;
  }
  return i;
}

// `i` is at the opening quote. Result: after the closing one, or kNowhere.
std::size_t SkipString(std::string_view text, std::size_t i) {
  for (++i; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return kNowhere;
}

std::size_t SkipContainer(std::string_view text, std::size_t i) {
  std::size_t depth = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      i = SkipString(text, i);
      if (i == kNowhere) return kNowhere;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return i + 1;
    ++i;
  }
  return kNowhere;
}

std::size_t SkipValue(std::string_view text, std::size_t i) {
  if (i >= text.size()) return kNowhere;
  if (text[i] == '"') return SkipString(text, i);
  if (text[i] == '{' || text[i] == '[') return SkipContainer(text, i);
  const std::size_t end = std::min(text.find_first_of(",]} \t\r\n", i), text.size());
  return end == i ? kNowhere : end;
}

std::optional<std::uint32_t> ParseHex4(std::string_view text) {
  std::uint32_t value = 0;
  if (text.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc() || end != text.data() + 4) return std::nullopt;
  return value;
}

// Decodes the escape whose letter is text[i]; moves i behind it.
void DecodeEscape(std::string_view text, std::size_t* i, std::string* out) {
  static constexpr std::string_view kLetters = "bfnrt";
  static constexpr std::string_view kValues = "\b\f\n\r\t";
  const char letter = text[(*i)++];
  if (const std::size_t at = kLetters.find(letter); at != kNowhere) {
    *out += kValues[at];
    return;
  }
  if (letter != 'u') {
    *out += letter;
    return;
  }
  std::uint32_t code = ParseHex4(text.substr(*i)).value_or(0xFFFD);
  *i = std::min(*i + 4, text.size());
  if (code >= 0xD800 && code < 0xDC00 && text.substr(*i, 2) == "\\u") {
    const std::uint32_t low = ParseHex4(text.substr(*i + 2)).value_or(0);
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      *i += 6;
    }
  }
  AppendUtf8(code, out);
}

// `raw` with its quotes.
std::string DecodeString(std::string_view raw) {
  const std::string_view text = raw.substr(1, raw.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i++];
      continue;
    }
    ++i;
    DecodeEscape(text, &i, &out);
  }
  return out;
}

}  // namespace

JsonText::JsonText(std::string_view text) {
  const std::size_t begin = SkipSpace(text, 0);
  const std::size_t end = SkipValue(text, begin);
  if (end != kNowhere) raw_ = text.substr(begin, end - begin);
}

JsonKind JsonText::kind() const {
  if (raw_.empty()) return JsonKind::kNone;
  switch (raw_.front()) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    default:
      return raw_ == "null" ? JsonKind::kNull : JsonKind::kScalar;
  }
}

std::string JsonText::Text() const {
  if (kind() == JsonKind::kString) return DecodeString(raw_);
  return kind() == JsonKind::kNull ? std::string() : std::string(raw_);
}

JsonText::MemberList JsonText::Members() const {
  MemberList members;
  if (kind() != JsonKind::kObject) return members;
  std::size_t i = SkipSpace(raw_, 1);
  while (i < raw_.size() && raw_[i] == '"') {
    const std::size_t key_end = SkipString(raw_, i);
    if (key_end == kNowhere) break;
    const std::string_view key = raw_.substr(i, key_end - i);
    i = SkipSpace(raw_, key_end);
    if (i >= raw_.size() || raw_[i] != ':') break;
    const JsonText value(raw_.substr(i + 1));
    if (value.kind() == JsonKind::kNone) break;
    members.emplace_back(DecodeString(key), value);
    i = SkipSpace(raw_, static_cast<std::size_t>(value.raw().end() - raw_.begin()));
    if (i < raw_.size() && raw_[i] == ',') i = SkipSpace(raw_, i + 1);
  }
  return members;
}

std::vector<JsonText> JsonText::Elements() const {
  std::vector<JsonText> elements;
  if (kind() != JsonKind::kArray) return elements;
  std::size_t i = SkipSpace(raw_, 1);
  while (i < raw_.size() && raw_[i] != ']') {
    const JsonText value(raw_.substr(i));
    if (value.kind() == JsonKind::kNone) break;
    elements.push_back(value);
    i = SkipSpace(raw_, static_cast<std::size_t>(value.raw().end() - raw_.begin()));
    if (i < raw_.size() && raw_[i] == ',') i = SkipSpace(raw_, i + 1);
  }
  return elements;
}

JsonText JsonText::Member(std::string_view name) const {
  for (const auto& [key, value] : Members()) {
    if (key == name) return value;
  }
  return {};
}

JsonText JsonText::At(std::string_view path) const {
  if (kind() != JsonKind::kArray) return AtPath(Members(), path);
  MemberList members;
  for (const JsonText& element : Elements()) {
    members.emplace_back(std::to_string(members.size()), element);
  }
  return AtPath(members, path);
}

JsonText AtPath(const JsonText::MemberList& members, std::string_view path) {
  for (std::size_t cut = path.size(); cut != kNowhere && cut > 0; cut = path.rfind('.', cut - 1)) {
    for (const auto& [key, value] : members) {
      if (key != path.substr(0, cut)) continue;
      const JsonText found = cut == path.size() ? value : value.At(path.substr(cut + 1));
      if (found.kind() != JsonKind::kNone) return found;
    }
  }
  return {};
}

std::string QuoteJson(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

}  // namespace callstore::cli
