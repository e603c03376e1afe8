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
#include "model/fault.h"
#include "model/reference_query.h"

namespace callstore::test {

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
  std::int64_t Count(const std::string& organization, const Filter& filter) const;
  // The calls that match filter_criteria, in no order. They point into the model.
  std::vector<ReferenceRow> Matching(const std::string& organization,
                                     const JsonValue& criteria) const;
  std::vector<std::string> Ids(const std::string& organization) const;
  // Every organization that ever had a call, and how many it has.
  std::map<std::string, std::int64_t> Organizations() const;

  // The call as the store prints it.
  static JsonValue Document(const ReferenceCall& call, View view);

 private:
  using Calls = std::map<std::string, ReferenceCall, std::less<>>;  // by id

  std::int64_t ListTimeOf(const ReferenceCall& call) const;
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
