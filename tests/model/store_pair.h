// store_pair.h - a store and its reference model, taken through the same operations.
// Every check returns a description of the first difference, empty where there is none: a test
// expects it to be empty, and a negative control expects that it is not.
//
// Ownership:     owns the store's folder.
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_STORE_PAIR_H_
#define CALLSTORE_TESTS_MODEL_STORE_PAIR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "json_value.h"
#include "model/call_maker.h"
#include "model/reference_store.h"
#include "scratch_folder.h"

namespace callstore::test {

class StorePair {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::vector<std::string> organizations = {};
    OptOutPolicy opt_out = OptOutPolicy::kRedact;
    Fault fault = Fault::kNone;  // of the model
  };
  explicit StorePair(const Options& options);

  Store& store() { return *store_; }
  ReferenceStore& reference() { return reference_; }
  CallMaker& maker() { return maker_; }

  // One random operation, and a look at what it touched.
  std::string Step();
  // Everything: each organization walked page by page, each call by id, all counts.
  std::string CheckAll();

  std::string Put(const ReferenceStore::Record& record, OnExisting on_existing);
  std::string PutJson(const ReferenceStore::Record& record, OnExisting on_existing);
  std::string PutBatch(const std::vector<ReferenceStore::Record>& records, OnExisting on_existing);
  std::string PutJsonBatch(const std::vector<ReferenceStore::Record>& records,
                           OnExisting on_existing);
  std::string Delete(const std::string& organization, const std::string& id);
  std::string CheckPage(const std::string& organization, const ListQuery& query);
  std::string CheckCounts(const std::string& organization, const TimeRange& range);
  // Pages from both ends and the middle, by number and by cursor, as random bounds have it.
  std::string CheckRandomPage(const std::string& organization);
  std::string Reopen();

 private:
  // A cursor of the store, the model's for the same place, and the list that it belongs to.
  struct KeptCursor {
    std::string organization;
    ListQuery query;  // with the store's cursor
    ReferenceCursor reference;
  };

  void Tick();
  std::string Mutate();
  std::string Update(const std::string& organization, const std::string& id);
  std::string CheckCall(const Store& store, const std::string& organization,
                        const std::string& id) const;
  std::string CheckList(const Store& store, const std::string& organization, const ListQuery& query,
                        const std::optional<ReferenceCursor>& cursor);
  std::string CheckRow(const CallView& row, const std::string& organization, const std::string& id,
                       View view) const;
  std::string CheckKeptCursor();
  std::string CheckOrganizations() const;
  std::string CheckKeys() const;
  std::string CheckReadOnly();
  std::string CheckPutBack();
  void Keep(const std::string& organization, const ListQuery& query, const std::string& cursor,
            const std::optional<ReferenceCursor>& reference);
  ReferenceStore::Record MakeRecord();

  Options options_;
  ScratchFolder folder_;
  std::shared_ptr<std::int64_t> clock_;
  ReferenceStore reference_;
  CallMaker maker_;
  std::optional<Store> store_;
  std::vector<KeptCursor> cursors_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_STORE_PAIR_H_
