#include "store/organizations.h"

#include <algorithm>
#include <mutex>

#include "base/bytes.h"
#include "base/error.h"

namespace callstore::store {
namespace {

// orgs: the name -> its number, 4 bytes big-endian.
constexpr std::size_t kNumberBytes = 4;

Result<OrganizationNumber> DecodeNumber(std::string_view name, std::string_view value) {
  if (value.size() == kNumberBytes) return LoadBig<std::uint32_t>(value.data());
  return Fail(ErrorCode::kCorrupt, "an organization's record is damaged",
              {{"organization_id", Excerpt(name)}});
}

}  // namespace

Result<void> Organizations::Load(const engine::Database& database) {
  const std::unique_lock lock(mutex_);
  const std::unique_ptr<engine::Scan> scan = database.NewFullScan(engine::Family::kOrgs);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto number, DecodeNumber(scan->key(), scan->value()));
    numbers_.emplace(scan->key(), number);
    last_ = std::max(last_, number);
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
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(const bool found,
                             database.Get(engine::Family::kOrgs, name, nullptr, &value));
  if (!found) return std::optional<OrganizationNumber>();
  CALLSTORE_ASSIGN_OR_RETURN(const auto number, DecodeNumber(name, engine::ToView(value)));
  Add(name, number);
  return std::optional(number);
}

void Organizations::Clear() {
  const std::unique_lock lock(mutex_);
  numbers_.clear();
  last_ = 0;
}

std::vector<std::pair<std::string, OrganizationNumber>> Organizations::All() const {
  const std::shared_lock lock(mutex_);
  return {numbers_.begin(), numbers_.end()};
}

OrganizationNumber Organizations::Allocate(std::string_view name, engine::Batch* batch) {
  const std::unique_lock lock(mutex_);
  const OrganizationNumber number = ++last_;
  char value[kNumberBytes];
  StoreBig(number, value);
  batch->Put(engine::Family::kOrgs, name, {value, kNumberBytes});
  return number;
}

void Organizations::Add(std::string_view name, OrganizationNumber number) {
  const std::unique_lock lock(mutex_);
  numbers_.emplace(name, number);
}

}  // namespace callstore::store
