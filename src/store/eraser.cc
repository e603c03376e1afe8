#include "store/eraser.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "query/list_query.h"
#include "store/bulk_delete.h"
#include "store/column_writer.h"
#include "store/id_table.h"
#include "store/settings.h"
#include "store/write_session.h"

namespace callstore::store {
namespace {

constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

// The sum of hashes, modulo 2^128.
class HashSum {
 public:
  void Add(const IdHash& hash) {
    low_ += hash[1];
    high_ += hash[0] + (low_ < hash[1] ? 1 : 0);
  }
  std::string ToText() const {
    std::string bytes(16, '\0');
    StoreBig(high_, bytes.data());
    StoreBig(low_, bytes.data() + 8);
    return ToHex(bytes);
  }

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

// The name of an organization without calls goes; its number stays, so that it is not used again.
Result<void> ForgetIfEmpty(State* state, std::string_view organization) {
  const std::lock_guard lock(state->StripeOf(organization).mutex);
  const auto number = state->organizations.Find(organization);
  if (!number) return {};
  CALLSTORE_ASSIGN_OR_RETURN(const auto head, ReadHead(*state->database, *number, nullptr));
  if (head && head->total.calls > 0) return {};
  engine::Batch batch(*state->database);
  batch.Put(engine::Family::kOrgs, keys::OrganizationKey(*number), EncodeOrganization({}));
  CALLSTORE_RETURN_IF_ERROR(state->database->Write(&batch, {.sync = true, .only_deletes = true}));
  return state->organizations.Set(*number, {});
}

// One erasure under way.
class Eraser {
 public:
  // REQUIRES: state->erasing is held; the ledger is open.
  Eraser(State* state, std::string_view organization, const Erasure& erasure)
      : state_(state), organization_(organization), erasure_(erasure) {
    receipt_ = {.number = state->ledger->NextErasure(),
                .organization_id = std::string(organization),
                .scope = erasure.scope,
                .erased_at = state->NowMs()};
  }

  Result<ErasureReceipt> Run() {
    CALLSTORE_RETURN_IF_ERROR(erasure_.scope == Erasure::Scope::kCall ? EraseCall() : EraseMany());
    if (erasure_.scope == Erasure::Scope::kOrganization) {
      CALLSTORE_RETURN_IF_ERROR(ForgetIfEmpty(state_, organization_));
    }
    receipt_.ids_hash = sum_.ToText();
    LedgerEntry done = Entry(LedgerEntry::Kind::kReceipt);
    done.receipt = receipt_;
    CALLSTORE_RETURN_IF_ERROR(state_->ledger->Append(done));
    return receipt_;
  }

 private:
  LedgerEntry Entry(LedgerEntry::Kind kind) const {
    return {.kind = kind,
            .erasure = receipt_.number,
            .organization = receipt_.organization_id,
            .at = receipt_.erased_at};
  }

  // Says what goes before it goes.
  Result<void> Announce(const std::vector<std::string>& ids) {
    LedgerEntry entry = Entry(LedgerEntry::Kind::kIds);
    for (const std::string& id : ids) {
      entry.ids.push_back(Hash128(id));
      sum_.Add(entry.ids.back());
    }
    receipt_.calls += static_cast<std::int64_t>(ids.size());
    if (erasure_.scope == Erasure::Scope::kBefore ||
        erasure_.scope == Erasure::Scope::kOrganization) {
      return AnnounceRule();
    }
    return state_->ledger->Append(entry);
  }
  // The whole of a rule goes by one line.
  Result<void> AnnounceRule() {
    if (rule_announced_) return {};
    LedgerEntry entry = Entry(erasure_.scope == Erasure::Scope::kBefore ? LedgerEntry::Kind::kBefore
                                                                        : LedgerEntry::Kind::kAll);
    entry.before = erasure_.before;
    CALLSTORE_RETURN_IF_ERROR(state_->ledger->Append(entry));
    rule_announced_ = true;
    return {};
  }

  Result<void> EraseCall() {
    WriteSession session(state_, {&organization_, 1});
    CALLSTORE_RETURN_IF_ERROR(session.Delete(organization_, erasure_.id));
    CALLSTORE_RETURN_IF_ERROR(Announce({erasure_.id}));
    CALLSTORE_RETURN_IF_ERROR(session.Commit({.sync = true}));
    state_->counters.Add(Counter::kDeletes);
    return {};
  }

  Result<void> EraseMany() {
    Doomed doomed;
    if (erasure_.scope == Erasure::Scope::kFilter) doomed.filter = erasure_.filter;
    if (erasure_.scope == Erasure::Scope::kBefore) doomed.before = erasure_.before;
    CALLSTORE_RETURN_IF_ERROR(
        DeleteCalls(state_, organization_, doomed, {.sync = true},
                    [this](const std::vector<std::string>& ids) { return Announce(ids); }));
    // Also where there was nothing: a backup may have what is not here any more.
    return erasure_.scope == Erasure::Scope::kFilter ? Result<void>() : AnnounceRule();
  }

