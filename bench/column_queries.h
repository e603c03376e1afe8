// column_queries.h - the questions of the columns benchmark, in a form that every side can read.
// Each side answers them its own way; two answers are equal exactly when both sides are right, or
// wrong in the same way.
//
// Ownership:     values.
// Thread safety: values.
#ifndef CALLSTORE_BENCH_COLUMN_QUERIES_H_
#define CALLSTORE_BENCH_COLUMN_QUERIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/column_calls.h"
#include "callstore/filter.h"

namespace callstore::bench {

inline constexpr std::int64_t kColumnsLimit = 20;  // calls a page

// All that are set must hold. Words by their numbers in column_calls.h.
struct ColumnFilter {
  std::optional<std::uint8_t> agent = {}, status = {}, direction = {}, sentiment = {},
                              campaign = {};
  std::optional<std::int64_t> start_ge = {};
  // Both ends included; a call without a duration does not match.
  std::optional<std::uint32_t> least_duration_ms = {}, most_duration_ms = {};
  std::optional<std::uint64_t> to_number = {};

  bool HasDuration() const { return least_duration_ms || most_duration_ms; }
  bool Empty() const;
};

Filter MakeFilter(const ColumnFilter& filter);

enum class ColumnTask : std::uint8_t {
  kCount,
  kPage,       // 20 summaries and the total
  kAggregate,  // count and average duration by agent
};

struct ColumnQuery {
  ColumnTask task = ColumnTask::kCount;
  ColumnFilter filter = {};
  bool by_duration = false;  // longest first, else newest first
  std::int64_t page = 0;
};

struct AgentFigures {
  std::string agent;
  std::int64_t count = 0;
  double average_duration_ms = 0;

  friend bool operator==(const AgentFigures&, const AgentFigures&) = default;
};

struct ColumnAnswer {
  std::int64_t total = 0;
  std::vector<std::string> ids = {};      // of the page
  std::vector<AgentFigures> agents = {};  // by name

  friend bool operator==(const ColumnAnswer&, const ColumnAnswer&) = default;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COLUMN_QUERIES_H_
