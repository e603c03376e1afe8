// ledger.h - the erasures of a store, in the file `<store>.erasures` beside its folder, which no
// restore of the folder takes back. JSON lines: for each erasure what must go, before anything
// goes, and a receipt when it is done. Each line has a hash of itself and of the line before.
//
// Ownership:     a Ledger keeps its file open. Only the writer of a store has one.
// Thread safety: Ledger by one thread at a time; the functions from any.
#ifndef CALLSTORE_SRC_STORE_LEDGER_H_
#define CALLSTORE_SRC_STORE_LEDGER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/erase.h"
#include "callstore/error.h"
#include "engine/append_file.h"

namespace callstore::store {

using IdHash = std::array<std::uint64_t, 2>;  // XXH3-128 of an id, high half first

struct LedgerEntry {
  enum class Kind : std::uint8_t {
    kIds,      // the calls with these ids go
    kBefore,   // calls with a list time before `before` go
    kAll,      // all calls go
    kReceipt,  // the erasure is done
    kPurged,   // the bytes of all erasures so far are gone from the files
  };
  Kind kind = Kind::kIds;
  std::int64_t erasure = 0;  // its number
  std::string organization = {};
  // Ms since the epoch. What the store first took afterwards is not meant.
  std::int64_t at = 0;
  std::vector<IdHash> ids = {};
  std::int64_t before = 0;
  ErasureReceipt receipt = {};
};

std::string LedgerPath(const std::string& store_path);

// The entries of a ledger, in their order; none where there is no file. What a crash left of a last
// line is no entry. corrupt (`line`), io_error.
Result<std::vector<LedgerEntry>> ReadLedger(const std::string& path);

// The receipts among the entries, with what was purged since.
std::vector<ErasureReceipt> ReceiptsOf(const std::vector<LedgerEntry>& entries);

class Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> Open(const std::string& path);

  // The number of the next erasure.
  std::int64_t NextErasure() const { return last_erasure_ + 1; }
  // Durable before it returns.
  Result<void> Append(const LedgerEntry& entry);

 private:
  Ledger() = default;
  std::unique_ptr<engine::AppendFile> file_;
  std::uint64_t last_check_ = 0;
  std::int64_t last_erasure_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_LEDGER_H_
