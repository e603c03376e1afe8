// organizations.h - organizations, and the numbers that stand for them in keys.
// A number is allocated when a name is first written, is never used twice, and reaches the disk in
// the same batch as the organization's first call. The record of an erased organization stays,
// without its name, so that its number is not used again.
//
// In a follower records come from the database as they are asked for: the writer adds to them.
//
// Thread safety: safe for concurrent use. Two writers of one new name must be kept apart by the
//                caller (the write lock of the organization does).
#ifndef CALLSTORE_SRC_STORE_ORGANIZATIONS_H_
#define CALLSTORE_SRC_STORE_ORGANIZATIONS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "callstore/erase.h"
#include "callstore/error.h"
#include "engine/database.h"
#include "keys/keys.h"
#include "query/normal_filter.h"

namespace callstore::store {

using keys::OrganizationNumber;

// What family orgs keeps of an organization, under its number.
struct OrganizationRecord {
  std::string name = {};             // empty: it was erased
  std::uint32_t retention_days = 0;  // 0: calls are kept for good
  std::vector<Hold> holds = {};      // by name
};
std::string EncodeOrganization(const OrganizationRecord& record);
// Nothing where the bytes are no record.
std::optional<OrganizationRecord> DecodeOrganization(std::string_view value);

// A hold, ready to be tested.
struct ActiveHold {
  std::string name;
  query::NormalFilter filter;
};
using ActiveHolds = std::vector<ActiveHold>;
// corrupt: a hold's filter cannot be read.
Result<ActiveHolds> Activate(const std::vector<Hold>& holds);

class Organizations {
 public:
  // Reads the records that are not known yet. corrupt. Cost: a scan of them.
  Result<void> Load(const engine::Database& database);

  std::optional<OrganizationNumber> Find(std::string_view name) const;
  // As Find, and from the database where the name is not known yet. corrupt.
  Result<std::optional<OrganizationNumber>> FindOrRead(const engine::Database& database,
                                                       std::string_view name);
  // Forgets all of them, before the database is replaced.
  void Clear();
  // By name, in byte order.
  std::vector<std::pair<std::string, OrganizationNumber>> All() const;

  // A fresh number, with its record added to the batch. Make it known with Add once the batch is
  // written; after a failed write the number stays unused.
  OrganizationNumber Allocate(std::string_view name, engine::Batch* batch);
  void Add(std::string_view name, OrganizationNumber number);

  // What the record says, and its holds, as the last Load or Set has it. Empty where the
  // number is not known: it may have been erased meanwhile.
  OrganizationRecord Record(OrganizationNumber number) const;
  // Null where there are none. Cheap.
  std::shared_ptr<const ActiveHolds> HoldsOf(OrganizationNumber number) const;
  // Makes a record known that was written. One without a name is forgotten.
  Result<void> Set(OrganizationNumber number, const OrganizationRecord& record);

 private:
  struct Known {
    OrganizationRecord record;
    std::shared_ptr<const ActiveHolds> holds;
  };
  // REQUIRES: mutex_ is held.
  Result<void> Learn(OrganizationNumber number, OrganizationRecord record);

  mutable std::shared_mutex mutex_;
  std::map<std::string, OrganizationNumber, std::less<>> numbers_;
  std::unordered_map<OrganizationNumber, Known> known_;
  OrganizationNumber last_ = 0;
  // All numbers up to this are known. Beyond it a writer may still add to a gap.
  OrganizationNumber complete_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ORGANIZATIONS_H_
