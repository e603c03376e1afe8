#include "engine/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "engine/numbers.h"
#include "engine/options.h"
#include "engine/status.h"
#include "engine/tables.h"

namespace callstore::engine {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormatVersion = "3";
constexpr std::string_view kStoreIdKey = "store_id";

constexpr std::array<Family, kFamilyCount> kFamilies = {
    Family::kDefault, Family::kCalls,   Family::kTranscripts, Family::kIds,
    Family::kIndex,   Family::kColumns, Family::kOrgs};

// The number of the last row of a batch that was written. RocksDB puts the number of its first row
// at the beginning of the batch, by the format of its log.
std::uint64_t LastSequence(const rocksdb::WriteBatch& batch) {
  return LoadLittle<std::uint64_t>(batch.Data().data()) + batch.Count() - 1;
}

std::uint64_t ReserveOf(const StoreOptions& options) {
  constexpr std::uint64_t kMore = std::uint64_t{64} << 20;
  return options.reserve_bytes.value_or(2 * options.write_buffer_bytes + kMore);
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

Database::Database(const StoreOptions& options, const Environment& environment)
    : mode_(options.mode),
      environment_(environment),
      path_(options.path),
      guard_(options.path, environment, ReserveOf(options)) {}

Result<std::unique_ptr<Database>> Database::Open(const StoreOptions& options,
                                                 const Environment& environment) {
  std::unique_ptr<Database> database(new Database(options, environment));
  if (options.cache_bytes > 0) database->cache_ = rocksdb::NewLRUCache(options.cache_bytes);
  if (options.statistics) database->statistics_ = NewStatistics();
  CALLSTORE_RETURN_IF_ERROR(database->OpenIn(options));
  return database;
}

Result<std::unique_ptr<Database>> Database::OpenAgain(const StoreOptions& options,
                                                      const Database& older) {
  std::unique_ptr<Database> database(new Database(options, older.environment_));
  database->cache_ = older.cache_;
  database->statistics_ = older.statistics_;
  CALLSTORE_RETURN_IF_ERROR(database->OpenIn(options));
  return database;
}

Result<void> Database::OpenIn(const StoreOptions& options) {
  CALLSTORE_ASSIGN_OR_RETURN(const bool exists, CheckFolder(options));
  path_ = CanonicalPath(options.path);
  return read_only() ? OpenBesideWriter(options) : OpenToWrite(options, exists);
}

// A writer beside us may remove files of the state that we are reading: tables, which fails the
// open, or logs, which would be missed.
Result<void> Database::OpenBesideWriter(const StoreOptions& options) {
  const auto give_up = std::chrono::steady_clock::now() + kWriterPatience;
  do {
    manifest_ = ManifestOf(path_);
    logs_ = LogsIn(path_);
    // Its marks only rise, so what they say now holds for all that is read later.
    expected_ = StateFile::Read(environment_.env, path_);
    Result<void> opened = expected_ ? CheckManifest(*expected_, path_) : Result<void>();
    if (opened) opened = OpenToRead(options);
    // A follower compares itself with the manifest later, so that this has to stand still.
    if (OnlyLogGrew() || (opened && mode_ == OpenMode::kReadOnly && LogsStayed())) {
      CALLSTORE_RETURN_IF_ERROR(opened);
      CALLSTORE_RETURN_IF_ERROR(CheckFormat());
      return CheckSequence(options, db_->GetLatestSequenceNumber());
    }
    CloseFamilies();
    std::this_thread::sleep_for(kWriterPause);
  } while (std::chrono::steady_clock::now() < give_up);
  return Fail(ErrorCode::kBusy, "the writer changes the store faster than it can be opened",
              {{"path", path_}});
}

Result<void> Database::OpenToWrite(const StoreOptions& options, bool exists) {
  CALLSTORE_ASSIGN_OR_RETURN(lock_, StoreLock::Take(path_));
  expected_ = StateFile::Read(environment_.env, path_);
  if (!exists || (expected_ && expected_->phase == StoreState::Phase::kCreating)) {
    return Create(options);
  }
  report_.state_missing = !expected_;
  if (expected_) {
    CALLSTORE_RETURN_IF_ERROR(CheckManifest(*expected_, path_));
    const std::optional<Manifest> manifest = ManifestOf(path_);
    report_.clean = expected_->phase == StoreState::Phase::kClosed && manifest &&
                    manifest->number == expected_->manifest_number &&
                    manifest->bytes == expected_->manifest_bytes;
  }
  if (!report_.clean) CALLSTORE_RETURN_IF_ERROR(Rehearse(options));
  for (const auto& end : {manifest_end_, gap_}) {
    if (end) CALLSTORE_RETURN_IF_ERROR(CutLogs(path_, *end));
  }
  CALLSTORE_RETURN_IF_ERROR(OpenFamilies(options));
  CALLSTORE_RETURN_IF_ERROR(CheckSequence(options, db_->GetLatestSequenceNumber()));
  CALLSTORE_RETURN_IF_ERROR(CheckFormat());
  return BeginState();
}

// Nothing in the folder counts before the state file says so. What an earlier attempt left, which
// was cut off, is taken up where RocksDB can, else thrown away.
Result<void> Database::Create(const StoreOptions& options) {
  if (!options.create_if_missing) {
    return Fail(ErrorCode::kNotFound, "there is no store in the folder", {{"path", path_}});
  }
  report_.created = true;
  creates_ = true;
  CALLSTORE_ASSIGN_OR_RETURN(
      state_, StateFile::Open(environment_.env, path_, {.phase = StoreState::Phase::kCreating}));
  Result<void> opened = OpenFamilies(options);
  if (!opened && opened.error().code == ErrorCode::kCorrupt) {
    rocksdb::Options all;
    all.env = environment_.env;
    CALLSTORE_RETURN_IF_ERROR(ToResult(rocksdb::DestroyDB(path_, all, Families(options))));
    opened = OpenFamilies(options);
  }
  CALLSTORE_RETURN_IF_ERROR(opened);
  CALLSTORE_RETURN_IF_ERROR(CheckFormat());
  report_.recovered_sequence = db_->GetLatestSequenceNumber();
  return BeginState();
}

rocksdb::Env* Database::ReadingEnv() {
  if (!gap_ && !manifest_end_) return environment_.env;
  std::shared_ptr<rocksdb::FileSystem> files = environment_.env->GetFileSystem();
  for (const auto& end : {manifest_end_, gap_}) {
    if (end) files = LogsUntil(files, *end);
  }
  cut_env_ = rocksdb::NewCompositeEnv(files);
  return cut_env_.get();
}

rocksdb::Env* Database::WritingEnv() {
  listener_->Watch(log_syncs_);
  writing_env_ = rocksdb::NewCompositeEnv(log_syncs_->Wrap(environment_.env->GetFileSystem()));
  return writing_env_.get();
}

// Runs what asks a folder that is opened for reading alone.
template <typename Question>
Result<std::uint64_t> Database::Ask(const StoreOptions& options, rocksdb::DBOptions db_options,
                                    const Question& question) const {
  db_options.wal_recovery_mode = recovery_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  CALLSTORE_RETURN_IF_ERROR(ToResult(
      rocksdb::DB::OpenForReadOnly(db_options, path_, Families(options), &handles, &opened)));
  const std::unique_ptr<rocksdb::DB> db(opened);
  const std::uint64_t answer = question(db.get());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  return answer;
}

Result<std::uint64_t> Database::SequenceInFolder(const StoreOptions& options) {
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.env = ReadingEnv();
  return Ask(options, db_options, [](rocksdb::DB* db) { return db->GetLatestSequenceNumber(); });
}

// Logs that are older than the tables need may be there still, with gaps between them; only where
// there is a gap is it worth asking which ones are needed.
Result<void> Database::FindGap(const StoreOptions& options) {
  gap_.reset();
  CALLSTORE_ASSIGN_OR_RETURN(const auto any_gap, FindLogGap(path_, 0, expected_));
  if (!any_gap) return {};
  const std::unique_ptr<rocksdb::Env> no_logs =
      rocksdb::NewCompositeEnv(WithoutLogs(ReadingEnv()->GetFileSystem(), path_));
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.env = no_logs.get();
  db_options.max_open_files = 16;  // no table is read
  CALLSTORE_ASSIGN_OR_RETURN(
      const std::uint64_t least, Ask(options, db_options, [](rocksdb::DB* db) {
        std::uint64_t number = 0;
        db->GetIntProperty(rocksdb::DB::Properties::kMinLogNumberToKeep, &number);
        return number;
      }));
  CALLSTORE_ASSIGN_OR_RETURN(gap_, FindLogGap(path_, least, expected_));
  report_.log_truncated = gap_.has_value();
  return {};
}

Result<std::uint64_t> Database::SequenceAfterCrash(const StoreOptions& options) {
  recovery_ = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  CALLSTORE_RETURN_IF_ERROR(FindGap(options));
  const Result<std::uint64_t> sequence = SequenceInFolder(options);
  if (sequence || sequence.error().code != ErrorCode::kCorrupt) return sequence;
  recovery_ = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const Result<std::uint64_t> shorter = SequenceInFolder(options);
  if (!shorter) return sequence;
  report_.log_truncated = true;
  return shorter;
}

// A power cut may leave a part of what was not synced, and RocksDB opens no manifest with such an
// end. What the state knows of is never given up; what is missing then is for CheckSequence to say.
bool Database::FindManifestEnd(const StoreOptions& options) {
  constexpr std::size_t kMostTries = 64;
  const std::optional<Manifest> manifest = ManifestOf(path_);
  if (!manifest || !expected_ || manifest->number != expected_->manifest_number) return false;
  const std::string name = ManifestName(manifest->number);
  std::vector<std::uint64_t> ends = RecordEnds(path_ + "/" + name, expected_->manifest_bytes);
  std::ranges::reverse(ends);
  if (ends.size() > kMostTries) ends.resize(kMostTries);
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.max_open_files = 16;  // no table is read
  for (const std::uint64_t end : ends) {
    const std::unique_ptr<rocksdb::Env> until = rocksdb::NewCompositeEnv(WithoutLogs(
        LogsUntil(environment_.env->GetFileSystem(), {.log = name, .keep_bytes = end, .later = {}}),
        path_));
    db_options.env = until.get();
    if (!Ask(options, db_options, [](rocksdb::DB*) { return std::uint64_t{0}; })) continue;
    if (end == manifest->bytes) return false;  // it is whole: something else is wrong
    manifest_end_ = LogGap{.log = name, .keep_bytes = end, .later = {}};
    return true;
  }
  return false;
}

Result<void> Database::Rehearse(const StoreOptions& options) {
  Result<std::uint64_t> sequence = SequenceAfterCrash(options);
  if (!sequence && sequence.error().code == ErrorCode::kCorrupt && FindManifestEnd(options)) {
    sequence = SequenceAfterCrash(options);
    report_.log_truncated = true;
  }
  if (!sequence) {
    sequence.error().details.emplace_back("path", path_);
    return tl::unexpected<Error>(std::move(sequence).error());
  }
  return CheckSequence(options, *sequence);
}

Result<void> Database::CheckSequence(const StoreOptions& options, std::uint64_t sequence) {
  report_.recovered_sequence = sequence;
  if (!expected_) return {};
  report_.durable_sequence = expected_->durable;
  report_.acknowledged_sequence = expected_->acknowledged;
  const auto lost = [sequence](std::uint64_t mark) {
    return mark > sequence ? mark - sequence : 0;
  };
  report_.lost_rows = lost(expected_->acknowledged);
  report_.lost_durable_rows = lost(expected_->durable);
  if (report_.lost_durable_rows == 0 || options.allow_loss) return {};
  return Fail(ErrorCode::kCorrupt, "writes that were synced are missing from the store",
              {{"path", path_},
               {"rows", std::to_string(report_.lost_durable_rows)},
               {"durable_sequence", std::to_string(expected_->durable)},
               {"recovered_sequence", std::to_string(sequence)}});
}

// What was recovered from the log lies in tables now.
Result<void> Database::BeginState() {
  const std::uint64_t sequence = db_->GetLatestSequenceNumber();
  if (state_ == nullptr) {
    CALLSTORE_ASSIGN_OR_RETURN(state_, StateFile::Open(environment_.env, path_,
                                                       {.phase = StoreState::Phase::kOpen,
                                                        .durable = sequence,
                                                        .acknowledged = sequence}));
  }
  listener_->WriteTo(state_.get());
  listener_->MarkManifest(db_.get());
  state_->Durable(sequence);
  return state_->SetPhase(StoreState::Phase::kOpen);
}

Result<void> Database::OpenToRead(const StoreOptions& options) {
  CALLSTORE_RETURN_IF_ERROR(FindGap(options));
  if (gap_ && mode_ == OpenMode::kFollow) {
    return Fail(ErrorCode::kCorrupt, "the log has a gap", {{"path", path_}, {"log", gap_->log}});
  }
  Result<void> opened = OpenFamilies(options);
  if (opened || opened.error().code != ErrorCode::kCorrupt || mode_ != OpenMode::kReadOnly) {
    return opened;
  }
  recovery_ = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  if (!OpenFamilies(options)) return opened;
  report_.log_truncated = true;
  return {};
}

bool Database::OnlyLogGrew() const { return ManifestOf(path_) == manifest_; }

bool Database::LogsStayed() const {
  return !logs_.empty() && std::ranges::includes(LogsIn(path_), logs_);
}

// RocksDB would also take up flushes and compactions here. But it keeps what it read of the log of
// a family until that family is written again, and that hides the newer rows of the tables: so a
// follower takes up the log alone, and opens the folder again where more has changed.
Result<bool> Database::ReadLog() {
  logs_ = LogsIn(path_);
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->TryCatchUpWithPrimary()));
  if (OnlyLogGrew()) return true;
  // Files changed meanwhile. What was read is whole all the same where no change was taken up.
  return TablesOf(db_.get()) == tables_ && LogsStayed();
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

Database::FamilyDescriptors Database::Families(const StoreOptions& options) const {
  FamilyDescriptors families;
  families.reserve(kFamilyCount);
  for (const Family family : kFamilies) {
    families.emplace_back(std::string(FamilyName(family)),
                          MakeFamilyOptions(family, options, cache_));
  }
  return families;
}

Result<void> Database::OpenFamilies(const StoreOptions& options) {
  const FamilyDescriptors families = Families(options);
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.env = read_only() ? ReadingEnv() : WritingEnv();
  db_options.statistics = statistics_;
  db_options.wal_recovery_mode = recovery_;
  db_options.listeners.push_back(listener_);
  db_options.create_if_missing = creates_;
  db_options.create_missing_column_families = creates_;
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

Result<Database::Identity> Database::ReadIdentity() const {
  Identity identity;
  PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(bool found, Get(Family::kDefault, kStoreIdKey, nullptr, &value));
  if (found) identity.store_id = ToView(value);
  CALLSTORE_ASSIGN_OR_RETURN(found, Get(Family::kDefault, kFormatKey, nullptr, &value));
  if (found) identity.format = ToView(value);
  return identity;
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
  return NewScan(family, lower, upper, snapshot, true);
}

std::unique_ptr<Scan> Database::NewHashScan(Family family, const keys::Key& lower,
                                            const keys::Key& upper,
                                            const Snapshot* snapshot) const {
  return NewScan(family, lower, upper, snapshot, false);
}

std::unique_ptr<Scan> Database::NewScan(Family family, const keys::Key& lower,
                                        const keys::Key& upper, const Snapshot* snapshot,
                                        bool total_order) const {
  std::unique_ptr<Scan> scan(new Scan);
  scan->lower_ = lower;
  scan->upper_ = upper;
  scan->lower_slice_ = ToSlice(scan->lower_);
  scan->upper_slice_ = ToSlice(scan->upper_);
  rocksdb::ReadOptions read;
  if (snapshot != nullptr) read.snapshot = snapshot->snapshot_;
  read.total_order_seek = total_order;
  read.iterate_lower_bound = &scan->lower_slice_;
  read.iterate_upper_bound = &scan->upper_slice_;
  scan->iterator_.reset(db_->NewIterator(read, handle(family)));
  return scan;
}

std::unique_ptr<Scan> Database::NewFullScan(Family family) const {
  std::unique_ptr<Scan> scan(new Scan);
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  scan->iterator_.reset(db_->NewIterator(read, handle(family)));
  return scan;
}

Result<void> Database::Write(Batch* batch, const WriteChoice& choice) {
  if (read_only()) return Fail(ErrorCode::kReadOnly, "the store is open read-only");
  CALLSTORE_RETURN_IF_ERROR(guard_.Admit(batch->size_bytes(), choice.only_deletes));
  CALLSTORE_RETURN_IF_ERROR(Recover());
  CALLSTORE_RETURN_IF_ERROR(WriteNow(batch, choice));
  const std::uint64_t sequence = LastSequence(batch->batch_);
  if (!choice.sync) {
    state_->Acknowledged(sequence);
    return {};
  }
  // What stands before it may not be on disk.
  if (log_syncs_->failed()) CALLSTORE_RETURN_IF_ERROR(Recover());
  state_->Durable(sequence);
  return {};
}

Result<void> Database::WriteNow(Batch* batch, const WriteChoice& choice) {
  rocksdb::WriteOptions write;
  write.sync = choice.sync;
  write.no_slowdown = choice.no_slowdown;
  std::shared_lock lock(sync_mutex_, std::defer_lock);
  if (choice.sync) lock.lock();
  return ToResult(db_->Write(write, &batch->batch_));
}

Result<void> Database::Recover() {
  if (!listener_->failed() && !log_syncs_->failed()) [[likely]]
    return {};
  LogSyncs::Repair repair(log_syncs_.get());
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->Resume()));
  listener_->Recovered();
  if (!log_syncs_->failed()) return {};
  const std::vector<rocksdb::ColumnFamilyHandle*> handles(handles_.begin(), handles_.end());
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->Flush(rocksdb::FlushOptions(), handles)));
  repair.Done();
  return {};
}

Result<void> Database::Sync() {
  if (read_only()) return {};
  const std::unique_lock lock(sync_mutex_);
  CALLSTORE_RETURN_IF_ERROR(Recover());
  const std::uint64_t sequence = db_->GetLatestSequenceNumber();
  if (state_->state().durable >= sequence) return {};
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->SyncWAL()));
  if (log_syncs_->failed()) CALLSTORE_RETURN_IF_ERROR(Recover());
  state_->Durable(sequence);
  return {};
}

Result<void> Database::Close() {
  if (read_only()) return {};
  CALLSTORE_RETURN_IF_ERROR(Recover());
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->FlushWAL(true)));
  const std::vector<rocksdb::ColumnFamilyHandle*> handles(handles_.begin(), handles_.end());
  CALLSTORE_RETURN_IF_ERROR(ToResult(db_->Flush(rocksdb::FlushOptions(), handles)));
  rocksdb::CancelAllBackgroundWork(db_.get(), /*wait=*/true);
  listener_->MarkManifest(db_.get());
  state_->Durable(db_->GetLatestSequenceNumber());
  return state_->SetPhase(StoreState::Phase::kClosed);
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
