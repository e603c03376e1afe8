// test_reader.h - one operator with its values, checked against the type of its field.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_TEST_READER_H_
#define CALLSTORE_SRC_QUERY_TEST_READER_H_

#include <string>
#include <string_view>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "query/normal_filter.h"

namespace callstore::query {

// Whether the operator is the negation of another: ne, not_in, present:false.
bool IsNegative(const Filter::Test& test);

// The test as a condition; of a negative one, the condition that it negates. `name` is the field's
// as the caller gave it. invalid_argument with `field`, `operator`, `value` and what is `valid`.
Result<Condition> ReadTest(const FieldRef& field, std::string_view name, const Filter::Test& test);

// The operators of a field as a list for people.
std::string OperatorNames(FieldType type);
std::string_view OperatorName(FilterOperator op);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_TEST_READER_H_
