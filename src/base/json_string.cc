#include "base/json_string.h"

namespace callstore {

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte >= 0x20) {
      out->push_back(c);
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '\t') {
      out->append("\\t");
    } else if (c == '\r') {
      out->append("\\r");
    } else {
      out->append("\\u00");
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    }
  }
  out->push_back('"');
}

void AppendSeconds(std::uint32_t ms, std::string* out) {
  out->append(std::to_string(ms / 1000));
  if (ms % 1000 == 0) return;
  std::string fraction = std::to_string(1000 + ms % 1000);
  fraction[0] = '.';
  while (fraction.back() == '0') fraction.pop_back();
  out->append(fraction);
}

}  // namespace callstore
