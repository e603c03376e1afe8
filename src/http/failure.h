// failure.h - short ways to make and pass on errors in the endpoint.
#ifndef CALLSTORE_SRC_HTTP_FAILURE_H_
#define CALLSTORE_SRC_HTTP_FAILURE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/error.h"

namespace callstore::http {

// return Failure(ErrorCode::kIoError, "the file cannot be read", {{"path", path}});
inline tl::unexpected<Error> Failure(
    ErrorCode code, std::string_view message,
    std::vector<std::pair<std::string, std::string>> details = {}) {
  return tl::unexpected<Error>(Error{code, std::string(message), std::move(details)});
}

// Passes on the error of a result of another type.
template <typename T>
tl::unexpected<Error> Forward(const Result<T>& result) {
  return tl::unexpected<Error>(result.error());
}

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_FAILURE_H_
