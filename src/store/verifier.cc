#include "store/verifier.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "base/utf8.h"
#include "engine/verify_files.h"
#include "store/organizations.h"
#include "store/verify_context.h"
#include "store/verify_rows.h"

namespace callstore::store {
namespace {

using engine::Family;

constexpr Family kOwnedFamilies[] = {Family::kCalls, Family::kTranscripts, Family::kIds,
                                     Family::kIndex, Family::kColumns};
constexpr std::size_t kMostNameBytes = 512;

// Behind all keys that there are.
keys::Key LastKey() {
  keys::Key key;
  for (int i = 0; i < 5; ++i) key.Append64(std::numeric_limits<std::uint64_t>::max());
  return key;
}

class Verifier {
 public:
  Verifier(const engine::Database& database, const VerifyOptions& options)
      : options_(options),
        database_(database),
        snapshot_(database),
        context_(database, &snapshot_, options_, &report_) {}

  Result<VerifyReport> Run();

 private:
  Result<void> CheckFiles();
  void ReadOrganizations();
  void ReadOrganization(std::string_view key, std::string_view value);
  // Rows of a family whose number no organization has.
  Result<void> CheckOwners(Family family);
  Result<void> CheckStrangers(Family family, const keys::Key& lower, const keys::Key& upper);
  void AddStranger(Family family, OrganizationNumber number, std::string_view first_key,
                   std::int64_t rows);
  // Runs `check` on every organization, as a phase.
  template <typename Check>
  Result<void> RunPhase(std::string_view name, Family family, const Check& check) {
    CALLSTORE_RETURN_IF_ERROR(
        context_.StartPhase(name, database_.FamilyStats(family).keys_estimated));
    for (CheckedOrganization& organization : organizations_) {
      CALLSTORE_RETURN_IF_ERROR(check(&organization));
    }
    return context_.Report();
  }

  const VerifyOptions& options_;
  const engine::Database& database_;
  const engine::Snapshot snapshot_;
  VerifyReport report_;
  VerifyContext context_;
  std::vector<CheckedOrganization> organizations_;  // by number
  std::vector<Gap> organization_gaps_;
  std::set<std::string, std::less<>> names_;
};

Result<VerifyReport> Verifier::Run() {
  if (options_.files) CALLSTORE_RETURN_IF_ERROR(CheckFiles());
  ReadOrganizations();
  for (const Family family : kOwnedFamilies) CALLSTORE_RETURN_IF_ERROR(CheckOwners(family));
  CALLSTORE_RETURN_IF_ERROR(RunPhase(
      "calls", Family::kCalls,
      [this](CheckedOrganization* organization) { return CheckCalls(&context_, organization); }));
  CALLSTORE_RETURN_IF_ERROR(RunPhase(
      "ids", Family::kIds,
      [this](CheckedOrganization* organization) { return CheckIds(&context_, *organization); }));
  CALLSTORE_RETURN_IF_ERROR(RunPhase(
      "index", Family::kIndex,
      [this](CheckedOrganization* organization) { return CheckIndex(&context_, *organization); }));
  return std::move(report_);
}

Result<void> Verifier::CheckFiles() {
  const auto progress = [this](std::int64_t done, std::int64_t total) {
    return !options_.progress ||
           options_.progress({.phase = "files", .done = done, .total = total});
  };
  CALLSTORE_ASSIGN_OR_RETURN(const engine::FileCheck check,
                             engine::VerifyFiles(database_, progress));
  report_.files = check.files;
  for (const engine::BadFile& bad : check.bad) {
    context_.AddFile(bad.family, bad.name, bad.error);
  }
  return {};
}

void Verifier::ReadOrganizations() {
  RowWalk::Range range = RangeOf(Family::kOrgs, 0);
  range.upper = LastKey();
  CheckedWalk walk(&context_, nullptr, range);
  for (; walk.Valid(); walk.Next()) ReadOrganization(walk.key(), walk.value());
  organization_gaps_ = walk.gaps();
}

void Verifier::ReadOrganization(std::string_view key, std::string_view value) {
  const auto add = [&](FaultKind kind, std::string_view what) {
    context_.Add(kind, Family::kOrgs, nullptr, key, what);
  };
  const auto number = keys::ParseOrganization(key);
  if (!number) {
    add(FaultKind::kForeignKey, "no organization has such a key");
    return;
  }
  ++report_.organizations;
  CheckedOrganization& organization = organizations_.emplace_back();
  organization.number = *number;
  const auto record = DecodeOrganization(value);
  if (!record || !Activate(record->holds) || record->name.size() > kMostNameBytes ||
      !IsUtf8(record->name)) {
    add(FaultKind::kDamagedOrganization, "the record of an organization is damaged");
    return;
  }
  organization.name = record->name;
  if (record->name.empty() || names_.insert(record->name).second) return;  // empty: erased
  add(FaultKind::kDamagedOrganization, "two organizations have one name: " + Excerpt(record->name));
}

Result<void> Verifier::CheckOwners(Family family) {
  keys::Key lower;
  for (const CheckedOrganization& organization : organizations_) {
    CALLSTORE_RETURN_IF_ERROR(CheckStrangers(family, lower, keys::FirstKey(organization.number)));
    lower = keys::EndKey(organization.number);
  }
  return CheckStrangers(family, lower, LastKey());
}

Result<void> Verifier::CheckStrangers(Family family, const keys::Key& lower,
                                      const keys::Key& upper) {
  if (lower.view() >= upper.view()) return {};
  RowWalk::Range range = RangeOf(family, 0);
  range.lower = lower;
  range.upper = upper;
  // Keys that no organization has are no loss: what cannot be read is told by its neighbours.
  RowWalk walk(database_, range, &snapshot_);
  std::string first_key;
  std::optional<OrganizationNumber> stranger;
  std::int64_t rows = 0;
  for (; walk.Valid(); walk.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context_.Step());
    const auto owner = keys::ParseOwner(walk.key());
    if (!owner) {
      context_.Add(FaultKind::kForeignKey, family, nullptr, walk.key(),
                   "a key is too short to say whose it is");
      continue;
    }
    if (owner != stranger) {
      if (stranger) AddStranger(family, *stranger, first_key, rows);
      stranger = owner;
      first_key = walk.key();
      rows = 0;
    }
    ++rows;
  }
  if (stranger) AddStranger(family, *stranger, first_key, rows);
  return {};
}

void Verifier::AddStranger(Family family, OrganizationNumber number, std::string_view first_key,
                           std::int64_t rows) {
  // Its record may be one of those that cannot be read.
  if (InGap(organization_gaps_, keys::OrganizationKey(number))) return;
  context_.Add(FaultKind::kUnknownOrganization, family, nullptr, first_key,
               std::to_string(rows) + " rows from this key on are of organization number " +
                   std::to_string(number) + ", which has no record");
}

}  // namespace

Result<VerifyReport> Verify(const engine::Database& database, const VerifyOptions& options) {
  return Verifier(database, options).Run();
}

}  // namespace callstore::store
