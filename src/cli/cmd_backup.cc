// cmd_backup.cc - callstore backup, backups, restore, checkpoint: copies of a store.
// The store is opened for reading, so that all of them work while another process writes to it, and
// none is in its way.
#include <string>
#include <utility>
#include <vector>

#include "callstore/backup.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

// Of one whose description is damaged no more than the number is known.
Record BackupRecord(const BackupInfo& backup) {
  const auto known = [&](const std::string& value) {
    return backup.store_id.empty() ? std::string("null") : value;
  };
  return {{"number", std::to_string(backup.number)},
          {"created_at", known(std::to_string(backup.created_at))},
          {"calls", known(std::to_string(backup.calls))},
          {"size_bytes", known(std::to_string(backup.size_bytes))},
          {"file_count", known(std::to_string(backup.file_count))},
          {"store_id", known(QuoteJson(backup.store_id))},
          {"damage", backup.damage.empty() ? "null" : QuoteJson(backup.damage)}};
}

std::string Describe(const BackupInfo& backup) {
  return "backup " + std::to_string(backup.number) + ": " + CountOf(backup.calls, "call") + ", " +
         FormatBytes(backup.size_bytes);
}

std::string FormatBackupTable(const std::vector<BackupInfo>& backups, const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(backups.size());
  for (const BackupInfo& backup : backups) {
    const std::string number = std::to_string(backup.number);
    if (backup.store_id.empty()) {
      rows.push_back({number, "-", "-", "-", "damaged"});
      continue;
    }
    rows.push_back({number, FormatMoment(backup.created_at), GroupDigits(backup.calls),
                    FormatBytes(backup.size_bytes), backup.damage.empty() ? "whole" : "damaged"});
  }
  return FormatTable({{.header = "NUMBER", .align_right = true},
                      {.header = "CREATED (UTC)", .drop_rank = 1},
                      {.header = "CALLS", .align_right = true},
                      {.header = "SIZE", .align_right = true},
                      {.header = "STATE"}},
                     rows, options);
}

Result<void> WriteList(const std::vector<BackupInfo>& backups, Session* session) {
  if (session->format == Format::kTable) {
    return session->out.Write(FormatBackupTable(backups, session->table));
  }
  std::vector<Record> records;
  for (const BackupInfo& backup : backups) records.push_back(BackupRecord(backup));
  return WriteAnswers("Backups retrieved successfully", "backups", records, BackupRecord({}),
                      session);
}

}  // namespace

Result<void> RunCommand(const TakeBackupOptions& options, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<BackupInfo> backup = store->Backup(options.folder, options.backup);
  if (!backup) return Forward(backup);
  return WriteAnswer("Backup made successfully", BackupRecord(*backup), Describe(*backup), session);
}

// Damage is part of the list and of the exit status, so that a job that looks for it sees it.
Result<void> RunCommand(const ListBackupsOptions& options, Session* session) {
  Result<std::vector<BackupInfo>> backups = ListBackups(options.folder);
  if (!backups) return Forward(backups);
  for (BackupInfo& backup : *backups) {
    if (options.verify && backup.damage.empty()) {
      const Result<void> whole = VerifyBackup(options.folder, backup.number);
      if (!whole) backup.damage = whole.error().ToString();
    }
    if (backup.damage.empty()) continue;
    Notice("backup " + std::to_string(backup.number) + " is damaged: " + backup.damage);
    session->exit_code = kExitError;
  }
  return WriteList(*backups, session);
}

Result<void> RunCommand(const RestoreBackupOptions& options, Session* session) {
  const Result<RestoreReport> restored =
      RestoreBackup(options.folder, options.number, options.target, options.restore);
  if (!restored) return Forward(restored);
  Record record = BackupRecord(restored->backup);
  record.emplace_back("store", QuoteJson(options.target));
  record.emplace_back("erased_again", std::to_string(restored->erased_again));
  std::string line = Describe(restored->backup) + ", restored to " + CleanText(options.target);
  if (restored->erased_again > 0) {
    line += "; erased again: " + CountOf(restored->erased_again, "call");
  }
  return WriteAnswer("Backup restored successfully", record, line, session);
}

Result<void> RunCommand(const CheckpointOptions& options, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<void> made = store->Checkpoint(options.folder);
  if (!made) return Forward(made);
  return WriteAnswer("Checkpoint made successfully", {{"store", QuoteJson(options.folder)}},
                     "a second store is in " + CleanText(options.folder), session);
}

}  // namespace callstore::cli
