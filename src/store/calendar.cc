#include "store/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"
#include "base/utf8.h"

namespace callstore::store {
namespace {

using query::CalendarUnit;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using SysSeconds = date::sys_seconds;
using LocalSeconds = date::local_seconds;

// Within these the local date, in any zone, has a year of four digits.
constexpr SysSeconds kFirst = date::sys_days(date::year(1) / 1 / 1);
constexpr SysSeconds kEnd = date::sys_days(date::year(9999) / 12 / 31);

constexpr std::int64_t InMs(SysSeconds time) {
  return milliseconds(time.time_since_epoch()).count();
}

constexpr std::int64_t kFirstMs = InMs(kFirst);
constexpr std::int64_t kEndMs = InMs(kEnd);

// A stretch of time in which the clock is not changed.
struct Steady {
  SysSeconds begin;
  SysSeconds end;
  seconds offset;
};

Steady SteadyAt(const date::time_zone* zone, SysSeconds time) {
  if (zone == nullptr) return {kFirst, kEnd, seconds(0)};
  const auto info = zone->get_info(time);
  return {std::max(info.begin, kFirst), std::min(info.end, kEnd), info.offset};
}

// The first midnight of the unit that a local day is in.
date::local_days FirstDay(CalendarUnit unit, date::local_days day) {
  switch (unit) {
    case CalendarUnit::kWeek:
      return day - (date::weekday(day) - date::Monday);
    case CalendarUnit::kMonth: {
      const date::year_month_day date(day);
      return date::local_days(date.year() / date.month() / 1);
    }
    case CalendarUnit::kHour:
    case CalendarUnit::kDay:
      break;
  }
  return day;
}

date::local_days NextFirstDay(CalendarUnit unit, date::local_days first) {
  switch (unit) {
    case CalendarUnit::kWeek:
      return first + date::days(7);
    case CalendarUnit::kMonth: {
      const date::year_month_day date(first);
      return date::local_days((date.year() / date.month() + date::months(1)) / 1);
    }
    case CalendarUnit::kHour:
    case CalendarUnit::kDay:
      break;
  }
  return first + date::days(1);
}

// The first instant that has this local time, or the one at which the clock skips it.
SysSeconds Earliest(const date::time_zone* zone, LocalSeconds local) {
  if (zone == nullptr) return SysSeconds(local.time_since_epoch());
  return zone->to_sys(local, date::choose::earliest);
}

// Records of a zone may meet without a change of the clock: an hour goes on across such a seam.
SysSeconds SteadySince(const date::time_zone* zone, Steady steady, SysSeconds wanted) {
  while (steady.begin > wanted && steady.begin > kFirst) {
    const Steady before = SteadyAt(zone, steady.begin - seconds(1));
    if (before.offset != steady.offset) break;
    steady.begin = before.begin;
  }
  return std::max(steady.begin, wanted);
}

void AppendTwoDigits(std::int64_t value, std::string* out) {
  out->push_back(static_cast<char>('0' + value / 10 % 10));
  out->push_back(static_cast<char>('0' + value % 10));
}

void AppendOffset(minutes offset, std::string* out) {
  const std::int64_t magnitude = std::abs(offset.count());
  out->push_back(offset < minutes(0) ? '-' : '+');
  AppendTwoDigits(magnitude / 60, out);
  out->push_back(':');
  AppendTwoDigits(magnitude % 60, out);
}

std::string NearestZone(std::string_view name) {
  std::vector<std::string_view> names = {"UTC"};
  for (const auto& zone : date::get_tzdb().zones) names.emplace_back(zone.name());
  return std::string(Nearest(name, names));
}

tl::unexpected<Error> NoDatabase(std::string_view name, std::string_view reason) {
  return Fail(ErrorCode::kIoError, "the time zone database (tzdata) cannot be read",
              {{"field", "time_zone"},
               {"value", Excerpt(Utf8Prefix(name))},
               {"valid", "UTC, which needs no database"},
               {"reason", Excerpt(Utf8Prefix(reason))}});
}

}  // namespace

Result<Calendar> Calendar::Make(CalendarUnit unit, std::string_view zone) {
  if (zone == "UTC") return Calendar(unit, nullptr);
  try {
    const auto& zones = date::get_tzdb().zones;
    const auto found = std::find_if(zones.begin(), zones.end(),
                                    [&](const auto& known) { return known.name() == zone; });
    if (found == zones.end()) {
      Details details = {{"field", "time_zone"},
                         {"value", Excerpt(Utf8Prefix(zone))},
                         {"valid", "a name of the IANA time zone database, such as Europe/Madrid"}};
      if (auto nearest = NearestZone(zone); !nearest.empty()) {
        details.emplace_back("nearest", std::move(nearest));
      }
      return Fail(ErrorCode::kInvalidArgument, "there is no such time zone", std::move(details));
    }
    // The zone's own file is read at its first use: here, where an error can be told.
    static_cast<void>(found->get_info(SysSeconds{}));
    return Calendar(unit, &*found);
  } catch (const std::exception& error) {
    return NoDatabase(zone, error.what());
  }
}

void Calendar::Find(std::int64_t time_ms) {
  if (time_ms < kFirstMs || time_ms >= kEndMs) {
    const bool before = time_ms < kFirstMs;
    start_ms_ = begin_ms_ = before ? std::numeric_limits<std::int64_t>::min() : kEndMs;
    end_ms_ = before ? kFirstMs : std::numeric_limits<std::int64_t>::max();
    return;
  }
  const auto time = date::floor<seconds>(date::sys_time<milliseconds>(milliseconds(time_ms)));
  const Steady steady = SteadyAt(zone_, time);
  const LocalSeconds local((time + steady.offset).time_since_epoch());
  SysSeconds start;
  SysSeconds begin;
  SysSeconds end;
  if (unit_ == CalendarUnit::kHour) {
    begin = SysSeconds(date::floor<hours>(local).time_since_epoch()) - steady.offset;
    end = begin + hours(1);
    start = SteadySince(zone_, steady, begin);
  } else {
    const auto first = FirstDay(unit_, date::floor<date::days>(local));
    begin = SysSeconds(LocalSeconds(first).time_since_epoch()) - steady.offset;
    end = SysSeconds(LocalSeconds(NextFirstDay(unit_, first)).time_since_epoch()) - steady.offset;
    start = Earliest(zone_, first);
  }
  start_ms_ = InMs(start);
  // Beyond the next change of the clock the unit may go on, or another one return.
  begin_ms_ = InMs(std::max(begin, steady.begin));
  end_ms_ = InMs(std::min(end, steady.end));
}

std::string Calendar::Label(std::int64_t start_ms) const {
  const auto start = date::floor<seconds>(date::sys_time<milliseconds>(milliseconds(start_ms)));
  // The unit of the first instants may begin a little before them.
  if (start < kFirst - date::days(31) || start >= kEnd) return std::to_string(start_ms);
  // RFC 3339 has no seconds of an offset, which zones had before they were standardized.
  const minutes offset = zone_ == nullptr
                             ? minutes(0)
                             : std::chrono::duration_cast<minutes>(zone_->get_info(start).offset);
  const SysSeconds local = start + offset;
  const auto day = date::floor<date::days>(local);
  const date::year_month_day date(day);
  const auto clock = date::make_time(local - day);
  std::string text;
  text.reserve(25);
  AppendTwoDigits(static_cast<int>(date.year()) / 100, &text);
  AppendTwoDigits(static_cast<int>(date.year()) % 100, &text);
  AppendTwoDigits(static_cast<unsigned>(date.month()), &(text += '-'));
  AppendTwoDigits(static_cast<unsigned>(date.day()), &(text += '-'));
  AppendTwoDigits(clock.hours().count(), &(text += 'T'));
  AppendTwoDigits(clock.minutes().count(), &(text += ':'));
  AppendTwoDigits(clock.seconds().count(), &(text += ':'));
  if (zone_ == nullptr) return text += 'Z';
  AppendOffset(offset, &text);
  return text;
}

}  // namespace callstore::store
