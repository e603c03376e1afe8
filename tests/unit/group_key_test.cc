// Goal:   equal values are one key and others are not; keys have one order.
#include "store/group_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callstore::store {
namespace {

std::string Canonical(std::string_view json) {
  std::string buffer;
  return std::string(CanonicalJson(json, &buffer));
}

TEST(GroupKey, EqualScalarsHaveOneText) {
  EXPECT_EQ(Canonical("3.0"), "3");
  EXPECT_EQ(Canonical("3"), "3");
  EXPECT_EQ(Canonical("0.30e1"), "3");
  EXPECT_EQ(Canonical("-0"), "0");
  EXPECT_EQ(Canonical("-0.0"), "0");
  EXPECT_EQ(Canonical("1e-400"), "0");
  EXPECT_EQ(Canonical("9007199254740993"), Canonical("9007199254740992"));
  EXPECT_EQ(Canonical(R"("a\u0062\/c")"), R"("ab/c")");
  EXPECT_EQ(Canonical(R"("\u000a\"")"), R"("\n\"")");
  EXPECT_EQ(Canonical("true"), "true");
}

TEST(GroupKey, OtherTextsStayAsTheyAre) {
  for (const char* json : {"1e999", "-1e999", "[3.0,3]", R"({"a":1.0})", R"("3.0")", R"("")"}) {
    EXPECT_EQ(Canonical(json), json);
  }
}

TEST(GroupKey, NumbersAreOnlyNumbers) {
  EXPECT_EQ(JsonNumber("-2.5"), -2.5);
  EXPECT_EQ(JsonNumber("1e3"), 1000);
  EXPECT_FALSE(std::signbit(*JsonNumber("-0")));
  for (const char* json : {"\"3\"", "true", "null", "[3]", "{}", "", "1e999"}) {
    EXPECT_FALSE(JsonNumber(json)) << json;
  }
}

TEST(GroupKey, IdsFollowTheFirstMeeting) {
  KeyTable keys(KeyTable::Form::kJson);
  EXPECT_EQ(keys.IdOfJson("3"), 0U);
  EXPECT_EQ(keys.IdOfJson("null"), 1U);
  EXPECT_EQ(keys.IdOfJson("\"3\""), 2U);
  EXPECT_EQ(keys.IdOfJson("3.00"), 0U);
  EXPECT_EQ(keys.IdOfNumber(3), 0U);
  EXPECT_EQ(keys.IdOfNumber(-0.0), keys.IdOfJson("0"));
  EXPECT_EQ(keys.IdOfNull(), 1U);
  EXPECT_EQ(keys.size(), 4U);
  EXPECT_EQ(keys.Json(0), "3");
  EXPECT_EQ(keys.Json(1), "null");
  EXPECT_EQ(keys.Json(2), "\"3\"");
}

TEST(GroupKey, EmptyTextAndTheWordNullAreNotNull) {
  KeyTable keys(KeyTable::Form::kText);
  const auto null = keys.IdOfNull();
  EXPECT_NE(keys.IdOfText(""), null);
  EXPECT_NE(keys.IdOfText("null"), null);
  EXPECT_EQ(keys.Json(keys.IdOfText("")), "\"\"");
  EXPECT_EQ(keys.Json(keys.IdOfText("a\"\n")), R"("a\"\n")");
  EXPECT_NE(keys.IdOfText(std::string_view("a\0b", 3)), keys.IdOfText("a"));
}

TEST(GroupKey, JsonOrdersByTypeThenValueAndNullIsLast) {
  // Strings order by what they say: \u0001 is below any digit.
  const std::vector<std::string> expected = {
      "false", "true",        "-1e999", "-5",    "0",     "0.5", "9",          "10",  "1e999",
      "\"\"",  R"("\u0001")", "\"10\"", "\"9\"", "\"a\"", "[1]", R"({"a":1})", "null"};
  std::vector<std::string> mixed = expected;
  std::mt19937_64 random(5);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(mixed.begin(), mixed.end(), random);
    KeyTable keys(KeyTable::Form::kJson);
    for (const std::string& json : mixed) keys.IdOfJson(json);
    const auto ranks = keys.Ranks();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(ranks[keys.IdOfJson(expected[i])], i) << expected[i];
    }
  }
}

TEST(GroupKey, TimesOrderByValue) {
  KeyTable keys(KeyTable::Form::kTime);
  const std::vector<std::int64_t> times = {5, INT64_MIN, -1, INT64_MAX, 0, 256};
  for (const std::int64_t time : times) keys.IdOfTime(time);
  keys.IdOfNull();
  EXPECT_EQ(keys.Ranks(), (std::vector<std::uint32_t>{3, 0, 1, 5, 2, 4, 6}));
  for (std::uint32_t i = 0; i < times.size(); ++i) EXPECT_EQ(keys.time_ms(i), times[i]);
}

TEST(GroupKey, PairsKeepTheirNumbersWhileTheTableGrows) {
  PairTable table;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> model;
  std::mt19937_64 random(9);
  for (int i = 0; i < 50'000; ++i) {
    const auto first = static_cast<std::uint32_t>(random() % 300);
    const auto second = static_cast<std::uint32_t>(random() % 300);
    const auto next = static_cast<std::uint32_t>(model.size());
    const auto [at, added] = model.emplace(std::pair(first, second), next);
    ASSERT_EQ(table.NumberOf(first, second), at->second);
  }
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [pair, number] : model) ASSERT_EQ(table.pair(number), pair);
}

}  // namespace
}  // namespace callstore::store
