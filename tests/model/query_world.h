// query_world.h - a store and its reference model with calls that are worth querying.
// Small organizations whose calls change a lot, one with more metadata keys than a chunk has
// columns for, and, where asked for, a large one of several chunks.
// What differs between the two is returned as a description, empty where nothing does.
//
// Ownership:     owns the store's folder.
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_QUERY_WORLD_H_
#define CALLSTORE_TESTS_MODEL_QUERY_WORLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "model/fault.h"
#include "model/random.h"
#include "model/reference_store.h"
#include "model/rich_calls.h"
#include "scratch_folder.h"

namespace callstore::test {

class QueryWorld {
 public:
  struct Options {
    std::uint64_t seed = 1;
    bool large = false;
    Fault fault = Fault::kNone;  // of the model
  };
  explicit QueryWorld(const Options& options);

  std::string Fill();
  // Some random writes to one organization.
  std::string Change(const Profile& profile);
  std::string Reopen();
  Result<Store> OpenReadOnly() const;

  const std::vector<Profile>& profiles() const { return profiles_; }
  Store& store() { return *store_; }
  const ReferenceStore& reference() const { return reference_; }
  Random& random() { return random_; }
  Fault fault() const { return options_.fault; }

 private:
  std::string Put(const Profile& profile, std::vector<JsonValue> calls, OnExisting on_existing);
  std::string PutSome(const Profile& profile);
  std::string UpdateSome(const Profile& profile);
  std::string DeleteSome(const Profile& profile);
  std::string DeleteMatching(const Profile& profile);

  Options options_;
  ScratchFolder folder_;
  Random random_;
  RichCalls rich_;
  std::vector<Profile> profiles_;
  std::shared_ptr<std::int64_t> clock_;
  ReferenceStore reference_;
  std::optional<Store> store_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_QUERY_WORLD_H_
