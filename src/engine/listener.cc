#include "engine/listener.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/folder.h"
#include "engine/log_walk.h"

namespace callstore::engine {
namespace {

struct LogStart {
  std::uint64_t log = 0;
  std::uint64_t row = 0;
};

// The first log that the tables still need, of those that have rows, and its first row.
LogStart StartOfLogs(rocksdb::DB* db) {
  std::uint64_t needed = 0;
  db->GetIntProperty(rocksdb::DB::Properties::kMinLogNumberToKeep, &needed);
  // Before the logs are looked at: what comes into empty ones comes later.
  const std::uint64_t next_row = db->GetLatestSequenceNumber() + 1;
  const std::vector<std::string> logs = LogsFrom(db->GetName(), needed);
  for (const std::string& log : logs) {
    if (const auto row = FirstRowIn(db->GetName() + "/" + log)) return {LogNumber(log), *row};
  }
  if (logs.empty()) return {};
  return {LogNumber(logs.back()), next_row};
}

}  // namespace

// The size that RocksDB gives is that of what it has synced; the file itself may be longer.
void Listener::MarkManifest(rocksdb::DB* db) {
  StateFile* const state = state_;
  if (state == nullptr) return;
  std::vector<std::string> files;
  std::uint64_t bytes = 0;
  if (!db->GetLiveFiles(files, &bytes, /*flush_memtable=*/false).ok()) return;
  constexpr std::string_view kPrefix = "/MANIFEST-";
  for (const std::string& file : files) {
    if (!file.starts_with(kPrefix)) continue;
    std::uint64_t number = 0;
    std::from_chars(file.data() + kPrefix.size(), file.data() + file.size(), number);
    const LogStart start = StartOfLogs(db);
    state->SetFiles({.manifest_number = number,
                     .manifest_bytes = bytes,
                     .least_log = start.log,
                     .first_row = start.row});
  }
}

// Before a flush of one family of several commits, RocksDB syncs all logs that it follows from: so
// every write up to the last one in it is on disk.
void Listener::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& flush) {
  const bool synced = log_syncs_ == nullptr || !log_syncs_->failed();
  if (StateFile* const state = state_; state != nullptr && synced) {
    state->Durable(flush.largest_seqno);
  }
  MarkManifest(db);
}

void Listener::OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) {
  MarkManifest(db);
}

void Listener::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) {
  failed_ = true;
}

void Listener::OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& recovery) {
  if (recovery.new_bg_error.ok()) failed_ = false;
}

}  // namespace callstore::engine
