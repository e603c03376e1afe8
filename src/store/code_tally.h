// code_tally.h - counts, sums and ranges of a chunk's rows, code by code, from its raw bytes.
// A code stands for a group within one chunk: the number of a word, of a day, of a pair of both.
// Codes are small, so that a row costs one addition in a table that stays in the first cache; the
// groups themselves are looked up once a chunk, not once a row.
//
// Ownership:     keeps its memory from chunk to chunk.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CODE_TALLY_H_
#define CALLSTORE_SRC_STORE_CODE_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "columns/bitmap.h"
#include "store/exact_sum.h"

namespace callstore::store {

// More codes than this in a chunk are not worth a table.
inline constexpr std::size_t kMostCodes = 4096;
// Of more rows a sum might not fit its cell. Chunks are smaller, but for those of a huge merge.
inline constexpr std::size_t kMostCodedRows = 16'384;

// The rows of a chunk to take, and the codes of all of them, which are below code_count.
struct CodedRows {
  const std::uint16_t* codes = nullptr;
  std::size_t code_count = 0;
  const columns::Bitmap* rows = nullptr;
};

// What a column keeps of each row: unsigned numbers of 0, 1, 2 or 4 bytes at any address.
struct OffsetArray {
  const char* values = nullptr;
  std::size_t width = 0;
};

class CodeTally {
 public:
  struct Total {
    std::uint64_t count = 0;  // of rows
    std::uint64_t sum = 0;    // of their offsets
  };
  struct Range {
    std::uint32_t least = UINT32_MAX;
    std::uint32_t most = 0;
  };
  // Of decimals: the sum is Sum() * 2^kDecimalExponent.
  static constexpr int kDecimalExponent = -72;
  struct DecimalTotal {
    std::int64_t high = 0;  // * 2^-24
    std::int64_t low = 0;   // * 2^-72

    Int128 Sum() const { return (Int128{high} << 48) + low; }
  };
  // n is least + the offset.
  struct Decimals {
    std::int64_t least = 0;
    double power = 1;
  };

  // Each gives one value a code, which holds until it is called again. REQUIRES: at most
  // kMostCodedRows rows.
  std::span<const Total> Count(const CodedRows& rows);
  std::span<const Total> Sum(const CodedRows& rows, const OffsetArray& offsets);
  std::span<const Range> FindRange(const CodedRows& rows, const OffsetArray& offsets);

  // least + the offset of each of the rows, those of code 0 first; within a code as the rows are.
  // REQUIRES: Count or Sum of the same rows was called last.
  std::span<const std::uint32_t> Sort(const CodedRows& rows, const OffsetArray& offsets,
                                      std::uint32_t least);

  // The exact sum of the doubles that stand for n / power. REQUIRES: power is at most kMostPower;
  // each n / power is below kDecimalLimit in size.
  static constexpr double kMostPower = 1e6;
  static constexpr double kDecimalLimit = 1 << 20;
  std::span<const DecimalTotal> SumDecimals(const CodedRows& rows, const OffsetArray& offsets,
                                            const Decimals& decimals);

 private:
  template <std::size_t kSets, typename T>
  void AddCells(const CodedRows& rows, const char* values);
  template <typename T>
  void AddAll(const CodedRows& rows, const char* values);

  std::vector<std::uint64_t> cells_;
  std::vector<Total> totals_;
  std::vector<Range> ranges_;
  std::vector<std::uint32_t> ends_;  // of each code's part of sorted_
  std::vector<std::uint32_t> sorted_;
  std::vector<DecimalTotal> decimals_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CODE_TALLY_H_
