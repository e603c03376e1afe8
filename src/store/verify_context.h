// verify_context.h - what the parts of a check share: the moment, the report, the organizations.
//
// Ownership:     a context outlives the parts that are handed it.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_VERIFY_CONTEXT_H_
#define CALLSTORE_SRC_STORE_VERIFY_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "callstore/call_view.h"
#include "callstore/verify.h"
#include "engine/database.h"
#include "keys/keys.h"
#include "store/row_walk.h"

namespace callstore::store {

using keys::OrganizationNumber;

// A sum over rows: two sets of rows have the same sum, in whatever order they come, or are not the
// same but for odds of 2^-128.
class RowSum {
 public:
  void Add(std::string_view row);

  friend bool operator==(const RowSum&, const RowSum&) = default;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

// An organization, and what its calls say of the families that name them.
struct CheckedOrganization {
  OrganizationNumber number = 0;
  std::string name = {};
  RowSum id_rows = {};
  RowSum call_id_rows = {};
  RowSum index_rows = {};
  std::vector<Gap> call_gaps = {};
};

// The rows that a call has in other families, each as the bytes that a RowSum takes.
std::string IdRow(OrganizationNumber organization, const Position& position, std::string_view id);
std::string CallIdRow(OrganizationNumber organization, std::uint64_t hash, std::uint64_t tie);

class VerifyContext {
 public:
  VerifyContext(const engine::Database& of, const engine::Snapshot* at,
                const VerifyOptions& options, VerifyReport* to)
      : database(of), snapshot(at), report(*to), options_(options) {}

  const engine::Database& database;
  const engine::Snapshot* const snapshot;
  VerifyReport& report;

  // Counts a fault, and describes it while there is room.
  void Add(FaultKind kind, engine::Family family, const CheckedOrganization* organization,
           std::string_view key, std::string_view what);
  void AddFile(std::string_view family, std::string_view file, const Error& error);
  // A gap as a fault.
  void AddGap(engine::Family family, const CheckedOrganization* organization, const Gap& gap);

  // A new phase of about so many rows.
  Result<void> StartPhase(std::string_view phase, std::int64_t total);
  // Another row was read. deadline: the caller wants no more.
  Result<void> Step() { return ++done_ % kRowsAReport == 0 ? Report() : Result<void>(); }
  Result<void> Report() const;

 private:
  static constexpr std::int64_t kRowsAReport = 4096;

  const VerifyOptions& options_;
  std::string_view phase_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
};

// A walk over the rows of one organization that tells of the gaps it passes.
class CheckedWalk {
 public:
  CheckedWalk(VerifyContext* context, const CheckedOrganization* organization,
              const RowWalk::Range& range)
      : context_(*context),
        organization_(organization),
        family_(range.family),
        walk_(context->database, range, context->snapshot) {
    Tell();
  }

  bool Valid() const { return walk_.Valid(); }
  std::string_view key() const { return walk_.key(); }
  std::string_view value() const { return walk_.value(); }
  void Next() {
    walk_.Next();
    Tell();
  }
  const std::vector<Gap>& gaps() const { return walk_.gaps(); }

 private:
  void Tell() {
    for (; told_ < walk_.gaps().size(); ++told_) {
      context_.AddGap(family_, organization_, walk_.gaps()[told_]);
    }
  }

  VerifyContext& context_;
  const CheckedOrganization* const organization_;
  const engine::Family family_;
  RowWalk walk_;
  std::size_t told_ = 0;
};

// All rows that an organization has in a family.
RowWalk::Range RangeOf(engine::Family family, OrganizationNumber organization);

// A call's record, copied to where it can be read in place, and verified.
class CallBuffer {
 public:
  // The call; null where the record is damaged. It lives until the next Read.
  const CallView* Read(std::string_view record);

 private:
  std::string record_;
  std::optional<CallView> call_;
};

enum class FoundCall : std::uint8_t {
  kNone,
  kUnreadable,  // it is there, and nobody knows what it says
  kRead,
};
// The call at a position.
FoundCall FindCall(const VerifyContext& context, OrganizationNumber organization,
                   const Position& position, CallBuffer* buffer, const CallView** call);

// Keys that were named in a fault already, so that they are not named in another one. Bounded: what
// is forgotten may be named twice.
class NamedKeys {
 public:
  void Add(std::string_view key);
  bool Has(std::string_view key) const;

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 18;
  std::set<std::uint64_t> hashes_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_VERIFY_CONTEXT_H_
