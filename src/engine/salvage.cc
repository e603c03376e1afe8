#include "engine/salvage.h"

#include <rocksdb/cache.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "engine/folder.h"
#include "engine/options.h"
#include "engine/state_file.h"
#include "engine/status.h"
#include "engine/tables.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCacheBytes = std::size_t{64} << 20;

// The tables in a folder.
std::set<std::string> TablesIn(const std::string& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().extension() == ".sst") names.insert(file.path().filename());
  }
  return names;
}

Result<void> MakeDirectories(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return Fail(ErrorCode::kIoError, "the folder cannot be made",
              {{"path", folder.string()}, {"cause", error.message()}});
}

// A hard link, or a copy on another device. A log is always copied: RocksDB may cut it.
Result<void> BringFile(const fs::path& from, const fs::path& to, bool may_link) {
  std::error_code error;
  if (may_link) {
    fs::create_hard_link(from, to, error);
    if (!error) return {};
    error.clear();
  }
  fs::copy_file(from, to, error);
  if (!error) return {};
  const bool full = error == std::errc::no_space_on_device;
  return Fail(full ? ErrorCode::kFull : ErrorCode::kIoError, "a file cannot be copied",
              {{"path", from.string()}, {"cause", error.message()}});
}

rocksdb::Options TableOptions() {
  rocksdb::Options options;
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::OpenDamaged(const std::string& path,
                                                        const LogSink& log_sink) {
  const StoreOptions options{
      .path = path, .mode = OpenMode::kReadOnly, .cache_bytes = kCacheBytes, .log_sink = log_sink};
  std::unique_ptr<Database> database(new Database(options, {}));
  database->cache_ = rocksdb::NewLRUCache(options.cache_bytes);
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  // Opens with tables that cannot be read, and with all that can be read of the log.
  db_options.paranoid_checks = false;
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  CALLSTORE_RETURN_IF_ERROR(database->OpenDb(db_options, database->Families(options)));
  return database;
}

Result<std::unique_ptr<Salvage>> Salvage::Open(
    const Folders& folders, const LogSink& log_sink,
    const std::function<bool(std::int64_t done, std::int64_t total)>& progress) {
  std::unique_ptr<Salvage> salvage(new Salvage(folders, log_sink));
  CALLSTORE_RETURN_IF_ERROR(salvage->OpenView());
  salvage->ListTables();
  const auto total = static_cast<std::int64_t>(salvage->tables_.size());
  for (std::int64_t i = 0; i < total; ++i) {
    if (!progress(i, total)) return Fail(ErrorCode::kDeadline, "the repair was stopped");
    salvage->CheckTable(&salvage->tables_[static_cast<std::size_t>(i)]);
  }
  if (salvage->view_ == nullptr && total == 0 && LogsIn(folders.damaged).empty()) {
    return Fail(ErrorCode::kCorrupt, "nothing of the store can be read",
                {{"path", folders.damaged}});
  }
  return salvage;
}

LogSink Salvage::Watch() {
  return [this](LogLevel level, std::string_view message) {
    if (message.find("dropping") != std::string_view::npos) log_is_damaged_ = true;
    if (log_sink_) log_sink_(level, message);
  };
}

// A manifest that lost its end opens, and shows a part of the store. The state file says how long
// it was; without one, a table that it does not name speaks against it.
bool Salvage::TrustsManifest() const {
  if (const auto state = StateFile::Read(rocksdb::Env::Default(), folders_.damaged)) {
    return CheckManifest(*state, folders_.damaged).has_value();
  }
  std::vector<rocksdb::LiveFileMetaData> files;
  view_->rocks()->GetLiveFilesMetaData(&files);
  std::set<std::string> named;
  for (const auto& file : files) named.insert(file.relative_filename);
  return std::ranges::includes(named, TablesIn(folders_.damaged));
}

Result<void> Salvage::OpenView() {
  auto opened = Database::OpenDamaged(folders_.damaged, Watch());
  if (!opened) {
    const ErrorCode code = opened.error().code;
    const bool ours = code == ErrorCode::kFull || code == ErrorCode::kReadOnly;
    return ours ? Result<void>(tl::unexpected<Error>(opened.error())) : Result<void>();
  }
  view_ = *std::move(opened);
  if (!TrustsManifest()) view_.reset();
  const auto state = StateFile::Read(rocksdb::Env::Default(), folders_.damaged);
  if (view_ != nullptr && state) {
    log_is_damaged_ |= view_->rocks()->GetLatestSequenceNumber() < state->acknowledged;
  }
  return {};
}

void Salvage::ListTables() {
  if (view_ == nullptr) {
    for (const std::string& name : TablesIn(folders_.damaged)) {
      tables_.push_back({.path = folders_.damaged + "/" + name, .family = {}});
    }
    return;
  }
  std::vector<rocksdb::LiveFileMetaData> files;
  view_->rocks()->GetLiveFilesMetaData(&files);
  for (const rocksdb::LiveFileMetaData& file : files) {
    const auto rows = static_cast<std::int64_t>(file.num_entries - file.num_deletions);
    tables_.push_back({.path = folders_.damaged + "/" + file.relative_filename,
                       .family = file.column_family_name,
                       .rows = rows,
                       .last_sequence = file.largest_seqno});
  }
}

void Salvage::CheckTable(Table* table) const {
  auto reader = std::make_unique<rocksdb::SstFileReader>(TableOptions());
  if (!reader->Open(table->path).ok()) return;
  rocksdb::ReadOptions read;
  read.readahead_size = std::size_t{2} << 20;
  table->whole = reader->VerifyChecksum(read).ok();
  const auto properties = reader->GetTableProperties();
  if (table->family.empty() && properties != nullptr) {
    table->family = properties->column_family_name;
    table->rows = static_cast<std::int64_t>(properties->num_entries - properties->num_deletions);
  }
  if (!table->whole) table->reader = std::move(reader);
}

std::vector<std::string> Salvage::DamagedTables() const {
  std::vector<std::string> names;
  for (const Table& table : tables_) {
    if (!table.whole) names.push_back(fs::path(table.path).filename());
  }
  return names;
}

// Tables of nothing but a deletion, one of each family: RocksDB's repair knows only families that
// have a table, and would leave the others out of the log.
Result<void> Salvage::MakeSeeds(const std::string& folder) const {
  const StoreOptions options{.path = folder + "/seeds", .cache_bytes = 0, .log_sink = log_sink_};
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(std::string(FamilyName(family)),
                          MakeFamilyOptions(family, options, nullptr));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  CALLSTORE_RETURN_IF_ERROR(
      ToResult(rocksdb::DB::Open(db_options, options.path, families, &handles, &opened)));
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::Status status;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (status.ok()) status = db->Delete(rocksdb::WriteOptions(), handle, rocksdb::Slice());
  }
  if (status.ok()) status = db->Flush(rocksdb::FlushOptions(), handles);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  return ToResult(status);
}

