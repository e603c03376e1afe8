#include "store/backup.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "engine/append_file.h"
#include "engine/backup.h"
#include "engine/work_folder.h"
#include "store/directory_cache.h"
#include "store/eraser.h"
#include "store/guard.h"
#include "store/ledger.h"
#include "store/open.h"

namespace callstore {
namespace store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCacheBytes = std::size_t{8} << 20;  // of a copy that is read once

// What a copy is called until it is whole: beside its place, on the same device.
std::string PartialName(const std::string& target) {
  std::string name = target;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  return name + ".callstore-partial";
}

std::string CopyInside(const std::string& store_path) { return store_path + "/backup.partial"; }

Result<void> CheckGiven(std::string_view field, const std::string& path) {
  if (!path.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument, "a folder is needed",
              {{"field", std::string(field)}, {"value", ""}, {"valid", "the path of a folder"}});
}

// Whether `inner` is `outer` or lies below it.
bool LiesIn(const std::string& inner, const std::string& outer) {
  std::error_code error;
  const fs::path of_inner = fs::weakly_canonical(fs::absolute(inner, error), error);
  const fs::path of_outer = fs::weakly_canonical(fs::absolute(outer, error), error);
  const auto [at_inner, at_outer] =
      std::mismatch(of_inner.begin(), of_inner.end(), of_outer.begin(), of_outer.end());
  return at_outer == of_outer.end() || at_outer->empty();
}

Result<void> CheckOutside(std::string_view field, const std::string& path,
                          const std::string& of_store) {
  CALLSTORE_RETURN_IF_ERROR(CheckGiven(field, path));
  if (!LiesIn(path, of_store)) return {};
  return Fail(ErrorCode::kInvalidArgument, "the folder lies in the one that is copied",
              {{"field", std::string(field)}, {"value", path}, {"valid", "a folder elsewhere"}});
}

Result<void> CheckFree(std::string_view field, const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (fs::is_directory(status) && fs::is_empty(path, error) && !error) return {};
  return Fail(ErrorCode::kInvalidArgument, "the folder is in use",
              {{"field", std::string(field)}, {"value", path}, {"valid", "a new or empty folder"}});
}

Result<std::int64_t> CallsIn(const engine::Database& database) {
  Organizations organizations;
  CALLSTORE_RETURN_IF_ERROR(organizations.Load(database));
  const engine::Snapshot snapshot(database);
  std::int64_t calls = 0;
  for (const auto& [name, number] : organizations.All()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto head, ReadHead(database, number, &snapshot));
    if (head) calls += head->total.calls;
  }
  return calls;
}

// What a copy must have: a log that ends too early would pass for one that was never longer.
Result<void> CheckSequence(std::uint64_t sequence, std::uint64_t least) {
  if (sequence >= least) return {};
  return Fail(ErrorCode::kCorrupt, "writes are missing from the copy",
              {{"sequence", std::to_string(sequence)}, {"valid", std::to_string(least)}});
}

// Opens a copy as what it will be, so that it is known to open with all its writes, has no log to
// replay and stands on its own from now on. Result: the open store.
Result<Store> Settle(const std::string& path, const engine::Environment& environment,
                     std::uint64_t least_sequence) {
  CALLSTORE_ASSIGN_OR_RETURN(
      Store copy, OpenWith({.path = path, .create_if_missing = false, .cache_bytes = kCacheBytes},
                           environment));
  CALLSTORE_ASSIGN_OR_RETURN(const OpenReport report, copy.open_report());
  CALLSTORE_RETURN_IF_ERROR(CheckSequence(report.recovered_sequence, least_sequence));
  return copy;
}

Result<void> CheckBackupOptions(const BackupOptions& options) {
  if (options.bytes_per_second >= 0) return {};
  return Fail(ErrorCode::kInvalidArgument, "bytes_per_second is out of range",
              {{"field", "bytes_per_second"},
               {"value", std::to_string(options.bytes_per_second)},
               {"valid", "0 or more"}});
}

// A folder has the backups of one store, all of them whole: RocksDB removes files that damaged ones
// alone need when it adds another.
Result<void> CheckEarlier(const engine::BackupFolder& backups, const std::string& store_id,
                          const BackupOptions& options) {
  for (const BackupInfo& earlier : backups.List()) {
    if (!earlier.damage.empty() && !options.drop_damaged) {
      return Fail(ErrorCode::kCorrupt, "an earlier backup in the folder is damaged",
                  {{"number", std::to_string(earlier.number)},
                   {"cause", earlier.damage},
                   {"valid", "another folder, or drop_damaged, which gives the damaged one up"}});
    }
    if (!earlier.damage.empty() || earlier.store_id == store_id) continue;
    return Fail(ErrorCode::kInvalidArgument, "the folder has the backups of another store",
                {{"field", "folder"}, {"value", earlier.store_id}, {"valid", store_id}});
  }
  return {};
}

