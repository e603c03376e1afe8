// Goal:   a percentile is a value that occurs: the smallest that the share of all does not exceed.
// Method: against the definition, over sorted copies of the values.
#include "store/percentiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace callstore::store {
namespace {

double ByDefinition(std::vector<double> values, int per_mille) {
  std::ranges::sort(values);
  for (const double value : values) {
    const auto not_above = std::ranges::count_if(values, [&](double v) { return v <= value; });
    if (not_above * 1000 >= per_mille * static_cast<std::ptrdiff_t>(values.size())) return value;
  }
  return values.back();
}

double Of(const std::vector<double>& values, int per_mille) {
  GroupValues groups;
  groups.Resize(1);
  for (const double value : values) groups.Add(0, value);
  return groups.Percentile(0, per_mille);
}

TEST(Percentiles, FewValuesFollowNearestRank) {
  EXPECT_EQ(Of({7}, 10), 7);
  EXPECT_EQ(Of({7}, 999), 7);
  EXPECT_EQ(Of({4, 3, 2, 1}, 250), 1);
  EXPECT_EQ(Of({4, 3, 2, 1}, 251), 2);
  EXPECT_EQ(Of({4, 3, 2, 1}, 500), 2);
  EXPECT_EQ(Of({4, 3, 2, 1}, 990), 4);
  EXPECT_EQ(Of({15, 20, 35, 40, 50}, 300), 20);
  EXPECT_EQ(Of({15, 20, 35, 40, 50}, 400), 20);
}

TEST(Percentiles, ValuesOfAnySizeComeBackAsTheyWere) {
  for (const double value : {0.0, 4294967295.0, 4294967296.0, -1.0, 0.5, -1e300, 1e300, 5e-324}) {
    EXPECT_EQ(Of({value}, 500), value);
    EXPECT_EQ(Of({1, 2, value, 3}, 1000), std::max(3.0, value));
    EXPECT_EQ(Of({1, 2, value, 3, 4}, 1), std::min(1.0, value));
  }
}

using Maker = std::function<double(std::mt19937_64&)>;

TEST(Percentiles, ValuesAddedTogetherAreAsThoseAddedOneByOne) {
  std::mt19937_64 random(9);
  for (const bool wide : {false, true}) {
    GroupValues groups;
    groups.Resize(2);
    std::vector<double> all;
    for (int round = 0; round < 60; ++round) {
      std::vector<std::uint32_t> some(random() % 900);
      for (std::uint32_t& value : some) value = static_cast<std::uint32_t>(random());
      groups.Add(0, some);
      all.insert(all.end(), some.begin(), some.end());
      all.push_back(wide && round == 30 ? 0.5 : 7);
      groups.Add(0, all.back());
      groups.Add(1, 3.0);
    }
    std::ranges::sort(all);
    for (const int per_mille : {1, 20, 500, 999, 1000}) {
      const std::size_t rank = (all.size() * static_cast<std::size_t>(per_mille) + 999) / 1000;
      EXPECT_EQ(groups.Percentile(0, per_mille), all[rank - 1]) << per_mille;
      EXPECT_EQ(groups.Percentile(1, per_mille), 3);
    }
  }
}

class PercentilesTest : public testing::TestWithParam<Maker> {};

TEST_P(PercentilesTest, GroupsOfManySizesAgreeWithTheDefinition) {
  std::mt19937_64 random(3);
  // Large enough for counting, and for a bucket that must be counted again.
  const std::vector<std::size_t> sizes = {1, 2, 3, 4, 5, 100, 4095, 4096, 4097, 9000};
  GroupValues groups;
  groups.Resize(sizes.size());
  std::vector<std::vector<double>> values(sizes.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t group = 0; group < sizes.size(); ++group) {
    order.insert(order.end(), sizes[group], group);
  }
  std::shuffle(order.begin(), order.end(), random);
  for (const std::uint32_t group : order) {
    values[group].push_back(GetParam()(random));
    groups.Add(group, values[group].back());
  }
  for (std::uint32_t group = 0; group < sizes.size(); ++group) {
    std::vector<double> sorted = values[group];
    std::ranges::sort(sorted);
    for (const int per_mille : {10, 333, 500, 950, 999}) {
      const double got = groups.Percentile(group, per_mille);
      // The definition, for the large groups in its sorted form.
      const double want =
          sorted.size() <= 100
              ? ByDefinition(sorted, per_mille)
              : sorted[(sorted.size() * static_cast<std::size_t>(per_mille) + 999) / 1000 - 1];
      ASSERT_EQ(got, want) << sizes[group] << " values, " << per_mille;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, PercentilesTest,
    testing::Values([](auto& random) { return static_cast<double>(random() % 600'000); },
                    [](auto& random) { return static_cast<double>(random() % 3); },
                    [](auto& random) { return static_cast<double>(random() >> 32); },
                    [](auto&) { return 42.0; }, [](auto&) { return 0.25; },
                    [](auto& random) { return static_cast<double>(random() % 1000) / 8 - 50; },
                    // A bucket with nearly all of the values, and one far away.
                    [](auto& random) {
                      return random() % 1000 == 0 ? 4e9 : static_cast<double>(random() % 50);
                    },
                    [](auto& random) {
                      return random() % 500 == 0 ? 1e18 : static_cast<double>(random() % 50);
                    }));

}  // namespace
}  // namespace callstore::store
