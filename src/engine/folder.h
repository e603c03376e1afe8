// folder.h - a store's folder before RocksDB has seen it.
//
// Thread safety: free functions.
#ifndef CALLSTORE_SRC_ENGINE_FOLDER_H_
#define CALLSTORE_SRC_ENGINE_FOLDER_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "callstore/store.h"
#include "engine/state_file.h"

namespace callstore::engine {

// The manifest that CURRENT names.
struct Manifest {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  // Its number among the disk's files tells it from that of another store in the same folder.
  std::uint64_t file = 0;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};
// Nothing where there is no CURRENT, or none that names a manifest that is there.
std::optional<Manifest> ManifestOf(const std::string& folder);
std::string ManifestName(std::uint64_t number);

// The names of the write-ahead logs, which begin with their numbers.
std::set<std::string> LogsIn(const std::string& folder);
std::uint64_t LogNumber(const std::string& name);
// Those from number `least` on, oldest first.
std::vector<std::string> LogsFrom(const std::string& folder, std::uint64_t least);

// Checks that there is a store in the folder of `options` or that one may be made, and makes the
// folder then. Result: whether there is one. invalid_argument, not_found, unsupported_format,
// read_only, io_error.
Result<bool> CheckFolder(const StoreOptions& options);

// The path of a folder that is there, without links.
std::string CanonicalPath(const std::string& path);

// Whether the folder still has what the state says that it had. corrupt.
Result<void> CheckManifest(const StoreState& state, const std::string& folder);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_FOLDER_H_
