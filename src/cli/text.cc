#include "cli/text.h"

#include <wchar.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace callstore::cli {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

// The character at text[*i]; moves *i behind it. Wrong bytes give U+FFFD, one each.
std::uint32_t NextCharacter(std::string_view text, std::size_t* i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const std::uint32_t lead = byte((*i)++);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 && lead < 0xF5   ? 3
                           : lead >= 0xE0 && lead < 0xF0 ? 2
                           : lead >= 0xC2 && lead < 0xE0 ? 1
                                                         : 0;
  if (more == 0 || *i + more > text.size()) return kReplacement;
  std::uint32_t code = lead & (0x3FU >> more);
  for (std::size_t k = 0; k < more; ++k) {
    if ((byte(*i + k) & 0xC0U) != 0x80) return kReplacement;
    code = (code << 6) | (byte(*i + k) & 0x3FU);
  }
  static constexpr std::array<std::uint32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    return kReplacement;
  }
  *i += more;
  return code;
}

bool IsControl(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

// Marks that turn or embed the direction of text, and line separators.
bool IsDirectionMark(std::uint32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::size_t WidthOf(std::uint32_t code) {
  if (code < 0x7F) return 1;
  const int width = wcwidth(static_cast<wchar_t>(code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

// Where `text` has to be cut so that at most `width` columns are left.
std::size_t CutAt(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    used += WidthOf(NextCharacter(text, &i));
    if (used > width) return begin;
  }
  return text.size();
}

}  // namespace

void AppendUtf8(std::uint32_t code, std::string* out) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = kReplacement;
  const auto put = [&](std::uint32_t byte) { *out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
    return;
  }
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      put(0xE0 | (code >> 12));
    } else {
      put(0xF0 | (code >> 18));
      put(0x80 | ((code >> 12) & 0x3F));
    }
    put(0x80 | ((code >> 6) & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

std::string CleanText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::uint32_t code = NextCharacter(text, &i);
    if (IsDirectionMark(code)) continue;
    AppendUtf8(IsControl(code) ? ' ' : code, &out);
  }
  return out;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) width += WidthOf(NextCharacter(text, &i));
  return width;
}

std::string CutText(std::string_view text, std::size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  return std::string(text.substr(0, CutAt(text, width - 1))) + "\u2026";
}

std::string PadRight(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t used = DisplayWidth(text);
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string PadLeft(std::string_view text, std::size_t width) {
  const std::size_t used = DisplayWidth(text);
  return std::string(used < width ? width - used : 0, ' ').append(text);
}

std::vector<std::string> WrapText(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  const auto end_line = [&] {
    lines.push_back(std::move(line));
    line.clear();
    used = 0;
  };
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (word.empty()) continue;
    if (used > 0 && used + 1 + DisplayWidth(word) > width) end_line();
    if (used > 0) line += ' ', ++used;
    while (used + DisplayWidth(word) > width) {  // wider than a line
      const std::size_t cut = std::max<std::size_t>(CutAt(word, width - used), 1);
      line += word.substr(0, cut);
      word.remove_prefix(cut);
      end_line();
    }
    line += word;
    used += DisplayWidth(word);
  }
  if (used > 0 || lines.empty()) end_line();
  return lines;
}

std::string GroupDigits(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t sign = value < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > sign + 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

std::string CountOf(std::int64_t count, std::string_view noun) {
  return GroupDigits(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

std::string FormatBytes(std::int64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), value < 10 ? "%.1f %s" : "%.0f %s", value,
                      kUnits[unit]);
  return text.data();
}

}  // namespace callstore::cli
