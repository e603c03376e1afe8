// error.h - short ways to make and pass on errors.
#ifndef CALLSTORE_SRC_BASE_ERROR_H_
#define CALLSTORE_SRC_BASE_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/error.h"

namespace callstore {

using Details = std::vector<std::pair<std::string, std::string>>;

// return Fail(ErrorCode::kInvalidArgument, "limit is out of range", {{"field", "limit"}, ...});
// `message` is a literal sentence without a full stop; facts go in details. Long values are cut.
tl::unexpected<Error> Fail(ErrorCode code, std::string_view message, Details details = {});

// A value fit for a detail: at most 100 bytes, cut at a character, with "..." where cut.
std::string Excerpt(std::string_view value);

}  // namespace callstore

#define CALLSTORE_CONCAT_INNER(a, b) a##b
#define CALLSTORE_CONCAT(a, b) CALLSTORE_CONCAT_INNER(a, b)

// Evaluates a Result<T>; returns its error from the enclosing function.
#define CALLSTORE_RETURN_IF_ERROR(expression)                                \
  do {                                                                       \
    if (auto status_ = (expression); !status_) [[unlikely]] {                \
      return tl::unexpected<::callstore::Error>(std::move(status_).error()); \
    }                                                                        \
  } while (false)

// CALLSTORE_ASSIGN_OR_RETURN(auto value, Compute());
#define CALLSTORE_ASSIGN_OR_RETURN(target, expression) \
  CALLSTORE_ASSIGN_OR_RETURN_INNER(CALLSTORE_CONCAT(result_, __LINE__), target, expression)
#define CALLSTORE_ASSIGN_OR_RETURN_INNER(result, target, expression)      \
  auto result = (expression);                                             \
  if (!result) [[unlikely]] {                                             \
    return tl::unexpected<::callstore::Error>(std::move(result).error()); \
  }                                                                       \
  target = std::move(*result)

#endif  // CALLSTORE_SRC_BASE_ERROR_H_
