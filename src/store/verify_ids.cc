#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "store/rows.h"
#include "store/verify_rows.h"

namespace callstore::store {
namespace {

using engine::Family;
using Ties = std::vector<std::uint64_t>;

// The sums of the rows there are, and whether each is such a row as a store writes: then equal sums
// mean that all is right.
class IdSums {
 public:
  explicit IdSums(OrganizationNumber number) : number_(number) {}

  void Add(const keys::IdsKey& key, std::string_view bytes, std::string_view value) {
    key.of_call_id ? AddTies(key.value, value) : AddId(key.value, bytes, value);
  }
  bool Match(const CheckedOrganization& organization) const {
    return !odd_ && ids_ == organization.id_rows && call_ids_ == organization.call_id_rows;
  }

 private:
  void AddId(std::uint64_t tie, std::string_view key, std::string_view value) {
    if (!any_ || tie != last_tie_ + 1) run_begin_ = tie;
    any_ = true;
    last_tie_ = tie;
    const auto record = DecodeIdRecord(value);
    if (!record) odd_ = true;
    if (!record || record->id.empty()) return;
    ids_.Add(std::string(key).append(value));
    // An id is found by walking from its hash without meeting a gap.
    const std::uint64_t hash = Hash64(record->id);
    if (hash < run_begin_ || hash > tie) odd_ = true;
  }
  void AddTies(std::uint64_t hash, std::string_view value) {
    const auto ties = DecodeTies(value);
    if (!ties) odd_ = true;
    for (const std::uint64_t tie : ties.value_or(Ties())) {
      call_ids_.Add(CallIdRow(number_, hash, tie));
    }
  }

  const OrganizationNumber number_;
  RowSum ids_;
  RowSum call_ids_;
  bool any_ = false;
  std::uint64_t last_tie_ = 0;
  std::uint64_t run_begin_ = 0;  // the first of the ties before this one that have no gap
  bool odd_ = false;
};

// Looks every row up: those that the calls should have, then the calls that the rows name.
class IdsSearch {
 public:
  IdsSearch(VerifyContext* context, const CheckedOrganization* organization)
      : context_(*context),
        organization_(*organization),
        rows_(context->database, organization->number, context->snapshot) {}

  Result<void> Run() {
    CALLSTORE_RETURN_IF_ERROR(FindMissing());
    return FindOrphans();
  }

 private:
  Result<void> FindMissing();
  void CheckId(const Position& position, const CallView& call);
  void CheckCallId(const Position& position, const CallView& call);
  Result<void> FindOrphans();
  void CheckIdRow(std::uint64_t tie, std::string_view key, std::string_view value);
  void CheckTies(std::uint64_t hash, std::string_view key, std::string_view value);
  // Whether a call of this tie has a call_id with this hash; also where nobody knows.
  bool MayHaveCallId(std::uint64_t tie, std::uint64_t hash);

  // The value of a row of ids; nothing where it is not there or cannot be read.
  std::optional<std::string> ReadRow(const keys::Key& key, bool* unreadable) const {
    engine::PinnedValue value;
    const Result<bool> found = context_.database.Get(Family::kIds, key, context_.snapshot, &value);
    *unreadable = !found;
    if (!found || !*found) return std::nullopt;
    return value.ToString();
  }
  void AddOfCall(FaultKind kind, const Position& position, const keys::Key& row,
                 std::string_view what, const CallView& call) {
    named_.Add(row);
    context_.Add(kind, Family::kCalls, &organization_,
                 keys::CallKey(organization_.number, position),
                 std::string(what) + ": id " + Excerpt(call.id()));
  }
  void AddOfRow(FaultKind kind, std::string_view key, std::string_view what) {
    if (named_.Has(key)) return;
    context_.Add(kind, Family::kIds, &organization_, key, what);
  }

