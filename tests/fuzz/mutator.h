// mutator.h - changes inputs, from a seed: what a fuzzer does, without its feedback.
//
// Ownership:     keeps views of the words, which outlive it. Thread safety: none.
#ifndef CALLSTORE_TESTS_FUZZ_MUTATOR_H_
#define CALLSTORE_TESTS_FUZZ_MUTATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/random.h"

namespace callstore::fuzz {

class Mutator {
 public:
  Mutator(std::uint64_t seed, std::vector<std::string_view> words)
      : random_(seed), words_(std::move(words)) {}

  // One of the seeds with a change or a few: too many, and nothing is left of what it was.
  // REQUIRES: at least one seed.
  std::string Next(const std::vector<std::string>& seeds);

 private:
  void Change(const std::vector<std::string>& seeds, std::string* input);
  void FlipBit(std::string* input);
  void SetByte(std::string* input);
  void SetNumber(std::string* input);
  void InsertBytes(std::string* input);
  void InsertWord(std::string* input);
  void Erase(std::string* input);
  void Repeat(std::string* input);
  void Splice(const std::string& other, std::string* input);
  // From 0 to the size: also the place behind the last byte.
  std::size_t Place(const std::string& input) { return random_.Below(input.size() + 1); }

  test::Random random_;
  std::vector<std::string_view> words_;
};

}  // namespace callstore::fuzz

#endif  // CALLSTORE_TESTS_FUZZ_MUTATOR_H_
