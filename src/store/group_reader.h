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

  const KeyTable& keys() const { return keys_; }
  std::string Json(std::uint32_t id) const;

 private:
  enum class Source : std::uint8_t { kNull, kTimes, kWords, kFlags, kNumbers };

  void ReadWords(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids);
  void ReadTimes(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>* ids);
  std::uint32_t IdOfCode(std::uint32_t code);
  std::uint32_t IdOfTime(std::int64_t time_ms);
  std::uint32_t IdOfFlag(std::size_t row);
  bool Use(const columns::ColumnView& column);

  query::FieldRef field_;
  std::optional<Calendar> calendar_;
  KeyTable keys_;

  const columns::ChunkView* chunk_ = nullptr;
  Source source_ = Source::kNull;
  columns::ColumnView column_;
  std::string_view path_;
  std::vector<std::uint32_t> ids_of_codes_;  // of words; kNone: not met in this chunk
  std::vector<std::int64_t> times_;          // of the chunk's rows
  std::int64_t last_start_ = 0;
  std::uint32_t last_id_ = KeyTable::kNone;  // of last_start_
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GROUP_READER_H_
