// call_copier.h - writes what a salvage has into a new store.
// Organizations and the store's own rows are copied as they are; of calls and transcripts those
// that verify, put as a writer would put them, so that ids, index, columns and counts follow from
// them. What cannot be read is counted and named in the report.
//
// Ownership:     the salvage, the options and the report outlive the copier.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CALL_COPIER_H_
#define CALLSTORE_SRC_STORE_CALL_COPIER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/repair.h"
#include "engine/salvage.h"
#include "store/ledger.h"
#include "store/salvage_walk.h"
#include "store/state.h"
#include "store/write_session.h"

namespace callstore::store {

class CallCopier {
 public:
  CallCopier(engine::Salvage* salvage, const RepairOptions& options, RepairReport* report)
      : salvage_(*salvage), options_(options), report_(*report) {}

  // Makes the new store in a folder that is not there yet.
  Result<void> Open(const std::string& path);
  // unsupported_format: what is salvaged is of another version. full, io_error, deadline.
  Result<void> Copy();
  // Erases again what a ledger says: damage may have brought it back.
  Result<void> EraseAgain(const std::vector<LedgerEntry>& erasures);
  Result<void> Close();

 private:
  Result<void> CopyOwnRows();
  Result<void> CopyOrganizations();
  Result<void> CopyCalls();
  Result<void> CopyCall(const SalvageWalk& calls, SalvageWalk* transcripts);
  // Goes to the organization with this number; one that is not known gets a name.
  Result<void> EnterOrganization(OrganizationNumber number);
  Result<void> AddOrganization(OrganizationNumber number, const OrganizationRecord& record);
  std::string NewName(OrganizationNumber number) const;
  // The transcript of a call; empty where there is none that can be read.
  Result<void> TakeTranscript(std::string_view key, SalvageWalk* transcripts);
  Result<void> PassTranscripts(std::string_view key, SalvageWalk* transcripts);
  Result<void> Commit();
  // Whether the ids say that the call of a spare row was deleted or moved away since. `id` may be
  // empty: not known.
  Result<bool> IsGone(std::string_view key, std::string_view id);

  // Calls that lie in what could not be read, by the ids that are left.
  Result<void> CountLostCalls(const std::vector<Gap>& gaps);
  // Rows of damaged tables that cannot be read any more.
  std::int64_t CountUnreadRows(engine::Family family) const;
  void AddLoss(FaultKind kind, engine::Family family, std::string_view key,
               const std::string& what);
  Result<void> Report(std::string_view phase, std::int64_t done, std::int64_t total) const;

  engine::Salvage& salvage_;
  const RepairOptions& options_;
  RepairReport& report_;
  State state_;
  std::map<OrganizationNumber, std::string> names_;  // empty: erased

  // Of the organization whose calls are copied.
  std::optional<OrganizationNumber> number_;
  std::string name_;
  std::optional<WriteSession> session_;
  std::size_t session_calls_ = 0;
  std::size_t session_bytes_ = 0;
  std::string call_;  // a buffer
  std::string transcript_key_;
  std::string transcript_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CALL_COPIER_H_
