#include "base/hash.h"
#include "store/index_keys.h"
#include "store/verify_rows.h"

namespace callstore::store {
namespace {

using engine::Family;

// The value of a call that its keys of an index field are of.
std::optional<std::string_view> ValueOf(keys::IndexField field, const CallView& call) {
  switch (field) {
    case keys::IndexField::kFromNumber:
      return call.from_number();
    case keys::IndexField::kToNumber:
      return call.to_number();
    case keys::IndexField::kCallSid:
      return call.call_sid();
  }
  return std::nullopt;
}

// Looks up each key that a call should have.
Result<void> FindMissingKeys(VerifyContext* context, const CheckedOrganization& organization) {
  CallBuffer buffer;
  RowWalk calls(context->database, RangeOf(Family::kCalls, organization.number), context->snapshot);
  for (; calls.Valid(); calls.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context->Step());
    const auto position = keys::ParseCallKey(calls.key());
    const CallView* const call = position ? buffer.Read(calls.value()) : nullptr;
    if (call == nullptr) continue;
    for (const keys::Key& key : IndexKeysOf(organization.number, *position, *call)) {
      engine::PinnedValue value;
      const Result<bool> found =
          context->database.Get(Family::kIndex, key, context->snapshot, &value);
      if (!found || *found) continue;  // one that cannot be read was told of
      context->Add(FaultKind::kMissingIndexKey, Family::kCalls, &organization, calls.key(),
                   "a number of the call is not in the index: id " + Excerpt(call->id()));
    }
  }
  return {};
}

// Looks up the call of each key.
Result<void> FindOrphanKeys(VerifyContext* context, const CheckedOrganization& organization) {
  CallBuffer buffer;
  RowWalk walk(context->database, RangeOf(Family::kIndex, organization.number), context->snapshot);
  for (; walk.Valid(); walk.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context->Step());
    const auto key = keys::ParseIndexKey(walk.key());
    if (!key) continue;
    const keys::Key call_key = keys::CallKey(organization.number, key->position);
    if (InGap(organization.call_gaps, call_key)) continue;
    const CallView* call = nullptr;
    const FoundCall found = FindCall(*context, organization.number, key->position, &buffer, &call);
    if (found == FoundCall::kUnreadable) continue;
    if (found == FoundCall::kRead) {
      const auto value = ValueOf(key->field, *call);
      if (value && Hash64(*value) == key->value_hash) continue;
    }
    context->Add(FaultKind::kOrphanIndexKey, Family::kIndex, &organization, walk.key(),
                 call == nullptr
                     ? "an index key names no call"
                     : "an index key names a call without the value: id " + Excerpt(call->id()));
  }
  return {};
}

}  // namespace

Result<void> CheckIndex(VerifyContext* context, const CheckedOrganization& organization) {
  RowSum sum;
  CheckedWalk walk(context, &organization, RangeOf(Family::kIndex, organization.number));
  for (; walk.Valid(); walk.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context->Step());
    ++context->report.index_keys;
    if (keys::ParseIndexKey(walk.key())) {
      sum.Add(walk.key());
    } else {
      context->Add(FaultKind::kForeignKey, Family::kIndex, &organization, walk.key(),
                   "the index has no such key");
    }
  }
  if (sum == organization.index_rows) return {};
  CALLSTORE_RETURN_IF_ERROR(FindMissingKeys(context, organization));
  return FindOrphanKeys(context, organization);
}

}  // namespace callstore::store
