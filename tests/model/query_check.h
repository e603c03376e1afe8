// query_check.h - random queries to a store, compared with the reference model.
// Each comparison with one answer of the store is a query. What differs is returned as a
// description, empty where nothing does.
//
// Ownership:     refers to the world, which must outlive it.
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_QUERY_CHECK_H_
#define CALLSTORE_TESTS_MODEL_QUERY_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "model/query_maker.h"
#include "model/query_world.h"

namespace callstore::test {

// A filter as it is given to the store, and the calls that match it.
struct AskedFilter {
  JsonValue criteria;
  Filter filter = {};
  std::string given = {};  // for messages
  std::vector<ReferenceRow> rows = {};
};

class QueryCheck {
 public:
  explicit QueryCheck(QueryWorld* world) : world_(*world), random_(world->random()) {}

  // One filter, and some lists, counts and aggregations of it.
  std::string Round(const Store& store, const Profile& profile);
  // Goes on from a cursor of an earlier round.
  std::string KeptCursor(const Store& store);

  std::int64_t queries() const { return queries_; }
  std::int64_t filters() const { return filters_; }
  // Filters that some calls match and some do not.
  std::int64_t telling_filters() const { return telling_filters_; }
  // The most chunks that one query read.
  std::int64_t most_chunks() const { return most_chunks_; }

 private:
  struct Asked {
    const Store& store;
    const Profile& profile;
    AskedFilter of;
  };
  // A cursor of the store, the model's for the same place, and the list that they belong to.
  struct Kept {
    std::string organization;
    JsonValue criteria;
    ListQuery query;
    ReferenceCursor reference;
  };
  struct Answer {
    Page page;
    ReferencePage expected;
  };

  std::string Ask(const Profile& profile, QueryMaker* maker, AskedFilter* asked) const;
  std::string CheckCount(const Asked& asked, PlanChoice plan);
  std::string CheckPages(const Asked& asked, ListQuery query);
  std::string CheckPlans(const Asked& asked, ListQuery query);
  std::string CheckWalk(const Asked& asked, ListQuery query);
  std::string CheckLimitedWalk(const Asked& asked, ListQuery query);
  std::string CheckLimitedPage(const Asked& asked, ListQuery query);
  std::string CheckApplied(const Asked& asked, const ListQuery& query);
  std::string CheckAggregation(const Asked& asked, AggregateQuery query);
  std::string CheckStrangeCursor(const Asked& asked, ListQuery query, const std::string& cursor);
  static std::string Describe(const ListQuery& query);
  // The same query by way of the request's JSON.
  std::string ReadAsRequest(const Asked& asked, ListQuery* query) const;
  // One page against the sorted rows.
  std::string CheckPage(const Asked& asked, const ListQuery& query,
                        const std::vector<ReferenceRow>& sorted,
                        const std::optional<ReferenceCursor>& cursor, Answer* answer);
  std::string CheckRow(const CallView& row, const std::string& organization, View view) const;
  std::vector<ReferenceRow> Sorted(const Asked& asked, const ListQuery& query) const;
  void Keep(const Asked& asked, ListQuery query, const Answer& answer);

  QueryWorld& world_;
  Random& random_;
  std::vector<Kept> kept_;
  std::int64_t queries_ = 0;
  std::int64_t filters_ = 0;
  std::int64_t telling_filters_ = 0;
  std::int64_t most_chunks_ = 0;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_QUERY_CHECK_H_
