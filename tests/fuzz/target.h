// target.h - what a fuzz target is: a function that takes any bytes, and what it must hold to.
// A target throws where something does not hold: libFuzzer then has a crash, and a test a failure
// with the input in its message. So one target serves both, in every build.
//
// Ownership:     values. Thread safety: targets are registered before main and constant after.
#ifndef CALLSTORE_TESTS_FUZZ_TARGET_H_
#define CALLSTORE_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"

namespace callstore::fuzz {

class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws a Violation where `holds` is false.
void Require(bool holds, std::string_view what);
// The same of two texts that must be equal; the message has both.
void RequireEqual(std::string_view a, std::string_view b, std::string_view what);
// What any error of a refused input must be: of a code that a caller of pure code can cause, with a
// message, and all of it text that can be sent on as JSON.
void RequireGoodError(const Error& error);

struct Target {
  std::string_view name = {};  // also of its folder in tests/fuzz/corpus
  // Whether the input was taken: got past what refuses most of them.
  bool (*run)(std::string_view input) = nullptr;
  // Seeds beside the files of the corpus, for inputs that nobody types.
  std::vector<std::string> (*seeds)() = nullptr;
  // Pieces that inputs are made of.
  std::vector<std::string_view> words = {};
};

// const bool kRegistered = Register({...});
bool Register(const Target& target);
// In the order of their names.
const std::vector<Target>& Targets();

// The files of tests/fuzz/corpus/NAME, by their names. Empty where the sources are not there.
std::vector<std::string> CorpusFiles(std::string_view name);
// They, and the seeds that the target makes.
std::vector<std::string> SeedsOf(const Target& target);

// A copy on the heap that ends where its allocation does, so that a sanitizer sees reads past it.
class HeapBytes {
 public:
  explicit HeapBytes(std::string_view bytes);
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

// Runs the target on a copy of the input.
bool RunOn(const Target& target, std::string_view input);

// Takes an input apart: a part is its length in two bytes, low byte first, and its bytes; the last
// one is what is left. Any bytes are parts of something.
class PartReader {
 public:
  explicit PartReader(std::string_view input) : rest_(input) {}
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  // 0 where there is none.
  unsigned char Byte();
  std::string_view Part();

 private:
  std::string_view rest_;
};
void AppendPart(std::string_view part, std::string* input);

}  // namespace callstore::fuzz

#endif  // CALLSTORE_TESTS_FUZZ_TARGET_H_
