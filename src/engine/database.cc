#include "engine/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/table.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "engine/options.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormatVersion = "2";
constexpr std::string_view kStoreIdKey = "store_id";
constexpr int kMostReadOnlyAttempts = 20;

constexpr std::array<Family, kFamilyCount> kFamilies = {
    Family::kDefault, Family::kCalls,   Family::kTranscripts, Family::kIds,
    Family::kIndex,   Family::kColumns, Family::kOrgs};

// Makes the folder and its parents, readable by the owner alone.
Result<void> MakeFolder(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).parent_path();
  fs::create_directories(parent, error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    error.assign(errno, std::generic_category());
  }
  if (error) {
    const bool denied =
        error == std::errc::permission_denied || error == std::errc::read_only_file_system;
    return Fail(denied ? ErrorCode::kReadOnly : ErrorCode::kIoError, "the folder cannot be made",
                {{"path", path}, {"cause", error.message()}});
  }
  return {};
}

// Whether the folder has a RocksDB in it.
bool HasDatabase(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::path(path) / "CURRENT", error);
}

// The manifest's name and size: every flush and compaction appends to it before it removes a file.
std::string ManifestState(const std::string& path) {
  std::string name;
  std::ifstream current(fs::path(path) / "CURRENT");
  std::getline(current, name);
  std::error_code error;
  return name + ' ' + std::to_string(fs::file_size(fs::path(path) / name, error));
}

Result<void> CheckFolder(const StoreOptions& options) {
  if (options.path.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the store needs a folder",
                {{"field", "path"}, {"value", ""}, {"valid", "the path of a folder"}});
  }
  if (HasDatabase(options.path)) return {};
  std::error_code error;
  if (fs::exists(options.path, error) && !fs::is_directory(options.path, error)) {
    return Fail(ErrorCode::kInvalidArgument, "the path is not a folder",
                {{"field", "path"}, {"value", options.path}, {"valid", "the path of a folder"}});
  }
  if (options.mode == OpenMode::kReadOnly || !options.create_if_missing) {
    return Fail(ErrorCode::kNotFound, "there is no store in the folder", {{"path", options.path}});
  }
  if (fs::exists(options.path, error) && !fs::is_empty(options.path, error)) {
    return Fail(ErrorCode::kUnsupportedFormat, "the folder has other files in it and no store",
                {{"path", options.path}});
  }
  return MakeFolder(options.path);
}

}  // namespace

std::string_view FamilyName(Family family) {
  static constexpr std::array<std::string_view, kFamilyCount> kNames = {
      "default", "calls", "transcripts", "ids", "index", "columns", "orgs"};
  return kNames[static_cast<std::size_t>(family)];
}

void Batch::Put(Family family, std::string_view key, std::string_view value) {
  batch_.Put(database_.handle(family), ToSlice(key), ToSlice(value)).PermitUncheckedError();
}
void Batch::Merge(Family family, std::string_view key, std::string_view operand) {
  batch_.Merge(database_.handle(family), ToSlice(key), ToSlice(operand)).PermitUncheckedError();
}
void Batch::Delete(Family family, std::string_view key) {
  batch_.Delete(database_.handle(family), ToSlice(key)).PermitUncheckedError();
}

Snapshot::Snapshot(const Database& database)
    : database_(database), snapshot_(database.db_->GetSnapshot()) {}
Snapshot::~Snapshot() { database_.db_->ReleaseSnapshot(snapshot_); }

Result<void> Scan::status() const { return ToResult(iterator_->status()); }

Result<std::unique_ptr<Database>> Database::Open(const StoreOptions& options) {
  CALLSTORE_RETURN_IF_ERROR(CheckFolder(options));
  std::unique_ptr<Database> database(new Database);
  database->read_only_ = options.mode == OpenMode::kReadOnly;
  if (options.cache_bytes > 0) database->cache_ = rocksdb::NewLRUCache(options.cache_bytes);
  CALLSTORE_RETURN_IF_ERROR(database->read_only_ ? database->OpenReadOnly(options)
                                                 : database->OpenFamilies(options));
  CALLSTORE_RETURN_IF_ERROR(database->CheckFormat());
  return database;
}

// A writer beside us may remove files of the state that we are reading: tables, which fails the
// open, or logs, which would be missed. Both follow a change of the manifest, so the view is whole
// where the manifest stood still.
Result<void> Database::OpenReadOnly(const StoreOptions& options) {
  for (int attempt = 0; attempt < kMostReadOnlyAttempts; ++attempt) {
    const std::string before = ManifestState(options.path);
    const Result<void> opened = OpenFamilies(options);
    if (ManifestState(options.path) == before) return opened;
    CloseFamilies();
    std::this_thread::sleep_for(std::chrono::milliseconds(5 * attempt));
  }
  return Fail(ErrorCode::kBusy, "the writer changes the store faster than it can be opened",
              {{"path", options.path}});
}

