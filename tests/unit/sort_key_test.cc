// Goal:   a sort key is known by its documented name alone, and the numbers of its values order as
//         the values do.
#include "query/sort_key.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <random>

namespace callstore::query {
namespace {

using columns::ColumnId;

TEST(SortKey, DocumentedNamesAreFound) {
  EXPECT_EQ(FindSortKey("start_timestamp"), SortKey::kListTime);
  EXPECT_EQ(FindSortKey("end_timestamp"), SortKey::kEndTimestamp);
  EXPECT_EQ(FindSortKey("created_at"), SortKey::kCreatedAt);
  EXPECT_EQ(FindSortKey("updated_at"), SortKey::kUpdatedAt);
  EXPECT_EQ(FindSortKey("call_duration"), SortKey::kCallDuration);
  EXPECT_EQ(FindSortKey("combined_cost"), SortKey::kCombinedCost);
  EXPECT_EQ(FindSortKey("latency.e2e.p50"), SortKey::kLatencyE2eP50);
}

TEST(SortKey, OtherNamesAreRefusedWithTheNearest) {
  struct Case {
    std::string_view name, nearest;
  };
  for (const Case& c :
       {Case{"call_durations", "call_duration"}, Case{"cost", ""}, Case{"", ""},
        Case{"Created_At", "created_at"}, Case{"latency.e2e.p90", "latency.e2e.p50"}}) {
    const auto key = FindSortKey(c.name);
    ASSERT_FALSE(key) << c.name;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(key.error().Detail("field"), "sort_by");
    EXPECT_EQ(key.error().Detail("value"), c.name);
    EXPECT_EQ(key.error().Detail("nearest"), c.nearest) << c.name;
    EXPECT_EQ(key.error().Detail("valid"),
              "start_timestamp, end_timestamp, created_at, updated_at, call_duration, "
              "combined_cost, latency.e2e.p50");
  }
}

TEST(SortKey, ColumnsAreTheirOwn) {
  EXPECT_EQ(ColumnOf(SortKey::kEndTimestamp), ColumnId::kEndTimestamp);
  EXPECT_EQ(ColumnOf(SortKey::kCreatedAt), ColumnId::kCreatedAt);
  EXPECT_EQ(ColumnOf(SortKey::kUpdatedAt), ColumnId::kUpdatedAt);
  EXPECT_EQ(ColumnOf(SortKey::kCallDuration), ColumnId::kCallDuration);
  EXPECT_EQ(ColumnOf(SortKey::kCombinedCost), ColumnId::kCombinedCost);
  EXPECT_EQ(ColumnOf(SortKey::kLatencyE2eP50), ColumnId::kLatencyE2eP50);
}

TEST(OrderedInteger, OrderIsKeptAndZeroIsFree) {
  const std::int64_t values[] = {INT64_MIN + 1, -5, -1, 0, 1, 1703097600000, INT64_MAX};
  std::uint64_t last = 0;
  for (const std::int64_t value : values) {
    EXPECT_GT(OrderedInteger(value), last) << value;
    last = OrderedInteger(value);
  }
  EXPECT_EQ(OrderedInteger(INT64_MIN), OrderedInteger(INT64_MIN + 1));
}

TEST(OrderedNumber, OrderIsKeptAndZeroIsFree) {
  const double values[] = {-DBL_MAX, -1e9, -1.5, -DBL_TRUE_MIN, 0, DBL_TRUE_MIN, 1.5, 1e9, DBL_MAX};
  std::uint64_t last = 0;
  for (const double value : values) {
    EXPECT_GT(OrderedNumber(value), last) << value;
    last = OrderedNumber(value);
  }
  EXPECT_EQ(OrderedNumber(-0.0), OrderedNumber(0.0));
}

TEST(OrderedNumber, RandomPairsCompareAlike) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-300, 300);
  for (int i = 0; i < 10'000; ++i) {
    const double a = (random() % 2 == 0 ? 1 : -1) * std::pow(10, exponent(random));
    const double b = (random() % 2 == 0 ? 1 : -1) * std::pow(10, exponent(random));
    EXPECT_EQ(a < b, OrderedNumber(a) < OrderedNumber(b)) << a << ' ' << b;
  }
}

}  // namespace
}  // namespace callstore::query
