// array_columns.h - the calls as plain arrays in memory, and loops over them: the limit.
// No snapshot, no disk, no checks, fixed widths, every word a number that is known beforehand. What
// a store does for the same answer can hardly take less time than this.
//
// Ownership:     owns its arrays.
// Thread safety: const; share freely.
#ifndef CALLSTORE_BENCH_ARRAY_COLUMNS_H_
#define CALLSTORE_BENCH_ARRAY_COLUMNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/column_calls.h"
#include "bench/column_queries.h"

namespace callstore::bench {

struct ArrayAnswer {
  struct Row {
    std::int64_t number = 0;  // of the call
    CallFacts facts;
  };
  struct Cell {
    std::int64_t calls = 0;
    std::int64_t with_duration = 0;
    std::int64_t duration_ms = 0;
  };
  std::int64_t total = 0;
  std::vector<Row> rows;
  std::array<Cell, kAgents> agents{};
};

class ArrayColumns {
 public:
  // Cost: about a microsecond a call.
  explicit ArrayColumns(const ColumnCalls& calls);

  void Answer(const ColumnQuery& query, ArrayAnswer* answer) const;
  // The same in the form that answers are compared in.
  ColumnAnswer Answer(const ColumnQuery& query) const;

  // A to_number of exactly `calls` calls; where there is none, that of some call.
  std::uint64_t ToNumberOf(std::int64_t calls) const;

 private:
  struct Mask;
  struct Candidate {
    std::uint32_t duration_ms;
    std::uint32_t row;
  };

  std::size_t EndOfRange(const ColumnFilter& filter) const;
  void Match(const ColumnFilter& filter, std::size_t block, std::size_t end, Mask* mask) const;
  ArrayAnswer::Row At(std::size_t row) const;
  void CountAll(const ColumnFilter& filter, ArrayAnswer* answer) const;
  void NewestPage(const ColumnQuery& query, ArrayAnswer* answer) const;
  void LongestPage(const ColumnQuery& query, ArrayAnswer* answer) const;
  void Aggregate(const ColumnFilter& filter, ArrayAnswer* answer) const;
  bool Longer(const Candidate& a, const Candidate& b) const;

  const ColumnCalls calls_;
  std::size_t rows_;
  // Newest first; padded to whole blocks.
  std::vector<std::int64_t> starts_;
  std::vector<std::uint32_t> durations_, costs_, customers_;
  std::vector<std::uint64_t> to_numbers_, from_numbers_, ties_;
  std::vector<std::uint16_t> latencies_;
  std::vector<std::uint8_t> agents_, statuses_, types_, directions_, reasons_, sentiments_,
      campaigns_, plans_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_ARRAY_COLUMNS_H_
