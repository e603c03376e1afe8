// scalar.h - how the scalars of conditions are compared and written.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_SCALAR_H_
#define CALLSTORE_SRC_QUERY_SCALAR_H_

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "query/normal_filter.h"

namespace callstore::query {

enum class LetterCase : bool { kCounts, kIgnored };

// Enum words are compared in any letter case.
LetterCase LetterCaseOf(const FieldRef& field);

ValueView ViewOf(const Scalar& scalar);

inline bool SameType(const Scalar& a, const ValueView& b) { return a.index() == b.index(); }

// First by type (null, boolean, time, number, text), then by value; text byte by byte.
std::weak_ordering Compare(const ValueView& a, const ValueView& b, LetterCase letter_case);

// Sorts by Compare and drops repetitions; of words that differ in case alone the first by bytes
// stays.
void SortScalars(LetterCase letter_case, std::vector<Scalar>* scalars);

// Whether `value` is among `sorted`.
bool Contains(const std::vector<Scalar>& sorted, const ValueView& value, LetterCase letter_case);

// As JSON: the shortest decimal of a number, a time in ms.
void AppendScalar(const ValueView& scalar, std::string* out);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_SCALAR_H_
