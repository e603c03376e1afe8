// chunk.h - a columnar chunk: the calls of one stretch of an organization's list, column by column.
// This version has two columns: the position, and whether the call has a start_timestamp
// ("started"), which time bounds are about. Value columns join in the same chunk; docs/format.md
// has the bytes. A chunk value is read where it lies: the views below decode nothing but what they
// are asked for.
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
#include <vector>

#include "base/position.h"

namespace callstore::columns {

// A chunk that grows past kSealRows at the newest end is sealed there; one that grows past
// kSplitRows by inserts in its middle is split. The slack between them takes late arrivals.
inline constexpr std::size_t kSealRows = 4096;
inline constexpr std::size_t kSplitRows = 6144;
// A chunk with more unfolded operations than this is folded by the next writer.
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

  // A stretch of rows, copied column by column into a chunk that is being written (chunk_layout.h).
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
  std::int64_t time(std::size_t row) const;
  std::uint64_t StartedBits(std::size_t row, std::size_t count) const;

  std::size_t size_ = 0;
  TimeCode time_code_;
  const char* times_ = nullptr;
  const char* ties_ = nullptr;
  const char* started_ = nullptr;  // bitmap, bit i of byte i / 8; null: all started
  std::string_view damaged_;
};

// Encodes rows, newest first. REQUIRES: sorted and without duplicates.
std::string EncodeChunk(std::span<const Row> rows, std::string_view damaged = {});

// Decodes all rows of a chunk value.
std::vector<Row> DecodeRows(const ChunkView& chunk);

// `base` (a chunk value, or empty) with all operations of `operands` applied in order, as a chunk
// value. Never fails: an undecodable base or operand goes into the damaged section, and the rest is
// applied. The result is the same for any grouping of the operations into operands and for any
// number of folds on the way. Cost: copying the chunk, plus the sort and a search per operation.
std::string Fold(std::string_view base, std::span<const std::string_view> operands);

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CHUNK_H_