void Database::CloseFamilies() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle*& handle : handles_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    handle = nullptr;
  }
  db_->Close().PermitUncheckedError();
  db_.reset();
}

Result<void> Database::OpenFamilies(const StoreOptions& options) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.reserve(kFamilyCount);
  for (const Family family : kFamilies) {
    families.emplace_back(std::string(FamilyName(family)),
                          MakeFamilyOptions(family, options, cache_));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions db_options = MakeDbOptions(options);
  const rocksdb::Status status =
      read_only_ ? rocksdb::DB::OpenForReadOnly(db_options, options.path, families, &handles, &db)
                 : rocksdb::DB::Open(db_options, options.path, families, &handles, &db);
  if (!status.ok()) {
    Error error = ToError(status);
    error.details.emplace_back("path", options.path);
    return tl::unexpected<Error>(std::move(error));
  }
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), handles_.begin());
  return {};
}

Result<void> Database::CheckFormat() {
  PinnedValue version;
  CALLSTORE_ASSIGN_OR_RETURN(const bool found,
                             Get(Family::kDefault, kFormatKey, nullptr, &version));
  if (found && ToView(version) == kFormatVersion) return {};
  if (found) {
    return Fail(ErrorCode::kUnsupportedFormat,
                "the store has a format that this version does not read",
                {{"format", Excerpt(ToView(version))}, {"valid", std::string(kFormatVersion)}});
  }
  rocksdb::ReadOptions read;
  const std::unique_ptr<rocksdb::Iterator> first(db_->NewIterator(read, handle(Family::kOrgs)));
  first->SeekToFirst();
  if (first->Valid() || read_only_) {
    return Fail(ErrorCode::kUnsupportedFormat, "the folder is not a store of calls");
  }
  Batch batch(*this);
  batch.Put(Family::kDefault, kFormatKey, kFormatVersion);
  batch.Put(Family::kDefault, kStoreIdKey, NewCallId());
  return Write(&batch, {.sync = true});
}

Database::~Database() { CloseFamilies(); }

Result<bool> Database::Get(Family family, std::string_view key, const Snapshot* snapshot,
                           PinnedValue* value) const {
  rocksdb::ReadOptions read;
  if (snapshot != nullptr) read.snapshot = snapshot->snapshot_;
  value->Reset();
  const rocksdb::Status status = db_->Get(read, handle(family), ToSlice(key), value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return tl::unexpected<Error>(ToError(status));
}

std::unique_ptr<Scan> Database::NewScan(Family family, const keys::Key& lower,
                                        const keys::Key& upper, const Snapshot* snapshot) const {
  std::unique_ptr<Scan> scan(new Scan);
  scan->lower_ = lower;
  scan->upper_ = upper;
  scan->lower_slice_ = ToSlice(scan->lower_);
  scan->upper_slice_ = ToSlice(scan->upper_);
  rocksdb::ReadOptions read;
  if (snapshot != nullptr) read.snapshot = snapshot->snapshot_;
  read.iterate_lower_bound = &scan->lower_slice_;
  read.iterate_upper_bound = &scan->upper_slice_;
  scan->iterator_.reset(db_->NewIterator(read, handle(family)));
  return scan;
}

std::unique_ptr<Scan> Database::NewFullScan(Family family) const {
  std::unique_ptr<Scan> scan(new Scan);
  scan->iterator_.reset(db_->NewIterator(rocksdb::ReadOptions(), handle(family)));
  return scan;
}

Result<void> Database::Write(Batch* batch, const WriteChoice& choice) {
  if (read_only_) return Fail(ErrorCode::kReadOnly, "the store is open read-only");
  rocksdb::WriteOptions write;
  write.sync = choice.sync;
  write.no_slowdown = choice.no_slowdown;
  return ToResult(db_->Write(write, &batch->batch_));
}

Result<void> Database::Sync() {
  if (read_only_) return {};
  return ToResult(db_->SyncWAL());
}

Result<void> Database::Close() {
  if (read_only_) return {};
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->FlushWAL(true)));
  const std::vector<rocksdb::ColumnFamilyHandle*> handles(handles_.begin(), handles_.end());
  return ToResult(db_->Flush(rocksdb::FlushOptions(), handles));
}

StoreStats::Family Database::FamilyStats(Family family) const {
  StoreStats::Family stats{.name = std::string(FamilyName(family))};
  std::uint64_t value = 0;
  if (db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kEstimateNumKeys, &value)) {
    stats.keys_estimated = static_cast<std::int64_t>(value);
  }
  if (db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kTotalSstFilesSize, &value)) {
    stats.size_bytes = static_cast<std::int64_t>(value);
  }
  return stats;
}

std::int64_t Database::CacheUsedBytes() const {
  return cache_ == nullptr ? 0 : static_cast<std::int64_t>(cache_->GetUsage());
}

}  // namespace callstore::engine
