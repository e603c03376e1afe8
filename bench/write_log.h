// write_log.h - what a store really wrote, batch by batch, to be written again by bare RocksDB.
// The batches are read from the store's write-ahead log, so the bare side of a put benchmark writes
// the very same keys and values: records, ids, index keys, columns and head.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_BENCH_WRITE_LOG_H_
#define CALLSTORE_BENCH_WRITE_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/database.h"

namespace callstore::bench {

struct Change {
  enum class Kind : std::uint8_t { kPut, kMerge, kDelete };
  Kind kind = Kind::kPut;
  engine::Family family = engine::Family::kDefault;
  std::string key;
  std::string value;
};
using Changes = std::vector<Change>;

// The batches in the log of a store, which may be open. REQUIRES: it was not flushed since it was
// opened. Ends the program where the log cannot be read.
std::vector<Changes> ReadWriteLog(const std::string& folder);

// The changes of the calls and transcripts families alone: the bytes of the records.
Changes RecordsOf(const Changes& changes);

// Writes the changes as one batch. False where that fails.
bool WriteChanges(const Changes& changes, engine::Database* database);

// Whether two closed stores hold the same bytes: of calls and transcripts the `newest` first rows,
// of the other families everything.
bool SameContent(const std::string& folder_a, const std::string& folder_b, std::int64_t newest);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_WRITE_LOG_H_
