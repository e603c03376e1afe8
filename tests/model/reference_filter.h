// reference_filter.h - filter_criteria, evaluated the plainest way on the JSON value of a call.
// Written from the documented grammar; it shares no code with the library.
//
// Thread safety: free functions on values.
// REQUIRES:      criteria that the library takes; others throw std::runtime_error, which fails the
//                test.
#ifndef CALLSTORE_TESTS_MODEL_REFERENCE_FILTER_H_
#define CALLSTORE_TESTS_MODEL_REFERENCE_FILTER_H_

#include <cstdint>
#include <string_view>

#include "callstore/filter.h"
#include "json_value.h"
#include "model/fault.h"

namespace callstore::test {

// Whether the call matches {FIELD: condition, ..., "and": [...], "or": [...], "not": criteria}.
bool MatchesCriteria(const JsonValue& criteria, const JsonValue& call, Fault fault);

// The criteria that a filter stands for, and back, by the public members of Filter alone.
JsonValue CriteriaOf(const Filter& filter);
Filter FilterOf(const JsonValue& criteria);

// 2023-12-20T18:40:00.500Z, or with +01:00, as ms since the epoch.
std::int64_t MsOfTimeText(std::string_view text);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_REFERENCE_FILTER_H_
