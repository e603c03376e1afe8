// ranks.h - the calls of a time range as numbered rows, without reading them.
// Row 0 is the newest call of the range. A range without bounds has every call; a bounded one has
// only calls with a start_timestamp. All answers belong to one snapshot.
#ifndef CALLSTORE_SRC_STORE_RANKS_H_
#define CALLSTORE_SRC_STORE_RANKS_H_

#include <cstdint>

#include "callstore/error.h"
#include "columns/chunk.h"
#include "columns/directory.h"
#include "engine/database.h"
#include "keys/keys.h"
#include "query/normal_filter.h"
#include "store/chunk_reader.h"

namespace callstore::store {

using keys::OrganizationNumber;

// The positions that the time bounds of a filter take in, both ends included.
struct Bounds {
  Position newest = kNewest;
  Position oldest = kOldest;
  bool bounded = false;  // calls without start_timestamp are left out
  bool empty = false;
};
Bounds BoundsOf(const query::NormalFilter& filter);

class Ranks {
 public:
  // REQUIRES: the scope outlives the ranks.
  Ranks(const QueryScope& scope, const Bounds& bounds) : scope_(scope), bounds_(bounds) {}

  // Counts the range; call it before the others. Cost: no read where the range has no bounds, else
  // one chunk a bound.
  Result<void> Count();
  std::int64_t total() const { return total_; }

  // The number of rows of the range that are newer than `position`. Cost: one chunk.
  Result<std::int64_t> CountNewer(const Position& position) const;

  // The position of a row. REQUIRES: 0 <= row < total(). Cost: one chunk.
  Result<Position> PositionAt(std::int64_t row) const;

 private:
  // As CountNewer, from the organization's newest call on.
  Result<std::int64_t> CountNewerInAll(const Position& position) const;

  const QueryScope& scope_;
  const Bounds bounds_;
  std::int64_t first_ = 0;  // rows newer than the range
  std::int64_t total_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_RANKS_H_
