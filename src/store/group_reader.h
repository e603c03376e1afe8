// group_reader.h - the key of each call for one of an aggregation's groups, from the columns of a
// chunk or from the call itself. Both ways give the same keys.
//
// Ownership:     owns its keys. A chunk must live while it is open.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_GROUP_READER_H_
#define CALLSTORE_SRC_STORE_GROUP_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/call_view.h"
#include "columns/chunk.h"
#include "query/aggregate_query.h"
#include "store/calendar.h"
#include "store/group_key.h"

namespace callstore::store {

// Where a chunk has the values of a metadata key.
struct MetadataColumn {
  columns::ColumnView column;
  std::string_view path = {};  // not empty: the values are at this path within the column's
};
// Nothing where the columns do not tell for all rows. `key` is as in FieldRef.
std::optional<MetadataColumn> FindMetadataColumn(const columns::ChunkView& chunk,
                                                 std::string_view key);

class GroupReader {
 public:
  explicit GroupReader(query::FieldRef field);
  explicit GroupReader(const Calendar& calendar);

  // Takes up a chunk; false where its columns do not have the keys of all rows.
  bool Open(const columns::ChunkView& chunk);
  // Sets ids[i] to the number of the key of rows[i]. REQUIRES: Open was true.
  void Read(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids);
  std::uint32_t ReadCall(const CallView& call);

  // The same of all rows of the chunk, as codes: small numbers that stand for keys until the next
  // Open. False where there would be more than kMostCodes. REQUIRES: Open was true.
  bool LoadCodes();
  // One for each row, below code_count(). REQUIRES: LoadCodes was true.
  std::span<const std::uint16_t> codes() const { return codes_; }
  std::size_t code_count() const { return code_count_; }
  // The number of a code's key, which is a new one if no code of it was asked for before.
  std::uint32_t IdOfCode(std::uint32_t code);

  const KeyTable& keys() const { return keys_; }
  std::string Json(std::uint32_t id) const;

 private:
  enum class Source : std::uint8_t { kNull, kTimes, kWords, kFlags, kNumbers };

  void ReadTimes(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids);
  bool LoadTimeCodes();
  std::size_t EndOfUnit(std::size_t row);
  std::uint32_t CodeOfFlag(std::size_t row) const;
  std::uint32_t CodeOfNumber(std::size_t row) const;
  std::uint32_t FindId(std::uint32_t code);
  std::uint32_t IdOfWord(std::uint32_t word);
  std::uint32_t IdOfTime(std::int64_t time_ms);
  bool Use(const columns::ColumnView& column);
  void ResetIds(std::size_t code_count);

  query::FieldRef field_;
  std::optional<Calendar> calendar_;
  KeyTable keys_;

  const columns::ChunkView* chunk_ = nullptr;
  Source source_ = Source::kNull;
  columns::ColumnView column_;
  std::string_view path_;
  // Code 0 stands for no value, the others for words, false and true, numbers, or units_.
  std::vector<std::uint16_t> codes_;         // of the chunk's rows
  std::size_t code_count_ = 0;               // 0: too many
  std::vector<std::uint32_t> ids_of_codes_;  // kNone: not met in this chunk
  std::vector<std::uint32_t> ids_before_;    // of the chunk before
  std::vector<std::int64_t> units_;          // the starts of the chunk's units
  std::vector<std::int64_t> times_;          // of the chunk's rows
  std::int64_t last_start_ = 0;
  std::uint32_t last_id_ = KeyTable::kNone;  // of last_start_
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GROUP_READER_H_
