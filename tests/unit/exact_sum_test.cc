// Goal:   a sum is the double nearest to the true one, whatever the order of its values.
// Method: against Shewchuk's partial sums, which are exact too but share no code or idea with it.
#include "store/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace callstore::store {
namespace {

using Limits = std::numeric_limits<double>;

double SumOf(const std::vector<double>& values, std::uint64_t count = 1) {
  ExactSums sums;
  sums.Resize(3);
  for (const double value : values) sums.Add(1, value);
  sums.Add(2, values);
  EXPECT_EQ(sums.DividedBy(1, count), sums.DividedBy(2, count));
  EXPECT_EQ(sums.DividedBy(0, 1), 0);
  return sums.DividedBy(1, count);
}

// Non-overlapping doubles, least first, whose exact sum is that of the values.
std::vector<double> Partials(const std::vector<double>& values) {
  std::vector<double> partials;
  for (double x : values) {
    std::size_t kept = 0;
    for (double y : partials) {
      if (std::abs(x) < std::abs(y)) std::swap(x, y);
      const double high = x + y;
      const double low = y - (high - x);
      if (low != 0) partials[kept++] = low;
      x = high;
    }
    partials.resize(kept);
    partials.push_back(x);
  }
  return partials;
}

double NearestTo(const std::vector<double>& values) {
  std::vector<double> partials = Partials(values);
  double high = 0;
  double low = 0;
  while (!partials.empty() && low == 0) {
    const double x = high;
    const double y = partials.back();
    partials.pop_back();
    high = x + y;
    low = y - (high - x);
  }
  // A tie was rounded to even; what is below it decides after all.
  if (!partials.empty() && low != 0 && (low < 0) == (partials.back() < 0)) {
    const double twice = low * 2;
    const double other = high + twice;
    if (twice == other - high) high = other;
  }
  return high;
}

TEST(ExactSum, NothingIsLostToALargeValue) {
  EXPECT_EQ(SumOf({1e308, 1, -1e308}), 1);
  EXPECT_EQ(SumOf({1e16, 1, 1, -1e16}), 2);
  EXPECT_EQ(SumOf({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), 1);
  EXPECT_EQ(SumOf({Limits::denorm_min(), 1e300, -1e300}), Limits::denorm_min());
}

TEST(ExactSum, SingleValuesComeBack) {
  for (const double value : {0.0, 1.0, -1.0, 0.1, -0.3, 1e-12, 1703097600000.0, 9007199254740993.0,
                             Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(),
                             0x1p-12, 0x1.fffffffffffffp-13, 0x1p43, 0x1.fffffffffffffp42}) {
    EXPECT_EQ(SumOf({value}), value);
    EXPECT_EQ(SumOf({-value}), -value);
    EXPECT_EQ(SumOf({value, value, value}, 3), value);
  }
}

TEST(ExactSum, SumBeyondDoublesIsInfiniteAndComesBack) {
  EXPECT_EQ(SumOf({Limits::max(), Limits::max()}), Limits::infinity());
  EXPECT_EQ(SumOf({Limits::lowest(), Limits::lowest()}), -Limits::infinity());
  EXPECT_EQ(SumOf({Limits::max(), Limits::max(), Limits::lowest()}), Limits::max());
  EXPECT_EQ(SumOf({Limits::max(), Limits::max()}, 2), Limits::max());
}

TEST(ExactSum, HalfIsRoundedToEven) {
  EXPECT_EQ(SumOf({0x1p53, 1}), 0x1p53);
  EXPECT_EQ(SumOf({0x1p53, 3}), 0x1p53 + 4);
  EXPECT_EQ(SumOf({0x1p53, 1, 0x1p-1000}), 0x1p53 + 2);
  EXPECT_EQ(SumOf({-0x1p53, -1}), -0x1p53);
  // A third of the last value is all that is above the half.
  EXPECT_EQ(SumOf({0x1p53, 0x1p53, 0x1p53, 3, 0x1p-50}, 3), 0x1p53 + 2);
  // The quotient of a sum is rounded once: 10 / 3 and 1 / 3 as a division does it.
  EXPECT_EQ(SumOf({3, 3, 4}, 3), 10.0 / 3.0);
  EXPECT_EQ(SumOf({1}, 3), 1.0 / 3.0);
  EXPECT_EQ(SumOf({-2}, 3), -2.0 / 3.0);
  EXPECT_EQ(SumOf({Limits::denorm_min()}, 2), 0);
  EXPECT_EQ(SumOf({3 * Limits::denorm_min()}, 2), 2 * Limits::denorm_min());
}

TEST(ExactSum, ManyLargeValuesSpill) {
  ExactSums sums;
  sums.Resize(1);
  const double large = 0x1.fffffffffffffp42;
  for (int i = 0; i < 1 << 20; ++i) sums.Add(0, large);
  EXPECT_EQ(sums.DividedBy(0, 1), large * 0x1p20);
  const std::vector<double> negative(1 << 20, -large);
  sums.Add(0, negative);
  sums.Add(0, 0.25);
  EXPECT_EQ(sums.DividedBy(0, 1), 0.25);
}

TEST(ExactSum, SumsOfOtherUnitsAreAddedWhole) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    ExactSums sums;
    sums.Resize(2);
    WideSum expected;
    for (std::size_t i = 0, count = 1 + random() % 20; i < count; ++i) {
      const int exponent = -static_cast<int>(random() % (round % 2 == 0 ? 80 : 1075));
      const auto bits = static_cast<Int128>((static_cast<UInt128>(random()) << 64) | random());
      const Int128 value = bits >> (1 + random() % 127);
      sums.Add(1, value, exponent);
      expected.Add(value, static_cast<std::size_t>(1074 + exponent));
      if (random() % 3 == 0) {
        const double single = static_cast<double>(random() % 1000) / 8;
        sums.Add(1, single);
        expected.Add(single);
      }
    }
    ASSERT_EQ(sums.DividedBy(1, 7), expected.DividedBy(7)) << "round " << round;
    ASSERT_EQ(sums.DividedBy(0, 1), 0);
  }
}

