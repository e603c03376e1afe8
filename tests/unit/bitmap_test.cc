// Goal:   a Bitmap is a set of rows, at every size and at the borders of its words.
// Method: random sets of many sizes against std::vector<bool>.
#include "columns/bitmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace callstore::columns {
namespace {

using Random = std::mt19937_64;

constexpr std::size_t kSizes[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 200, 4096, 4100};

Bitmap BitmapOf(const std::vector<bool>& model) {
  Bitmap bitmap;
  bitmap.Reset(model.size());
  for (std::size_t row = 0; row < model.size(); ++row) {
    if (model[row]) bitmap.Set(row);
  }
  return bitmap;
}

std::vector<bool> RandomModel(std::size_t rows, Random* random) {
  const auto of_eight = (*random)() % 9;
  std::vector<bool> model(rows);
  for (std::size_t row = 0; row < rows; ++row) model[row] = (*random)() % 8 < of_eight;
  return model;
}

std::vector<std::size_t> RowsOf(const std::vector<bool>& model) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < model.size(); ++row) {
    if (model[row]) rows.push_back(row);
  }
  return rows;
}

// Calls `test` with two random sets of each size, several times.
void ForRandomPairs(
    const std::function<void(const std::vector<bool>&, const std::vector<bool>&, Random*)>& test) {
  for (const std::size_t rows : kSizes) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE(testing::Message() << rows << " rows, seed " << seed);
      Random random(seed * 10'000 + rows);
      const std::vector<bool> a = RandomModel(rows, &random);
      test(a, RandomModel(rows, &random), &random);
    }
  }
}

TEST(Bitmap, ResetIsAllOrNothing) {
  Bitmap bitmap;
  for (const std::size_t rows : kSizes) {
    bitmap.Reset(rows, true);
    EXPECT_EQ(bitmap, BitmapOf(std::vector<bool>(rows, true))) << rows;
    EXPECT_EQ(bitmap.Count(), rows);
    EXPECT_EQ(bitmap.Any(), rows > 0);
    bitmap.Reset(rows);
    EXPECT_EQ(bitmap, BitmapOf(std::vector<bool>(rows, false))) << rows;
    EXPECT_FALSE(bitmap.Any());
  }
}

TEST(Bitmap, SingleRowsAreSetAndCleared) {
  Bitmap bitmap;
  bitmap.Reset(130);
  for (const std::size_t row : {0, 63, 64, 129}) {
    bitmap.Set(row);
    EXPECT_TRUE(bitmap.Has(row));
    EXPECT_EQ(bitmap.Count(), 1U);
    EXPECT_EQ(bitmap.Select(0), row);
    bitmap.Clear(row);
    EXPECT_FALSE(bitmap.Any());
  }
}

TEST(Bitmap, SetOperationsAgreeWithModel) {
  ForRandomPairs([](const std::vector<bool>& a, const std::vector<bool>& b, Random*) {
    std::vector<bool> both(a.size()), any(a.size()), only_a(a.size()), not_a(a.size());
    for (std::size_t row = 0; row < a.size(); ++row) {
      both[row] = a[row] && b[row];
      any[row] = a[row] || b[row];
      only_a[row] = a[row] && !b[row];
      not_a[row] = !a[row];
    }
    const auto with = [&](void (Bitmap::*change)(const Bitmap&)) {
      Bitmap bitmap = BitmapOf(a);
      (bitmap.*change)(BitmapOf(b));
      return bitmap;
    };
    EXPECT_EQ(with(&Bitmap::And), BitmapOf(both));
    EXPECT_EQ(with(&Bitmap::Or), BitmapOf(any));
    EXPECT_EQ(with(&Bitmap::AndNot), BitmapOf(only_a));
    Bitmap inverse = BitmapOf(a);
    inverse.Not();
    EXPECT_EQ(inverse, BitmapOf(not_a));
  });
}

TEST(Bitmap, CountsAndPlacesAgreeWithModel) {
  ForRandomPairs([](const std::vector<bool>& a, const std::vector<bool>&, Random*) {
    const Bitmap bitmap = BitmapOf(a);
    const std::vector<std::size_t> rows = RowsOf(a);
    ASSERT_EQ(bitmap.Count(), rows.size());
    ASSERT_EQ(bitmap.Any(), !rows.empty());
    for (std::size_t k = 0; k < rows.size(); ++k) ASSERT_EQ(bitmap.Select(k), rows[k]);
    for (std::size_t row = 0; row <= a.size() + 1; ++row) {
      const auto next = std::lower_bound(rows.begin(), rows.end(), row);
      ASSERT_EQ(bitmap.CountBefore(row), static_cast<std::size_t>(next - rows.begin()));
      ASSERT_EQ(bitmap.Next(row), next == rows.end() ? a.size() : *next);
    }
    std::vector<std::size_t> visited;
    bitmap.ForEach([&](std::size_t row) { visited.push_back(row); });
    ASSERT_EQ(visited, rows);
  });
}

TEST(Bitmap, KeptRangeAgreesWithModel) {
  ForRandomPairs([](const std::vector<bool>& a, const std::vector<bool>&, Random* random) {
    for (int i = 0; i < 40; ++i) {
      // Often at a border of a word, or past the end.
      const auto place = [&] {
        const std::size_t at = (*random)() % (a.size() + 3);
        return (*random)() % 2 == 0 ? at : at / 64 * 64;
      };
      const std::size_t first = place();
      const std::size_t last = place();
      std::vector<bool> kept(a.size());
      for (std::size_t row = first; row < std::min(last, a.size()); ++row) kept[row] = a[row];
      Bitmap bitmap = BitmapOf(a);
      bitmap.KeepRange(first, last);
      ASSERT_EQ(bitmap, BitmapOf(kept)) << first << " to " << last;
    }
  });
}

}  // namespace
}  // namespace callstore::columns
