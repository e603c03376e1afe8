#include "base/time.h"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/utf8.h"
#include "callstore/json.h"

namespace callstore {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Time = std::chrono::sys_time<milliseconds>;

constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr Time kEnd = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

// Takes text from the front, each part whole or not at all.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }

  bool Skip(char character) {
    if (rest_.empty() || rest_.front() != character) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A number of exactly `digits` digits, `least` to `most`.
  struct Range {
    int least = 0;
    int most = 0;
  };
  std::optional<int> Number(std::size_t digits, Range range) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char character : rest_.substr(0, digits)) {
      if (!IsDigit(character)) return std::nullopt;
      value = value * 10 + (character - '0');
    }
    if (value < range.least || value > range.most) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  std::string_view Digits() {
    std::size_t end = 0;
    while (end < rest_.size() && IsDigit(rest_[end])) ++end;
    const std::string_view digits = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return digits;
  }

 private:
  std::string_view rest_;
};

std::optional<Time> ScanDate(Scanner* scanner) {
  const auto year = scanner->Number(4, {.least = 1, .most = 9999});
  if (!year || !scanner->Skip('-')) return std::nullopt;
  const auto month = scanner->Number(2, {.least = 1, .most = 12});
  if (!month || !scanner->Skip('-')) return std::nullopt;
  const auto day = scanner->Number(2, {.least = 1, .most = 31});
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)});
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// The digits after the point; beyond the third they must be 0.
std::optional<milliseconds> ScanFraction(Scanner* scanner) {
  const std::string_view digits = scanner->Digits();
  if (digits.empty()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < 3; ++i)
    value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  if (digits.size() > 3 && digits.find_first_not_of('0', 3) != std::string_view::npos) {
    return std::nullopt;
  }
  return milliseconds(value);
}

std::optional<milliseconds> ScanTimeOfDay(Scanner* scanner) {
  const auto hour = scanner->Number(2, {.most = 23});
  if (!hour || !scanner->Skip(':')) return std::nullopt;
  const auto minute = scanner->Number(2, {.most = 59});
  if (!minute || !scanner->Skip(':')) return std::nullopt;
  const auto second = scanner->Number(2, {.most = 59});
  if (!second) return std::nullopt;
  const milliseconds time = hours(*hour) + minutes(*minute) + seconds(*second);
  if (!scanner->Skip('.')) return time;
  const auto fraction = ScanFraction(scanner);
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

// How far local time is ahead of UTC.
std::optional<minutes> ScanOffset(Scanner* scanner) {
  if (scanner->Skip('Z') || scanner->Skip('z')) return minutes(0);
  const bool ahead = scanner->Skip('+');
  if (!ahead && !scanner->Skip('-')) return std::nullopt;
  const auto hour = scanner->Number(2, {.most = 23});
  if (!hour || !scanner->Skip(':')) return std::nullopt;
  const auto minute = scanner->Number(2, {.most = 59});
  if (!minute) return std::nullopt;
  const minutes offset = hours(*hour) + minutes(*minute);
  return ahead ? offset : -offset;
}

// A date, or a date and time.
std::optional<Time> ScanCalendarTime(std::string_view text) {
  Scanner scanner(text);
  const auto date = ScanDate(&scanner);
  if (!date || scanner.empty()) return date;
  if (!scanner.Skip('T') && !scanner.Skip('t')) return std::nullopt;
  const auto time = ScanTimeOfDay(&scanner);
  if (!time) return std::nullopt;
  const auto offset = ScanOffset(&scanner);
  if (!offset || !scanner.empty()) return std::nullopt;
  const Time result = *date + *time - *offset;
  if (result < kFirst || result >= kEnd) return std::nullopt;
  return result;
}

void AppendPadded(int value, std::size_t digits, std::string* out) {
  const std::string text = std::to_string(value);
  out->append(digits - text.size(), '0').append(text);
}

}  // namespace

Result<std::int64_t> ParseTime(std::string_view text) {
  std::int64_t ms = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, ms);
  if (error == std::errc() && stop == end) return ms;
  if (const auto time = ScanCalendarTime(text)) return time->time_since_epoch().count();
  return Fail(ErrorCode::kInvalidArgument, "the time is not valid",
              {{"value", Excerpt(Utf8Prefix(text))},
               {"valid",
                "ms since the epoch, a date (2023-12-20) or RFC 3339 with an offset and whole "
                "milliseconds (2023-12-20T18:40:00.5+01:00)"}});
}

std::string FormatTime(std::int64_t ms) {
  const Time time{milliseconds(ms)};
  if (time < kFirst || time >= kEnd) return std::to_string(ms);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<milliseconds> clock(time - day);
  std::string text;
  text.reserve(24);
  AppendPadded(static_cast<int>(date.year()), 4, &text);
  AppendPadded(static_cast<int>(static_cast<unsigned>(date.month())), 2, &(text += '-'));
  AppendPadded(static_cast<int>(static_cast<unsigned>(date.day())), 2, &(text += '-'));
  AppendPadded(static_cast<int>(clock.hours().count()), 2, &(text += 'T'));
  AppendPadded(static_cast<int>(clock.minutes().count()), 2, &(text += ':'));
  AppendPadded(static_cast<int>(clock.seconds().count()), 2, &(text += ':'));
  AppendPadded(static_cast<int>(clock.subseconds().count()), 3, &(text += '.'));
  return text += 'Z';
}

}  // namespace callstore
