// query_maker.h - random filters, lists and aggregations about calls like those of rich_calls.h.
// Most values of a filter come from a call that is there, so that conditions hit.
//
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_QUERY_MAKER_H_
#define CALLSTORE_TESTS_MODEL_QUERY_MAKER_H_

#include <string>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/list.h"
#include "json_value.h"
#include "model/random.h"
#include "model/reference_field.h"
#include "model/reference_query.h"
#include "model/rich_calls.h"

namespace callstore::test {

// A condition as a line of text, and what it means.
struct TextCondition {
  std::string text;
  JsonValue criteria;
};

class QueryMaker {
 public:
  // `calls` are those of the organization, to take values from; none are needed.
  QueryMaker(Random* random, const Profile* profile, const std::vector<ReferenceRow>* calls)
      : random_(*random), rich_(random), profile_(*profile), calls_(*calls) {}

  JsonValue Criteria() { return Criteria(0); }
  TextCondition MakeTextCondition();
  // Without filter, page and cursor.
  ListQuery MakeListQuery();
  // Without filter.
  AggregateQuery MakeAggregateQuery();
  PlanChoice Plan();

 private:
  JsonValue Criteria(int depth);
  JsonValue List(int depth);
  std::string FieldName();
  // A value to compare the field with.
  JsonValue Sample(const std::string& field);
  JsonValue Perturbed(const std::string& field, const JsonValue& value);
  JsonValue TimeValue(std::int64_t ms);
  JsonValue Samples(const std::string& field, bool allow_one);
  JsonValue Condition(const std::string& field);
  JsonValue Tests(const std::string& field, ReferenceType type);
  JsonValue TestValue(const std::string& field, const std::string& op);
  std::vector<std::string> OperatorsOf(ReferenceType type);

  Random& random_;
  RichCalls rich_;
  const Profile& profile_;
  const std::vector<ReferenceRow>& calls_;
};

// 2023-12-20T18:40:00.500Z, or with +01:00.
std::string TimeText(std::int64_t ms, bool with_offset);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_QUERY_MAKER_H_
