#include "store/code_tally.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <type_traits>

#include "base/bytes.h"

namespace callstore::store {
namespace {

using columns::Bitmap;

constexpr std::size_t kWordRows = 64;

// A cell is a count above a sum: 16,384 offsets below 2^32 leave the upper bits alone.
constexpr unsigned kSumBits = 48;
constexpr std::uint64_t kOneRow = std::uint64_t{1} << kSumBits;

// Each code has this many cells, which rows take in turn, so that rows of one code do not wait for
// each other. Where there are many codes, that is rare, and the table had better stay small.
constexpr std::size_t kManySets = 4;
constexpr std::size_t kFewCodes = 512;

// Stands for an offset of no bytes.
struct Nothing {};

template <typename T>
std::uint64_t LoadOffset(const char* values, std::size_t row) {
  if constexpr (std::is_same_v<T, Nothing>) {
    return 0;
  } else {
    return LoadLittle<T>(values + row * sizeof(T));
  }
}

// Calls use(row, set) for each of the rows, with sets in turn.
template <std::size_t kSets, typename F>
void ForEachRow(const Bitmap& rows, F&& use) {
  for (std::size_t word = 0; word < rows.word_count(); ++word) {
    const std::size_t first = word * kWordRows;
    std::uint64_t bits = rows.words()[word];
    if (bits == UINT64_MAX) {
      for (std::size_t i = 0; i < kWordRows; i += kManySets) {
        for (std::size_t k = 0; k < kManySets; ++k) use(first + i + k, k % kSets);
      }
      continue;
    }
    for (; bits != 0; bits &= bits - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(bits));
      use(first + i, i % kSets);
    }
  }
}

// Calls use(values) with the type of the offsets.
template <typename F>
void WithWidth(const OffsetArray& offsets, F&& use) {
  switch (offsets.width) {
    case 0:
      return use(Nothing{});
    case 1:
      return use(std::uint8_t{});
    case 2:
      return use(std::uint16_t{});
    default:
      assert(offsets.width == 4);
      return use(std::uint32_t{});
  }
}

}  // namespace

template <std::size_t kSets, typename T>
void CodeTally::AddCells(const CodedRows& rows, const char* values) {
  cells_.assign(rows.code_count * kSets, 0);
  std::uint64_t* const cells = cells_.data();
  const std::uint16_t* const codes = rows.codes;
  ForEachRow<kSets>(*rows.rows, [=](std::size_t row, std::size_t set) {
    cells[codes[row] * kSets + set] += kOneRow + LoadOffset<T>(values, row);
  });
  totals_.resize(rows.code_count);
  for (std::size_t code = 0; code < rows.code_count; ++code) {
    Total total;
    for (std::size_t set = 0; set < kSets; ++set) {
      const std::uint64_t cell = cells[code * kSets + set];
      total.count += cell >> kSumBits;
      total.sum += cell & (kOneRow - 1);
    }
    totals_[code] = total;
  }
}

template <typename T>
void CodeTally::AddAll(const CodedRows& rows, const char* values) {
  assert(rows.rows->rows() <= kMostCodedRows);
  if (rows.code_count <= kFewCodes) {
    AddCells<kManySets, T>(rows, values);
  } else {
    AddCells<1, T>(rows, values);
  }
}

std::span<const CodeTally::Total> CodeTally::Count(const CodedRows& rows) {
  AddAll<Nothing>(rows, nullptr);
  return totals_;
}

std::span<const CodeTally::Total> CodeTally::Sum(const CodedRows& rows,
                                                 const OffsetArray& offsets) {
  WithWidth(offsets, [&](auto type) { AddAll<decltype(type)>(rows, offsets.values); });
  return totals_;
}

std::span<const CodeTally::Range> CodeTally::FindRange(const CodedRows& rows,
                                                       const OffsetArray& offsets) {
  // Codes have few rows each, so that many a row changes its range: branches would be missed.
  ranges_.assign(rows.code_count * kManySets, {});
  WithWidth(offsets, [&](auto type) {
    Range* const ranges = ranges_.data();
    ForEachRow<kManySets>(*rows.rows, [=, &rows, &offsets](std::size_t row, std::size_t set) {
      const auto offset =
          static_cast<std::uint32_t>(LoadOffset<decltype(type)>(offsets.values, row));
      Range& range = ranges[rows.codes[row] * kManySets + set];
      const std::uint32_t least = std::min(range.least, offset);
      const std::uint32_t most = std::max(range.most, offset);
      range = {.least = least, .most = most};
    });
  });
  for (std::size_t code = 0; code < rows.code_count; ++code) {
    Range all;
    for (std::size_t set = 0; set < kManySets; ++set) {
      const Range& range = ranges_[code * kManySets + set];
      all = {.least = std::min(all.least, range.least), .most = std::max(all.most, range.most)};
    }
    ranges_[code] = all;
  }
  return std::span(ranges_).first(rows.code_count);
}

std::span<const std::uint32_t> CodeTally::Sort(const CodedRows& rows, const OffsetArray& offsets,
                                               std::uint32_t least) {
  ends_.resize(rows.code_count);
  std::uint32_t begin = 0;
  for (std::size_t code = 0; code < rows.code_count; ++code) {
    ends_[code] = begin;
    begin += static_cast<std::uint32_t>(totals_[code].count);
  }
  sorted_.resize(begin);
  WithWidth(offsets, [&](auto type) {
    ForEachRow<1>(*rows.rows, [&, ends = ends_.data(), sorted = sorted_.data()](std::size_t row,
                                                                                std::size_t) {
      sorted[ends[rows.codes[row]]++] =
          least + static_cast<std::uint32_t>(LoadOffset<decltype(type)>(offsets.values, row));
    });
  });
  return sorted_;
}

// A double n / power is x = value * 2^24, cut at the point: high is the nearest whole number, which
// adding kRound makes the low bits of, and the rest is exact. What is not 0 is at least 1 / power,
// above 2^-20: its last bit is 2^-72 or more, so the rest times 2^48 is a whole number too. Of
// 16,384 rows, high stays below 2^44 * 2^14 and low below 2^47 * 2^14.
std::span<const CodeTally::DecimalTotal> CodeTally::SumDecimals(const CodedRows& rows,
                                                                const OffsetArray& offsets,
                                                                const Decimals& decimals) {
  constexpr double kRound = 0x1.8p52;
  constexpr auto kRoundBits = std::bit_cast<std::uint64_t>(kRound);
  assert(rows.rows->rows() <= kMostCodedRows && decimals.power <= kMostPower);
  decimals_.assign(rows.code_count, {});
  const auto least = static_cast<std::uint64_t>(decimals.least);
  WithWidth(offsets, [&](auto type) {
    ForEachRow<1>(*rows.rows, [&](std::size_t row, std::size_t) {
      const auto n =
          static_cast<std::int64_t>(least + LoadOffset<decltype(type)>(offsets.values, row));
      const double scaled = static_cast<double>(n) / decimals.power * 0x1p24;
      const double high = scaled + kRound;
      const double low = (scaled - (high - kRound)) * 0x1p48 + kRound;
      const auto add = [](double rounded, std::int64_t* to) {
        *to = static_cast<std::int64_t>(static_cast<std::uint64_t>(*to) +
                                        std::bit_cast<std::uint64_t>(rounded) - kRoundBits);
      };
      DecimalTotal& total = decimals_[rows.codes[row]];
      add(high, &total.high);
      add(low, &total.low);
    });
  });
  return decimals_;
}

}  // namespace callstore::store
