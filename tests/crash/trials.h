// trials.h - which trials a harness runs, by its seed and the environment.
//   CALLSTORE_TEST_SEED         the seed; else 1
//   CALLSTORE_TEST_FIRST_TRIAL  go on with this trial
// A trial depends on the seed and its own number alone.
#ifndef CALLSTORE_TESTS_CRASH_TRIALS_H_
#define CALLSTORE_TESTS_CRASH_TRIALS_H_

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace callstore::test {

inline std::uint64_t NumberOr(const char* variable, std::uint64_t otherwise) {
  const char* const given = std::getenv(variable);
  return given == nullptr || *given == '\0' ? otherwise : std::strtoull(given, nullptr, 10);
}

struct Trials {
  std::uint64_t seed = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;  // behind the last

  // Of a harness that runs `few` trials, or as many as `variable` says.
  static Trials Of(const char* variable, std::uint64_t few) {
    Trials trials{.seed = NumberOr("CALLSTORE_TEST_SEED", 1),
                  .first = NumberOr("CALLSTORE_TEST_FIRST_TRIAL", 0),
                  .end = NumberOr(variable, few)};
    if (trials.end <= trials.first) trials.end = trials.first + 1;
    return trials;
  }

  // A seed for what a trial makes up.
  std::uint64_t SeedOf(std::uint64_t trial) const {
    std::seed_seq mixed{seed, seed >> 32U, trial};
    return std::mt19937_64(mixed)();
  }
  // How to run it again.
  std::string Replay(std::uint64_t trial) const {
    return "CALLSTORE_TEST_SEED=" + std::to_string(seed) +
           " CALLSTORE_TEST_FIRST_TRIAL=" + std::to_string(trial);
  }
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_TRIALS_H_
