#include "columns/bitmap.h"

#include <algorithm>
#include <cassert>

#include "columns/bits.h"

namespace callstore::columns {
namespace {

#ifdef __x86_64__
// Built for every x86-64, a count of bits is a call; nearly every machine has an instruction.
__attribute__((target("popcnt"))) std::size_t CountByInstruction(const std::uint64_t* words,
                                                                 std::size_t count) {
  std::size_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    bits += static_cast<std::size_t>(__builtin_popcountll(words[i]));
  }
  return bits;
}
#endif

std::size_t CountWords(const std::uint64_t* words, std::size_t count) {
#ifdef __x86_64__
  static const bool has_instruction = __builtin_cpu_supports("popcnt") != 0;
  if (has_instruction) return CountByInstruction(words, count);
#endif
  std::size_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) bits += CountBits(words[i]);
  return bits;
}

}  // namespace

void Bitmap::Reset(std::size_t rows, bool all) {
  rows_ = rows;
  words_.assign(BitmapWords(rows), all ? UINT64_MAX : 0);
  if (all && rows % 64 != 0) words_.back() = LowBits(rows % 64);
}

void Bitmap::And(const Bitmap& other) {
  assert(other.rows_ == rows_);
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
}

void Bitmap::Or(const Bitmap& other) {
  assert(other.rows_ == rows_);
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

void Bitmap::AndNot(const Bitmap& other) {
  assert(other.rows_ == rows_);
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
}

void Bitmap::Not() {
  for (std::uint64_t& word : words_) word = ~word;
  if (rows_ % 64 != 0) words_.back() &= LowBits(rows_ % 64);
}

void Bitmap::KeepRange(std::size_t first, std::size_t last) {
  last = std::min(last, rows_);
  first = std::min(first, last);
  const auto begin = words_.begin();
  const auto at = [&](std::size_t word) { return begin + static_cast<std::ptrdiff_t>(word); };
  std::fill(begin, at(first / 64), std::uint64_t{0});
  if (first / 64 < words_.size()) words_[first / 64] &= ~LowBits(first % 64);
  std::fill(at(std::min(last / 64 + 1, words_.size())), words_.end(), std::uint64_t{0});
  if (last / 64 < words_.size()) words_[last / 64] &= LowBits(last % 64);
}

bool Bitmap::Any() const {
  return std::any_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word != 0; });
}

std::size_t Bitmap::Count() const { return CountWords(words_.data(), words_.size()); }

std::size_t Bitmap::CountBefore(std::size_t rows) const {
  rows = std::min(rows, rows_);
  std::size_t count = 0;
  for (std::size_t word = 0; word < rows / 64; ++word) count += CountBits(words_[word]);
  return rows % 64 == 0 ? count : count + CountBits(words_[rows / 64] & LowBits(rows % 64));
}

std::size_t Bitmap::Select(std::size_t k) const {
  assert(k < Count());
  for (std::size_t word = 0; word < words_.size(); ++word) {
    std::uint64_t bits = words_[word];
    const std::size_t count = CountBits(bits);
    if (k >= count) {
      k -= count;
      continue;
    }
    for (; k > 0; --k) bits &= bits - 1;  // drops the lowest bit
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }
  return rows_;
}

std::size_t Bitmap::Next(std::size_t row) const {
  if (row >= rows_) return rows_;
  std::size_t word = row / 64;
  std::uint64_t bits = words_[word] & ~LowBits(row % 64);
  while (bits == 0) {
    if (++word == words_.size()) return rows_;
    bits = words_[word];
  }
  return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
}

}  // namespace callstore::columns
