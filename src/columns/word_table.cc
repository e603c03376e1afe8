#include "columns/word_table.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"

namespace callstore::columns {
namespace {

constexpr std::size_t kLeastSlots = 32;

std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

void WordTable::Reset(const ColumnView& base) {
  words_.clear();
  slots_.clear();
  if (base.kind() == ColumnView::Kind::kWords) {
    for (std::size_t i = 0; i < base.word_count(); ++i) words_.push_back(base.word(i));
  }
  base_count_ = words_.size();
}

std::size_t WordTable::FindSlot(std::string_view word, std::uint64_t hash) const {
  std::size_t i = hash % slots_.size();
  for (;; i = (i + 1) % slots_.size()) {
    const Slot& slot = slots_[i];
    if (slot.number == kFree) return i;
    if (slot.tag == TagOf(hash) && words_[slot.number] == word) return i;
  }
}

void WordTable::Insert(std::string_view word, std::size_t number) {
  const std::uint64_t hash = Hash64(word);
  Slot& slot = slots_[FindSlot(word, hash)];
  if (slot.number == kFree) {
    slot = {.number = static_cast<std::uint32_t>(number), .tag = TagOf(hash)};
  }
}

void WordTable::Grow() {
  slots_.assign(std::bit_ceil(std::max(kLeastSlots, words_.size() * 4)), Slot{});
  for (std::size_t i = 0; i < words_.size(); ++i) Insert(words_[i], i);
}

std::size_t WordTable::Add(std::string_view word) {
  if (slots_.size() < (words_.size() + 1) * 2) Grow();
  const std::uint64_t hash = Hash64(word);
  Slot& slot = slots_[FindSlot(word, hash)];
  if (slot.number == kFree) {
    slot = {.number = static_cast<std::uint32_t>(words_.size()), .tag = TagOf(hash)};
    words_.push_back(word);
  }
  return slot.number;
}

}  // namespace callstore::columns
