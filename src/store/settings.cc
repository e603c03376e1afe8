#include "store/settings.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"

namespace callstore::store {
namespace {

constexpr std::size_t kMostHolds = 1000;
constexpr std::size_t kMostNameBytes = 128;
constexpr std::uint32_t kMostRetentionDays = 36'500;

Result<void> CheckHoldName(std::string_view name) {
  if (!name.empty() && name.size() <= kMostNameBytes && IsUtf8(name)) return {};
  return Fail(ErrorCode::kInvalidArgument, "the hold needs a name",
              {{"field", "name"}, {"value", Excerpt(name)}, {"valid", "1 to 128 bytes of UTF-8"}});
}

// Changes the record of an organization while nobody writes to it.
template <typename Change>
Result<void> ChangeRecord(State* state, std::string_view organization, const Change& change) {
  const std::lock_guard lock(state->StripeOf(organization).mutex);
  CALLSTORE_ASSIGN_OR_RETURN(const OrganizationNumber number,
                             KnownOrganization(state, organization));
  OrganizationRecord record = state->organizations.Record(number);
  CALLSTORE_RETURN_IF_ERROR(change(&record));
  engine::Batch batch(*state->database);
  batch.Put(engine::Family::kOrgs, keys::OrganizationKey(number), EncodeOrganization(record));
  CALLSTORE_RETURN_IF_ERROR(state->database->Write(&batch, {.sync = true}));
  return state->organizations.Set(number, record);
}

auto FindHold(std::vector<Hold>* holds, std::string_view name) {
  return std::ranges::lower_bound(*holds, name, {}, &Hold::name);
}

}  // namespace

Result<OrganizationNumber> KnownOrganization(State* state, std::string_view organization) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto number, state->FindOrganization(organization));
  if (number) return *number;
  return Fail(ErrorCode::kNotFound, "there is no such organization",
              {{"organization_id", Excerpt(organization)}});
}

Result<void> PlaceHold(State* state, std::string_view organization, std::string_view name,
                       const Filter& filter) {
  CALLSTORE_RETURN_IF_ERROR(CheckHoldName(name));
  CALLSTORE_ASSIGN_OR_RETURN(const query::NormalFilter normal, query::Normalize(filter));
  return ChangeRecord(state, organization, [&](OrganizationRecord* record) -> Result<void> {
    if (record->holds.size() >= kMostHolds) {
      return Fail(ErrorCode::kTooLarge, "the organization has too many holds",
                  {{"limit", std::to_string(kMostHolds)}});
    }
    const auto place = FindHold(&record->holds, name);
    if (place != record->holds.end() && place->name == name) {
      return Fail(ErrorCode::kConflict, "there is a hold of that name",
                  {{"field", "name"}, {"value", Excerpt(name)}});
    }
    record->holds.insert(place, {std::string(name), normal.json, state->NowMs()});
    return {};
  });
}

Result<void> ReleaseHold(State* state, std::string_view organization, std::string_view name) {
  return ChangeRecord(state, organization, [&](OrganizationRecord* record) -> Result<void> {
    const auto place = FindHold(&record->holds, name);
    if (place == record->holds.end() || place->name != name) {
      return Fail(ErrorCode::kNotFound, "there is no such hold",
                  {{"field", "name"}, {"value", Excerpt(name)}});
    }
    record->holds.erase(place);
    return {};
  });
}

Result<std::vector<Hold>> HoldsOf(State* state, std::string_view organization) {
  CALLSTORE_ASSIGN_OR_RETURN(const OrganizationNumber number,
                             KnownOrganization(state, organization));
  return state->organizations.Record(number).holds;
}

Result<void> SetRetention(State* state, std::string_view organization, std::uint32_t days) {
  if (days > kMostRetentionDays) {
    return Fail(ErrorCode::kInvalidArgument, "the days of retention are out of range",
                {{"field", "days"},
                 {"value", std::to_string(days)},
                 {"valid", "1 to 36500, or 0 for no end"}});
  }
  return ChangeRecord(state, organization, [&](OrganizationRecord* record) -> Result<void> {
    record->retention_days = days;
    return {};
  });
}

}  // namespace callstore::store
