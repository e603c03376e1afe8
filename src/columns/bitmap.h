// bitmap.h - a set of rows of one chunk, 64 to a word. Bits past the last row are 0.
//
// Thread safety: values.
#ifndef CALLSTORE_SRC_COLUMNS_BITMAP_H_
#define CALLSTORE_SRC_COLUMNS_BITMAP_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace callstore::columns {

class Bitmap {
 public:
  Bitmap() = default;

  // `rows` rows, all in or all out. Keeps its memory.
  void Reset(std::size_t rows, bool all = false);

  std::size_t rows() const { return rows_; }
  std::size_t word_count() const { return words_.size(); }
  std::uint64_t* words() { return words_.data(); }
  const std::uint64_t* words() const { return words_.data(); }

  bool Has(std::size_t row) const { return ((words_[row / 64] >> (row % 64)) & 1U) != 0; }
  void Set(std::size_t row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  void Clear(std::size_t row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }

  // REQUIRES: the same rows().
  void And(const Bitmap& other);
  void Or(const Bitmap& other);
  void AndNot(const Bitmap& other);  // this and not other
  void Not();
  // Leaves the rows [first, last).
  void KeepRange(std::size_t first, std::size_t last);

  bool Any() const;
  std::size_t Count() const;
  // The number of rows in the set among the first `rows`.
  std::size_t CountBefore(std::size_t rows) const;
  // The k-th row of the set, from 0. REQUIRES: k < Count().
  std::size_t Select(std::size_t k) const;
  // The first row of the set at or after `row`; rows() where there is none.
  std::size_t Next(std::size_t row) const;

  template <typename F>
  void ForEach(F&& on_row) const {
    for (std::size_t word = 0; word < words_.size(); ++word) {
      for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
        on_row(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
      }
    }
  }

  friend bool operator==(const Bitmap&, const Bitmap&) = default;

 private:
  std::size_t rows_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_BITMAP_H_
