// column_folder.h - makes one column of a folded chunk after the other: the values of kept rows are
// copied in stretches, those of put rows come from their cells.
// Nothing is allocated per row; buffers are kept from column to column.
//
// Ownership:     the plan, the cells and the sink outlive the folder.
// Thread safety: none; one fold.
#ifndef CALLSTORE_SRC_COLUMNS_COLUMN_FOLDER_H_
#define CALLSTORE_SRC_COLUMNS_COLUMN_FOLDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "columns/cells.h"
#include "columns/chunk_writer.h"
#include "columns/integer_column.h"
#include "columns/row_plan.h"
#include "columns/word_folder.h"

namespace callstore::columns {

class ColumnFolder {
 public:
  ColumnFolder(const RowPlan& plan, const CellTable& cells, ColumnSink* sink)
      : plan_(plan), cells_(cells), sink_(*sink), words_(plan, sink) {}

  // Makes a column of the cell table: with the values of the chunk where a row is kept, of its
  // cells where one is put. False where no row has a value: there is no column then.
  bool Fold(std::size_t column);
  // Whether some put row has a value.
  bool HasPuts(std::size_t column) const;

 private:
  void CollectPuts(std::size_t column);
  bool FoldIntegers();
  bool FoldNumbers();
  bool FoldFlags();
  // Words while they are few and short, then numbers where all are, then hashes.
  bool FoldTexts();
  bool FoldHashes();

  // The rows with a value: kept ones that the base has one for, and those of puts. False: none.
  bool GatherPresence();
  Presence presence() const {
    return {.words = all_present_ ? nullptr : present_.data(), .rows = plan_.rows};
  }
  // What kept rows have, as it stands in the base.
  IntegerSource GatherBase();
  // What `value_of` makes of the base's rows, where they have a value.
  template <typename F>
  IntegerSource GatherWide(std::int64_t least, std::int64_t most, F&& value_of);

  // The number of each put, and of each word of a base of words. False: not all have one.
  bool ReadJsonNumbers();
  // The scale at which all numbers are integers; nothing: there is none.
  std::optional<std::uint8_t> ChooseScale() const;
  bool FitsScale(std::uint8_t scale) const;
  IntegerSource NumbersSource(std::optional<std::uint8_t> scale);
  std::uint64_t HashOf(std::string_view bytes) const;
  IntegerSource HashesSource();

  // Makes the column, of integers.
  void AddIntegers(const IntegerSource& source, std::uint8_t encoding);
  ColumnEntry EntryOf(std::uint8_t encoding) const;
  void AppendBitmap(const std::vector<std::uint64_t>& bitmap);

  const RowPlan& plan_;
  const CellTable& cells_;
  ColumnSink& sink_;
  WordFolder words_;

  // Of the column that is being made.
  ChunkView::NamedColumn base_;
  std::vector<PutCell> put_cells_;
  std::vector<RowInteger> puts_;
  std::vector<double> put_numbers_;   // beside put_cells_
  std::vector<double> word_numbers_;  // beside the words of the base
  std::vector<std::uint64_t> present_;
  std::vector<std::uint64_t> true_;
  bool all_present_ = false;
  Bitmap base_present_;             // of a base of words
  std::vector<char> raw_;           // offsets as the base has them
  std::vector<std::int64_t> wide_;  // an integer a row
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_COLUMN_FOLDER_H_
