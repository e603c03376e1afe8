#include "http/json_text.h"

#include "http/utf8.h"

namespace callstore::http {

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const bool utf8 = IsUtf8(text);
  *out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (byte < 0x20 || byte == 0x7F || (byte > 0x7F && !utf8)) {
      *out += "\\u00";
      *out += kHex[byte / 16U];
      *out += kHex[byte % 16U];
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void AppendMember(std::string_view name, std::string_view json_value, std::string* out) {
  if (!out->empty() && out->back() != '{') *out += ',';
  *out += '"';
  *out += name;
  *out += "\":";
  *out += json_value;
}

void AppendTextMember(std::string_view name, std::string_view text, std::string* out) {
  AppendMember(name, {}, out);
  AppendJsonString(text, out);
}

void AppendCountMember(std::string_view name, std::int64_t count, std::string* out) {
  AppendMember(name, std::to_string(count), out);
}

}  // namespace callstore::http
