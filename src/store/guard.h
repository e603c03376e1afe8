// guard.h - the edge of the library: nothing is thrown across its API.
#ifndef CALLSTORE_SRC_STORE_GUARD_H_
#define CALLSTORE_SRC_STORE_GUARD_H_

#include <exception>

#include "base/error.h"

namespace callstore::store {

// Runs an operation and turns an exception (memory that is not there) into an error.
template <typename Operation>
auto Guard(const Operation& operation) -> decltype(operation()) {
  try {
    return operation();
  } catch (const std::exception& exception) {
    return Fail(ErrorCode::kInternal, "the operation could not be carried out",
                {{"cause", exception.what()}});
  }
}

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GUARD_H_