Result<void> Salvage::MakeSpare() {
  if (spare_ != nullptr) return {};
  const fs::path folder = fs::path(folders_.scratch) / "spare";
  CALLSTORE_RETURN_IF_ERROR(MakeDirectories(folder));
  for (const Table& table : tables_) {
    if (!table.whole) continue;
    const fs::path name = fs::path(table.path).filename();
    CALLSTORE_RETURN_IF_ERROR(BringFile(table.path, folder / name, true));
  }
  for (const std::string& name : LogsIn(folders_.damaged)) {
    CALLSTORE_RETURN_IF_ERROR(BringFile(fs::path(folders_.damaged) / name, folder / name, false));
  }
  CALLSTORE_RETURN_IF_ERROR(MakeSeeds(folders_.scratch));
  const fs::path seeds = fs::path(folders_.scratch) / "seeds";
  for (const std::string& name : TablesIn(seeds.string())) {
    // Far from all numbers that the tables of a store have.
    CALLSTORE_RETURN_IF_ERROR(BringFile(seeds / name, folder / ("9000000000" + name), true));
  }
  const StoreOptions options{
      .path = folder.string(), .cache_bytes = kCacheBytes, .log_sink = Watch()};
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(std::string(FamilyName(family)),
                          MakeFamilyOptions(family, options, nullptr));
  }
  CALLSTORE_RETURN_IF_ERROR(
      ToResult(rocksdb::RepairDB(options.path, MakeDbOptions(options), families)));
  CALLSTORE_ASSIGN_OR_RETURN(spare_, Database::OpenDamaged(options.path, Watch()));
  const auto state = StateFile::Read(rocksdb::Env::Default(), folders_.damaged);
  if (view_ == nullptr && state) {
    log_is_damaged_ |= spare_->rocks()->GetLatestSequenceNumber() < state->acknowledged;
  }
  return {};
}

