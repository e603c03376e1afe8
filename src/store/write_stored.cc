// A call that was stored before, in another store or in what is left of one.
#include <utility>

#include "record/access.h"
#include "store/write_session.h"

namespace callstore::store {

Result<bool> WriteSession::PutStored(std::string_view organization_name, std::string_view call,
                                     std::string_view transcript) {
  Organization* organization = Find(organization_name);
  Stored now{{}, std::string(call), std::string(transcript)};
  const CallView view = CallViewAccess::Make({}, now.call, {}, false);
  const std::string id(view.id());
  CALLSTORE_ASSIGN_OR_RETURN(const Existing existing, Load(organization, id));
  const std::uint64_t tie = existing.search.tie;
  now.row = {{view.list_time(), tie}, view.start_timestamp().has_value()};
  if (existing.stored == nullptr) {
    CALLSTORE_RETURN_IF_ERROR(MoveCallId(organization, tie, nullptr, &now));
    Entry& entry = organization->entries[tie];
    entry.id = id;
    entry.now = std::move(now);
    return true;
  }
  CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, existing.stored));
  const std::int64_t changed_at = CallOf(*existing.stored).changed_at();
  const bool says_more = existing.stored->transcript->empty() && !transcript.empty();
  if (changed_at > view.changed_at() || (changed_at == view.changed_at() && !says_more)) {
    return false;
  }
  CALLSTORE_RETURN_IF_ERROR(MoveCallId(organization, tie, existing.stored, &now));
  *existing.stored = std::move(now);
  return true;
}

}  // namespace callstore::store