// A follower's database may be exchanged meanwhile, and is not needed: its folder says all.
Result<std::uint64_t> CopyTo(const State& state, const std::string& folder) {
  if (state.options.mode == OpenMode::kReadWrite) return state.database->Checkpoint(folder);
  return engine::Database::CheckpointBesideWriter(state.options.path, state.environment, folder);
}

// The ledger of a backup folder: that of the store when the last backup was made.
std::string LedgerIn(const std::string& folder) { return folder + "/callstore.erasures"; }

// A ledger only grows: a shorter one is that of a store that lost it.
Result<void> KeepLedger(const std::string& from, const std::string& to) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string ours, engine::ReadWholeFile(from));
  CALLSTORE_ASSIGN_OR_RETURN(const std::string kept, engine::ReadWholeFile(to));
  if (ours.size() <= kept.size()) return {};
  return engine::ReplaceWholeFile(to, ours);
}

Result<BackupInfo> BackUpCopy(const State& state, const std::string& copy_path,
                              std::uint64_t least_sequence, const std::string& folder,
                              const BackupOptions& options) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto copy, engine::Database::Open({.path = copy_path,
                                                                      .mode = OpenMode::kReadOnly,
                                                                      .cache_bytes = kCacheBytes},
                                                                     state.environment));
  CALLSTORE_ASSIGN_OR_RETURN(const auto identity, copy->ReadIdentity());
  CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t calls, CallsIn(*copy));
  const engine::BackupNote note{.store_id = identity.store_id,
                                .format = identity.format,
                                .created_at = state.NowMs(),
                                .calls = calls,
                                .sequence = copy->open_report().recovered_sequence};
  CALLSTORE_RETURN_IF_ERROR(CheckSequence(note.sequence, least_sequence));
  CALLSTORE_ASSIGN_OR_RETURN(
      auto backups, engine::BackupFolder::OpenForWriting(folder, *copy, options.bytes_per_second));
  CALLSTORE_RETURN_IF_ERROR(CheckEarlier(backups, identity.store_id, options));
  CALLSTORE_ASSIGN_OR_RETURN(const std::uint32_t number, backups.Add(*copy, copy_path, note));
  if (options.verify) CALLSTORE_RETURN_IF_ERROR(backups.Verify(number));
  CALLSTORE_RETURN_IF_ERROR(KeepLedger(LedgerPath(state.options.path), LedgerIn(folder)));
  if (options.drop_damaged) CALLSTORE_RETURN_IF_ERROR(backups.RemoveDamaged());
  if (options.keep > 0) CALLSTORE_RETURN_IF_ERROR(backups.KeepNewest(options.keep));
  return backups.Find(number);
}

}  // namespace

Result<void> Checkpoint(const State& state, const std::string& path) {
  CALLSTORE_RETURN_IF_ERROR(CheckOutside("path", path, state.options.path));
  CALLSTORE_RETURN_IF_ERROR(CheckFree("path", path));
  CALLSTORE_ASSIGN_OR_RETURN(auto work, engine::WorkFolder::Make(PartialName(path)));
  CALLSTORE_ASSIGN_OR_RETURN(const std::uint64_t sequence, CopyTo(state, work.inner()));
  CALLSTORE_ASSIGN_OR_RETURN(Store copy, Settle(work.inner(), state.environment, sequence));
  CALLSTORE_RETURN_IF_ERROR(copy.Close());
  return work.GiveName(path);
}

// The copy in the store is what is backed up: it stands still, so that its calls can be counted and
// the store goes on removing files, however long the backup takes.
Result<BackupInfo> BackUp(const State& state, const std::string& folder,
                          const BackupOptions& options) {
  CALLSTORE_RETURN_IF_ERROR(CheckOutside("folder", folder, state.options.path));
  CALLSTORE_RETURN_IF_ERROR(CheckBackupOptions(options));
  CALLSTORE_ASSIGN_OR_RETURN(const auto work,
                             engine::WorkFolder::Make(CopyInside(state.options.path)));
  CALLSTORE_ASSIGN_OR_RETURN(const std::uint64_t sequence, CopyTo(state, work.inner()));
  return BackUpCopy(state, work.inner(), sequence, folder, options);
}

void RemoveStaleCopies(const std::string& path) {
  engine::WorkFolder::RemoveStale(CopyInside(path));
}

namespace {

Result<std::vector<BackupInfo>> List(const std::string& folder) {
  CALLSTORE_RETURN_IF_ERROR(CheckGiven("folder", folder));
  CALLSTORE_ASSIGN_OR_RETURN(const auto backups, engine::BackupFolder::OpenForReading(folder));
  std::vector<BackupInfo> list = backups.List();
  if (!list.empty()) return list;
  return Fail(ErrorCode::kNotFound, "there are no backups in the folder", {{"path", folder}});
}

Result<void> VerifyOne(const std::string& folder, std::uint32_t number) {
  CALLSTORE_RETURN_IF_ERROR(CheckGiven("folder", folder));
  CALLSTORE_ASSIGN_OR_RETURN(const auto backups, engine::BackupFolder::OpenForReading(folder));
  CALLSTORE_ASSIGN_OR_RETURN(const BackupInfo backup, backups.Find(number));
  return backups.Verify(backup.number);
}

// Compares a restored store with what its backup says of it.
Result<void> CheckRestored(const Store& restored, const engine::BackupNote& note) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto organizations, restored.Organizations());
  std::int64_t calls = 0;
  for (const OrganizationInfo& organization : organizations) calls += organization.call_count;
  if (calls == note.calls) return {};
  return Fail(ErrorCode::kCorrupt, "the restored store has other calls than its backup says",
              {{"value", std::to_string(calls)}, {"valid", std::to_string(note.calls)}});
}

