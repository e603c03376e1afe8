// condition.h - one condition of a filter, checked and taken apart into its tests.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_CONDITION_H_
#define CALLSTORE_SRC_QUERY_CONDITION_H_

#include <optional>
#include <vector>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "query/normal_filter.h"

namespace callstore::query {

struct ConditionParts {
  std::optional<Condition> positive;  // what one value must pass
  std::vector<Condition> negated;     // no value may pass any of these
  bool impossible = false;            // the positive tests exclude each other
};

// Checks the field, the operators and the values of a filter of kind kCondition. invalid_argument
// with `field`, `operator`, `value` and what is `valid`.
Result<ConditionParts> ReadCondition(const Filter& filter);

// Makes `condition` test for what `more` tests, too. False where no value can pass both;
// `condition` is then of no use. REQUIRES: the same field.
bool Intersect(const Condition& more, Condition* condition);

// The only test is one_of.
bool IsOneOfOnly(const Condition& condition);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_CONDITION_H_
