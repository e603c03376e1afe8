// random.h - choices from a seed, for tests that make things up.
//
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_RANDOM_H_
#define CALLSTORE_TESTS_MODEL_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace callstore::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // 0 to n - 1.
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_RANDOM_H_
