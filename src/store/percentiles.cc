#include "store/percentiles.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <new>

namespace callstore::store {
namespace {

constexpr std::size_t kSlabBytes = 1 << 20;
// A block takes 32 bytes with its first two values; a large one 64 KiB and a little.
constexpr std::size_t kLeastValues = 2;
constexpr std::size_t kMostValues = 16 << 10;

// Doubles as unsigned numbers that order alike.
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

std::uint64_t ToOrdered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

double FromOrdered(std::uint64_t ordered) {
  return std::bit_cast<double>((ordered & kSignBit) != 0 ? ordered & ~kSignBit : ~ordered);
}

// Below this a plain selection is faster than counting.
constexpr std::size_t kFewValues = 4096;
constexpr int kBucketBits = 11;

// The value of rank `rank` (from 0) in `values`, which stay as they are. Counts the values by their
// upper bits, then looks into the one bucket that the rank falls into.
template <typename T>
T Select(std::span<const T> values, std::size_t rank) {
  std::vector<T> bucket_values;
  while (values.size() > kFewValues) {
    const auto [least, most] = std::ranges::minmax(values);
    const int shift = std::max(static_cast<int>(std::bit_width(most - least)) - kBucketBits, 0);
    std::array<std::size_t, std::size_t{1} << kBucketBits> counts = {};
    for (const T value : values) ++counts[(value - least) >> shift];
    std::size_t bucket = 0;
    while (rank >= counts[bucket]) rank -= counts[bucket++];
    if (shift == 0) return static_cast<T>(least + static_cast<T>(bucket));
    std::vector<T> within;
    within.reserve(counts[bucket]);
    for (const T value : values) {
      if (((value - least) >> shift) == bucket) within.push_back(value);
    }
    bucket_values = std::move(within);
    values = bucket_values;
  }
  if (bucket_values.empty()) bucket_values.assign(values.begin(), values.end());
  const auto at = bucket_values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(bucket_values.begin(), at, bucket_values.end());
  return *at;
}

}  // namespace

std::byte* GroupValues::Allocate(std::size_t bytes) {
  bytes = (bytes + 7) / 8 * 8;
  if (bytes > free_bytes_) {
    const std::size_t slab = std::max(kSlabBytes, bytes);
    slabs_.push_back(std::make_unique_for_overwrite<std::byte[]>(slab));
    free_ = slabs_.back().get();
    free_bytes_ = slab;
  }
  std::byte* const begin = free_;
  free_ += bytes;
  free_bytes_ -= bytes;
  return begin;
}

GroupValues::Block* GroupValues::AddBlock(Tail* tail, bool wide) {
  const std::size_t capacity =
      tail->block == nullptr ? kLeastValues : std::min(tail->block->capacity * 2, kMostValues);
  std::byte* const memory =
      Allocate(sizeof(Block) + capacity * (wide ? sizeof(std::uint64_t) : sizeof(std::uint32_t)));
  tail->block = new (memory) Block{.before = tail->block, .capacity = capacity, .wide = wide};
  return tail->block;
}

void GroupValues::AddSlowly(Tail* tail, double value) {
  const bool is_wide = tail->block != nullptr && tail->block->wide;
  if (is_wide || !IsNarrow(value)) {
    if (!is_wide) {
      // What is left of the last narrow block stays unused: only the newest block may have room.
      if (tail->block != nullptr) tail->block->capacity -= tail->narrow_left;
      tail->narrow_left = 0;
      tail->wide_left = 0;
    }
    if (tail->wide_left == 0) {
      tail->wide_left = static_cast<std::uint32_t>(AddBlock(tail, true)->capacity);
    }
    WideOf(tail->block)[tail->block->capacity - tail->wide_left--] = ToOrdered(value);
    return;
  }
  Block* const block = AddBlock(tail, false);
  tail->narrow = NarrowOf(block);
  tail->narrow_left = static_cast<std::uint32_t>(block->capacity) - 1;
  *tail->narrow++ = static_cast<std::uint32_t>(value);
}

void GroupValues::Add(std::uint32_t group, std::span<const std::uint32_t> values) {
  Tail& tail = tails_[group];
  while (!values.empty()) {
    if (tail.narrow_left == 0) {
      AddSlowly(&tail, values.front());
      values = values.subspan(1);
      continue;
    }
    const std::size_t some = std::min<std::size_t>(tail.narrow_left, values.size());
    tail.narrow = std::ranges::copy(values.first(some), tail.narrow).out;
    tail.narrow_left -= static_cast<std::uint32_t>(some);
    values = values.subspan(some);
  }
}

void GroupValues::Gather(std::uint32_t group) {
  if (gathered_ == group) return;
  gathered_ = group;
  narrow_.clear();
  wide_.clear();
  const Tail& tail = tails_[group];
  const auto used = [&tail](const Block* block) {
    if (block != tail.block) return block->capacity;
    return block->capacity - (block->wide ? tail.wide_left : tail.narrow_left);
  };
  std::size_t count = 0;
  for (const Block* block = tail.block; block != nullptr; block = block->before) {
    count += used(block);
  }
  // Once wide, a group stays so: the newest block tells for all.
  const bool any_wide = tail.block != nullptr && tail.block->wide;
  any_wide ? wide_.reserve(count) : narrow_.reserve(count);
  for (Block* block = tail.block; block != nullptr; block = block->before) {
    if (block->wide) {
      wide_.insert(wide_.end(), WideOf(block), WideOf(block) + used(block));
    } else if (!any_wide) {
      narrow_.insert(narrow_.end(), NarrowOf(block), NarrowOf(block) + used(block));
    } else {
      for (std::size_t i = 0; i < used(block); ++i) {
        wide_.push_back(ToOrdered(static_cast<double>(NarrowOf(block)[i])));
      }
    }
  }
}

double GroupValues::Percentile(std::uint32_t group, int per_mille) {
  Gather(group);
  const std::size_t count = std::max(narrow_.size(), wide_.size());
  assert(count > 0);
  const std::size_t rank = (count * static_cast<std::size_t>(per_mille) + 999) / 1000 - 1;
  if (!wide_.empty()) return FromOrdered(Select<std::uint64_t>(wide_, rank));
  return static_cast<double>(Select<std::uint32_t>(narrow_, rank));
}

}  // namespace callstore::store
