// random.h - a small generator whose numbers are the same with every compiler and library.
#ifndef CALLSTORE_BENCH_RANDOM_H_
#define CALLSTORE_BENCH_RANDOM_H_

#include <cstdint>

namespace callstore::bench {

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // 0 to below - 1. REQUIRES: below > 0.
  std::int64_t Below(std::int64_t below) {
    return static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(below));
  }

 private:
  std::uint64_t state_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_RANDOM_H_