std::unique_ptr<Scan> Salvage::NewTableScan(const Table& table, const keys::Key& lower,
                                            const keys::Key& upper) {
  std::unique_ptr<Scan> scan(new Scan);
  scan->lower_ = lower;
  scan->upper_ = upper;
  scan->lower_slice_ = ToSlice(scan->lower_);
  scan->upper_slice_ = ToSlice(scan->upper_);
  rocksdb::ReadOptions read;
  read.iterate_lower_bound = &scan->lower_slice_;
  read.iterate_upper_bound = &scan->upper_slice_;
  scan->iterator_.reset(table.reader->NewIterator(read));
  return scan;
}

Salvage::Remains Salvage::RemainsOf(Family family) const {
  Remains remains;
  for (const Table& table : tables_) {
    if (table.whole || table.family != FamilyName(family)) continue;
    remains.rows += table.rows;
    if (table.reader == nullptr) continue;
    remains.tables.push_back(
        {.new_scan = [&table](const keys::Key& lower,
                              const keys::Key& upper) { return NewTableScan(table, lower, upper); },
         .sequence_of = [&table](std::string_view) { return table.last_sequence; }});
  }
  return remains;
}

Result<std::vector<Salvage::Spare>> Salvage::Spares(Family family) {
  CALLSTORE_RETURN_IF_ERROR(MakeSpare());
  std::vector<Spare> spares = RemainsOf(family).tables;
  spares.push_back({.new_scan =
                        [this, family](const keys::Key& lower, const keys::Key& upper) {
                          return spare_->NewScan(family, lower, upper, nullptr);
                        },
                    .sequence_of = [this, family](std::string_view key) -> std::uint64_t {
                      const auto version = NewestInSpare(family, key);
                      return version ? version->sequence : 0;
                    }});
  return spares;
}

std::optional<rocksdb::KeyVersion> Salvage::NewestInSpare(Family family,
                                                          std::string_view key) const {
  std::vector<rocksdb::KeyVersion> versions;
  const rocksdb::Status status = rocksdb::GetAllKeyVersions(
      spare_->rocks(), spare_->handle(family), ToSlice(key), ToSlice(key), 1, &versions);
  if (!status.ok() || versions.empty()) return std::nullopt;
  return std::move(versions[0]);
}

// Of a whole manifest a row that is not found is not there. Without one a table may be missing of
// which nobody knows, so that only a deletion that can be read says so.
Result<Salvage::Fate> Salvage::FateOf(Family family, std::string_view key) {
  if (view_ != nullptr) {
    PinnedValue value;
    const Result<bool> found = view_->Get(family, key, nullptr, &value);
    if (!found) return Fate{};
    if (!*found) return Fate{.kind = Fate::Kind::kDeleted};
    return Fate{.kind = Fate::Kind::kThere, .value = value.ToString()};
  }
  CALLSTORE_RETURN_IF_ERROR(MakeSpare());
  auto version = NewestInSpare(family, key);
  if (!version) return Fate{};
  constexpr int kDeletion = 0;  // of RocksDB's value types, which are on disk
  if (version->type == kDeletion) return Fate{.kind = Fate::Kind::kDeleted};
  return Fate{.kind = Fate::Kind::kThere, .value = std::move(version->value)};
}

}  // namespace callstore::engine
