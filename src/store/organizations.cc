#include "store/organizations.h"

#include <algorithm>
#include <mutex>

#include "base/bytes.h"
#include "base/error.h"

namespace callstore::store {
namespace {

constexpr char kRecordVersion = 1;
constexpr std::size_t kNameOffset = 5;  // version, days of retention

}  // namespace

std::string EncodeOrganization(const OrganizationRecord& record) {
  std::string value(1, kRecordVersion);
  AppendLittle(record.retention_days, &value);
  return value + record.name;
}

std::optional<OrganizationRecord> DecodeOrganization(std::string_view value) {
  if (value.size() < kNameOffset || value[0] != kRecordVersion) return std::nullopt;
  return OrganizationRecord{.name = std::string(value.substr(kNameOffset)),
                            .retention_days = LoadLittle<std::uint32_t>(value.data() + 1)};
}

Result<void> Organizations::Load(const engine::Database& database) {
  const std::unique_lock lock(mutex_);
  const auto scan = database.NewFullScan(engine::Family::kOrgs);
  for (scan->Seek(keys::OrganizationKey(complete_ + 1)); scan->Valid(); scan->Next()) {
    const auto number = keys::ParseOrganization(scan->key());
    const auto record = DecodeOrganization(scan->value());
    if (!number || !record) {
      return Fail(ErrorCode::kCorrupt, "an organization's record is damaged",
                  {{"key", ToHex(scan->key())}});
    }
    last_ = std::max(last_, *number);
    if (*number == complete_ + 1) complete_ = *number;
    if (!record->name.empty()) numbers_.emplace(record->name, *number);
  }
  return scan->status();
}

std::optional<OrganizationNumber> Organizations::Find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<OrganizationNumber>> Organizations::FindOrRead(
    const engine::Database& database, std::string_view name) {
  if (const auto known = Find(name)) return known;
  CALLSTORE_RETURN_IF_ERROR(Load(database));
  return Find(name);
}

void Organizations::Clear() {
  const std::unique_lock lock(mutex_);
  numbers_.clear();
  last_ = 0;
  complete_ = 0;
}

std::vector<std::pair<std::string, OrganizationNumber>> Organizations::All() const {
  const std::shared_lock lock(mutex_);
  return {numbers_.begin(), numbers_.end()};
}

OrganizationNumber Organizations::Allocate(std::string_view name, engine::Batch* batch) {
  const std::unique_lock lock(mutex_);
  const OrganizationNumber number = ++last_;
  batch->Put(engine::Family::kOrgs, keys::OrganizationKey(number),
             EncodeOrganization({.name = std::string(name)}));
  return number;
}

void Organizations::Add(std::string_view name, OrganizationNumber number) {
  const std::unique_lock lock(mutex_);
  numbers_.emplace(name, number);
}

}  // namespace callstore::store