  State* state_;
  std::string_view organization_;
  const Erasure& erasure_;
  ErasureReceipt receipt_;
  HashSum sum_;
  bool rule_announced_ = false;
};

Result<void> OpenLedger(State* state) {
  if (state->ledger != nullptr) return {};
  CALLSTORE_ASSIGN_OR_RETURN(state->ledger, Ledger::Open(LedgerPath(state->options.path)));
  return {};
}

// REQUIRES: state->erasing is held.
Result<std::int64_t> PurgeNow(State* state) {
  CALLSTORE_RETURN_IF_ERROR(state->database->Purge());
  const std::int64_t now = state->NowMs();
  if (state->ledger->NextErasure() > 1) {
    CALLSTORE_RETURN_IF_ERROR(
        state->ledger->Append({.kind = LedgerEntry::Kind::kPurged, .at = now}));
  }
  return now;
}

// What the entries say of the ids of one organization: each with the last time it was erased.
using ErasedIds = std::map<IdHash, std::int64_t>;

Result<std::int64_t> EraseIdsAgain(State* state, std::string_view organization,
                                   const ErasedIds& erased) {
  const auto number = state->organizations.Find(organization);
  if (!number) return 0;
  std::vector<std::pair<std::string, std::int64_t>> found;
  // The ids of an organization lie between its first and its last tie.
  const auto scan = state->database->NewScan(engine::Family::kIds, keys::IdKey(*number, 0),
                                             keys::CallIdKey(*number, 0), nullptr);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const auto record = DecodeIdRecord(scan->value());
    if (!record || record->id.empty()) continue;
    const auto hit = erased.find(Hash128(record->id));
    if (hit != erased.end()) found.emplace_back(record->id, hit->second);
  }
  CALLSTORE_RETURN_IF_ERROR(scan->status());
  std::int64_t gone = 0;
  for (const auto& [id, at] : found) {
    WriteSession session(state, {&organization, 1});
    CALLSTORE_ASSIGN_OR_RETURN(
        const DeleteOutcome outcome,
        session.DeleteIf(organization, id, {.stored_until = at, .held = Held::kDelete}));
    CALLSTORE_RETURN_IF_ERROR(session.Commit({}));
    gone += outcome == DeleteOutcome::kDeleted ? 1 : 0;
  }
  return gone;
}

}  // namespace

Result<ErasureReceipt> Erase(State* state, std::string_view organization, const Erasure& erasure,
                             const EraseOptions& options) {
  if (erasure.scope == Erasure::Scope::kCall) {
    CALLSTORE_RETURN_IF_ERROR(query::CheckCallKey("id", erasure.id));
  }
  const std::lock_guard one_at_a_time(state->erasing);
  CALLSTORE_RETURN_IF_ERROR(KnownOrganization(state, organization));
  CALLSTORE_RETURN_IF_ERROR(OpenLedger(state));
  CALLSTORE_ASSIGN_OR_RETURN(ErasureReceipt receipt, Eraser(state, organization, erasure).Run());
  if (options.purge) {
    CALLSTORE_ASSIGN_OR_RETURN(receipt.purged_at, PurgeNow(state));
  }
  return receipt;
}

Result<void> Purge(State* state) {
  const std::lock_guard one_at_a_time(state->erasing);
  CALLSTORE_RETURN_IF_ERROR(OpenLedger(state));
  CALLSTORE_RETURN_IF_ERROR(PurgeNow(state));
  return {};
}

Result<std::vector<RetentionResult>> Retain(State* state) {
  std::vector<RetentionResult> results;
  for (const auto& [name, number] : state->organizations.All()) {
    const std::uint32_t days = state->organizations.Record(number).retention_days;
    if (days == 0) continue;
    const Doomed doomed = {.before = state->NowMs() - std::int64_t{days} * kDayMs,
                           .held = Held::kLeave};
    CALLSTORE_ASSIGN_OR_RETURN(const BulkDeletion done, DeleteCalls(state, name, doomed, {}));
    results.push_back({name, days, done.deleted, done.held});
  }
  return results;
}

Result<std::int64_t> EraseAgain(State* state, const std::vector<LedgerEntry>& entries) {
  std::int64_t gone = 0;
  std::map<std::string, ErasedIds> ids;
  std::set<std::string> emptied;
  for (const LedgerEntry& entry : entries) {
    for (const IdHash& hash : entry.ids) {
      std::int64_t& at = ids[entry.organization][hash];
      at = std::max(at, entry.at);
    }
    const bool all = entry.kind == LedgerEntry::Kind::kAll;
    if (!all && entry.kind != LedgerEntry::Kind::kBefore) continue;
    if (!state->organizations.Find(entry.organization)) continue;
    Doomed doomed = {.stored_until = entry.at, .held = Held::kDelete};
    if (!all) doomed.before = entry.before;
    CALLSTORE_ASSIGN_OR_RETURN(const BulkDeletion done,
                               DeleteCalls(state, entry.organization, doomed, {}));
    gone += done.deleted;
    if (all) emptied.insert(entry.organization);
  }
  for (const auto& [organization, erased] : ids) {
    CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t of_organization,
                               EraseIdsAgain(state, organization, erased));
    gone += of_organization;
  }
  for (const std::string& organization : emptied) {
    CALLSTORE_RETURN_IF_ERROR(ForgetIfEmpty(state, organization));
  }
  CALLSTORE_RETURN_IF_ERROR(state->database->Sync());
  return gone;
}

}  // namespace callstore::store
