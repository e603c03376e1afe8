// percentiles.h - all values of a field, group by group, and the values of given rank among them.
// Every value is kept: figures are exact. A group's values lie in blocks that double in size, as
// 4 bytes while all of them are whole numbers below 2^32 (durations and latencies in ms), then
// as 8.
//
// Ownership:     owns its blocks; they are freed together.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_PERCENTILES_H_
#define CALLSTORE_SRC_STORE_PERCENTILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace callstore::store {

class GroupValues {
 public:
  void Resize(std::size_t groups) { tails_.resize(groups); }

  // REQUIRES: group < the size; finite.
  void Add(std::uint32_t group, double value) {
    Tail& tail = tails_[group];
    if (tail.narrow_left != 0 && IsNarrow(value)) [[likely]] {
      *tail.narrow++ = static_cast<std::uint32_t>(value);
      --tail.narrow_left;
    } else {
      AddSlowly(&tail, value);
    }
  }

  // All of them to one group.
  void Add(std::uint32_t group, std::span<const std::uint32_t> values);

  // The smallest value of the group that at least per_mille / 1000 of its values do not exceed
  // (nearest rank). Cost: two or three passes over the group's values. REQUIRES: the group has
  // values, and nothing is added afterwards; 1 <= per_mille <= 1000.
  double Percentile(std::uint32_t group, int per_mille);

 private:
  struct Block {
    Block* before = nullptr;  // of the same group
    std::size_t capacity = 0;
    bool wide = false;
    // The values follow.
  };
  // Where a group's next value goes.
  struct Tail {
    Block* block = nullptr;
    std::uint32_t* narrow = nullptr;
    std::uint32_t narrow_left = 0;
    std::uint32_t wide_left = 0;
  };

  static bool IsNarrow(double value) {
    return value >= 0 && value < 4294967296.0 &&
           static_cast<double>(static_cast<std::uint32_t>(value)) == value;
  }
  static std::uint32_t* NarrowOf(Block* block) {
    return reinterpret_cast<std::uint32_t*>(block + 1);
  }
  static std::uint64_t* WideOf(Block* block) { return reinterpret_cast<std::uint64_t*>(block + 1); }

  void AddSlowly(Tail* tail, double value);
  Block* AddBlock(Tail* tail, bool wide);
  std::byte* Allocate(std::size_t bytes);
  // Puts all values of the group into narrow_ or wide_.
  void Gather(std::uint32_t group);

  std::vector<Tail> tails_;
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::byte* free_ = nullptr;
  std::size_t free_bytes_ = 0;

  // The group that was asked for last.
  std::uint32_t gathered_ = UINT32_MAX;
  std::vector<std::uint32_t> narrow_;
  std::vector<std::uint64_t> wide_;  // as numbers that order alike
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_PERCENTILES_H_
