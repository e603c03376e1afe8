// word_folder.h - folds a column of words: its dictionary and the codes of its rows.
// Where no word comes or goes the codes are copied as they are; else each goes through a table from
// old codes to new ones.
//
// Ownership:     the plan and the sink outlive the folder; words are views of base and operands.
// Thread safety: none; one fold.
#ifndef CALLSTORE_SRC_COLUMNS_WORD_FOLDER_H_
#define CALLSTORE_SRC_COLUMNS_WORD_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "columns/cells.h"
#include "columns/chunk_writer.h"
#include "columns/row_plan.h"
#include "columns/word_table.h"

namespace callstore::columns {

// A value of a put row.
struct PutCell {
  std::uint32_t row = 0;
  const Cell* cell = nullptr;
};

class WordFolder {
 public:
  WordFolder(const RowPlan& plan, ColumnSink* sink) : plan_(plan), sink_(*sink) {}

  enum class Result : std::uint8_t {
    kMade,
    kNoValue,  // no row has a value
    kTooMany,  // too many words, or one that only its hash is known of: nothing is made
  };
  // REQUIRES: a base of words, or of no value.
  Result Fold(const ChunkView::NamedColumn& base, std::span<const PutCell> added);

 private:
  struct PutWord {
    std::uint32_t row = 0;
    std::uint32_t number = 0;
  };

  bool NumberWords(std::span<const PutCell> added);
  void GatherCodes();
  bool AllWordsUsed() const;
  void AppendSameWords();
  Result MergeWords();
  void WidenCodes();
  // The numbers of the words that some row has, by their bytes.
  std::vector<std::uint16_t> SortUsedWords() const;
  void AppendMergedWords(std::span<const std::uint16_t> sorted);

  const RowPlan& plan_;
  ColumnSink& sink_;
  ChunkView::NamedColumn base_;
  WordTable words_;
  std::vector<PutWord> put_words_;
  std::vector<char> raw_;  // codes of raw_width_ bytes, as the base has them
  std::size_t raw_width_ = 1;
  std::vector<std::uint16_t> codes_;  // number of a word + 1, or 0
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_WORD_FOLDER_H_
