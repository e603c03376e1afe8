#include "columns/word_folder.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "columns/chunk_layout.h"

namespace callstore::columns {
namespace {

void StoreCode(std::size_t code, std::size_t width, char* codes, std::size_t row) {
  const auto wide = static_cast<std::uint16_t>(code);
  std::memcpy(codes + row * width, &wide, width);
}

std::size_t LoadCode(const char* codes, std::size_t width, std::size_t row) {
  if (width == 1) return static_cast<std::uint8_t>(codes[row]);
  return LoadLittle<std::uint16_t>(codes + row * 2);
}

ColumnEntry EntryOf(const ChunkView::NamedColumn& column, std::size_t words) {
  return {.id = static_cast<std::uint8_t>(column.id),
          .encoding = static_cast<std::uint8_t>(Encoding::kWords),
          .width = static_cast<std::uint8_t>(WidthOf(words)),
          .words = static_cast<std::uint16_t>(words)};
}

}  // namespace

WordFolder::Result WordFolder::Fold(const ChunkView::NamedColumn& base,
                                    std::span<const PutCell> added) {
  base_ = base;
  if (!NumberWords(added)) return Result::kTooMany;
  if (words_.size() == 0) return Result::kNoValue;
  GatherCodes();
  if (words_.new_count() > 0) return MergeWords();
  for (const PutWord& put : put_words_) {
    StoreCode(put.number + 1, raw_width_, raw_.data(), put.row);
  }
  if (plan_.drops() && !AllWordsUsed()) return MergeWords();
  AppendSameWords();
  return Result::kMade;
}

bool WordFolder::NumberWords(std::span<const PutCell> added) {
  words_.Reset(base_.view);
  put_words_.clear();
  for (const PutCell& put : added) {
    if (put.cell->hashed) return false;
    const std::size_t number = words_.Add(put.cell->bytes());
    if (words_.new_count() > kMostWords) return false;
    put_words_.push_back({.row = put.row, .number = static_cast<std::uint32_t>(number)});
  }
  return true;
}

// Kept rows get the codes that they had, put rows 0.
void WordFolder::GatherCodes() {
  const ColumnBytes& bytes = base_.view.bytes();
  const bool has_base = words_.base_count() > 0;
  raw_width_ = std::max<std::size_t>(bytes.width, 1);
  raw_.resize(plan_.rows * raw_width_);
  if (!has_base || bytes.width == 0) {
    std::fill(raw_.begin(), raw_.end(), has_base ? '\1' : '\0');
  } else {
    plan_.Gather(bytes.values, raw_width_, raw_.data());
  }
  std::size_t row = 0;
  for (const RowPlan::Piece& piece : plan_.pieces) {
    row += piece.kept.count;
    if (piece.put) StoreCode(0, raw_width_, raw_.data(), row++);
  }
}

// Whether the words of dropped rows are still of some row; the others must be.
bool WordFolder::AllWordsUsed() const {
  std::vector<std::uint8_t> unseen(words_.size() + 1, plan_.drops_many ? 1 : 0);
  for (const std::uint32_t row : plan_.dropped) {
    const std::size_t code = base_.view.bytes().code(row);
    if (code < unseen.size()) unseen[code] = 1;
  }
  unseen[0] = 0;
  auto left = static_cast<std::size_t>(std::ranges::count(unseen, 1));
  for (std::size_t row = 0; row < plan_.rows && left > 0; ++row) {
    const std::size_t code = LoadCode(raw_.data(), raw_width_, row);
    if (code >= unseen.size() || unseen[code] == 0) continue;
    unseen[code] = 0;
    --left;
  }
  return left == 0;
}

void WordFolder::AppendSameWords() {
  const ColumnBytes& bytes = base_.view.bytes();
  ColumnEntry entry = EntryOf(base_, words_.size());
  if (words_.size() == 1 && std::memchr(raw_.data(), 0, raw_.size()) == nullptr) {
    entry.width = 0;
  } else {
    sink_.data().append(raw_.data(), raw_.size());
  }
  sink_.data().append(bytes.word_ends, words_.size() * kWordEndBytes);
  sink_.data().append(bytes.words);
  sink_.Add(entry, base_.key);
}

void WordFolder::WidenCodes() {
  codes_.resize(plan_.rows);
  const std::size_t most = words_.base_count();
  for (std::size_t row = 0; row < plan_.rows; ++row) {
    const std::size_t code = LoadCode(raw_.data(), raw_width_, row);
    codes_[row] = static_cast<std::uint16_t>(code <= most ? code : 0);
  }
  for (const PutWord& put : put_words_) {
    codes_[put.row] = static_cast<std::uint16_t>(put.number + 1);
  }
}

std::vector<std::uint16_t> WordFolder::SortUsedWords() const {
  std::vector<std::uint8_t> used(words_.size() + 1, plan_.drops() ? 0 : 1);
  if (plan_.drops()) {
    for (const std::uint16_t code : codes_) used[code] = 1;
  }
  std::vector<std::uint16_t> sorted;
  sorted.reserve(words_.size());
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (used[i + 1] != 0) sorted.push_back(static_cast<std::uint16_t>(i));
  }
  const auto before = [&](std::uint16_t a, std::uint16_t b) {
    return words_.word(a) < words_.word(b);
  };
  const auto first_new = std::lower_bound(sorted.begin(), sorted.end(), words_.base_count());
  std::sort(first_new, sorted.end(), before);
  std::inplace_merge(sorted.begin(), first_new, sorted.end(), before);
  return sorted;
}

WordFolder::Result WordFolder::MergeWords() {
  WidenCodes();
  const std::vector<std::uint16_t> sorted = SortUsedWords();
  if (sorted.size() > kMostWords) return Result::kTooMany;
  if (sorted.empty()) return Result::kNoValue;
  AppendMergedWords(sorted);
  return Result::kMade;
}

void WordFolder::AppendMergedWords(std::span<const std::uint16_t> sorted) {
  std::vector<std::uint16_t> code_of(words_.size() + 1);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    code_of[sorted[i] + 1U] = static_cast<std::uint16_t>(i + 1);
  }
  ColumnEntry entry = EntryOf(base_, sorted.size());
  const bool one_word = sorted.size() == 1 && std::ranges::all_of(codes_, [&](std::uint16_t code) {
                          return code_of[code] != 0;
                        });
  if (one_word) entry.width = 0;

  std::string& data = sink_.data();
  const std::size_t begin = data.size();
  data.resize(begin + plan_.rows * entry.width);
  char* to = data.data() + begin;
  if (entry.width == 1) {
    for (const std::uint16_t code : codes_) *to++ = static_cast<char>(code_of[code]);
  } else if (entry.width == 2) {
    for (std::size_t row = 0; row < plan_.rows; ++row) StoreCode(code_of[codes_[row]], 2, to, row);
  }
  std::uint32_t end = 0;
  for (const std::uint16_t number : sorted) {
    end += static_cast<std::uint32_t>(words_.word(number).size());
    AppendLittle(end, &data);
  }
  for (const std::uint16_t number : sorted) data.append(words_.word(number));
  sink_.Add(entry, base_.key);
}

}  // namespace callstore::columns
