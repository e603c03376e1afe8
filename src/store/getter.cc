#include "store/getter.h"

#include <memory>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "record/access.h"
#include "store/rows.h"

namespace callstore::store {
namespace {

// What a StoredCall points into.
struct CallStorage {
  std::string organization;
  std::string call;
  std::string transcript;
};

tl::unexpected<Error> NotFound(std::string_view field, std::string_view value) {
  return Fail(ErrorCode::kNotFound, "there is no such call",
              {{std::string(field), Excerpt(value)}});
}

CallView ViewOf(const CallStorage& storage, bool loaded) {
  return CallViewAccess::Make(storage.organization, storage.call, storage.transcript, loaded);
}

Result<StoredCall> Finish(const Rows& rows, const Position& position, View view,
                          std::shared_ptr<CallStorage> storage) {
  const bool full = view == View::kFull;
  if (full) {
    CALLSTORE_ASSIGN_OR_RETURN(storage->transcript, rows.ReadTranscript(position));
  }
  const CallView call = ViewOf(*storage, full);
  return CallViewAccess::MakeStored(std::move(storage), call);
}

}  // namespace

Result<StoredCall> GetById(State* state, std::string_view organization, std::string_view id,
                           View view) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto number, state->FindOrganization(organization));
  if (!number) return NotFound("id", id);
  const engine::Snapshot snapshot(*state->database);
  const Rows rows(*state->database, *number, &snapshot);
  CALLSTORE_ASSIGN_OR_RETURN(const TieSearch search, rows.FindId(id));
  if (!search.position) return NotFound("id", id);
  auto storage = std::make_shared<CallStorage>();
  storage->organization = organization;
  CALLSTORE_ASSIGN_OR_RETURN(storage->call, rows.ReadCall(*search.position));
  return Finish(rows, *search.position, view, std::move(storage));
}

Result<StoredCall> GetByCallId(State* state, std::string_view organization,
                               std::string_view call_id, View view) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto number, state->FindOrganization(organization));
  if (!number) return NotFound("call_id", call_id);
  const engine::Snapshot snapshot(*state->database);
  const Rows rows(*state->database, *number, &snapshot);
  CALLSTORE_ASSIGN_OR_RETURN(const auto ties, rows.ReadTies(Hash64(call_id)));
  auto storage = std::make_shared<CallStorage>();
  storage->organization = organization;
  for (const std::uint64_t tie : ties) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto id, rows.ReadIdRecord(tie));
    if (!id || id->id.empty()) continue;
    const Position position{id->time_ms, tie};
    CALLSTORE_ASSIGN_OR_RETURN(storage->call, rows.ReadCall(position));
    if (ViewOf(*storage, false).call_id() == call_id) {
      return Finish(rows, position, view, std::move(storage));
    }
  }
  return NotFound("call_id", call_id);
}

}  // namespace callstore::store
