#include "store/exact_sum.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace callstore::store {
namespace {

constexpr std::uint64_t kMantissaMask = 0xFFFFFFFFFFFFF;
constexpr std::uint64_t kHiddenBit = 0x10000000000000;
constexpr int kMantissaBits = 53;
constexpr int kLeastBit = -1074;  // of a double

// quotient * 2^exponent, and perhaps (`more`) less than one unit above it. Rounded half to even.
double Round(UInt128 quotient, int exponent, bool more) {
  const auto high = static_cast<std::uint64_t>(quotient >> 64);
  const auto low = static_cast<std::uint64_t>(quotient);
  const int width = high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(low);
  // The quotient is wider than a mantissa, or reaches below what a double has.
  const int shift = std::max(width - kMantissaBits, kLeastBit - exponent);
  assert(shift > 0 && shift < 128);
  auto mantissa = static_cast<std::uint64_t>(quotient >> shift);
  const bool half = (static_cast<std::uint64_t>(quotient >> (shift - 1)) & 1U) != 0;
  const UInt128 below = quotient & ((UInt128{1} << (shift - 1)) - 1);
  if (half && (more || below != 0 || (mantissa & 1U) != 0)) ++mantissa;
  return std::ldexp(static_cast<double>(mantissa), exponent + shift);
}

}  // namespace

void WideSum::Add(Int128 value, std::size_t bit) {
  const std::size_t first = bit / 64;
  const std::size_t shift = bit % 64;
  const auto bits = static_cast<UInt128>(value);
  const std::uint64_t sign = value < 0 ? UINT64_MAX : 0;
  const auto low = static_cast<std::uint64_t>(bits);
  const auto high = static_cast<std::uint64_t>(bits >> 64);
  // Shifted in two steps, so that a shift of 0 is none of 64.
  const std::array<std::uint64_t, 3> parts = {low << shift,
                                              (high << shift) | ((low >> 1) >> (63 - shift)),
                                              (sign << shift) | ((high >> 1) >> (63 - shift))};
  std::uint64_t carry = 0;
  for (std::size_t i = first; i < kLimbs; ++i) {
    const std::uint64_t part = i - first < parts.size() ? parts[i - first] : sign;
    // Nothing changes any more: 0 is added, or -1 and a carry.
    if (i - first >= parts.size() && part + carry == 0 && (carry != 0) == (sign != 0)) return;
    const UInt128 sum = static_cast<UInt128>(limbs_[i]) + part + carry;
    limbs_[i] = static_cast<std::uint64_t>(sum);
    carry = static_cast<std::uint64_t>(sum >> 64);
  }
}

void WideSum::Add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t exponent = (bits >> 52) & 0x7FF;
  const std::uint64_t mantissa = (bits & kMantissaMask) | (exponent != 0 ? kHiddenBit : 0);
  const auto magnitude = static_cast<Int128>(mantissa);
  Add(value < 0 ? -magnitude : magnitude, exponent != 0 ? exponent - 1 : 0);
}

double WideSum::DividedBy(std::uint64_t count) const {
  std::array<std::uint64_t, kLimbs> magnitude = limbs_;
  const bool negative = (limbs_.back() >> 63) != 0;
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint64_t& limb : magnitude) {
      limb = ~limb + carry;
      carry = carry != 0 && limb == 0 ? 1 : 0;
    }
  }
  // Long division from the top, down to one limb below the point of the least double. Two limbs of
  // the quotient are more than a mantissa; of the rest only whether it is 0 matters.
  UInt128 quotient = 0;
  UInt128 remainder = 0;
  int exponent = kLeastBit - 64;
  std::size_t left = kLimbs;
  for (std::size_t i = kLimbs + 1; i-- > 0;) {
    left = i;
    const UInt128 dividend = (remainder << 64) | (i > 0 ? magnitude[i - 1] : 0);
    quotient = (quotient << 64) | (dividend / count);
    remainder = dividend % count;
    if ((quotient >> 64) != 0) break;
  }
  exponent += 64 * static_cast<int>(left);
  bool more = remainder != 0;
  for (std::size_t i = 1; i < left; ++i) more = more || magnitude[i - 1] != 0;
  if (quotient == 0) return 0;
  const double rounded = Round(quotient, exponent, more);
  return negative ? -rounded : rounded;
}

void ExactSums::Add(std::uint32_t group, std::span<const double> values) {
  Narrow sum = narrow_[group];
  for (const double value : values) {
    Narrow part;
    if (!SplitNarrow(value, &part)) [[unlikely]] {
      AddWide(group, value);
      continue;
    }
    sum += part;
    if (IsLarge(sum)) [[unlikely]] {
      narrow_[group] = sum;
      Spill(group);
      sum = 0;
    }
  }
  narrow_[group] = sum;
}

void ExactSums::Add(std::uint32_t group, Int128 value, int exponent) {
  constexpr int kRoomBits = 118;  // beside a sum that is not large
  int shift = exponent + kNarrowUnits;
  if (shift < 0 && shift > -64 && (value & ((Int128{1} << -shift) - 1)) == 0) {
    value >>= -shift;
    shift = 0;
  }
  if (shift >= 0) {
    const Int128 room = Int128{1} << (kRoomBits - shift);
    if (value < room && value > -room) {
      narrow_[group] += value << shift;
      if (IsLarge(narrow_[group])) Spill(group);
      return;
    }
  }
  const auto bit = static_cast<std::ptrdiff_t>(kNarrowBit) + shift;
  wide_[group].Add(value, static_cast<std::size_t>(bit));
}

void ExactSums::AddWide(std::uint32_t group, double value) {
  if (value != 0) wide_[group].Add(value);
}

void ExactSums::Spill(std::uint32_t group) {
  wide_[group].Add(narrow_[group], kNarrowBit);
  narrow_[group] = 0;
}

double ExactSums::DividedBy(std::uint32_t group, std::uint64_t count) const {
  const auto found = wide_.find(group);
  WideSum sum = found != wide_.end() ? found->second : WideSum();
  sum.Add(narrow_[group], kNarrowBit);
  return sum.DividedBy(count);
}

}  // namespace callstore::store
