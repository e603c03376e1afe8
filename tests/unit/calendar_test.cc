// Goal:   every instant is in the unit that a clock and a calendar on the wall there would show.
#include "store/calendar.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "callstore/json.h"

namespace callstore::store {
namespace {

using query::CalendarUnit;

constexpr std::int64_t kHourMs = 3'600'000;

std::int64_t At(std::string_view text) { return ParseTime(text).value(); }

// The label of the unit that `text`, a time, is in.
std::string UnitOf(CalendarUnit unit, std::string_view zone, std::string_view text) {
  auto calendar = Calendar::Make(unit, zone);
  if (!calendar) return calendar.error().ToString();
  return calendar->Label(calendar->StartOf(At(text)));
}

TEST(Calendar, UtcUnitsBeginAtRoundTimes) {
  const char* time = "2024-02-29T13:59:59.999Z";
  EXPECT_EQ(UnitOf(CalendarUnit::kHour, "UTC", time), "2024-02-29T13:00:00Z");
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "UTC", time), "2024-02-29T00:00:00Z");
  EXPECT_EQ(UnitOf(CalendarUnit::kWeek, "UTC", time), "2024-02-26T00:00:00Z");
  EXPECT_EQ(UnitOf(CalendarUnit::kMonth, "UTC", time), "2024-02-01T00:00:00Z");
}

TEST(Calendar, TimesBeforeTheEpochRoundDown) {
  EXPECT_EQ(UnitOf(CalendarUnit::kHour, "UTC", "1969-12-31T23:59:59.999Z"), "1969-12-31T23:00:00Z");
  EXPECT_EQ(UnitOf(CalendarUnit::kMonth, "UTC", "1968-03-01T00:00:00Z"), "1968-03-01T00:00:00Z");
}

TEST(Calendar, WeekBeginsOnMonday) {
  EXPECT_EQ(UnitOf(CalendarUnit::kWeek, "UTC", "2023-12-31T23:59:59Z"), "2023-12-25T00:00:00Z");
  EXPECT_EQ(UnitOf(CalendarUnit::kWeek, "UTC", "2024-01-01T00:00:00Z"), "2024-01-01T00:00:00Z");
}

TEST(Calendar, LocalDayCarriesItsOffset) {
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "Europe/Madrid", "2023-12-20T18:40:00Z"),
            "2023-12-20T00:00:00+01:00");
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "Europe/Madrid", "2023-12-20T23:00:00Z"),
            "2023-12-21T00:00:00+01:00");
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "America/New_York", "2023-07-01T03:59:59Z"),
            "2023-06-30T00:00:00-04:00");
  EXPECT_EQ(UnitOf(CalendarUnit::kHour, "Asia/Kolkata", "2023-07-01T00:29:59Z"),
            "2023-07-01T05:00:00+05:30");
}

TEST(Calendar, HourThatOccursTwiceIsTwoUnits) {
  const auto hour = [](std::string_view time) {
    return UnitOf(CalendarUnit::kHour, "Europe/Madrid", time);
  };
  EXPECT_EQ(hour("2023-10-29T00:59:59.999Z"), "2023-10-29T02:00:00+02:00");
  EXPECT_EQ(hour("2023-10-29T01:00:00Z"), "2023-10-29T02:00:00+01:00");
  EXPECT_EQ(hour("2023-10-29T02:00:00Z"), "2023-10-29T03:00:00+01:00");
}

TEST(Calendar, HourThatIsSkippedIsNoUnit) {
  const auto hour = [](std::string_view time) {
    return UnitOf(CalendarUnit::kHour, "Europe/Madrid", time);
  };
  EXPECT_EQ(hour("2024-03-31T00:59:59.999Z"), "2024-03-31T01:00:00+01:00");
  EXPECT_EQ(hour("2024-03-31T01:00:00Z"), "2024-03-31T03:00:00+02:00");
}

TEST(Calendar, DayOfAClockChangeIsOneUnit) {
  auto calendar = Calendar::Make(CalendarUnit::kDay, "Europe/Madrid");
  ASSERT_TRUE(calendar);
  const auto hours_of = [&](std::string_view noon) {
    const std::int64_t start = calendar->StartOf(At(noon));
    int hours = 0;
    for (std::int64_t time = start; calendar->StartOf(time) == start; time += kHourMs) ++hours;
    EXPECT_NE(calendar->StartOf(start - 1), start);
    return hours;
  };
  EXPECT_EQ(hours_of("2024-03-31T12:00:00+02:00"), 23);
  EXPECT_EQ(hours_of("2023-10-29T12:00:00+01:00"), 25);
  EXPECT_EQ(hours_of("2023-10-30T12:00:00+01:00"), 24);
}

TEST(Calendar, WeekAndMonthAcrossAClockChangeKeepTheirStart) {
  for (const char* time :
       {"2023-10-25T12:00:00Z", "2023-10-29T00:30:00Z", "2023-10-29T22:00:00Z"}) {
    EXPECT_EQ(UnitOf(CalendarUnit::kWeek, "Europe/Madrid", time), "2023-10-23T00:00:00+02:00");
    EXPECT_EQ(UnitOf(CalendarUnit::kMonth, "Europe/Madrid", time), "2023-10-01T00:00:00+02:00");
  }
  EXPECT_EQ(UnitOf(CalendarUnit::kMonth, "Europe/Madrid", "2023-10-31T22:59:59Z"),
            "2023-10-01T00:00:00+02:00");
  EXPECT_EQ(UnitOf(CalendarUnit::kMonth, "Europe/Madrid", "2023-10-31T23:00:00Z"),
            "2023-11-01T00:00:00+01:00");
}

