// status.h - what a rocksdb::Status means to a caller of callstore.
#ifndef CALLSTORE_SRC_ENGINE_STATUS_H_
#define CALLSTORE_SRC_ENGINE_STATUS_H_

#include <rocksdb/status.h>

#include "callstore/error.h"

namespace callstore::engine {

// REQUIRES: !status.ok().
Error ToError(const rocksdb::Status& status);

inline Result<void> ToResult(const rocksdb::Status& status) {
  if (status.ok()) [[likely]]
    return {};
  return tl::unexpected<Error>(ToError(status));
}

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_STATUS_H_