Result<VerifyReport> VerifyRestored(const Store& restored) {
  CALLSTORE_ASSIGN_OR_RETURN(VerifyReport report, restored.Verify());
  if (report.ok()) return report;
  const Fault first = report.faults.empty() ? Fault{} : report.faults.front();
  return Fail(ErrorCode::kCorrupt, "the backup is of a store that was damaged",
              {{"faults", std::to_string(report.fault_count)},
               {"fault", std::string(FaultKindName(first.kind))},
               {"cause", first.what},
               {"valid", "another backup, or this one without the check, and a repair"}});
}

// The erasures that are known beside a target and in a backup folder.
Result<std::vector<LedgerEntry>> KnownErasures(const std::string& target,
                                               const std::string& folder) {
  CALLSTORE_ASSIGN_OR_RETURN(std::vector<LedgerEntry> erasures, ReadLedger(LedgerPath(target)));
  CALLSTORE_ASSIGN_OR_RETURN(const auto of_folder, ReadLedger(LedgerIn(folder)));
  erasures.insert(erasures.end(), of_folder.begin(), of_folder.end());
  return erasures;
}

Result<std::int64_t> EraseFrom(Store* restored, const std::vector<LedgerEntry>& erasures) {
  State* const state = StoreAccess::StateOf(restored);
  CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t erased, EraseAgain(state, erasures));
  if (erased > 0) CALLSTORE_RETURN_IF_ERROR(state->database->Purge());
  return erased;
}

// Makes the store of a backup in the folder `path`, which nobody sees yet. What a restored store
// needs to be told before anybody does, it is told while it is open here.
Result<RestoreReport> RestoreInto(const engine::BackupFolder& backups, const BackupInfo& backup,
                                  const std::string& path, const std::vector<LedgerEntry>& erasures,
                                  const RestoreOptions& options) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto note, backups.NoteOf(backup.number));
  CALLSTORE_RETURN_IF_ERROR(backups.Restore(backup.number, path));
  CALLSTORE_ASSIGN_OR_RETURN(Store restored, Settle(path, {}, note.sequence));
  CALLSTORE_RETURN_IF_ERROR(CheckRestored(restored, note));
  RestoreReport report{.backup = backup};
  CALLSTORE_ASSIGN_OR_RETURN(report.erased_again, EraseFrom(&restored, erasures));
  if (options.verify) {
    CALLSTORE_ASSIGN_OR_RETURN(report.verified, VerifyRestored(restored));
  }
  CALLSTORE_RETURN_IF_ERROR(restored.Close());
  return report;
}

Result<RestoreReport> Restore(const std::string& folder, std::uint32_t number,
                              const std::string& target, const RestoreOptions& options) {
  CALLSTORE_RETURN_IF_ERROR(CheckGiven("folder", folder));
  CALLSTORE_RETURN_IF_ERROR(CheckOutside("target", target, folder));
  CALLSTORE_RETURN_IF_ERROR(CheckFree("target", target));
  CALLSTORE_ASSIGN_OR_RETURN(const auto backups, engine::BackupFolder::OpenForReading(folder));
  CALLSTORE_ASSIGN_OR_RETURN(const BackupInfo backup, backups.Find(number));
  CALLSTORE_ASSIGN_OR_RETURN(const auto erasures, KnownErasures(target, folder));
  CALLSTORE_ASSIGN_OR_RETURN(auto work, engine::WorkFolder::Make(PartialName(target)));
  CALLSTORE_RETURN_IF_ERROR(
      engine::CheckRoom(work.path(), static_cast<std::uint64_t>(backup.size_bytes)));
  CALLSTORE_ASSIGN_OR_RETURN(const RestoreReport report,
                             RestoreInto(backups, backup, work.inner(), erasures, options));
  CALLSTORE_RETURN_IF_ERROR(KeepLedger(LedgerIn(folder), LedgerPath(target)));
  CALLSTORE_RETURN_IF_ERROR(work.GiveName(target));
  return report;
}

}  // namespace
}  // namespace store

Result<std::vector<BackupInfo>> ListBackups(const std::string& folder) {
  return store::Guard([&] { return store::List(folder); });
}

Result<void> VerifyBackup(const std::string& folder, std::uint32_t number) {
  return store::Guard([&] { return store::VerifyOne(folder, number); });
}

Result<RestoreReport> RestoreBackup(const std::string& folder, std::uint32_t number,
                                    const std::string& target, const RestoreOptions& options) {
  return store::Guard([&] { return store::Restore(folder, number, target, options); });
}

}  // namespace callstore
