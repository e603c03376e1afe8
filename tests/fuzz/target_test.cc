// Goal:   every fuzz target holds on its corpus and on thousands of changed inputs, in every build;
//         and such a run finds what is wrong.
// Method: seeds and a seeded mutator, as libFuzzer would begin; targets with planted faults.
//         CALLSTORE_TEST_SEED replays a seed, CALLSTORE_TEST_FUZZ_INPUTS sets how many.
#include "fuzz/target.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <ostream>
#include <string>
#include <string_view>

#include "fuzz/mutator.h"

namespace callstore::fuzz {

// How GoogleTest shows one.
void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kInputs = 4000;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The input as bytes that a C++ literal or printf takes.
std::string Escaped(std::string_view input) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char c : input) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte < 0x7F && byte != '\\') {
      text += c;
    } else {
      text += "\\x";
      text += kHex[byte / 16U];
      text += kHex[byte % 16U];
    }
  }
  return text;
}

struct Outcome {
  std::string fault = {};  // the first one; empty: none
  std::size_t taken = 0;   // inputs
};

void Try(const Target& target, std::string_view input, Outcome* outcome) {
  try {
    outcome->taken += RunOn(target, input) ? 1 : 0;
  } catch (const std::exception& fault) {
    outcome->fault = std::string(fault.what()) + "\n  input: " + Escaped(input);
  }
}

// Runs the seeds and then `inputs` changed ones, up to the first fault.
Outcome RunAll(const Target& target, std::uint64_t seed, std::size_t inputs) {
  const std::vector<std::string> seeds = SeedsOf(target);
  Outcome outcome;
  for (std::size_t i = 0; i < seeds.size() && outcome.fault.empty(); ++i) {
    Try(target, seeds[i], &outcome);
  }
  Mutator mutator(seed, target.words);
  for (std::size_t i = 0; i < inputs && outcome.fault.empty(); ++i) {
    Try(target, mutator.Next(seeds), &outcome);
  }
  return outcome;
}

class FuzzTargetTest : public testing::TestWithParam<Target> {};

TEST_P(FuzzTargetTest, HoldsOnCorpusAndChangedInputs) {
  const Target& target = GetParam();
  ASSERT_GE(SeedsOf(target).size(), 4U) << "the corpus is missing";
  const std::uint64_t seed = FromEnvironment("CALLSTORE_TEST_SEED", kSeed);
  const std::uint64_t inputs = FromEnvironment("CALLSTORE_TEST_FUZZ_INPUTS", kInputs);
  Outcome outcome = RunAll(target, seed, inputs);
  if (outcome.fault.empty()) Try(target, "", &outcome);
  EXPECT_EQ(outcome.fault, "") << "CALLSTORE_TEST_SEED=" << seed;
  EXPECT_GE(outcome.taken * 20, inputs) << "nearly all inputs are refused at the door";
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTargetTest, testing::ValuesIn(Targets()),
                         [](const auto& of) { return std::string(of.param.name); });

// A length byte, that many bytes, and so on: believed.
bool TrustLengths(std::string_view input) {
  for (std::size_t at = 0; at < input.size();) {
    const auto size = static_cast<unsigned char>(input[at]);
    Require(at + size < input.size(), "a read past the end");
    at += size + std::size_t{1};
  }
  return true;
}

// The same behind a word that random bytes do not hit upon.
bool TrustLengthsBehindWord(std::string_view input) {
  constexpr std::string_view kWord = "\"lengths\":";
  const std::size_t at = input.find(kWord);
  return at != std::string_view::npos && TrustLengths(input.substr(at + kWord.size()));
}

std::vector<std::string> PlantedSeeds() { return {std::string("\3abc\0\1x", 7)}; }

TEST(FuzzControl, PlantedFaultIsFound) {
  EXPECT_NE(RunAll({.run = TrustLengths, .seeds = PlantedSeeds}, kSeed, 200).fault, "");
  const Target behind_word{
      .run = TrustLengthsBehindWord, .seeds = PlantedSeeds, .words = {"\"lengths\":"}};
  EXPECT_NE(RunAll(behind_word, kSeed, 200).fault, "");
}

TEST(FuzzControl, SoundTargetHasNoFault) {
  const auto careful = [](std::string_view input) {
    PartReader reader(input);
    std::size_t bytes = 0;
    while (!reader.done()) bytes += reader.Part().size();
    Require(bytes <= input.size(), "parts of more than there is");
    return bytes > 0;
  };
  const Outcome outcome = RunAll({.run = careful, .seeds = PlantedSeeds}, kSeed, 2000);
  EXPECT_EQ(outcome.fault, "");
  EXPECT_GT(outcome.taken, 1000U);
}

TEST(FuzzControl, MutatorRepeatsItself) {
  const std::vector<std::string> seeds = {"abc", "{\"x\":1}"};
  Mutator a(7, {"word"});
  Mutator b(7, {"word"});
  Mutator other(8, {"word"});
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string input = a.Next(seeds);
    ASSERT_EQ(input, b.Next(seeds));
    different += input == other.Next(seeds) ? 0 : 1;
  }
  EXPECT_GT(different, 80);
}

}  // namespace
}  // namespace callstore::fuzz