TEST(ExactSum, LargeSumsOfOtherUnitsSpill) {
  ExactSums sums;
  sums.Resize(1);
  constexpr Int128 kLarge = Int128{1} << 53;
  for (int i = 0; i < 4096; ++i) sums.Add(0, kLarge, 0);
  EXPECT_EQ(sums.DividedBy(0, 1), 0x1p65);
  for (int i = 0; i < 4096; ++i) sums.Add(0, -kLarge, 0);
  sums.Add(0, 3, -72);
  EXPECT_EQ(sums.DividedBy(0, 1), 0x3p-72);
}

struct Shape {
  int least_exponent;
  int most_exponent;
};

class ExactSumTest : public testing::TestWithParam<Shape> {};

TEST_P(ExactSumTest, RandomValuesInAnyOrderGiveTheNearestDouble) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution exponent(GetParam().least_exponent, GetParam().most_exponent);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> values;
    for (std::size_t i = 0, count = 1 + random() % 60; i < count; ++i) {
      const double mantissa = static_cast<double>(random() >> 11) * (random() % 2 == 0 ? 1 : -1);
      values.push_back(std::ldexp(mantissa, exponent(random)));
      // Nearly all of a value taken away again: the rest must be exact.
      if (random() % 4 == 0) values.push_back(-values.back());
      if (random() % 4 == 0) values.push_back(std::nextafter(-values.back(), 0));
    }
    const double sum = SumOf(values);
    ASSERT_EQ(sum, NearestTo(values)) << "round " << round;
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_EQ(SumOf(values), sum) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ExactSumTest,
                         testing::Values(Shape{-53, 0}, Shape{-70, -5}, Shape{-20, 20},
                                         Shape{-1074, -1000}, Shape{-1074, 900}, Shape{800, 900}));

}  // namespace
}  // namespace callstore::store
