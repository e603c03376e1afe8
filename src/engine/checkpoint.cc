// checkpoint.cc - copies of a database by hard links.
#include <rocksdb/utilities/checkpoint.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "engine/database.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

// What is in memory is written out first, so that nearly all of the copy is tables, which copies
// share, and little is log, which they do not. What is written meanwhile is in the log.
Result<void> CopyTo(rocksdb::DB* db, const std::string& folder) {
  rocksdb::Checkpoint* made = nullptr;
  CALLSTORE_RETURN_IF_ERROR(ToResult(rocksdb::Checkpoint::Create(db, &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(folder, error).string();
  return ToResult(checkpoint->CreateCheckpoint(absolute));
}

}  // namespace

Result<std::uint64_t> Database::Checkpoint(const std::string& folder) const {
  const std::uint64_t sequence = db_->GetLatestSequenceNumber();
  CALLSTORE_RETURN_IF_ERROR(CopyTo(db_.get(), folder));
  return sequence;
}

// A reader names the files of the moment when it was opened, and a table that has gone meanwhile
// fails the copy.
Result<std::uint64_t> Database::CheckpointBesideWriter(const std::string& path,
                                                       const Environment& environment,
                                                       const std::string& folder) {
  std::error_code ignored;
  const auto give_up = std::chrono::steady_clock::now() + kWriterPatience;
  do {
    CALLSTORE_ASSIGN_OR_RETURN(
        const auto reader,
        Open({.path = path, .mode = OpenMode::kReadOnly, .cache_bytes = 0}, environment));
    const Result<std::uint64_t> copied = reader->Checkpoint(folder);
    if (copied ? reader->LogsStayed() : reader->OnlyLogGrew()) return copied;
    std::filesystem::remove_all(folder, ignored);
    std::filesystem::remove_all(folder + ".tmp", ignored);
    std::this_thread::sleep_for(kWriterPause);
  } while (std::chrono::steady_clock::now() < give_up);
  return Fail(ErrorCode::kBusy, "the writer changes the store faster than it can be copied",
              {{"path", path}});
}

}  // namespace callstore::engine