  VerifyContext& context_;
  const CheckedOrganization& organization_;
  const Rows rows_;
  NamedKeys named_;
  CallBuffer buffer_;
};

Result<void> IdsSearch::FindMissing() {
  CallBuffer buffer;
  RowWalk calls(context_.database, RangeOf(Family::kCalls, organization_.number),
                context_.snapshot);
  for (; calls.Valid(); calls.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context_.Step());
    const auto position = keys::ParseCallKey(calls.key());
    const CallView* const call = position ? buffer.Read(calls.value()) : nullptr;
    if (call == nullptr) continue;
    CheckId(*position, *call);
    if (call->call_id()) CheckCallId(*position, *call);
  }
  return {};
}

void IdsSearch::CheckId(const Position& position, const CallView& call) {
  const keys::Key key = keys::IdKey(organization_.number, position.tie);
  bool unreadable = false;
  const auto value = ReadRow(key, &unreadable);
  if (unreadable) return;
  if (!value || value->empty()) {
    AddOfCall(FaultKind::kMissingId, position, key, "no row of ids names the call", call);
    return;
  }
  if (*value != EncodeIdRecord(position.time_ms, call.id())) {
    AddOfCall(FaultKind::kWrongId, position, key, "the row of the call's tie names another", call);
    return;
  }
  if (Hash64(call.id()) == position.tie) return;
  const Result<TieSearch> found = rows_.FindId(call.id());
  if (!found || found->position == position) return;
  AddOfCall(FaultKind::kMissingId, position, key,
            "ids between the hash of the call's id and its tie are missing", call);
}

void IdsSearch::CheckCallId(const Position& position, const CallView& call) {
  const keys::Key key = keys::CallIdKey(organization_.number, Hash64(*call.call_id()));
  bool unreadable = false;
  const auto value = ReadRow(key, &unreadable);
  if (unreadable) return;
  const Ties ties = value ? DecodeTies(*value).value_or(Ties()) : Ties();
  if (std::ranges::find(ties, position.tie) != ties.end()) return;
  context_.Add(FaultKind::kMissingCallId, Family::kCalls, &organization_,
               keys::CallKey(organization_.number, position),
               "no row of call_ids names the call: id " + Excerpt(call.id()));
  if (ties.empty()) named_.Add(key);
}

Result<void> IdsSearch::FindOrphans() {
  RowWalk walk(context_.database, RangeOf(Family::kIds, organization_.number), context_.snapshot);
  for (; walk.Valid(); walk.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context_.Step());
    const auto key = keys::ParseIdsKey(walk.key());
    if (!key) continue;
    if (key->of_call_id) {
      CheckTies(key->value, walk.key(), walk.value());
    } else {
      CheckIdRow(key->value, walk.key(), walk.value());
    }
  }
  return {};
}

void IdsSearch::CheckIdRow(std::uint64_t tie, std::string_view key, std::string_view value) {
  if (value.empty()) return;  // a tombstone
  const auto record = DecodeIdRecord(value);
  if (!record) {
    AddOfRow(FaultKind::kOrphanId, key, "a row of ids is damaged, and no call has its tie");
    return;
  }
  const Position position{record->time_ms, tie};
  if (InGap(organization_.call_gaps, keys::CallKey(organization_.number, position))) return;
  const CallView* call = nullptr;
  if (FindCall(context_, organization_.number, position, &buffer_, &call) != FoundCall::kNone) {
    return;  // what it says of the call was looked at there
  }
  AddOfRow(FaultKind::kOrphanId, key, "a row of ids names no call: id " + Excerpt(record->id));
}

void IdsSearch::CheckTies(std::uint64_t hash, std::string_view key, std::string_view value) {
  const auto decoded = DecodeTies(value);
  if (!decoded) {
    AddOfRow(FaultKind::kOrphanCallId, key, "a row of call_ids is damaged");
    return;
  }
  Ties ties = *decoded;
  std::ranges::sort(ties);
  for (std::size_t i = 0; i < ties.size(); ++i) {
    const bool again = i > 0 && ties[i] == ties[i - 1];
    if (!again && MayHaveCallId(ties[i], hash)) continue;
    AddOfRow(FaultKind::kOrphanCallId, key,
             again ? "a row of call_ids names a call twice"
                   : "a row of call_ids names no call that has its call_id");
  }
}

bool IdsSearch::MayHaveCallId(std::uint64_t tie, std::uint64_t hash) {
  const keys::Key key = keys::IdKey(organization_.number, tie);
  if (named_.Has(key)) return true;
  bool unreadable = false;
  const auto value = ReadRow(key, &unreadable);
  if (unreadable) return true;
  const auto record = value ? DecodeIdRecord(*value) : std::nullopt;
  if (!record || record->id.empty()) return false;
  const Position position{record->time_ms, tie};
  if (InGap(organization_.call_gaps, keys::CallKey(organization_.number, position))) return true;
  const CallView* call = nullptr;
  switch (FindCall(context_, organization_.number, position, &buffer_, &call)) {
    case FoundCall::kNone:
      return false;
    case FoundCall::kUnreadable:
      return true;
    case FoundCall::kRead:
      break;
  }
  return call->call_id() && Hash64(*call->call_id()) == hash;
}

}  // namespace

Result<void> CheckIds(VerifyContext* context, const CheckedOrganization& organization) {
  IdSums sums(organization.number);
  CheckedWalk walk(context, &organization, RangeOf(Family::kIds, organization.number));
  for (; walk.Valid(); walk.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context->Step());
    ++context->report.ids;
    if (const auto key = keys::ParseIdsKey(walk.key())) {
      sums.Add(*key, walk.key(), walk.value());
    } else {
      context->Add(FaultKind::kForeignKey, Family::kIds, &organization, walk.key(),
                   "the ids have no such key");
    }
  }
  if (sums.Match(organization)) return {};
  return IdsSearch(context, &organization).Run();
}

}  // namespace callstore::store
