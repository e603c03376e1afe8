#include "cli/times.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "callstore/json.h"
#include "cli/failure.h"

namespace callstore::cli {
namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

std::optional<std::int64_t> UnitMs(char unit) {
  switch (unit) {
    case 's':
      return kSecondMs;
    case 'm':
      return kMinuteMs;
    case 'h':
      return kHourMs;
    case 'd':
      return kDayMs;
    case 'w':
      return 7 * kDayMs;
    default:
      return std::nullopt;
  }
}

// "7d" and the like; nothing where `text` is no span that fits.
std::optional<std::int64_t> ParseSpan(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const std::optional<std::int64_t> unit = UnitMs(text.back());
  std::int64_t count = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (!unit || error != std::errc() || stop != end || count < 0) return std::nullopt;
  if (count > std::numeric_limits<std::int64_t>::max() / *unit) return std::nullopt;
  return count * *unit;
}

}  // namespace

Result<std::int64_t> ParseMoment(std::string_view field, std::string_view text,
                                 std::int64_t now_ms) {
  if (const std::optional<std::int64_t> span = ParseSpan(text)) return now_ms - *span;
  Result<std::int64_t> moment = ParseTime(text);
  if (moment) return moment;
  return Failure(ErrorCode::kInvalidArgument, "the time cannot be read",
                 {{"field", std::string(field)},
                  {"value", std::string(text)},
                  {"valid",
                   "milliseconds (1703097600000), a date (2023-12-20), RFC 3339 "
                   "(2023-12-20T18:40:00Z), or a span before now (90s, 30m, 12h, 7d, 2w)"}});
}

std::string FormatMoment(std::int64_t moment_ms) {
  namespace chrono = std::chrono;
  constexpr std::int64_t kLeastMs = -62167219200000;  // 0000-01-01
  constexpr std::int64_t kEndMs = 253402300800000;    // 10000-01-01
  if (moment_ms < kLeastMs || moment_ms >= kEndMs) return std::to_string(moment_ms);
  const chrono::sys_time<chrono::milliseconds> time{chrono::milliseconds(moment_ms)};
  const chrono::sys_days day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date{day};
  const std::int64_t second = chrono::floor<chrono::seconds>(time - day).count();
  std::array<char, 64> text{};
  (void)std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02u %02" PRId64 ":%02" PRId64 ":%02" PRId64,
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), second / 3600, second / 60 % 60, second % 60);
  return text.data();
}

std::string FormatSpan(double span_ms) {
  constexpr double kMostMs = 1e15;
  if (!(span_ms >= 0) || span_ms > kMostMs) return "?";
  const auto seconds = static_cast<std::int64_t>(std::floor(span_ms / 1000));
  std::array<char, 64> text{};
  if (seconds < 3600) {
    (void)std::snprintf(text.data(), text.size(), "%" PRId64 ":%02" PRId64, seconds / 60,
                        seconds % 60);
  } else {
    (void)std::snprintf(text.data(), text.size(), "%" PRId64 ":%02" PRId64 ":%02" PRId64,
                        seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return text.data();
}

}  // namespace callstore::cli
