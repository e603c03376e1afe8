// Goal:   a number is kept exactly, or it is known that it is not.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <random>

#include "json/number.h"

namespace callstore::json {
namespace {

std::string Print(double value) {
  std::array<char, kMostNumberBytes> text{};
  return {text.data(), WriteDouble(value, text.data())};
}

TEST(JsonNumber, ToDoubleKnowsWhatIsExact) {
  struct Case {
    std::string_view token;
    double value;
    bool exact;
  };
  constexpr Case kCases[] = {
      {"0", 0, true},
      {"-0", -0.0, true},
      {"0.000", 0, true},
      {"0e99999", 0, true},
      {"0.25", 0.25, true},
      {"0.1", 0.1, true},
      {"1703097600000", 1703097600000, true},
      {"1.50e3", 1500, true},
      {"1E400", 0, false},  // refused, see below
      {"123456789012345", 123456789012345, true},
      {"9007199254740993", 9007199254740992, false},
      {"0.30000000000000004", 0.30000000000000004, true},
      {"0.1000000000000000055511151231257827", 0.1, false},
      {"3.141592653589793238462643", 3.141592653589793, false},
      {"1e-400", 0, false},
      {"1.7976931348623157e308", 1.7976931348623157e308, true},
      {"5e-324", 5e-324, true},
      {"4.9e-324", 5e-324, false},
      {"100000000000000000000000", 1e23, true},
  };
  for (const Case& c : kCases) {
    const auto number = ToDouble(c.token);
    if (c.token == "1E400") {
      EXPECT_FALSE(number.has_value());
      continue;
    }
    ASSERT_TRUE(number.has_value()) << c.token;
    EXPECT_EQ(number->value, c.value) << c.token;
    EXPECT_EQ(std::signbit(number->value), std::signbit(c.value)) << c.token;
    EXPECT_EQ(number->exact, c.exact) << c.token;
  }
}

TEST(JsonNumber, TooLargeIsNoDouble) {
  for (const std::string_view token : {"1e309", "-1e400", "1E99999999999999999999", "2e308"}) {
    EXPECT_FALSE(ToDouble(token).has_value()) << token;
  }
}

TEST(JsonNumber, WriteDoubleIsShortestAndReadsBack) {
  const std::pair<double, std::string_view> cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {600000, "600000"},
      {0.25, "0.25"},
      {-0.659, "-0.659"},
      {150.5, "150.5"},
      {1e14,
       "1"
       "00000000000000"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1e22, "1e+22"},
      {5e-324, "5e-324"},
      {0.001, "0.001"},
      {1703097600000, "1703097600000"},
      {-3, "-3"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(Print(value), text);
  std::mt19937_64 random(1);
  for (int i = 0; i < 200000; ++i) {
    double value = std::bit_cast<double>(random());
    if (i % 2 == 0) value = static_cast<double>(random() % 1000000000) / 1000;
    if (!std::isfinite(value)) continue;
    const auto back = ToDouble(Print(value));
    ASSERT_TRUE(back.has_value());
    ASSERT_EQ(back->value, value);
    ASSERT_TRUE(back->exact) << Print(value);
  }
}

TEST(JsonNumber, WholeInt64TakesWholeValuesInRange) {
  const std::pair<std::string_view, std::optional<std::int64_t>> cases[] = {
      {"0", 0},
      {"-0", 0},
      {"1703097600000.0", 1703097600000},
      {"1.7030976e12", 1703097600000},
      {"17030976000000e-1", 1703097600000},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"9223372036854775807.000", INT64_MAX},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"1e19", std::nullopt},
      {"1.5", std::nullopt},
      {"1e-1", std::nullopt},
      {"1e999999999999", std::nullopt},
  };
  for (const auto& [token, value] : cases) EXPECT_EQ(WholeInt64(token), value) << token;
}

TEST(JsonNumber, SecondsAreWholeMilliseconds) {
  struct Case {
    std::string_view token;
    std::optional<std::uint32_t> ms;
  };
  constexpr Case kCases[] = {
      {"0", 0},
      {"0.4", 400},
      {"12.345", 12345},
      {"3", 3000},
      {"0.50", 500},
      {"999999.999", 999999999},
      {"4294967.294", 4294967294},
      {"1e0", 1000},
      {"1.5e-2", 15},
      {"0.1000", 100},
      {"4294967.295", {}},
      {"0.0005", {}},
      {"-1", {}},
      {"1e9", {}},
      {"1e-4", {}},
      {"0.65900000000000003", {}},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(WholeMilliseconds(c.token), c.ms) << c.token;
    // The quick form never disagrees; it may leave a token to the other one.
    std::uint32_t ms = 0;
    const std::string text = std::string(c.token) + ",";
    if (const char* end = ReadSeconds(text.data(), &ms)) {
      EXPECT_EQ(ms, c.ms) << c.token;
      EXPECT_EQ(end, text.data() + c.token.size());
    }
  }
  std::uint32_t ms = 0;
  for (const char* text : {"01,", ",", ".5,", "1.,", "1.2345,", "1e3,", "1234567,", "-1,"}) {
    EXPECT_EQ(ReadSeconds(text, &ms), nullptr) << text;
  }
}

}  // namespace
}  // namespace callstore::json
