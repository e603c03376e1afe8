// word_table.h - numbers for words: those of a chunk's dictionary first, then new ones as they
// come.
//
// Ownership:     words live as long as the chunk and the operands.
// Thread safety: none; one fold.
#ifndef CALLSTORE_SRC_COLUMNS_WORD_TABLE_H_
#define CALLSTORE_SRC_COLUMNS_WORD_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "columns/column.h"

namespace callstore::columns {

class WordTable {
 public:
  // Begins with the words of a column, or with none. Keeps its memory.
  void Reset(const ColumnView& base);

  // The number of the word, which is added where it is new.
  std::size_t Add(std::string_view word);

  std::size_t size() const { return words_.size(); }
  std::size_t new_count() const { return words_.size() - base_count_; }
  std::size_t base_count() const { return base_count_; }
  std::string_view word(std::size_t i) const { return words_[i]; }

 private:
  struct Slot {
    std::uint32_t number = kFree;
    std::uint32_t tag = 0;  // of the hash, so that few words are compared in vain
  };
  static constexpr std::uint32_t kFree = UINT32_MAX;

  // The slot of the word, or the free one where it would be.
  std::size_t FindSlot(std::string_view word, std::uint64_t hash) const;
  void Insert(std::string_view word, std::size_t number);
  void Grow();

  std::vector<std::string_view> words_;
  std::vector<Slot> slots_;  // a power of two, at most half full; empty until the first Add
  std::size_t base_count_ = 0;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_WORD_TABLE_H_
