#include "store/best_values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace callstore::store {
namespace {

constexpr unsigned kBinBits = 12;

}  // namespace

// Cuts the values into equal bins, finds the one of place `i` by its counts, and cuts that again
// until it is small: faster than to sort, as nothing is moved and hardly anything is guessed.
BestValues::Stretch BestValues::Find(std::size_t i, std::size_t few) const {
  assert(i < values_.size());
  Stretch stretch{.first = least_, .last = greatest_, .before = 0, .count = values_.size()};
  while (stretch.count > few && stretch.first < stretch.last) {
    const std::uint64_t first = stretch.first;
    const std::uint64_t span = stretch.last - first;
    const auto span_bits = static_cast<unsigned>(std::bit_width(span));
    const unsigned shift = span_bits > kBinBits ? span_bits - kBinBits : 0;
    std::array<std::uint32_t, std::size_t{1} << kBinBits> bins = {};
    for (const std::uint64_t value : values_) {
      if (value - first <= span) ++bins[(value - first) >> shift];
    }
    std::size_t bin = 0;
    for (; stretch.before + bins[bin] <= i; ++bin) stretch.before += bins[bin];
    stretch.first = first + (std::uint64_t{bin} << shift);
    // The last bin may end behind the stretch, and beyond all numbers.
    const std::uint64_t width = (std::uint64_t{1} << shift) - 1;
    stretch.last = stretch.first + std::min(width, stretch.last - stretch.first);
    stretch.count = bins[bin];
  }
  return stretch;
}

BestValues::Stretch BestValues::Around(std::size_t i, std::size_t few) const {
  assert(i < size());
  Stretch stretch = Find(i, few);
  stretch.first ^= flip_;
  stretch.last ^= flip_;
  return stretch;
}

void BestValues::Trim() {
  const Stretch stretch = Find(most_ - 1, most_ / 8);
  const std::uint64_t last = stretch.last;
  // Of a single value, as many as it takes.
  std::size_t equal = stretch.first == last ? most_ - stretch.before : stretch.count;
  // Without a branch: half of the values stay, and none can tell which.
  std::size_t kept = 0;
  for (const std::uint64_t value : values_) {
    const bool is_equal = value == last && equal > 0;
    equal -= is_equal ? 1 : 0;
    values_[kept] = value;
    kept += value < last || is_equal ? 1 : 0;
  }
  values_.resize(kept);
  greatest_ = last;
  worst_ = last;
}

}  // namespace callstore::store
