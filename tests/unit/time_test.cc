// Goal:   a time as text means one instant, and what is no time is refused, never guessed.
#include "base/time.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>

#include "callstore/json.h"

namespace callstore {
namespace {

struct KnownTime {
  std::string_view text;
  std::int64_t ms;
};

constexpr KnownTime kKnownTimes[] = {
    {"0", 0},
    {"-1", -1},
    {"1703097600000", 1703097600000},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"1970-01-01", 0},
    {"2023-12-20", 1703030400000},
    {"2000-02-29", 951782400000},
    {"2024-02-29", 1709164800000},
    {"0001-01-01", -62135596800000},
    {"9999-12-31", 253402214400000},
    {"1969-12-31T23:59:59.999Z", -1},
    {"2023-12-20T18:40:00Z", 1703097600000},
    {"2023-12-20t18:40:00z", 1703097600000},
    {"2023-12-20T19:40:00+01:00", 1703097600000},
    {"2023-12-20T10:40:00-08:00", 1703097600000},
    {"2023-12-21T00:10:00+05:30", 1703097600000},
    {"2023-12-20T18:40:00-00:00", 1703097600000},
    {"2023-12-20T18:40:00.5Z", 1703097600500},
    {"2023-12-20T18:40:00.05Z", 1703097600050},
    {"2023-12-20T18:40:00.123Z", 1703097600123},
    {"2023-12-20T18:40:00.123000Z", 1703097600123},
    {"2023-12-20T18:40:00.5+01:00", 1703094000500},
    {"2023-12-31T23:59:59.999-23:59", 1704153539999},
    {"9999-12-31T23:59:59.999Z", 253402300799999},
};

constexpr std::string_view kNoTimes[] = {
    "",
    " ",
    "now",
    "-",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    " 1",
    "1 ",
    "9223372036854775808",
    "20231220x",
    "2023-12",
    "2023-1-2",
    "23-12-20",
    "2023/12/20",
    "2023-12-20 ",
    "0000-01-01",
    "10000-01-01",
    "2023-00-01",
    "2023-13-01",
    "2023-01-00",
    "2023-01-32",
    "2023-04-31",
    "2023-02-29",
    "1900-02-29",
    "2100-02-29",
    "-001-01-01",
    "2023-12-20T",
    "2023-12-20T18",
    "2023-12-20T18:40",
    "2023-12-20T18:40Z",
    "2023-12-20T18:40:00",
    "2023-12-20 18:40:00Z",
    "2023-12-20T18:40:00 01:00",
    "2023-12-20T24:00:00Z",
    "2023-12-20T23:60:00Z",
    "2016-12-31T23:59:60Z",
    "2023-12-20T18:40:00.Z",
    "2023-12-20T18:40:00.5",
    "2023-12-20T18:40:00,5Z",
    "2023-12-20T18:40:00.1234Z",
    "2023-12-20T18:40:00.0000001Z",
    "2023-12-20T18:40:00+1:00",
    "2023-12-20T18:40:00+0100",
    "2023-12-20T18:40:00+24:00",
    "2023-12-20T18:40:00+01:60",
    "2023-12-20T18:40:00+01",
    "2023-12-20T18:40:00ZZ",
    "2023-12-20T18:40:00Z ",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "\xEF\xBC\x91",
};

TEST(ParseTime, KnownTextGivesItsTime) {
  for (const auto& [text, ms] : kKnownTimes) {
    const Result<std::int64_t> time = ParseTime(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(*time, ms) << text;
  }
}

TEST(ParseTime, OtherTextIsRefused) {
  for (const std::string_view text : kNoTimes) {
    const Result<std::int64_t> time = ParseTime(text);
    ASSERT_FALSE(time) << text << " gave " << *time;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(time.error().Detail("value"), text);
    EXPECT_FALSE(time.error().Detail("valid").empty());
  }
}

TEST(FormatTime, KnownTimesGiveTheirText) {
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTime(1703097600050), "2023-12-20T18:40:00.050Z");
  EXPECT_EQ(FormatTime(-62135596800000), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(253402300799999), "9999-12-31T23:59:59.999Z");
}

TEST(FormatTime, TimesOfOtherYearsAreMilliseconds) {
  EXPECT_EQ(FormatTime(-62135596800001), "-62135596800001");
  EXPECT_EQ(FormatTime(253402300800000), "253402300800000");
  EXPECT_EQ(FormatTime(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(FormatTime(INT64_MAX), "9223372036854775807");
}

TEST(FormatTime, RandomTimesParseBack) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 20000; ++i) {
    const auto ms = static_cast<std::int64_t>(random()) >> (random() % 40);
    EXPECT_EQ(ParseTime(FormatTime(ms)), ms);
  }
}

TEST(FormatTime, LaterTimesGiveGreaterText) {
  std::mt19937_64 random(18);
  for (int i = 0; i < 5000; ++i) {
    const auto a = static_cast<std::int64_t>(random() % 253402300800000);
    const auto b = static_cast<std::int64_t>(random() % 253402300800000);
    EXPECT_EQ(FormatTime(a) < FormatTime(b), a < b);
  }
}

}  // namespace
}  // namespace callstore
