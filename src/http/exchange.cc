#include "http/exchange.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace callstore::http {
namespace {

constexpr std::size_t kMostShownBytes = 100;

// A client's word in an error: short, and cut at a character.
std::string Shown(std::string_view value) {
  if (value.size() <= kMostShownBytes) return std::string(value);
  std::size_t end = kMostShownBytes - 3;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string(value.substr(0, end)) + "...";
}

std::string Joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void BoundWork(const Exchange& exchange, WorkLimits* work) {
  const std::int64_t most_ms = exchange.options.deadline.count();
  if (work->deadline_ms == 0 || work->deadline_ms > most_ms) work->deadline_ms = most_ms;
  work->stop = exchange.stop;
}

Outcome<std::string> ReadBody(const Exchange& exchange, std::size_t most) {
  std::string text;
  const Result<void> read = exchange.body.Read(most, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  });
  if (!read) return RefuseBody(read.error());
  return text;
}

Outcome<void> CheckJsonType(const Request& request) {
  const std::string_view type = request.content_type;
  if (type.empty() || type == "application/json") return {};
  if (type.starts_with("application/") && type.ends_with("+json")) return {};
  return Refuse(415, ErrorCode::kInvalidArgument, "the body must be JSON",
                {{"field", "Content-Type"}, {"value", Shown(type)}, {"valid", "application/json"}});
}

Outcome<void> CheckParameters(const Request& request, std::span<const std::string_view> names) {
  for (auto at = request.parameters.begin(); at != request.parameters.end(); ++at) {
    const std::string& name = at->first;
    if (std::ranges::find(names, name) == names.end()) {
      return Refuse(
          ErrorCode::kInvalidArgument, "the request has no such parameter",
          {{"field", Shown(name)}, {"value", Shown(at->second)}, {"valid", Joined(names)}});
    }
    if (std::any_of(request.parameters.begin(), at,
                    [&](const auto& earlier) { return earlier.first == name; })) {
      return Refuse(ErrorCode::kInvalidArgument, "the parameter is given twice",
                    {{"field", name}, {"value", Shown(at->second)}, {"valid", "once"}});
    }
  }
  return {};
}

std::string_view ParameterOf(const Request& request, std::string_view name) {
  for (const auto& [key, value] : request.parameters) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace callstore::http
