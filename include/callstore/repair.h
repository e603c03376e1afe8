// repair.h - a new store of what can be read of a damaged one.
// Every call and transcript that is whole is copied into the new store, organizations and the
// store's id with them; ids, index, columns and counts are made anew from the calls. The damaged
// folder is read and never written, but for its lock file.
//
//   auto report = callstore::Repair("calls", "calls.repaired");
//
// Rows that damage hides are looked for in every table and log that is left. What is found there
// may be older than what was lost, and where the row that says so is lost too, a call that was
// deleted can come back; one that was erased (erase.h) does not, while its ledger is there.
//
// Ownership:     values.
// Thread safety: any thread; holds the lock of the damaged store meanwhile.
#ifndef CALLSTORE_REPAIR_H_
#define CALLSTORE_REPAIR_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/store.h"
#include "callstore/verify.h"

namespace callstore {

struct RepairOptions {
  LogSink log_sink = {};
  // Called now and then, phases "files" and "calls" and those of Verify; false ends it: `deadline`.
  std::function<bool(const VerifyProgress&)> progress = {};
};

struct RepairReport {
  std::int64_t calls = 0;  // in the repaired store
  std::int64_t transcripts = 0;
  // Calls that are there and cannot be read, by the ids that are left; where ids are lost too, the
  // most that it can be.
  std::int64_t calls_lost = 0;
  // The most that it can be; those of calls that are lost among them.
  std::int64_t transcripts_lost = 0;
  std::vector<std::string> files_lost = {};  // tables that are missing, or damaged in some part
  bool log_truncated = false;     // a part of the log could not be read, or its end is gone
  bool manifest_rebuilt = false;  // which tables count was guessed from themselves
  // Organizations whose record was lost, by the name that they have now: "recovered-<number>". They
  // keep calls for good and have no holds.
  std::vector<std::string> names_lost = {};
  std::vector<Fault> losses = {};  // the first 1,000, each a row that was dropped
  // Calls that were erased, by the ledger of the damaged store, and had come back.
  std::int64_t erased_again = 0;
  VerifyReport verified = {};  // of the repaired store
};

// invalid_argument (the new folder is not empty, or is in the damaged one), not_found (no store),
// locked, corrupt (nothing of it can be read, or its ledger cannot), unsupported_format, deadline,
// full, io_error. After an error nothing stands at `repaired`. Cost: a read of all of the damaged
// store and a write of all calls; room for both, and for the logs again.
CALLSTORE_EXPORT Result<RepairReport> Repair(const std::string& damaged,
                                             const std::string& repaired,
                                             const RepairOptions& options = {});

}  // namespace callstore

#endif  // CALLSTORE_REPAIR_H_
