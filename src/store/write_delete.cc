// Deletions of WriteSession.
#include "base/error.h"
#include "record/access.h"
#include "store/row_match.h"
#include "store/write_session.h"

namespace callstore::store {

Result<bool> WriteSession::IsMatch(Organization* organization, Stored* stored,
                                   const query::NormalFilter& filter) {
  const auto test = [&](std::string_view transcript, bool loaded) {
    return MatchRow(filter,
                    CallViewAccess::Make(organization->name, stored->call, transcript, loaded));
  };
  const Verdict verdict = test({}, false);
  if (verdict != Verdict::kNeedsTranscript) return verdict == Verdict::kYes;
  CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, stored));
  return test(*stored->transcript, true) == Verdict::kYes;
}

Result<std::string> WriteSession::HoldOn(Organization* organization, Stored* stored) {
  const auto holds = state_->organizations.HoldsOf(organization->number);
  if (holds == nullptr) return std::string();
  for (const ActiveHold& hold : *holds) {
    CALLSTORE_ASSIGN_OR_RETURN(const bool held, IsMatch(organization, stored, hold.filter));
    if (held) return hold.name;
  }
  return std::string();
}

Result<void> WriteSession::Delete(std::string_view organization_name, std::string_view id) {
  Organization* organization = Find(organization_name);
  CALLSTORE_ASSIGN_OR_RETURN(const Existing existing, Load(organization, id));
  if (existing.stored == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no such call", {{"id", Excerpt(id)}});
  }
  CALLSTORE_RETURN_IF_ERROR(Remove(organization, existing, Held::kRefuse));
  return {};
}

Result<DeleteOutcome> WriteSession::DeleteIf(std::string_view organization_name,
                                             std::string_view id,
                                             const DeleteConditions& conditions) {
  Organization* organization = Find(organization_name);
  CALLSTORE_ASSIGN_OR_RETURN(const Existing existing, Load(organization, id));
  if (existing.stored == nullptr) return DeleteOutcome::kNotWanted;
  const std::int64_t list_time = existing.stored->row.position.time_ms;
  if (conditions.before && list_time >= *conditions.before) return DeleteOutcome::kNotWanted;
  if (conditions.stored_until && CallOf(*existing.stored).stored_at() > *conditions.stored_until) {
    return DeleteOutcome::kNotWanted;
  }
  CALLSTORE_ASSIGN_OR_RETURN(const bool matches,
                             IsMatch(organization, existing.stored, conditions.filter));
  if (!matches) return DeleteOutcome::kNotWanted;
  return Remove(organization, existing, conditions.held);
}

Result<DeleteOutcome> WriteSession::Remove(Organization* organization, const Existing& existing,
                                           Held held) {
  if (held != Held::kDelete) {
    CALLSTORE_ASSIGN_OR_RETURN(const std::string hold, HoldOn(organization, existing.stored));
    if (!hold.empty() && held == Held::kLeave) return DeleteOutcome::kHeld;
    if (!hold.empty()) {
      return Fail(
          ErrorCode::kConflict, "a legal hold keeps the call",
          {{"id", Excerpt(organization->entries.at(existing.search.tie).id)}, {"hold", hold}});
    }
  }
  CALLSTORE_RETURN_IF_ERROR(
      MoveCallId(organization, existing.search.tie, existing.stored, nullptr));
  organization->entries.at(existing.search.tie).now.reset();
  return DeleteOutcome::kDeleted;
}

}  // namespace callstore::store
