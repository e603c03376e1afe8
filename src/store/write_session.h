// write_session.h - one mutation of the store, or many in one batch.
// A session holds the write locks of its organizations. Each Put, Update or Delete sees what those
// before it did; Commit writes all of it as one batch, or nothing. A session that is dropped has
// changed nothing.
//
// Thread safety: one thread.
#ifndef CALLSTORE_SRC_STORE_WRITE_SESSION_H_
#define CALLSTORE_SRC_STORE_WRITE_SESSION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/store.h"
#include "columns/chunk.h"
#include "query/normal_filter.h"
#include "record/draft.h"
#include "store/rows.h"
#include "store/state.h"
#include "store/workspace.h"

namespace callstore::store {

// What a deletion does with a call that a legal hold keeps.
enum class Held : std::uint8_t {
  kRefuse,  // the deletion fails: conflict
  kLeave,   // the call stays
  kDelete,  // the hold does not count: the call was erased before, in a newer state of the store
};

// Which calls a deletion of many takes.
struct DeleteConditions {
  query::NormalFilter filter = {};
  std::optional<std::int64_t> before = {};        // the list time is before
  std::optional<std::int64_t> stored_until = {};  // the store first took it then or before
  Held held = Held::kRefuse;
};
enum class DeleteOutcome : std::uint8_t { kDeleted, kNotWanted, kHeld };

class WriteSession {
 public:
  WriteSession(State* state, std::span<const std::string_view> organizations);

  // Puts a draft. Changes the draft (its id, redaction). Errors as Store::Put; an error leaves the
  // session as it was. REQUIRES: the draft's organization_id is one of the session's.
  Result<PutResult> Put(record::Draft* draft, OnExisting on_existing);
  Result<PutResult> Update(std::string_view organization, std::string_view id,
                           std::string_view merge_patch);
  // conflict: a hold keeps it.
  Result<void> Delete(std::string_view organization, std::string_view id);
  // Deletes the call if it is there and the conditions want it.
  Result<DeleteOutcome> DeleteIf(std::string_view organization, std::string_view id,
                                 const DeleteConditions& conditions);

  // Puts a call as its two records have it, stamps and all; `transcript` may be empty. Of two with
  // one id the one that was changed last stays, of equals the one with a transcript. False: that is
  // the other one. REQUIRES: both are
  // verified.
  Result<bool> PutStored(std::string_view organization, std::string_view call,
                         std::string_view transcript);

  Result<void> Commit(const WriteOptions& options);

 private:
  // One side, before or after, of a call that the session changes.
  struct Stored {
    columns::Row row;
    std::string call;
    // Nothing: not read, and the same on both sides.
    std::optional<std::string> transcript;
  };
  struct Entry {
    std::string id;
    std::optional<Stored> before;  // as in the database
    std::optional<Stored> now;
    std::string values;  // the columns of `now`, while a batch is made
  };
  struct KnownTies {
    std::vector<std::uint64_t> ties;
    bool changed = false;
  };
  struct Organization {
    std::string name;
    OrganizationNumber number = 0;
    bool is_new = false;
    std::map<std::uint64_t, Entry> entries;         // by tie
    std::map<std::uint64_t, KnownTies> known_ties;  // by hash of a call_id
  };
  struct Existing {
    TieSearch search;
    Stored* stored = nullptr;  // null: no such call
  };

  Organization* Find(std::string_view name);
  Rows RowsOf(const Organization& organization) const;
  Result<TieSearch> FindId(const Organization& organization, std::string_view id) const;
  Result<Existing> Load(Organization* organization, std::string_view id);
  Result<void> LoadTranscript(Organization* organization, Stored* stored);
  Result<KnownTies*> Ties(Organization* organization, std::uint64_t hash);
  // The tie of the call that has this call_id.
  Result<std::optional<std::uint64_t>> FindCallId(Organization* organization,
                                                  std::string_view call_id);
  Result<void> ResolveId(Organization* organization, record::Draft* draft, std::string* id);
  Result<void> CheckCallId(Organization* organization, const record::Draft& draft,
                           std::uint64_t tie);
  // RFC 7396: the draft over what is stored, as a new draft.
  Result<record::Draft*> Merge(Organization* organization, const record::Draft& draft,
                               Stored* stored);
  bool RedactIfOptedOut(const Stored* stored, record::Draft* draft) const;
  // Encodes the draft and makes it the entry's new side; kUnchanged where it says nothing new.
  // keep_transcript: the long parts are not in the draft, and stay as they are.
  Result<PutOutcome> Apply(Organization* organization, const Existing& existing,
                           const record::Draft& draft, bool keep_transcript);
  Result<void> MoveCallId(Organization* organization, std::uint64_t tie, const Stored* before,
                          const Stored* now);

  Result<bool> IsMatch(Organization* organization, Stored* stored,
                       const query::NormalFilter& filter);
  // The name of a hold that keeps the call; empty: none does.
  Result<std::string> HoldOn(Organization* organization, Stored* stored);
  Result<DeleteOutcome> Remove(Organization* organization, const Existing& existing, Held held);

  Result<void> WriteOrganization(Organization* organization, engine::Batch* batch);
  static CallView CallOf(const Stored& stored);
  static bool ColumnsChange(const Stored* before, const Stored* now, std::string* values);
  Result<void> WriteEntry(Organization* organization, std::uint64_t tie, Entry* entry,
                          std::set<std::uint64_t>* removed,
                          std::vector<columns::Operation>* operations, engine::Batch* batch);
  bool OnlyDeletes() const;
  void Forget();
  Result<void> WriteRemovedIds(const Organization& organization,
                               const std::set<std::uint64_t>& removed, engine::Batch* batch);

  State* state_;
  Workspace* work_;
  std::int64_t now_ms_;
  std::vector<std::unique_lock<std::mutex>> locks_;
  std::map<std::string, Organization, std::less<>> organizations_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_WRITE_SESSION_H_
