#include "engine/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/table.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "engine/numbers.h"
#include "engine/options.h"
#include "engine/status.h"
#include "engine/tables.h"

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

// Which manifest there is and how long it is: every flush and compaction appends to it before it
// removes a file. Its number among the disk's files tells it from that of another store in the same
// folder, since a follower keeps it open.
std::string ManifestState(const std::string& path) {
  std::string name;
  std::ifstream current(fs::path(path) / "CURRENT");
  std::getline(current, name);
  struct stat of_file {};
  if (::stat((fs::path(path) / name).c_str(), &of_file) != 0) return name;
  return name + ' ' + std::to_string(of_file.st_ino) + ' ' + std::to_string(of_file.st_size);
}

// The names of the write-ahead logs.
std::set<std::string> LogsIn(const std::string& path) {
  std::set<std::string> logs;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(path, error)) {
    if (file.path().extension() == ".log") logs.insert(file.path().filename());
  }
  return logs;
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
  if (options.mode != OpenMode::kReadWrite || !options.create_if_missing) {
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

// RocksDB gives a follower no snapshots that its scans would take.
Snapshot::Snapshot(const Database& database)
    : database_(database),
      snapshot_(database.mode_ == OpenMode::kFollow ? nullptr : database.db_->GetSnapshot()),
      sequence_(snapshot_ != nullptr ? snapshot_->GetSequenceNumber()
                                     : database.db_->GetLatestSequenceNumber()) {}
Snapshot::~Snapshot() {
  if (snapshot_ != nullptr) database_.db_->ReleaseSnapshot(snapshot_);
}

Result<void> Scan::status() const { return ToResult(iterator_->status()); }

Result<std::unique_ptr<Database>> Database::Open(const StoreOptions& options) {
  std::unique_ptr<Database> database(new Database(options));
  if (options.cache_bytes > 0) database->cache_ = rocksdb::NewLRUCache(options.cache_bytes);
  if (options.statistics) database->statistics_ = NewStatistics();
  CALLSTORE_RETURN_IF_ERROR(database->OpenIn(options));
  return database;
}

Result<std::unique_ptr<Database>> Database::OpenAgain(const StoreOptions& options,
                                                      const Database& older) {
  std::unique_ptr<Database> database(new Database(options));
  database->cache_ = older.cache_;
  database->statistics_ = older.statistics_;
  CALLSTORE_RETURN_IF_ERROR(database->OpenIn(options));
  return database;
}

Result<void> Database::OpenIn(const StoreOptions& options) {
  CALLSTORE_RETURN_IF_ERROR(CheckFolder(options));
  CALLSTORE_RETURN_IF_ERROR(read_only() ? OpenBesideWriter(options) : OpenFamilies(options));
  return CheckFormat();
}

// A writer beside us may remove files of the state that we are reading: tables, which fails the
// open, or logs, which would be missed. Both follow a change of the manifest, so the view is whole
// where the manifest stood still.
Result<void> Database::OpenBesideWriter(const StoreOptions& options) {
  for (int attempt = 0; attempt < kMostReadOnlyAttempts; ++attempt) {
    manifest_state_ = ManifestState(path_);
    const Result<void> opened = OpenFamilies(options);
    if (OnlyLogGrew()) return opened;
    CloseFamilies();
    std::this_thread::sleep_for(std::chrono::milliseconds(5 * attempt));
  }
  return Fail(ErrorCode::kBusy, "the writer changes the store faster than it can be opened",
              {{"path", path_}});
}

bool Database::OnlyLogGrew() const { return ManifestState(path_) == manifest_state_; }

// RocksDB would also take up flushes and compactions here. But it keeps what it read of the log of
// a family until that family is written again, and that hides the newer rows of the tables: so a
// follower takes up the log alone, and opens the folder again where more has changed.
Result<bool> Database::ReadLog() {
  const std::set<std::string> before = LogsIn(path_);
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->TryCatchUpWithPrimary()));
  if (OnlyLogGrew()) return true;
  // Files changed meanwhile. What was read is whole all the same where no change was taken up, and
  // no log went before its end was read: logs go in the order in which they came.
  const std::set<std::string> after = LogsIn(path_);
  return TablesOf(db_.get()) == tables_ && std::ranges::includes(after, before);
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
  FamilyDescriptors families;
  families.reserve(kFamilyCount);
  for (const Family family : kFamilies) {
    families.emplace_back(std::string(FamilyName(family)),
                          MakeFamilyOptions(family, options, cache_));
  }
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.statistics = statistics_;
  Result<void> opened = OpenDb(db_options, families);
  if (opened && mode_ == OpenMode::kFollow) opened = CheckTables(db_options, families);
  if (!opened) opened.error().details.emplace_back("path", path_);
  return opened;
}

Result<void> Database::OpenDb(const rocksdb::DBOptions& db_options,
                              const FamilyDescriptors& families) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto open = [&]() -> rocksdb::Status {
    switch (mode_) {
      case OpenMode::kReadWrite:
        return rocksdb::DB::Open(db_options, path_, families, &handles, &db);
      case OpenMode::kReadOnly:
        return rocksdb::DB::OpenForReadOnly(db_options, path_, families, &handles, &db);
      case OpenMode::kFollow:
        // The second folder is that of RocksDB's own message log, which has a sink here.
        return rocksdb::DB::OpenAsSecondary(db_options, path_, {}, families, &handles, &db);
    }
    return rocksdb::Status::InvalidArgument();
  };
  CALLSTORE_RETURN_IF_ERROR(ToResult(open()));
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), handles_.begin());
  return {};
}

Result<void> Database::CheckTables(const rocksdb::DBOptions& db_options,
                                   const FamilyDescriptors& families) {
  CALLSTORE_ASSIGN_OR_RETURN(const Tables named, TablesOfManifest(db_options, path_, families));
  tables_ = TablesOf(db_.get());
  if (tables_ == named) return {};
  return Fail(ErrorCode::kIoError, "a table of the store is missing or damaged");
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
  if (first->Valid() || read_only()) {
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
  if (read_only()) return Fail(ErrorCode::kReadOnly, "the store is open read-only");
  rocksdb::WriteOptions write;
  write.sync = choice.sync;
  write.no_slowdown = choice.no_slowdown;
  return ToResult(db_->Write(write, &batch->batch_));
}

Result<void> Database::Sync() {
  if (read_only()) return {};
  return ToResult(db_->SyncWAL());
}

Result<void> Database::Close() {
  if (read_only()) return {};
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

void Database::AppendCounters(std::vector<NamedNumber>* counters) const {
  if (statistics_ != nullptr) AppendTickers(*statistics_, counters);
}

void Database::AppendGauges(std::vector<NamedNumber>* gauges) const {
  engine::AppendGauges(db_.get(), cache_.get(), gauges);
}

}  // namespace callstore::engine
