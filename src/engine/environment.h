// environment.h - what an open database stands on: the file system and its free space.
// Tests put a file system of their own under the engine; nothing above it changes.
//
// Ownership:     the Env outlives every database opened on it.
#ifndef CALLSTORE_SRC_ENGINE_ENVIRONMENT_H_
#define CALLSTORE_SRC_ENGINE_ENVIRONMENT_H_

#include <rocksdb/env.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace callstore::engine {

struct Environment {
  rocksdb::Env* env = rocksdb::Env::Default();
  // Bytes that an unprivileged process may still write in a folder; nothing where that is not
  // known. Empty: by statvfs.
  std::function<std::optional<std::uint64_t>(const std::string& folder)> free_bytes = {};
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_ENVIRONMENT_H_
