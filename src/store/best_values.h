// best_values.h - about where in the order of a sort key a row number lies.
// Values are counted, not rows: eight bytes each, and no look at the ties of what is passed over.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_BEST_VALUES_H_
#define CALLSTORE_SRC_STORE_BEST_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace callstore::store {

// Keeps the first `most` of the values that are added, in descending or ascending order; somewhat
// more, but of many equal ones no more than needed.
class BestValues {
 public:
  // REQUIRES: most > 0.
  BestValues(std::size_t most, bool descending) : most_(most), flip_(descending ? UINT64_MAX : 0) {}

  void Add(std::uint64_t value) {
    value ^= flip_;
    values_.push_back(value);
    least_ = value < least_ ? value : least_;
    greatest_ = value > greatest_ ? value : greatest_;
    if (values_.size() >= 2 * most_) Trim();
  }

  // A value must come before this one to be of use; nothing while there is room.
  std::optional<std::uint64_t> worst() const {
    return worst_ ? std::optional(*worst_ ^ flip_) : std::nullopt;
  }

  // How many places are known.
  std::size_t size() const { return values_.size() < most_ ? values_.size() : most_; }

  // A stretch of the order, both ends included.
  struct Stretch {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t before = 0;  // values in front of it, exactly
    std::size_t count = 0;   // values in it, of those kept
  };
  // One that has place `i` in it and `few` values at most, or one value alone. REQUIRES:
  // i < size(). Cost: a pass over the values, or a few.
  Stretch Around(std::size_t i, std::size_t few) const;

 private:
  // The same in flipped values.
  Stretch Find(std::size_t i, std::size_t few) const;
  void Trim();

  const std::size_t most_;
  const std::uint64_t flip_;  // makes what comes first the least
  // Flipped, all of them. Those kept are from least_ to greatest_.
  std::vector<std::uint64_t> values_;
  std::uint64_t least_ = UINT64_MAX;
  std::uint64_t greatest_ = 0;
  std::optional<std::uint64_t> worst_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_BEST_VALUES_H_
