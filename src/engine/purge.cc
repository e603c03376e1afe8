// Database::Purge: the bytes of what was deleted leave the files.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "base/error.h"
#include "engine/database.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

constexpr std::chrono::seconds kMostWait{10};

// Looks again and again; false where it does not come true in time.
template <typename Condition>
bool Await(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + kMostWait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::set<std::string> TablesIn(const std::string& folder) {
  std::set<std::string> tables;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    if (file.path().extension() == ".sst") tables.insert("/" + file.path().filename().string());
  }
  return tables;
}

// An empty log may stay until the next open.
bool AnyBytesIn(const std::set<std::string>& logs, const std::string& folder) {
  return std::ranges::any_of(logs, [&](const std::string& log) {
    std::error_code gone;
    const auto size = std::filesystem::file_size(folder + "/" + log, gone);
    return !gone && size > 0;
  });
}

bool OnlyLiveTables(rocksdb::DB* db, const std::string& folder) {
  std::set<std::string> tables = TablesIn(folder);
  std::vector<rocksdb::LiveFileMetaData> live;
  db->GetLiveFilesMetaData(&live);
  for (const rocksdb::LiveFileMetaData& file : live) tables.erase(file.name);
  return tables.empty();
}

tl::unexpected<Error> StillUsed() {
  return Fail(ErrorCode::kBusy, "a query needs the old files; purge again once it has ended");
}

}  // namespace

Result<void> Database::Purge() {
  const std::set<std::string> logs = LogsIn(path_);
  const std::uint64_t sequence = db_->GetLatestSequenceNumber();
  const std::vector<rocksdb::ColumnFamilyHandle*> handles(handles_.begin(), handles_.end());
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->Flush(rocksdb::FlushOptions(), handles)));
  // What an older snapshot sees would be kept.
  const bool no_snapshot = Await([&] {
    std::uint64_t oldest = 0;
    return !db_->GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest) || oldest == 0 ||
           oldest >= sequence;
  });
  if (!no_snapshot) return StillUsed();
  rocksdb::CompactRangeOptions all;
  all.exclusive_manual_compaction = true;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* const handle : handles) {
    CALLSTORE_RETURN_IF_ERROR(ToResult(db_->CompactRange(all, handle, nullptr, nullptr)));
  }
  const bool gone =
      Await([&] { return !AnyBytesIn(logs, path_) && OnlyLiveTables(db_.get(), path_); });
  return gone ? Result<void>() : StillUsed();
}

}  // namespace callstore::engine
