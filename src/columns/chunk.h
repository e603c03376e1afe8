// chunk.h - a columnar chunk: the calls of one stretch of an organization's list, column by column.
// Every row has its position, whether the call has a start_timestamp ("started", which time bounds
// are about), and a value or nothing in each value column (column.h). docs/format.md has the bytes.
// A chunk value is read where it lies: the views below decode nothing but what they are asked for.
//
// Pure: no RocksDB, no files, no clock. Bytes from disk are checked, never trusted.
#ifndef CALLSTORE_SRC_COLUMNS_CHUNK_H_
#define CALLSTORE_SRC_COLUMNS_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/position.h"
#include "columns/column.h"

namespace callstore::columns {

// A chunk that grows past kSealRows at the newest end is sealed there; one that grows past
// kSplitRows by inserts in its middle is split. The slack between them takes late arrivals.
inline constexpr std::size_t kSealRows = 4096;
inline constexpr std::size_t kSplitRows = 6144;
// A chunk with more unfolded operations than this, and than half its rows, is folded by the next
// writer.
inline constexpr std::size_t kFoldOperations = 256;

// How a chunk writes its times: 4 bytes each, as offsets from `base`, or 8, as they are.
struct TimeCode {
  std::int64_t base = 0;
  std::size_t width = 8;

  friend bool operator==(const TimeCode&, const TimeCode&) = default;
};

struct Row {
  Position position;
  bool started = false;

  friend bool operator==(const Row&, const Row&) = default;
};

// One change of a chunk. A merge operand is the concatenation of encoded operations.
struct Operation {
  enum class Kind : std::uint8_t { kPut = 1, kRemove = 2 };
  Kind kind = Kind::kPut;
  Row row;  // kPut replaces a row of the same position; kRemove looks at the position alone
  std::string_view values = {};  // of kPut: made by a RowValuesWriter; must outlive the operation
};

void AppendOperation(const Operation& operation, std::string* operand);

// Whether every byte of `operand` is an operation that this version reads. Only such operands may
// be joined end to end: behind bytes that cannot be read, a fold would not find the next operation.
bool IsOperand(std::string_view operand);

// A chunk's value, read in place. Rows are numbered from the newest, 0 to size() - 1.
class ChunkView {
 public:
  // Nothing when the bytes are not a chunk of a version that this one reads. `value` must outlive
  // the view. An empty value is a chunk of no rows.
  static std::optional<ChunkView> Parse(std::string_view value);

  std::size_t size() const { return size_; }
  std::size_t started_count() const;
  // Bytes that a fold could not read; empty on a healthy chunk.
  std::string_view damaged() const { return damaged_; }

  Position position(std::size_t row) const;  // REQUIRES: row < size()
  bool started(std::size_t row) const;
  // The number of rows newer than `position`: its row, or where it would stand. O(log n).
  std::size_t CountNewer(const Position& position) const;
  // The number of started rows among the first `rows`.
  std::size_t CountStarted(std::size_t rows) const;
  // The row of the started row number `k`. REQUIRES: k < started_count().
  std::size_t SelectStarted(std::size_t k) const;

  // A value column; of kind kAbsent where no row has a value. Cost: a search among the columns.
  ColumnView column(ColumnId id) const;
  ColumnView metadata(std::string_view key) const;
  // Whether there are metadata keys that the chunk does not cover.
  bool more_metadata() const;
  // Has the processor fetch the table of columns, for a search among them soon.
  void Prefetch() const;
  // What each column takes: name and bytes, the position columns first.
  std::vector<std::pair<std::string, std::size_t>> Sizes() const;

  struct NamedColumn {
    ColumnId id = ColumnId::kMetadata;
    std::string_view key = {};
    ColumnView view = {};
  };
  std::size_t column_count() const { return column_count_; }
  // Calls `visit` with the NamedColumn of each column, in the order of ids and keys.
  template <typename F>
  void ForEachColumn(F&& visit) const {
    Cursor cursor;
    while (cursor.column < column_count_) visit(NextColumn(&cursor));
  }
  // The chunk's flags kMoreKeys and kLongKeys (chunk_layout.h).
  std::uint8_t key_flags() const { return key_flags_; }

  // A stretch of rows, copied into a chunk that is being written.
  struct Stretch {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  // REQUIRES for all: within size(), and room for `count` values.
  void CopyTimes(const Stretch& rows, const TimeCode& code, char* to) const;
  void CopyTies(const Stretch& rows, char* to) const;
  // Bit `row` goes to bit `to_bit` of `to`, which is 0 before.
  void CopyStarted(const Stretch& rows, std::span<std::uint64_t> to, std::size_t to_bit) const;

 private:
  // A place in the table of columns.
  struct Cursor {
    std::size_t column = 0;
    std::size_t key_offset = 0;
    std::size_t data_offset = 0;
  };
  // The column at the cursor, which goes on to the next.
  NamedColumn NextColumn(Cursor* cursor) const;
  // Checks the table and what it says of `rest`, the bytes from the table on. Result: the bytes
  // that keys and data take, nothing where they are none.
  std::optional<std::size_t> ParseTable(std::string_view rest);
  ColumnView AbsentColumn() const;

  std::int64_t time(std::size_t row) const;

  std::size_t size_ = 0;
  TimeCode time_code_;
  const char* times_ = nullptr;
  const char* ties_ = nullptr;
  const char* started_ = nullptr;  // bitmap, bit i of byte i / 8; null: all started
  const char* table_ = nullptr;
  const char* keys_ = nullptr;
  const char* data_ = nullptr;
  std::size_t column_count_ = 0;
  std::uint8_t key_flags_ = 0;
  std::string_view damaged_;
};

// The rows [first, first + count) of a chunk as a chunk value of their own, without its damaged
// section.
std::string Cut(const ChunkView& chunk, std::size_t first, std::size_t count);

// `base` (a chunk value, or empty) with all operations of `operands` applied in order, as a chunk
// value. Never fails: an undecodable base or operand goes into the damaged section, and the rest is
// applied. The rows and their values are the same for any grouping of the operations into operands
// and for any number of folds on the way; but a column that once kept hashes (or, of metadata,
// doubles) keeps them, and so does a chunk the mark that it does not cover all keys. Cost: copying
// the chunk, plus the sort, a search per operation, and a dictionary search per word.
std::string Fold(std::string_view base, std::span<const std::string_view> operands);

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CHUNK_H_
