#include "store/verify_context.h"

#include <utility>

#include "base/bytes.h"
#include "base/hash.h"
#include "record/access.h"
#include "record/encode.h"
#include "store/id_table.h"

namespace callstore::store {
namespace {

// Of the keys that the rows of a family have.
std::size_t KeyBytes(engine::Family family) {
  switch (family) {
    case engine::Family::kOrgs:
      return 4;
    case engine::Family::kIds:
      return 13;
    case engine::Family::kIndex:
      return 29;
    case engine::Family::kColumns:
      return 21;
    default:
      return 20;
  }
}

// What the engine says of it.
std::string CauseOf(const Error& error) {
  const std::string_view cause = error.Detail("cause");
  return cause.empty() ? error.message : std::string(cause);
}

}  // namespace

void RowSum::Add(std::string_view row) {
  const auto [high, low] = Hash128(row);
  ++count_;
  high_ += high;
  low_ += low;
}

std::string IdRow(OrganizationNumber organization, const Position& position, std::string_view id) {
  std::string row(keys::IdKey(organization, position.tie).view());
  return row += EncodeIdRecord(position.time_ms, id);
}

std::string CallIdRow(OrganizationNumber organization, std::uint64_t hash, std::uint64_t tie) {
  std::string row(keys::CallIdKey(organization, hash).view());
  AppendLittle(tie, &row);
  return row;
}

void VerifyContext::Add(FaultKind kind, engine::Family family,
                        const CheckedOrganization* organization, std::string_view key,
                        std::string_view what) {
  ++report.fault_count;
  ++report.fault_counts[kind];
  if (report.faults.size() >= options_.most_faults) return;
  report.faults.push_back({.kind = kind,
                           .family = std::string(engine::FamilyName(family)),
                           .organization = organization == nullptr ? "" : organization->name,
                           .key = ToHex(key),
                           .what = std::string(what)});
}

void VerifyContext::AddFile(std::string_view family, std::string_view file, const Error& error) {
  ++report.fault_count;
  ++report.fault_counts[FaultKind::kUnreadableFile];
  if (report.faults.size() >= options_.most_faults) return;
  report.faults.push_back({.kind = FaultKind::kUnreadableFile,
                           .family = std::string(family),
                           .key = std::string(file),
                           .what = "a table cannot be read: " + CauseOf(error)});
}

void VerifyContext::AddGap(engine::Family family, const CheckedOrganization* organization,
                           const Gap& gap) {
  Add(FaultKind::kUnreadableRow, family, organization, gap.begin,
      "rows cannot be read, up to key " + ToHex(gap.end) + ": " + CauseOf(gap.error));
}

Result<void> VerifyContext::StartPhase(std::string_view phase, std::int64_t total) {
  phase_ = phase;
  done_ = 0;
  total_ = total;
  return Report();
}

Result<void> VerifyContext::Report() const {
  if (!options_.progress) return {};
  if (options_.progress({.phase = phase_, .done = done_, .total = total_})) return {};
  return Fail(ErrorCode::kDeadline, "the check of the store was stopped");
}

RowWalk::Range RangeOf(engine::Family family, OrganizationNumber organization) {
  return {.family = family,
          .lower = keys::FirstKey(organization),
          .upper = keys::EndKey(organization),
          .key_bytes = KeyBytes(family)};
}

const CallView* CallBuffer::Read(std::string_view record) {
  record_.assign(record);
  call_.reset();
  if (!record::VerifyCall(record_)) return nullptr;
  return &call_.emplace(CallViewAccess::Make({}, record_, {}, false));
}

FoundCall FindCall(const VerifyContext& context, OrganizationNumber organization,
                   const Position& position, CallBuffer* buffer, const CallView** call) {
  engine::PinnedValue value;
  const Result<bool> found = context.database.Get(
      engine::Family::kCalls, keys::CallKey(organization, position), context.snapshot, &value);
  if (!found) return FoundCall::kUnreadable;
  if (!*found) return FoundCall::kNone;
  *call = buffer->Read(engine::ToView(value));
  return *call == nullptr ? FoundCall::kUnreadable : FoundCall::kRead;
}

void NamedKeys::Add(std::string_view key) {
  if (hashes_.size() < kMost) hashes_.insert(Hash64(key));
}

bool NamedKeys::Has(std::string_view key) const { return hashes_.contains(Hash64(key)); }

}  // namespace callstore::store
