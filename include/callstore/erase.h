// erase.h - calls that must go, and calls that must stay.
// Every erasure is written to the ledger of the store, the file `<store>.erasures` beside its
// folder, before the first call goes; a backup that is older is restored without the calls that
// were erased since. The ledger has hashes of their ids and nothing else of them.
//
//   auto receipt = store->Erase("org-789", callstore::Erasure::OfCall("call-1"), {.purge = true});
//
// A delete and an erasure remove the same rows; an erasure is remembered. The bytes stay in files
// until these are rewritten, which RocksDB does in its own time, or Purge at once.
//
// Ownership:     values.
// Thread safety: values; share const objects freely.
#ifndef CALLSTORE_ERASE_H_
#define CALLSTORE_ERASE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/export.h"
#include "callstore/filter.h"

namespace callstore {

// Which calls of an organization go.
struct Erasure {
  enum class Scope : std::uint8_t {
    kCall,          // the one with `id`
    kFilter,        // those that `filter` matches
    kBefore,        // those with a list time before `before`, ms since the epoch
    kOrganization,  // all, and the organization's name
  };

  Scope scope = Scope::kCall;
  std::string id = {};
  Filter filter = {};
  std::int64_t before = 0;

  static Erasure OfCall(std::string id) { return {.id = std::move(id)}; }
  static Erasure Matching(Filter filter) {
    return {.scope = Scope::kFilter, .filter = std::move(filter)};
  }
  static Erasure Before(std::int64_t before) { return {.scope = Scope::kBefore, .before = before}; }
  static Erasure OfOrganization() { return {.scope = Scope::kOrganization}; }
};
// "call", "filter", "before", "organization".
CALLSTORE_EXPORT std::string_view ErasureScopeName(Erasure::Scope scope);

struct EraseOptions {
  // Also Purge().
  bool purge = false;
};

// What an erasure did, as the ledger has it.
struct ErasureReceipt {
  std::int64_t number = 0;  // 1, 2, ... in this store
  std::string organization_id = {};
  Erasure::Scope scope = Erasure::Scope::kCall;
  std::int64_t calls = 0;      // that were erased
  std::int64_t erased_at = 0;  // ms since the epoch
  // The sum, modulo 2^128, of the XXH3-128 hashes of the ids, in hexadecimal: whoever has a list of
  // ids can see whether it was these.
  std::string ids_hash = {};
  std::int64_t purged_at = 0;  // 0: not purged since
};

// A legal hold: as long as it is there, no call that it matches can be deleted or erased, nor falls
// to retention. Calls can still be changed.
struct Hold {
  std::string name = {};  // 1 to 128 bytes, unique in its organization
  // The filter in its normal form, as filter_criteria takes it; "{}" holds every call.
  std::string filter_json = "{}";
  std::int64_t placed_at = 0;  // ms since the epoch
};

struct RetentionResult {
  std::string organization_id = {};
  std::uint32_t retention_days = 0;
  std::int64_t deleted = 0;
  std::int64_t held = 0;  // calls that a hold kept
};

}  // namespace callstore

#endif  // CALLSTORE_ERASE_H_
