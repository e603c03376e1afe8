#include "store/organizations.h"

#include <algorithm>
#include <mutex>

#include "base/bytes.h"
#include "base/error.h"
#include "callstore/json.h"

namespace callstore::store {
namespace {

constexpr char kRecordVersion = 1;

// Reads a record from its beginning; false once it is too short.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }

  template <typename T>
  bool Number(T* value) {
    if (bytes_.size() < sizeof(T)) return false;
    *value = LoadLittle<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return true;
  }
  // A length of type T, and so many bytes.
  template <typename T>
  bool Text(std::string* text) {
    T size = 0;
    if (!Number(&size) || bytes_.size() < size) return false;
    *text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string EncodeOrganization(const OrganizationRecord& record) {
  std::string value(1, kRecordVersion);
  AppendLittle(record.retention_days, &value);
  AppendLittle(static_cast<std::uint16_t>(record.name.size()), &value);
  value += record.name;
  for (const Hold& hold : record.holds) {
    AppendLittle(hold.placed_at, &value);
    AppendLittle(static_cast<std::uint16_t>(hold.name.size()), &value);
    value += hold.name;
    AppendLittle(static_cast<std::uint32_t>(hold.filter_json.size()), &value);
    value += hold.filter_json;
  }
  return value;
}

std::optional<OrganizationRecord> DecodeOrganization(std::string_view value) {
  RecordReader reader(value);
  OrganizationRecord record;
  char version = 0;
  if (!reader.Number(&version) || version != kRecordVersion ||
      !reader.Number(&record.retention_days) || !reader.Text<std::uint16_t>(&record.name)) {
    return std::nullopt;
  }
  while (!reader.empty()) {
    Hold hold;
    if (!reader.Number(&hold.placed_at) || !reader.Text<std::uint16_t>(&hold.name) ||
        !reader.Text<std::uint32_t>(&hold.filter_json)) {
      return std::nullopt;
    }
    record.holds.push_back(std::move(hold));
  }
  return record;
}

Result<ActiveHolds> Activate(const std::vector<Hold>& holds) {
  ActiveHolds active;
  for (const Hold& hold : holds) {
    const Result<Filter> filter = ParseFilter(hold.filter_json);
    Result<query::NormalFilter> normal =
        filter ? query::Normalize(*filter)
               : Result<query::NormalFilter>(tl::unexpected<Error>(filter.error()));
    if (!normal) {
      return Fail(ErrorCode::kCorrupt, "the filter of a legal hold is damaged",
                  {{"hold", hold.name}, {"cause", normal.error().ToString()}});
    }
    active.push_back({hold.name, *std::move(normal)});
  }
  return active;
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
    CALLSTORE_RETURN_IF_ERROR(Learn(*number, *record));
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
  known_.clear();
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
  numbers_.insert_or_assign(std::string(name), number);
  known_.insert_or_assign(number, Known{{.name = std::string(name)}, nullptr});
}

OrganizationRecord Organizations::Record(OrganizationNumber number) const {
  const std::shared_lock lock(mutex_);
  const auto found = known_.find(number);
  return found == known_.end() ? OrganizationRecord() : found->second.record;
}

std::shared_ptr<const ActiveHolds> Organizations::HoldsOf(OrganizationNumber number) const {
  const std::shared_lock lock(mutex_);
  const auto found = known_.find(number);
  return found == known_.end() ? nullptr : found->second.holds;
}

Result<void> Organizations::Set(OrganizationNumber number, const OrganizationRecord& record) {
  const std::unique_lock lock(mutex_);
  return Learn(number, record);
}

Result<void> Organizations::Learn(OrganizationNumber number, OrganizationRecord record) {
  if (record.name.empty()) {
    const auto known = known_.find(number);
    if (known == known_.end()) return {};
    if (const auto named = numbers_.find(known->second.record.name);
        named != numbers_.end() && named->second == number) {
      numbers_.erase(named);
    }
    known_.erase(known);
    return {};
  }
  CALLSTORE_ASSIGN_OR_RETURN(ActiveHolds active, Activate(record.holds));
  numbers_.insert_or_assign(record.name, number);
  Known known{std::move(record), nullptr};
  if (!active.empty()) known.holds = std::make_shared<const ActiveHolds>(std::move(active));
  known_.insert_or_assign(number, std::move(known));
  return {};
}

}  // namespace callstore::store