TEST(Calendar, DayWithoutMidnightBeginsWhenItBegins) {
  // In Sao Paulo the clock went from 00:00 to 01:00, in Havana it shows midnight twice.
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "America/Sao_Paulo", "2018-11-04T12:00:00Z"),
            "2018-11-04T01:00:00-02:00");
  EXPECT_EQ(UnitOf(CalendarUnit::kDay, "America/Havana", "2023-11-05T18:00:00Z"),
            "2023-11-05T00:00:00-04:00");
}

TEST(Calendar, DayThatComesBackIsOneUnit) {
  // In St. John's the clock went from 00:01 of the 7th back to 23:01 of the 6th.
  const auto day = [](std::string_view time) {
    return UnitOf(CalendarUnit::kDay, "America/St_Johns", time);
  };
  EXPECT_EQ(day("2010-11-07T02:30:30Z"), "2010-11-07T00:00:00-02:30");
  EXPECT_EQ(day("2010-11-07T02:31:30Z"), "2010-11-06T00:00:00-02:30");
  EXPECT_EQ(day("2010-11-07T03:31:30Z"), "2010-11-07T00:00:00-02:30");
}

TEST(Calendar, HalfHourChangeCutsAnHour) {
  // Lord Howe: at 02:00 (+11:00) back to 01:30 (+10:30).
  const auto hour = [](std::string_view time) {
    return UnitOf(CalendarUnit::kHour, "Australia/Lord_Howe", time);
  };
  EXPECT_EQ(hour("2023-04-01T14:59:59Z"), "2023-04-02T01:00:00+11:00");
  EXPECT_EQ(hour("2023-04-01T15:00:00Z"), "2023-04-02T01:30:00+10:30");
  EXPECT_EQ(hour("2023-04-01T15:30:00Z"), "2023-04-02T02:00:00+10:30");
}

TEST(Calendar, LabelOfAnOffsetWithSecondsIsTheSameInstant) {
  const std::string label = UnitOf(CalendarUnit::kDay, "Europe/Madrid", "1890-06-15T12:00:00Z");
  auto calendar = Calendar::Make(CalendarUnit::kDay, "Europe/Madrid");
  EXPECT_EQ(At(label), calendar->StartOf(At("1890-06-15T12:00:00Z"))) << label;
}

TEST(Calendar, TimesBeyondRfc3339AreTwoUnits) {
  auto calendar = Calendar::Make(CalendarUnit::kMonth, "Europe/Madrid");
  ASSERT_TRUE(calendar);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(calendar->StartOf(most), calendar->StartOf(most / 2));
  EXPECT_EQ(calendar->StartOf(least), calendar->StartOf(least / 2));
  EXPECT_EQ(calendar->Label(calendar->StartOf(most)), "253402214400000");
  EXPECT_EQ(calendar->Label(calendar->StartOf(least)), "-9223372036854775808");
  EXPECT_EQ(calendar->Label(calendar->StartOf(At("9999-12-30T12:00:00Z"))),
            "9999-12-01T00:00:00+01:00");
}

// Method: instants in random order against a calendar that is asked only once.
TEST(Calendar, OrderOfQuestionsDoesNotMatter) {
  std::mt19937_64 random(7);
  for (const char* zone : {"UTC", "Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe"}) {
    for (const CalendarUnit unit :
         {CalendarUnit::kHour, CalendarUnit::kDay, CalendarUnit::kWeek, CalendarUnit::kMonth}) {
      auto calendar = Calendar::Make(unit, zone);
      ASSERT_TRUE(calendar);
      const std::int64_t change = At("2010-11-07T02:31:00Z");
      for (int i = 0; i < 300; ++i) {
        const std::int64_t time =
            change + static_cast<std::int64_t>(random() % (80 * kHourMs)) - 40 * kHourMs;
        auto fresh = Calendar::Make(unit, zone);
        const std::int64_t start = calendar->StartOf(time);
        ASSERT_EQ(start, fresh->StartOf(time)) << zone << ' ' << time;
        ASSERT_EQ(At(calendar->Label(start)), start) << zone << ' ' << time;
        ASSERT_EQ(calendar->StartOf(start), start) << zone << ' ' << time;
      }
    }
  }
}

TEST(Calendar, UnknownZoneIsNamed) {
  for (const char* zone : {"Europe/Madird", "", "utc", "../../etc/passwd", "Mars/Base"}) {
    const auto calendar = Calendar::Make(CalendarUnit::kDay, zone);
    ASSERT_FALSE(calendar) << zone;
    EXPECT_EQ(calendar.error().code, ErrorCode::kInvalidArgument) << zone;
    EXPECT_EQ(calendar.error().Detail("field"), "time_zone") << zone;
    EXPECT_EQ(calendar.error().Detail("value"), zone);
  }
  EXPECT_EQ(Calendar::Make(CalendarUnit::kDay, "Europe/Madird").error().Detail("nearest"),
            "Europe/Madrid");
}

}  // namespace
}  // namespace callstore::store
