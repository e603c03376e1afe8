// query_scope.h - what one query works on: an organization's calls at one snapshot.
#ifndef CALLSTORE_SRC_STORE_QUERY_SCOPE_H_
#define CALLSTORE_SRC_STORE_QUERY_SCOPE_H_

#include <string_view>

#include "columns/directory.h"
#include "engine/database.h"
#include "keys/keys.h"
#include "store/chunk_cache.h"

namespace callstore::store {

// Enough to walk the rows. All of it outlives the query.
struct RowScope {
  const engine::Database& database;
  const engine::Snapshot& snapshot;
  OrganizationNumber number = 0;
};

// The directory is the one of the snapshot.
struct QueryScope : RowScope {
  std::string_view organization;
  const columns::Directory& directory;
  ChunkCache& chunks;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_QUERY_SCOPE_H_
