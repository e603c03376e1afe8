#include "http/target.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "http/utf8.h"

namespace callstore::http {
namespace {

// Of a hexadecimal digit; -1: none.
int ValueOf(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Appends `text` with its escapes resolved; false: one is none.
bool AppendResolved(std::string_view text, bool plus_is_space, std::string* out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? ValueOf(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? ValueOf(text[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out->push_back(c);
  }
  return true;
}

tl::unexpected<Refusal> Malformed(std::string_view message, std::string_view field) {
  return Refuse(400, ErrorCode::kInvalidArgument, message, {{"field", std::string(field)}});
}

constexpr std::string_view kBadEscape = "a percent sign is not followed by two hexadecimal digits";
constexpr std::string_view kNotUtf8 = "the text is not UTF-8";

// Segment by segment, since only the slashes that stand there as such make steps.
Outcome<void> ParsePath(std::string_view text, std::string* path) {
  path->clear();
  while (!text.empty()) {
    path->push_back('/');
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find('/'), text.size());
    const std::size_t start = path->size();
    if (!AppendResolved(text.substr(0, end), false, path)) return Malformed(kBadEscape, "path");
    const std::string_view segment = std::string_view(*path).substr(start);
    if (segment == "." || segment == "..") return Malformed("the path has a step in it", "path");
    text.remove_prefix(end);
  }
  if (path->find('\0') != std::string::npos) return Malformed("the path has a NUL in it", "path");
  if (!IsUtf8(*path)) return Malformed(kNotUtf8, "path");
  return {};
}

Outcome<void> ParseParameter(std::string_view text, NamesAndValues* parameters) {
  auto& [name, value] = parameters->emplace_back();
  const std::size_t equals = std::min(text.find('='), text.size());
  if (!AppendResolved(text.substr(0, equals), true, &name) || !IsUtf8(name)) {
    return Malformed("the name of a parameter is not UTF-8 in percent escapes", "parameters");
  }
  text.remove_prefix(std::min(equals + 1, text.size()));
  if (!AppendResolved(text, true, &value)) return Malformed(kBadEscape, name);
  if (!IsUtf8(value)) return Malformed(kNotUtf8, name);
  return {};
}

// "/path" of "http://host/path"; the same where there is no host.
std::string_view WithoutHost(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    return target.starts_with('/') ? target : "/";
  }
  return target;
}

}  // namespace

Outcome<void> ParseTarget(std::string_view target, std::string* path, NamesAndValues* parameters) {
  parameters->clear();
  if (target == "*") {
    *path = target;
    return {};
  }
  target = WithoutHost(target);
  if (!target.starts_with('/')) return Malformed("the path does not begin with a slash", "path");
  const std::size_t question = std::min(target.find('?'), target.size());
  CALLSTORE_HTTP_TRY(ParsePath(target.substr(0, question), path));
  target.remove_prefix(std::min(question + 1, target.size()));
  while (!target.empty()) {
    const std::size_t end = std::min(target.find('&'), target.size());
    if (end > 0) CALLSTORE_HTTP_TRY(ParseParameter(target.substr(0, end), parameters));
    target.remove_prefix(std::min(end + 1, target.size()));
  }
  return {};
}

}  // namespace callstore::http
