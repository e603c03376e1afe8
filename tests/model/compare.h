// compare.h - the differences between a store's answers and the model's, in words; empty: none.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_TESTS_MODEL_COMPARE_H_
#define CALLSTORE_TESTS_MODEL_COMPARE_H_

#include <initializer_list>
#include <sstream>
#include <string>

#include "callstore/aggregate.h"
#include "callstore/list.h"
#include "json_value.h"
#include "model/reference_aggregate.h"
#include "model/reference_query.h"

namespace callstore::test {

template <typename A, typename B>
std::string Differ(const char* what, const A& store, const B& reference) {
  if (store == reference) return {};
  std::ostringstream text;
  text << what << ": the store says " << store << ", the model " << reference;
  return text.str();
}

// The first difference that there is.
inline std::string First(std::initializer_list<std::string> differences) {
  for (const std::string& difference : differences) {
    if (!difference.empty()) return difference;
  }
  return {};
}

inline std::string At(const std::string& where, const std::string& difference) {
  return difference.empty() ? difference : where + ": " + difference;
}

// A whole page.
std::string ComparePage(const Page& page, const ReferencePage& expected, const ListQuery& query);

// The hits of a search in the utterances of one call. REQUIRES: the full view.
std::string CompareHits(const std::vector<TranscriptHit>& hits, const JsonValue& call,
                        const std::string& words);

// `total` is the number of calls that match.
std::string CompareAggregation(const Aggregation& answer, const ReferenceGroups& groups,
                               const AggregateQuery& query, std::size_t total);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_COMPARE_H_
