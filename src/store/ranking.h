// ranking.h - rows in the order of a sort key, and the best few of many.
// "First" and "before" are meant in that order, ascending or descending.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_RANKING_H_
#define CALLSTORE_SRC_STORE_RANKING_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/position.h"

namespace callstore::store {

// Where a row stands: its sort value as query::OrderedInteger or OrderedNumber make it, and its
// tie. Cursors of such a list keep it in the place of a position.
struct Rank {
  std::uint64_t value = 0;
  std::uint64_t tie = 0;

  friend auto operator<=>(const Rank&, const Rank&) = default;
};
inline Position AsPosition(const Rank& rank) {
  return {.time_ms = static_cast<std::int64_t>(rank.value), .tie = rank.tie};
}
inline Rank AsRank(const Position& place) {
  return {.value = static_cast<std::uint64_t>(place.time_ms), .tie = place.tie};
}

struct RankedRow {
  Rank rank;
  std::int64_t time_ms = 0;  // with the tie, where the call lies

  Position position() const { return {.time_ms = time_ms, .tie = rank.tie}; }
};

// Keeps the first `most` of the rows that are added, in descending or ascending order.
class BestRows {
 public:
  // With `worst`, only rows before it are wanted.
  BestRows(std::size_t most, bool descending, std::optional<Rank> worst = std::nullopt)
      : most_(most), descending_(descending), worst_(worst) {}

  void Add(const RankedRow& row) {
    if (worst_ && !Before(row.rank, *worst_)) return;
    rows_.push_back(row);
    if (rows_.size() >= 2 * most_) Trim();
  }

  // The row that another one must come before to be kept; nothing while there is room.
  const std::optional<Rank>& worst() const { return worst_; }
  // False where no row of this value is kept, whatever its tie is.
  bool MayKeep(std::uint64_t value) const {
    return !worst_ || (descending_ ? value >= worst_->value : value <= worst_->value);
  }

  // How many rows there are to take.
  std::size_t Finish() {
    if (rows_.size() > most_) Trim();
    return rows_.size();
  }
  // The rows [first, end) in order. REQUIRES: Finish() was called, first <= end <= its result.
  std::vector<RankedRow> Take(std::size_t first, std::size_t end) {
    const auto at = [&](std::size_t i) { return rows_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (first < rows_.size()) std::nth_element(at(0), at(first), rows_.end(), Order{descending_});
    std::partial_sort(at(first), at(end), rows_.end(), Order{descending_});
    return {at(first), at(end)};
  }

 private:
  // Compares two rows in the order of the walk.
  struct Order {
    bool descending;
    bool operator()(const RankedRow& a, const RankedRow& b) const {
      return descending ? a.rank > b.rank : a.rank < b.rank;
    }
  };
  bool Before(const Rank& a, const Rank& b) const { return descending_ ? a > b : a < b; }
  void Trim() {
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(most_);
    std::nth_element(rows_.begin(), end - 1, rows_.end(), Order{descending_});
    rows_.erase(end, rows_.end());
    worst_ = rows_.back().rank;
  }

  const std::size_t most_;
  const bool descending_;
  std::vector<RankedRow> rows_;
  std::optional<Rank> worst_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_RANKING_H_
