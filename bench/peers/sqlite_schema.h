// sqlite_schema.h - how calls lie in SQLite, and how a connection to them is opened.
// The table `calls` has a row for each call: what is asked for in columns, and the JSON of the
// summary. The whole JSON of a call with long parts is a row of `texts`, so that a list of
// summaries reads no page of it. Rows come in the order of time, so rowids cluster them; an index
// WITHOUT ROWID would not, since rows of a kilobyte do not suit it.
//
// Each filter of the work has the index that finds its rows in the order of the list and counts
// them without the table. Organizations are numbers, since every index begins with one. Ties are
// kept as signed integers with the sign bit flipped: they order as ties do.
//
// Errors: a connection that cannot be made ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_PEERS_SQLITE_SCHEMA_H_
#define CALLSTORE_BENCH_PEERS_SQLITE_SCHEMA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/peers/peer.h"
#include "bench/peers/sqlite.h"

namespace callstore::bench {

// The writer's connection; makes what is not there. It knows the function tie(id).
SqliteDatabase ConnectSqliteWriter(const PeerOptions& options, bool kept_counts);
// A connection of a reader's own.
SqliteDatabase ConnectSqliteReader(const PeerOptions& options);

inline std::int64_t ToSqliteTie(std::uint64_t tie) {
  return static_cast<std::int64_t>(tie ^ (std::uint64_t{1} << 63));
}
inline std::uint64_t FromSqliteTie(std::int64_t tie) {
  return static_cast<std::uint64_t>(tie) ^ (std::uint64_t{1} << 63);
}

// Parameters 1 to 10: organization, time, tie, id, call_id, agent, sentiment, direction, to_number,
// summary. A new row, or a new summary of the old one where nothing else changed, so that no index
// is touched; changes nothing where something did.
extern const char* const kSqlitePut;
// With the same parameters: all columns of the row that is there.
extern const char* const kSqliteReplace;
// Parameters: the JSON of a call, now. Answers the row's number, and whether it has long parts. A
// constraint fails where the organization has no number yet.
extern const char* const kSqlitePutJson;

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_SQLITE_SCHEMA_H_
