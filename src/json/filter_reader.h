// filter_reader.h - filter_criteria, as its grammar has it.
// Fields are not known here: whether one exists, and has the operator and the type of the value, is
// checked where the filter is used.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_FILTER_READER_H_
#define CALLSTORE_SRC_JSON_FILTER_READER_H_

#include <optional>
#include <string_view>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "json/names.h"
#include "json/walker.h"

namespace callstore::json {

inline constexpr int kMostFilterLevels = 32;
inline constexpr int kMostFilterConditions = 1000;

// The JSON levels of a request with the deepest filter: the request, the objects of the filter with
// the arrays between them, and an array in an object of operators.
inline constexpr int kMostRequestDepth = 1 + (2 * kMostFilterLevels - 1) + 2;

// Where a walk over a request or a filter stands, so that no filter is too deep for the walk.
inline constexpr Walker::Surroundings kRequestSurroundings{.path = "$",
                                                           .depth = kMostDepth - kMostRequestDepth};

// The filter of the criteria at the walker's current token, and steps past them. invalid_argument
// with `field`, `operator` (of a condition), `value`, `valid` and `nearest`, or as the walker has
// it; too_large with `limit`.
Result<Filter> ReadFilter(Walker* walker);

// The operators of a condition by their names: eq, ne, ...
Names OperatorNames();
std::optional<FilterOperator> FindOperator(std::string_view name);

// A valid number token: a whole number in the range of 64 bits, else a double. Nothing where it is
// beyond the largest double.
std::optional<FilterValue> NumberValue(std::string_view token);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_FILTER_READER_H_
