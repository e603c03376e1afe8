// reference_store.h - the reference model: what a store must answer, the plainest way.
// Calls are JSON values in a std::map; every list is made by sorting all of them. It knows the
// documents and the public headers alone; what a document leaves to the library (the order of calls
// of one list time, the id that follows from a call_id) is handed in.
//
// Thread safety: none.
// Errors:        as the store's, by code alone.
#ifndef CALLSTORE_TESTS_MODEL_REFERENCE_STORE_H_
#define CALLSTORE_TESTS_MODEL_REFERENCE_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/store.h"
#include "json_value.h"

namespace callstore::test {

// A defect that the model can be given, to see that the comparison notices it.
enum class Fault : std::uint8_t {
  kNone,
  kNextPageAtExactEnd,    // has_next_page where the last page is full
  kTiesInOtherOrder,      // of calls of one list time
  kUpperBoundIncluded,    // lt taken as le
  kUnstartedInBounds,     // created_at taken for a missing start_timestamp
  kDeletedCallIdStays,    // a deleted call still owns its call_id
  kMergeForgets,          // merge taken as replace
  kOptOutKeepsNumbers,    // from_number survives the opt-out
  kUnchangedSaysChanged,  // an equal put counts as a change
  kMovedCallStays,        // a call that starts keeps its old place
};

struct ReferenceOptions {
  std::function<std::uint64_t(std::string_view id)>
      rank;  // greater comes first in descending order
  std::function<std::string(std::string_view call_id)> derived_id;
  OptOutPolicy opt_out = OptOutPolicy::kRedact;
  Fault fault = Fault::kNone;
};

struct ReferenceCall {
  JsonValue given;  // what the call has, no more; documented members sorted by name
  std::int64_t stored_at = 0;
  std::int64_t changed_at = 0;
  std::optional<std::int64_t> stale_list_time = {};  // of Fault::kMovedCallStays
};

// The rows behind (backward: before) a place in the list.
struct ReferenceCursor {
  std::int64_t time_ms = 0;
  std::uint64_t rank = 0;
  bool backward = false;
};

struct ReferencePage {
  std::vector<std::string> ids;
  std::int64_t page = 0;
  std::int64_t total_count = 0;
  std::int64_t total_pages = 0;
  bool has_next_page = false;
  bool has_previous_page = false;
  std::optional<ReferenceCursor> next, previous, end;
};

class ReferenceStore {
 public:
  struct Record {
    std::string organization;
    JsonValue call;
  };

  explicit ReferenceStore(ReferenceOptions options) : options_(std::move(options)) {}

  std::int64_t now_ms = 1;  // the clock

  Result<PutResult> Put(const Record& record, OnExisting on_existing);
  Result<std::vector<PutResult>> PutBatch(const std::vector<Record>& records,
                                          OnExisting on_existing);
  Result<PutResult> Update(const std::string& organization, const std::string& id,
                           const JsonValue& patch);
  Result<void> Delete(const std::string& organization, const std::string& id);

  // Null where there is none.
  const ReferenceCall* Get(const std::string& organization, const std::string& id) const;
  const ReferenceCall* GetByCallId(const std::string& organization,
                                   const std::string& call_id) const;
  // `cursor` instead of query.cursor, which is the store's text.
  ReferencePage List(const std::string& organization, const ListQuery& query,
                     const std::optional<ReferenceCursor>& cursor) const;
  std::int64_t Count(const std::string& organization, const TimeRange& range) const;
  std::vector<std::string> Ids(const std::string& organization) const;
  // Every organization that ever had a call, and how many it has.
  std::map<std::string, std::int64_t> Organizations() const;

  // The call as the store prints it.
  static JsonValue Document(const ReferenceCall& call, View view);

 private:
  using Calls = std::map<std::string, ReferenceCall, std::less<>>;  // by id
  struct Place {
    std::int64_t time_ms;
    std::uint64_t rank;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  using Row = std::pair<Place, std::string>;  // and the id

  // Every call of the range, in the list's order.
  std::vector<Row> RowsOf(const std::string& organization, const ListQuery& query) const;
  Place PlaceOf(const std::string& id, const ReferenceCall& call) const;
  bool InRange(const ReferenceCall& call, const TimeRange& range) const;
  std::optional<std::string> OwnerOf(const std::string& organization,
                                     std::string_view call_id) const;
  Result<PutResult> Settle(const std::string& organization, const std::string& id, JsonValue call);
  bool RedactIfOptedOut(const ReferenceCall* old, JsonValue* call) const;

  ReferenceOptions options_;
  std::map<std::string, Calls> organizations_;
  std::map<std::string, std::map<std::string, std::string>> stale_call_ids_;  // of a fault
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_REFERENCE_STORE_H_
