// The second half of WriteSession: from what changed to one batch.
#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "record/access.h"
#include "store/column_values.h"
#include "store/index_keys.h"
#include "store/write_session.h"

namespace callstore::store {
namespace {

using columns::Operation;
using engine::Batch;
using engine::Family;

bool Contains(const std::vector<keys::Key>& index_keys, std::string_view key) {
  return std::ranges::any_of(index_keys, [&](const keys::Key& k) { return k.view() == key; });
}

}  // namespace

CallView WriteSession::CallOf(const Stored& stored) {
  return CallViewAccess::Make({}, stored.call, {}, false);
}

// Whether the columns say something else of the two sides; `values` are those of `now`.
bool WriteSession::ColumnsChange(const Stored* before, const Stored* now, std::string* values) {
  constexpr std::size_t kUsualBytes = 256;
  values->clear();
  if (now == nullptr) return before != nullptr;
  if (before != nullptr && before->row == now->row && before->call == now->call) return false;
  values->reserve(kUsualBytes);
  AppendColumnValues(CallOf(*now), values);
  if (before == nullptr || before->row != now->row) return true;
  std::string old_values;
  AppendColumnValues(CallOf(*before), &old_values);
  return old_values != *values;
}

Result<void> WriteSession::WriteEntry(Organization* organization, std::uint64_t tie, Entry* entry,
                                      std::set<std::uint64_t>* removed,
                                      std::vector<Operation>* operations, Batch* batch) {
  const OrganizationNumber number = organization->number;
  const Stored* before = entry->before ? &*entry->before : nullptr;
  const Stored* now = entry->now ? &*entry->now : nullptr;
  const bool moved =
      before == nullptr || now == nullptr || before->row.position != now->row.position;

  std::vector<keys::Key> old_index;
  std::vector<keys::Key> new_index;
  if (before != nullptr) old_index = IndexKeysOf(number, before->row.position, CallOf(*before));
  if (now != nullptr) new_index = IndexKeysOf(number, now->row.position, CallOf(*now));
  for (const keys::Key& key : old_index) {
    if (!Contains(new_index, key)) batch->Delete(Family::kIndex, key);
  }
  for (const keys::Key& key : new_index) {
    if (!Contains(old_index, key)) batch->Put(Family::kIndex, key, {});
  }
  if (ColumnsChange(before, now, &entry->values)) {
    if (before != nullptr) operations->push_back({Operation::Kind::kRemove, before->row});
    if (now != nullptr) operations->push_back({Operation::Kind::kPut, now->row, entry->values});
  }
  if (before != nullptr && moved) {
    const keys::Key key = keys::CallKey(number, before->row.position);
    batch->Delete(Family::kCalls, key);
    if (!before->transcript || !before->transcript->empty()) {
      batch->Delete(Family::kTranscripts, key);
    }
  }
  if (now == nullptr) {
    if (before != nullptr) removed->insert(tie);
    return {};
  }
  const keys::Key key = keys::CallKey(number, now->row.position);
  if (moved) {
    batch->Put(Family::kIds, keys::IdKey(number, tie),
               EncodeIdRecord(now->row.position.time_ms, entry->id));
  }
  if (moved || before->call != now->call) batch->Put(Family::kCalls, key, now->call);
  if (moved || before->transcript != now->transcript) {
    if (now->transcript && !now->transcript->empty()) {
      batch->Put(Family::kTranscripts, key, *now->transcript);
    } else if (!moved) {
      batch->Delete(Family::kTranscripts, key);
    }
  }
  return {};
}

// A removed id leaves a tombstone where the next tie is in use, because the call there may have
// been put past it.
Result<void> WriteSession::WriteRemovedIds(const Organization& organization,
                                           const std::set<std::uint64_t>& removed, Batch* batch) {
  for (const std::uint64_t tie : removed) {
    const auto next = organization.entries.find(tie + 1);
    bool in_use = next != organization.entries.end() && next->second.now.has_value();
    if (next == organization.entries.end()) {
      CALLSTORE_ASSIGN_OR_RETURN(const auto record, RowsOf(organization).ReadIdRecord(tie + 1));
      in_use = record.has_value();
    } else if (!in_use) {
      in_use = removed.contains(tie + 1);
    }
    if (in_use) {
      batch->Put(Family::kIds, keys::IdKey(organization.number, tie), {});
    } else {
      batch->Delete(Family::kIds, keys::IdKey(organization.number, tie));
    }
  }
  return {};
}

Result<void> WriteSession::WriteOrganization(Organization* organization, Batch* batch) {
  std::vector<Operation> operations;
  std::set<std::uint64_t> removed;
  if (organization->is_new) {
    const bool any = std::ranges::any_of(
        organization->entries, [](const auto& entry) { return entry.second.now.has_value(); });
    if (!any) return {};
    organization->number = state_->organizations.Allocate(organization->name, batch);
  }
  for (auto& [tie, entry] : organization->entries) {
    CALLSTORE_RETURN_IF_ERROR(WriteEntry(organization, tie, &entry, &removed, &operations, batch));
  }
  CALLSTORE_RETURN_IF_ERROR(WriteRemovedIds(*organization, removed, batch));
  for (const auto& [hash, known] : organization->known_ties) {
    if (!known.changed) continue;
    const keys::Key key = keys::CallIdKey(organization->number, hash);
    if (known.ties.empty()) {
      batch->Delete(Family::kIds, key);
    } else {
      batch->Put(Family::kIds, key, EncodeTies(known.ties));
    }
  }
  if (operations.empty()) return {};

  std::optional<columns::Directory> current;
  if (!organization->is_new) {
    CALLSTORE_ASSIGN_OR_RETURN(
        current, state_->directories.ReadNewest(*state_->database, organization->number));
  }
  CALLSTORE_ASSIGN_OR_RETURN(
      const columns::Directory after,
      WriteColumns(*state_->database, organization->number, current, operations,
                   &state_->StripeOf(organization->name).pending, batch));
  state_->directories.Publish(organization->number, after);
  return {};
}

bool WriteSession::OnlyDeletes() const {
  return std::ranges::all_of(organizations_, [](const auto& organization) {
    return std::ranges::none_of(organization.second.entries,
                                [](const auto& entry) { return entry.second.now.has_value(); });
  });
}

Result<void> WriteSession::Commit(const WriteOptions& options) {
  // What was published for a batch that is not written must not be found again, whatever ends this
  // early: an error, or memory that is not there.
  struct Undo {
    WriteSession* session;
    ~Undo() {
      if (session != nullptr) session->Forget();
    }
  } undo{this};
  Batch batch(*state_->database);
  for (auto& [name, organization] : organizations_) {
    CALLSTORE_RETURN_IF_ERROR(WriteOrganization(&organization, &batch));
  }
  if (!batch.empty()) {
    const engine::WriteChoice choice = {
        .sync = options.sync, .no_slowdown = options.no_slowdown, .only_deletes = OnlyDeletes()};
    CALLSTORE_RETURN_IF_ERROR(state_->database->Write(&batch, choice));
  } else if (options.sync) {
    // Nothing is new, but what is there may not be on disk.
    CALLSTORE_RETURN_IF_ERROR(state_->database->Sync());
  }
  undo.session = nullptr;
  for (const auto& [name, organization] : organizations_) {
    if (organization.is_new && organization.number != 0) {
      state_->organizations.Add(name, organization.number);
    }
  }
  return {};
}

void WriteSession::Forget() {
  for (const auto& [name, organization] : organizations_) {
    const OrganizationNumber number = organization.number;
    if (number == 0) continue;
    state_->directories.Forget(number);
    std::erase_if(state_->StripeOf(name).pending,
                  [number](const auto& chunk) { return chunk.first.first == number; });
  }
}

}  // namespace callstore::store
