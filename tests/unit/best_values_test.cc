// Goal:   the stretch around a place has that place in it, is small, and its count of what is
//         before it is exact, whatever the values.
// Method: values of many shapes are also sorted.
#include "store/best_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace callstore::store {
namespace {

using Values = std::vector<std::uint64_t>;

struct Shape {
  std::string name;
  std::function<std::uint64_t(std::mt19937_64*)> make;
};

std::vector<Shape> Shapes() {
  return {
      {"all numbers", [](std::mt19937_64* random) { return (*random)(); }},
      {"close together", [](std::mt19937_64* random) { return (1ULL << 63) + (*random)() % 5000; }},
      {"all equal", [](std::mt19937_64*) { return 17ULL; }},
      {"a few", [](std::mt19937_64* random) { return (*random)() % 3; }},
      {"half of them absent",
       [](std::mt19937_64* random) {
         return (*random)() % 2 == 0 ? 0 : (1ULL << 63) + (*random)() % 1'000'000;
       }},
      {"the ends", [](std::mt19937_64* random) { return (*random)() % 2 == 0 ? 0 : UINT64_MAX; }},
      {"ascending", [next = 0ULL](std::mt19937_64*) mutable { return ++next; }},
      {"skewed", [](std::mt19937_64* random) { return (*random)() >> ((*random)() % 64); }},
  };
}

bool Before(std::uint64_t a, std::uint64_t b, bool descending) {
  return descending ? a > b : a < b;
}

void ExpectStretches(const Values& values, std::size_t most, bool descending) {
  BestValues best(most, descending);
  for (const std::uint64_t value : values) {
    const auto worst = best.worst();
    // As its user does: what cannot be of use is not added.
    if (!worst || Before(value, *worst, descending)) best.Add(value);
  }
  Values sorted = values;
  std::ranges::sort(sorted,
                    [&](std::uint64_t a, std::uint64_t b) { return Before(a, b, descending); });
  ASSERT_EQ(best.size(), std::min(most, values.size()));
  for (std::size_t i = 0; i < best.size(); i += 1 + best.size() / 50) {
    for (const std::size_t few : {1U, 10U, 512U}) {
      const BestValues::Stretch stretch = best.Around(i, few);
      ASSERT_FALSE(Before(sorted[i], stretch.first, descending)) << i;
      ASSERT_FALSE(Before(stretch.last, sorted[i], descending)) << i;
      ASSERT_TRUE(stretch.count <= few || stretch.first == stretch.last) << stretch.count;
      const auto before = std::ranges::count_if(
          values, [&](std::uint64_t value) { return Before(value, stretch.first, descending); });
      ASSERT_EQ(stretch.before, static_cast<std::size_t>(before)) << i;
    }
  }
}

TEST(BestValues, StretchesOfAnyValuesAreRight) {
  std::vector<Shape> shapes = Shapes();
  for (Shape& shape : shapes) {
    SCOPED_TRACE(shape.name);
    std::mt19937_64 random(3);
    for (const std::size_t count : {1U, 50U, 3000U, 30'000U}) {
      Values values(count);
      for (std::uint64_t& value : values) value = shape.make(&random);
      for (const std::size_t most : {std::size_t{1}, std::size_t{40}, std::size_t{2500}}) {
        ExpectStretches(values, most, false);
        ExpectStretches(values, most, true);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(BestValues, EqualValuesTakeNoMoreRoomThanAsked) {
  BestValues best(100, true);
  std::size_t added = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (best.worst() && *best.worst() == 5) continue;
    best.Add(5);
    ++added;
  }
  EXPECT_EQ(added, 200U);
  EXPECT_EQ(best.size(), 100U);
  EXPECT_EQ(best.Around(99, 1).before, 0U);
  EXPECT_EQ(best.Around(99, 1).count, 100U);
}

}  // namespace
}  // namespace callstore::store
