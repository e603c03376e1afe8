#include "fuzz/mutator.h"

#include <algorithm>
#include <cstring>

namespace callstore::fuzz {
namespace {

constexpr std::size_t kMostBytes = 16384;  // of an input; what grows past it is cut
constexpr std::size_t kMostRepeated = 64;
constexpr std::string_view kSeparators = ",&\n";

constexpr std::uint64_t kNumbers[] = {
    0,     1,      2,      7,      8,       0x7F,       0x80,       0xFF,       0x100,
    0x101, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000};

}  // namespace

std::string Mutator::Next(const std::vector<std::string>& seeds) {
  std::string input = random_.Pick(seeds);
  do {
    Change(seeds, &input);
  } while (random_.Chance(40));
  if (input.size() > kMostBytes) input.resize(kMostBytes);
  return input;
}

void Mutator::Change(const std::vector<std::string>& seeds, std::string* input) {
  switch (random_.Below(9)) {
    case 0:
      return FlipBit(input);
    case 1:
      return SetByte(input);
    case 2:
      return SetNumber(input);
    case 3:
      return InsertBytes(input);
    case 4:
    case 5:
      return InsertWord(input);
    case 6:
      return Erase(input);
    case 7:
      return Repeat(input);
    default:
      return Splice(random_.Pick(seeds), input);
  }
}

void Mutator::FlipBit(std::string* input) {
  if (input->empty()) return;
  char& byte = (*input)[random_.Below(input->size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random_.Below(8)));
}

void Mutator::SetByte(std::string* input) {
  if (input->empty()) return;
  (*input)[random_.Below(input->size())] = static_cast<char>(random_.Below(256));
}

// One that lengths and offsets go wrong at, or one more or less than what was there.
void Mutator::SetNumber(std::string* input) {
  const std::size_t size = std::size_t{1} << random_.Below(4);
  if (input->size() < size) return;
  char* const at = input->data() + random_.Below(input->size() - size + 1);
  std::uint64_t number = 0;
  std::memcpy(&number, at, size);
  const std::size_t choice = random_.Below(std::size(kNumbers) + 4);
  if (choice < std::size(kNumbers)) {
    number = kNumbers[choice];
  } else {
    number += choice % 2 == 0 ? 1 : UINT64_MAX;
  }
  std::memcpy(at, &number, size);
}

void Mutator::InsertBytes(std::string* input) {
  const auto byte = static_cast<char>(random_.Below(256));
  input->insert(Place(*input), 1 + random_.Below(8), byte);
}

// Also over what is there.
void Mutator::InsertWord(std::string* input) {
  if (words_.empty()) return InsertBytes(input);
  const std::string_view word = random_.Pick(words_);
  const std::size_t at = Place(*input);
  if (random_.Chance(50)) {
    input->insert(at, word);
  } else {
    input->replace(at, std::min(word.size(), input->size() - at), word);
  }
}

void Mutator::Erase(std::string* input) {
  if (input->empty()) return;
  const std::size_t at = random_.Below(input->size());
  // Mostly a little; now and then the rest.
  input->erase(at, random_.Chance(90) ? 1 + random_.Below(8) : std::string::npos);
}

// Some bytes somewhere else, or what stands between two separators once more: a member, a header.
void Mutator::Repeat(std::string* input) {
  if (input->empty()) return;
  const std::size_t at = random_.Below(input->size());
  if (random_.Chance(50)) {
    const std::string piece = input->substr(at, 1 + random_.Below(kMostRepeated));
    input->insert(Place(*input), piece);
    return;
  }
  const std::size_t begin = input->find_first_of(kSeparators, at);
  if (begin == std::string::npos) return;
  const std::size_t end = input->find_first_of(kSeparators, begin + 1);
  input->insert(begin, input->substr(begin, end == std::string::npos ? end : end - begin));
}

// The begin of the one, the end of the other.
void Mutator::Splice(const std::string& other, std::string* input) {
  input->resize(Place(*input));
  input->append(other, Place(other));
}

}  // namespace callstore::fuzz
