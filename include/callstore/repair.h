// repair.h - a new store of what can be read of a damaged one.
// The damaged folder is read and never written: its files are hard-linked (or, on another device,
// copied) into the new folder, and ids, index, columns and counts are made anew from the calls.
//
//   auto report = callstore::Repair("calls", "calls.repaired");
//
// Ownership:     values.
// Thread safety: any thread; holds the lock of the damaged store meanwhile.
#ifndef CALLSTORE_REPAIR_H_
#define CALLSTORE_REPAIR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/store.h"
#include "callstore/verify.h"

namespace callstore {

struct RepairOptions {
  LogSink log_sink = {};
  std::function<bool(const VerifyProgress&)> progress = {};  // false ends it: `deadline`
};

struct RepairReport {
  std::int64_t calls = 0;                       // in the repaired store
  std::int64_t transcripts = 0;
  std::int64_t calls_lost = 0;                  // rows that are there and cannot be read
  std::int64_t transcripts_lost = 0;
  std::vector<std::string> files_lost = {};     // tables that could not be used
  bool log_truncated = false;                   // the end of the log could not be read
  bool manifest_rebuilt = false;                // which tables count was guessed from themselves
  // Organizations whose name was lost, by the name that they have now: "recovered-<number>".
  std::vector<std::string> names_lost = {};
  std::vector<Fault> losses = {};               // the first 1,000, each a row that was dropped
  VerifyReport verified = {};                   // of the repaired store
};

// invalid_argument (the new folder is not empty), not_found (no store), locked, corrupt (nothing of
// it can be read), full, io_error. After an error nothing stands at `repaired`.
CALLSTORE_EXPORT Result<RepairReport> Repair(const std::string& damaged,
                                             const std::string& repaired,
                                             const RepairOptions& options = {});

}  // namespace callstore

#endif  // CALLSTORE_REPAIR_H_
