#include "engine/verify_files.h"

#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>

#include <memory>

#include "base/error.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

constexpr std::size_t kReadAheadBytes = std::size_t{2} << 20;

// Keeps the tables of this process's writer on disk.
class KeptFiles {
 public:
  explicit KeptFiles(rocksdb::DB* db, bool writes)
      : db_(writes && db->DisableFileDeletions().ok() ? db : nullptr) {}
  ~KeptFiles() {
    if (db_ != nullptr) db_->EnableFileDeletions(false).PermitUncheckedError();
  }
  KeptFiles(const KeptFiles&) = delete;
  KeptFiles& operator=(const KeptFiles&) = delete;

 private:
  rocksdb::DB* db_;  // null: nothing to undo
};

rocksdb::Status VerifyFile(const rocksdb::Options& options, const std::string& path) {
  rocksdb::SstFileReader reader(options);
  const rocksdb::Status opened = reader.Open(path);
  if (!opened.ok()) return opened;
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  read.readahead_size = kReadAheadBytes;
  return reader.VerifyChecksum(read);
}

}  // namespace

Result<FileCheck> VerifyFiles(
    const Database& database,
    const std::function<bool(std::int64_t done, std::int64_t total)>& progress) {
  rocksdb::DB* const db = database.rocks();
  const KeptFiles kept(db, !database.read_only());
  rocksdb::Options options;
  options.env = db->GetEnv();
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  FileCheck check;
  const auto total = static_cast<std::int64_t>(files.size());
  for (const rocksdb::LiveFileMetaData& file : files) {
    if (!progress(check.files, total)) {
      return Fail(ErrorCode::kDeadline, "the check of the store was stopped");
    }
    const std::string path = file.directory + "/" + file.relative_filename;
    const rocksdb::Status status = VerifyFile(options, path);
    // Its blocks are still read through the open file, with the rows.
    const bool removed = database.read_only() && !status.ok() &&
                         options.env->FileExists(path).IsNotFound() && !database.OnlyLogGrew();
    if (removed) continue;
    ++check.files;
    if (status.ok()) continue;
    check.bad.push_back({.name = file.relative_filename,
                         .family = file.column_family_name,
                         .error = ToError(status)});
  }
  return check;
}

}  // namespace callstore::engine
