// id_table.h - the ids family: which tie an id has, where its call lies, who has a call_id.
// A call's tie is the hash of its id, or the next free value where that is taken. A tie is looked
// up by walking from the hash until the id or a gap is met; a deleted id inside such a run leaves a
// tombstone (an empty value), so that the run has no gap.
//
// Pure but for the reader that is handed in.
#ifndef CALLSTORE_SRC_STORE_ID_TABLE_H_
#define CALLSTORE_SRC_STORE_ID_TABLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/position.h"

namespace callstore::store {

// What the ids family says of a tie. An empty id is a tombstone.
struct IdRecord {
  std::int64_t time_ms = 0;
  std::string id;
};

std::string EncodeIdRecord(std::int64_t time_ms, std::string_view id);
// Nothing when the bytes are not a record. An empty value is a tombstone.
std::optional<IdRecord> DecodeIdRecord(std::string_view value);

// The ties of the calls whose call_id has one hash.
std::string EncodeTies(const std::vector<std::uint64_t>& ties);
std::optional<std::vector<std::uint64_t>> DecodeTies(std::string_view value);

struct TieSearch {
  std::uint64_t tie = 0;             // the id's, or the one that a new call would get
  std::optional<Position> position;  // where the call lies; nothing: no such id
};

// Reads the record of a tie; nothing where there is none.
using ReadId = std::function<Result<std::optional<IdRecord>>(std::uint64_t tie)>;

// The tie of `id`. `hash` is its hash, the start of the walk.
Result<TieSearch> FindTie(std::string_view id, std::uint64_t hash, const ReadId& read);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ID_TABLE_H_
