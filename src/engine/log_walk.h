// log_walk.h - whether the write-ahead logs of a folder go on where the one before ended.
// RocksDB replays one log after the other and does not ask for what is missing between two, where a
// file lost its end or a block of it reads as zeros: later writes would stand without earlier ones.
//
// Format of a log, by RocksDB's db/log_format.h: blocks of 32 KiB of records, each with a checksum
// (4), a length (2), a type (1: 1 whole, 2 first, 3 middle, 4 last part) and so many bytes; the
// first 12 of a batch are the number of its first row (8) and how many rows it has (4).
//
// Thread safety: free functions; a LogsUntil by any thread.
#ifndef CALLSTORE_SRC_ENGINE_LOG_WALK_H_
#define CALLSTORE_SRC_ENGINE_LOG_WALK_H_

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "engine/state_file.h"

namespace callstore::engine {

// Where rows are missing: all that stands behind is not to be read. Of a manifest: what of its end
// is torn.
struct LogGap {
  std::string log;               // the file with the first batch behind the gap
  std::uint64_t keep_bytes = 0;  // of it, from its beginning
  std::set<std::string> later;   // the logs after it
};

// The first gap in the logs of a folder; nothing where there is none. `least_log`: the number of
// the oldest log that the tables need; `state`: what was known of the logs before. io_error.
Result<std::optional<LogGap>> FindLogGap(const std::string& folder, std::uint64_t least_log,
                                         const std::optional<StoreState>& state);

// The number of the first row in a log; nothing where it has none.
std::optional<std::uint64_t> FirstRowIn(const std::string& path);

// Where the records of a log or a manifest end, from the byte `from` on, up to what is no record.
// Whether their bytes are right is not looked at.
std::vector<std::uint64_t> RecordEnds(const std::string& path, std::uint64_t from);

// Removes what stands behind a gap, durably; it stays as NAME.lost, or NAME.1.lost and so on where
// that is taken.
Result<void> CutLogs(const std::string& folder, const LogGap& gap);

// A file system on which what stands behind a gap is not there.
std::shared_ptr<rocksdb::FileSystem> LogsUntil(const std::shared_ptr<rocksdb::FileSystem>& files,
                                               const LogGap& gap);
// A file system on which the logs of a folder are not there, for questions about its tables alone.
std::shared_ptr<rocksdb::FileSystem> WithoutLogs(const std::shared_ptr<rocksdb::FileSystem>& files,
                                                 const std::string& folder);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_LOG_WALK_H_
