// figures.h - what is kept of one field's values, group by group, and the figures that come of it.
// None of it depends on the order in which values are added.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_FIGURES_H_
#define CALLSTORE_SRC_STORE_FIGURES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "query/aggregate_query.h"
#include "store/exact_sum.h"
#include "store/percentiles.h"

namespace callstore::store {

class Figures {
 public:
  // More than the count, which is always kept.
  struct Needs {
    bool sum = false;
    bool range = false;   // least and greatest value
    bool values = false;  // all of them, for percentiles
  };
  void AddNeedsOf(query::Function function);
  const Needs& needs() const { return needs_; }

  // Makes room for groups 0 to groups - 1.
  void Resize(std::size_t groups);

  // Counts one more of each of the groups. REQUIRES: all of them within the size.
  void Count(std::span<const std::uint32_t> groups);
  // Adds values[i], which is finite, to groups[i].
  void Add(std::span<const std::uint32_t> groups, std::span<const double> values);

  // Some values of one group, summed up.
  struct Part {
    std::uint64_t count = 0;
    // The others where they are needed.
    Int128 sum = 0;  // * 2^sum_exponent
    int sum_exponent = 0;
    double least = 0;
    double greatest = 0;
    std::span<const std::uint32_t> values = {};
  };
  // REQUIRES: the exponent is as ExactSums says.
  void Add(std::uint32_t group, const Part& part);

  // Nothing where the group has no value; infinite where no double holds the sum. REQUIRES: the
  // needs of the metric's function were named before the first value; after the last one was added.
  std::optional<double> Value(const query::Metric& metric, std::uint32_t group);

  std::uint64_t count(std::uint32_t group) const { return counts_[group]; }

 private:
  void AddToOne(std::uint32_t group, std::span<const double> values);

  Needs needs_;
  std::vector<std::uint64_t> counts_;
  ExactSums sums_;
  std::vector<double> least_;
  std::vector<double> greatest_;
  GroupValues values_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_FIGURES_H_
