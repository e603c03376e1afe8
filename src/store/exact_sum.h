// exact_sum.h - sums of doubles without any rounding, so that no order of rows shows in them.
// A sum is a fixed-point number. One of 128 bits takes the values that calls have, from 2^-12 to
// 2^43 in size; one that holds every finite double takes the others, and what outgrows the first.
// The result is rounded once, at the end, half to even.
//
// Thread safety: values.
#ifndef CALLSTORE_SRC_STORE_EXACT_SUM_H_
#define CALLSTORE_SRC_STORE_EXACT_SUM_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace callstore::store {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

// A whole multiple of 2^-1074, the least positive double, with room for 2^77 of the largest.
class WideSum {
 public:
  // Adds value * 2^(bit - 1074). REQUIRES: bit <= 2046.
  void Add(Int128 value, std::size_t bit);
  void Add(double value);  // finite
  // The sum divided by `count`, rounded once; infinite where no double holds it. REQUIRES: count is
  // not 0.
  double DividedBy(std::uint64_t count) const;

 private:
  static constexpr std::size_t kLimbs = 34;
  std::array<std::uint64_t, kLimbs> limbs_ = {};  // two's complement, least first
};

// One sum a group.
class ExactSums {
 public:
  void Resize(std::size_t groups) { narrow_.resize(groups); }

  // REQUIRES: group < the size; finite.
  void Add(std::uint32_t group, double value) {
    Narrow part;
    if (!SplitNarrow(value, &part)) [[unlikely]]
      return AddWide(group, value);
    const Int128 sum = (narrow_[group] += part);
    if (IsLarge(sum)) [[unlikely]]
      Spill(group);
  }
  // All of them to one group.
  void Add(std::uint32_t group, std::span<const double> values);

  // Adds value * 2^exponent. REQUIRES: -1074 <= exponent <= 0.
  void Add(std::uint32_t group, Int128 value, int exponent);

  // The group's sum divided by `count`: 1, or the number of values for an average. Infinite where
  // no double holds it.
  double DividedBy(std::uint32_t group, std::uint64_t count) const;

 private:
  using Narrow = Int128;  // a whole multiple of 2^-64
  static constexpr int kNarrowUnits = 64;
  static constexpr std::size_t kNarrowBit = 1074 - kNarrowUnits;

  // Values of 2^-12 to 2^43 in size: below 2^107 as Narrow.
  static bool SplitNarrow(double value, Narrow* part) {
    constexpr unsigned kLeastExponent = 1023 - 12;
    constexpr unsigned kExponents = 12 + 43;
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const unsigned shift = (static_cast<unsigned>(bits >> 52) & 0x7FF) - kLeastExponent;
    if (shift >= kExponents) return false;
    const std::uint64_t mantissa = (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
    const auto high = static_cast<std::int64_t>((mantissa >> 1) >> (63 - shift));
    const auto magnitude = static_cast<Narrow>((static_cast<UInt128>(high) << 64) |
                                               static_cast<UInt128>(mantissa << shift));
    const auto sign = static_cast<Narrow>(static_cast<std::int64_t>(bits) >> 63);
    *part = (magnitude ^ sign) - sign;
    return true;
  }
  // From 2^120 on: thousands of further values still fit.
  static bool IsLarge(Narrow sum) {
    const auto high = static_cast<std::uint64_t>(static_cast<UInt128>(sum) >> 64);
    return high + (std::uint64_t{1} << 56) >= (std::uint64_t{1} << 57);
  }

  void AddWide(std::uint32_t group, double value);
  void Spill(std::uint32_t group);

  std::vector<Narrow> narrow_;
  std::unordered_map<std::uint32_t, WideSum> wide_;  // of the few groups that need it
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_EXACT_SUM_H_
