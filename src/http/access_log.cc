#include "http/access_log.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "http/json_text.h"

namespace callstore::http {
namespace {

// RFC 3339 in UTC, with milliseconds.
std::string FormatTime(std::int64_t time_ms) {
  const std::time_t seconds = time_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const int more = std::snprintf(text.data() + size, text.size() - size, ".%03dZ",
                                 static_cast<int>(time_ms % 1000));
  return {text.data(), size + static_cast<std::size_t>(more)};
}

std::string FormatMillis(std::int64_t micros) {
  std::string rest = std::to_string(micros % 1000);
  rest.insert(0, 3 - rest.size(), '0');
  return std::to_string(micros / 1000) + "." + rest;
}

}  // namespace

std::string FormatAccessLine(const AccessEntry& entry) {
  std::string line = "{";
  line.reserve(320);
  AppendTextMember("time", FormatTime(entry.time_ms), &line);
  AppendTextMember("method", entry.method, &line);
  AppendTextMember("path", entry.path, &line);
  AppendCountMember("status", entry.status, &line);
  AppendCountMember("bytes", static_cast<std::int64_t>(entry.sent_bytes), &line);
  AppendMember("ms", FormatMillis(entry.micros), &line);
  if (entry.key.empty()) {
    AppendMember("key", "null", &line);
  } else {
    AppendTextMember("key", entry.key, &line);
  }
  AppendTextMember("remote", entry.remote, &line);
  AppendTextMember("request_id", entry.request_id, &line);
  if (!entry.error.empty()) AppendTextMember("error", entry.error, &line);
  line += '}';
  return line;
}

}  // namespace callstore::http
