// index_lookup.h - the calls that an index key or an id names: the shortest way to a rare value.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_INDEX_LOOKUP_H_
#define CALLSTORE_SRC_STORE_INDEX_LOOKUP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/position.h"
#include "callstore/error.h"
#include "query/normal_filter.h"
#include "store/rows.h"

namespace callstore::store {

// Calls that may match, and what named them. All that match are among them.
struct IndexedCalls {
  std::string field;
  std::vector<Position> positions;  // newest first, each once
};

// The positions of all calls that can match `root`, where one condition that every match fulfils is
// on a field with index keys and names at most `most` calls. Nothing: there is no such condition.
Result<std::optional<IndexedCalls>> LookUpIndex(const engine::Database& database,
                                                OrganizationNumber organization,
                                                const engine::Snapshot& snapshot,
                                                const query::Node& root, std::size_t most);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_INDEX_LOOKUP_H_
