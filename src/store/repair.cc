#include "callstore/repair.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/append_file.h"
#include "engine/salvage.h"
#include "engine/store_lock.h"
#include "engine/work_folder.h"
#include "store/call_copier.h"
#include "store/guard.h"
#include "store/ledger.h"
#include "store/verifier.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;

// Whether there is anything in the folder that a store leaves there.
bool IsStore(const std::string& folder) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    const std::string name = file.path().filename();
    const std::string extension = file.path().extension();
    if (name == "CURRENT" || name == "callstore.state" || name.starts_with("MANIFEST-") ||
        extension == ".sst" || extension == ".log") {
      return true;
    }
  }
  return false;
}

Result<void> CheckFolders(const std::string& damaged, const std::string& repaired) {
  if (!IsStore(damaged)) {
    return Fail(ErrorCode::kNotFound, "there is no store in the folder", {{"path", damaged}});
  }
  std::error_code error;
  const fs::path from = fs::weakly_canonical(damaged, error);
  const fs::path to = fs::weakly_canonical(repaired, error);
  const bool inside = std::ranges::mismatch(from, to).in1 == from.end();
  const bool in_use =
      fs::exists(to, error) && (!fs::is_directory(to, error) || !fs::is_empty(to, error));
  if (!repaired.empty() && !inside && !in_use) return {};
  return Fail(ErrorCode::kInvalidArgument, "the repaired store needs a folder of its own",
              {{"field", "repaired"},
               {"value", repaired},
               {"valid", "a new or empty folder that is not in the damaged store"}});
}

// Nobody may write meanwhile. Where the folder cannot be written at all, nobody does.
Result<std::optional<engine::StoreLock>> LockDamaged(const std::string& damaged) {
  auto lock = engine::StoreLock::Take(damaged);
  if (lock) return std::optional(*std::move(lock));
  if (lock.error().code == ErrorCode::kReadOnly) return std::optional<engine::StoreLock>();
  return tl::unexpected<Error>(std::move(lock).error());
}

Result<VerifyReport> CheckRepaired(const std::string& path, const RepairOptions& options) {
  CALLSTORE_ASSIGN_OR_RETURN(
      const auto database,
      engine::Database::Open(
          {.path = path, .mode = OpenMode::kReadOnly, .log_sink = options.log_sink}));
  CALLSTORE_ASSIGN_OR_RETURN(VerifyReport report,
                             store::Verify(*database, {.progress = options.progress}));
  if (report.ok()) return report;
  return Fail(ErrorCode::kInternal, "the repaired store has faults",
              {{"faults", std::to_string(report.fault_count)},
               {"first", report.faults.empty() ? "" : report.faults[0].what}});
}

// The ledger of a store goes with it.
Result<void> KeepLedger(const std::string& damaged, const std::string& repaired) {
  const std::string to = store::LedgerPath(repaired);
  CALLSTORE_ASSIGN_OR_RETURN(const std::string ours,
                             engine::ReadWholeFile(store::LedgerPath(damaged)));
  CALLSTORE_ASSIGN_OR_RETURN(const std::string there, engine::ReadWholeFile(to));
  return ours.size() <= there.size() ? Result<void>() : engine::ReplaceWholeFile(to, ours);
}

Result<RepairReport> RepairInto(const std::string& damaged, engine::WorkFolder* work,
                                const std::vector<store::LedgerEntry>& erasures,
                                const RepairOptions& options) {
  RepairReport report;
  const auto progress = [&](std::int64_t done, std::int64_t total) {
    return !options.progress || options.progress({.phase = "files", .done = done, .total = total});
  };
  const std::string scratch = (fs::path(work->inner()).parent_path() / "salvage").string();
  CALLSTORE_ASSIGN_OR_RETURN(
      const auto salvage,
      engine::Salvage::Open({.damaged = damaged, .scratch = scratch}, options.log_sink, progress));
  {
    store::CallCopier copier(salvage.get(), options, &report);
    CALLSTORE_RETURN_IF_ERROR(copier.Open(work->inner()));
    CALLSTORE_RETURN_IF_ERROR(copier.Copy());
    CALLSTORE_RETURN_IF_ERROR(copier.EraseAgain(erasures));
    CALLSTORE_RETURN_IF_ERROR(copier.Close());
  }
  report.files_lost = salvage->DamagedTables();
  report.log_truncated = salvage->log_is_damaged();
  report.manifest_rebuilt = salvage->view() == nullptr;
  CALLSTORE_ASSIGN_OR_RETURN(report.verified, CheckRepaired(work->inner(), options));
  report.calls = report.verified.calls;
  report.transcripts = report.verified.transcripts;
  return report;
}

}  // namespace

Result<RepairReport> Repair(const std::string& damaged, const std::string& repaired,
                            const RepairOptions& options) {
  return store::Guard([&]() -> Result<RepairReport> {
    CALLSTORE_RETURN_IF_ERROR(CheckFolders(damaged, repaired));
    CALLSTORE_ASSIGN_OR_RETURN(const auto lock, LockDamaged(damaged));
    fs::path target = fs::path(repaired);
    if (!target.has_filename()) target = target.parent_path();  // of "calls.repaired/"
    CALLSTORE_ASSIGN_OR_RETURN(auto work, engine::WorkFolder::Make(target.string() + ".partial"));
    CALLSTORE_ASSIGN_OR_RETURN(const auto erasures, store::ReadLedger(store::LedgerPath(damaged)));
    CALLSTORE_ASSIGN_OR_RETURN(RepairReport report, RepairInto(damaged, &work, erasures, options));
    CALLSTORE_RETURN_IF_ERROR(KeepLedger(damaged, target.string()));
    CALLSTORE_RETURN_IF_ERROR(work.GiveName(target.string()));
    return report;
  });
}

}  // namespace callstore
