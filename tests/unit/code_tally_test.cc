// Goal:   what a tally says of a chunk's rows is what a look at each of them says.
// Method: random codes, rows and offsets of each width, against maps filled row by row; sums of
//         decimals against the doubles themselves.
#include "store/code_tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "store/exact_sum.h"

namespace callstore::store {
namespace {

struct Shape {
  std::size_t rows;
  std::size_t codes;
  std::size_t width;
  int percent;  // of the rows that are taken
};

class CodeTallyTest : public testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    const Shape& shape = GetParam();
    bitmap_.Reset(shape.rows);
    bytes_.assign(1, '?');  // values lie at any address
    for (std::size_t row = 0; row < shape.rows; ++row) {
      // Some rows have no neighbour of their code, others only such.
      const bool steady = row % 512 < 100;
      codes_.push_back(static_cast<std::uint16_t>((steady ? row / 512 : random_()) % shape.codes));
      const bool whole_word = shape.percent > 50 && row / 64 % 3 == 0;
      if (whole_word || random_() % 100 < static_cast<std::uint64_t>(shape.percent)) {
        bitmap_.Set(row);
      }
      const std::uint64_t mask = shape.width == 0 ? 0 : UINT32_MAX >> (32 - 8 * shape.width);
      offsets_.push_back((random_() % 8 == 0 ? UINT64_MAX : random_()) & mask);
      bytes_.append(reinterpret_cast<const char*>(&offsets_.back()), shape.width);
    }
  }

  CodedRows rows() const {
    return {.codes = codes_.data(), .code_count = GetParam().codes, .rows = &bitmap_};
  }
  OffsetArray offsets() const { return {.values = bytes_.data() + 1, .width = GetParam().width}; }
  // The offsets of the rows that are taken, code by code.
  std::vector<std::vector<std::uint64_t>> Expected() const {
    std::vector<std::vector<std::uint64_t>> expected(GetParam().codes);
    for (std::size_t row = 0; row < codes_.size(); ++row) {
      if (bitmap_.Has(row)) expected[codes_[row]].push_back(offsets_[row]);
    }
    return expected;
  }

  std::mt19937_64 random_{3};
  std::vector<std::uint16_t> codes_;
  std::vector<std::uint64_t> offsets_;
  std::string bytes_;
  columns::Bitmap bitmap_;
  CodeTally tally_;
};

TEST_P(CodeTallyTest, CountsSumsAndRangesAreThoseOfTheRows) {
  const auto expected = Expected();
  // A tally is used again: nothing of the use before may be left.
  for (int use = 0; use < 2; ++use) {
    const auto counts = tally_.Count(rows());
    ASSERT_EQ(counts.size(), expected.size());
    for (std::size_t code = 0; code < expected.size(); ++code) {
      EXPECT_EQ(counts[code].count, expected[code].size());
      EXPECT_EQ(counts[code].sum, 0U);
    }
    const auto sums = tally_.Sum(rows(), offsets());
    const auto ranges = tally_.FindRange(rows(), offsets());
    ASSERT_EQ(ranges.size(), expected.size());
    for (std::size_t code = 0; code < expected.size(); ++code) {
      std::uint64_t sum = 0;
      for (const std::uint64_t offset : expected[code]) sum += offset;
      ASSERT_EQ(sums[code].count, expected[code].size()) << code;
      ASSERT_EQ(sums[code].sum, sum) << code;
      if (expected[code].empty()) continue;
      ASSERT_EQ(ranges[code].least, std::ranges::min(expected[code])) << code;
      ASSERT_EQ(ranges[code].most, std::ranges::max(expected[code])) << code;
    }
  }
}

TEST_P(CodeTallyTest, SortedValuesAreThoseOfTheRowsCodeByCode) {
  std::vector<std::uint32_t> expected;
  for (const auto& offsets : Expected()) {
    for (const std::uint64_t offset : offsets) {
      expected.push_back(static_cast<std::uint32_t>(offset) + 5);
    }
  }
  tally_.Count(rows());
  const auto sorted = tally_.Sort(rows(), offsets(), 5);
  EXPECT_EQ(std::vector(sorted.begin(), sorted.end()), expected);
}

TEST_P(CodeTallyTest, SumsOfDecimalsAreThoseOfTheDoubles) {
  double power = 1;
  for (int scale = 0; scale <= 6; ++scale, power *= 10) {
    // From the limit below to the limit above, as far as offsets reach, and about 0.
    const auto limit = static_cast<std::int64_t>(CodeTally::kDecimalLimit * power) - 1;
    const auto span =
        GetParam().width == 0 ? 0 : INT64_C(0xFFFFFFFF) >> (32 - 8 * GetParam().width);
    for (const std::int64_t least : {-limit, limit - span, -span / 2, INT64_C(0), INT64_C(1)}) {
      if (least < -limit || least + span > limit) continue;
      const auto sums = tally_.SumDecimals(rows(), offsets(), {.least = least, .power = power});
      const auto all = Expected();
      ExactSums got;
      ExactSums expected;
      got.Resize(all.size());
      expected.Resize(all.size());
      for (std::uint32_t code = 0; code < all.size(); ++code) {
        got.Add(code, sums[code].Sum(), CodeTally::kDecimalExponent);
        for (const std::uint64_t offset : all[code]) {
          expected.Add(code,
                       static_cast<double>(least + static_cast<std::int64_t>(offset)) / power);
        }
        ASSERT_EQ(got.DividedBy(code, 1), expected.DividedBy(code, 1))
            << "code " << code << ", scale " << scale << ", least " << least;
        // The sums are the same to the last bit, not only when rounded.
        got.Add(code, -got.DividedBy(code, 1));
        expected.Add(code, -expected.DividedBy(code, 1));
        ASSERT_EQ(got.DividedBy(code, 1), expected.DividedBy(code, 1)) << "code " << code;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CodeTallyTest,
                         testing::Values(Shape{4096, 1, 4, 100}, Shape{4096, 7, 1, 90},
                                         Shape{4100, 50, 2, 60}, Shape{6144, 50, 4, 10},
                                         Shape{3, 2, 4, 100}, Shape{1000, 900, 4, 100},
                                         Shape{kMostCodedRows, kMostCodes, 2, 95},
                                         Shape{kMostCodedRows, 1, 4, 100}, Shape{640, 3, 0, 100},
                                         Shape{64, 5, 4, 0}));

}  // namespace
}  // namespace callstore::store
