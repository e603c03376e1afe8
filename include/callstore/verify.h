// verify.h - what a check of a whole store found.
// Every row is read and compared with what it should say about every other: a store without faults
// answers every query as its calls say.
//
//   auto report = store->Verify();
//   for (const callstore::Fault& fault : report->faults) Tell(fault.what, fault.key);
//
// Ownership:     values.
// Thread safety: values; share const objects freely.
#ifndef CALLSTORE_VERIFY_H_
#define CALLSTORE_VERIFY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/export.h"

namespace callstore {

enum class FaultKind : std::uint8_t {
  kUnreadableFile,       // a table file fails its checksums or cannot be read
  kUnreadableRow,        // rows from `key` on cannot be read; nothing else is blamed for them
  kForeignKey,           // a key that no row of this format has
  kDamagedOrganization,  // the record of an organization, or its name, is not one
  kUnknownOrganization,  // rows of a number that no organization has
  kDamagedCall,          // a call's record does not verify
  kDamagedTranscript,    // a transcript's record does not verify
  kMisplacedCall,        // a call's record says another place than its key
  kOrphanTranscript,     // a transcript without a call
  kMissingId,            // a call that its id does not find
  kWrongId,              // an id row that names another place or id than its call
  kOrphanId,             // an id row without a call
  kMissingCallId,        // a call that its call_id does not find
  kOrphanCallId,         // a call_id row that names no such call
  kMissingIndexKey,      // a call that an index does not find
  kOrphanIndexKey,       // an index key without a call that has the value
  kMissingHead,          // calls, and no head that counts them
  kWrongTotal,           // the head counts other calls than there are
  kWrongSummary,      // a chunk's summary counts other rows than there are, or its fence is wrong
  kDamagedChunk,      // a chunk that is none, or has a damaged section
  kMissingColumnRow,  // a call that its chunk does not have
  kOrphanColumnRow,   // a row of a chunk without a call
  kWrongColumnValue,  // a row of a chunk that says another value than its call
};
// "damaged_call", ... Never empty.
CALLSTORE_EXPORT std::string_view FaultKindName(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kUnreadableFile;
  std::string family = {};        // the column family; empty: none
  std::string organization = {};  // its name where it is known
  std::string key = {};           // of the row, in hexadecimal; of a file: its name
  std::string what = {};          // one sentence, with the call's id where it is known
};

struct VerifyProgress {
  std::string_view phase = {};  // "files", "calls" (with transcripts and columns), "ids", "index"
  std::int64_t done = 0;        // rows; of files: files
  std::int64_t total = 0;       // an estimate; 0: not known
};

struct VerifyOptions {
  // Also reads every block of every table file and compares its checksum.
  bool files = true;
  // So many faults are described; all are counted.
  std::size_t most_faults = 1000;
  // Called from the verifying thread, now and then; false ends the check: `deadline`.
  std::function<bool(const VerifyProgress&)> progress = {};
};

struct VerifyReport {
  std::int64_t organizations = 0;
  std::int64_t calls = 0;
  std::int64_t transcripts = 0;
  std::int64_t ids = 0;
  std::int64_t index_keys = 0;
  std::int64_t chunks = 0;
  std::int64_t files = 0;
  std::int64_t fault_count = 0;
  std::map<FaultKind, std::int64_t> fault_counts = {};
  std::vector<Fault> faults = {};

  bool ok() const { return fault_count == 0; }
};

}  // namespace callstore

#endif  // CALLSTORE_VERIFY_H_
