// follower.h - how a store that follows a writer catches up, and how its queries keep out of the
// way. All caches of a store know what they hold by a version or a sequence number of the writer,
// so they stay right while the log is read; where the folder was opened again, which may by then
// have another store in it, they begin anew.
#ifndef CALLSTORE_SRC_STORE_FOLLOWER_H_
#define CALLSTORE_SRC_STORE_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

#include "base/error.h"
#include "callstore/store.h"
#include "store/gate.h"

namespace callstore::store {

struct State;

// Of a store in any mode; of use in a follower alone.
struct Following {
  std::mutex one_at_a_time;  // who catches up
  // Queries pass together; whoever changes what they read holds it alone.
  Gate gate;
  std::atomic<std::int64_t> caught_up_at = 0;
  // A query met damage: it may be that of this view alone.
  std::atomic<bool> suspect = false;
  // What there is to read may be of two moments. Guarded by the gate.
  bool lost = false;
};

// invalid_argument where the store does not follow.
Result<void> CheckFollows(const State& state);

// Store::CatchUp.
Result<void> CatchUp(State* state);

// Runs a query; in a follower, apart from catching up. REQUIRES: no query within a query.
template <typename Query>
auto Apart(OpenMode mode, Following* following, const Query& query) -> decltype(query()) {
  if (mode != OpenMode::kFollow) [[likely]]
    return query();
  const std::shared_lock pass(following->gate);
  if (following->lost) {
    return Fail(ErrorCode::kIoError, "the store could not be read again; CatchUp() tries again");
  }
  auto answer = query();
  if (!answer) {
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::kIoError || code == ErrorCode::kCorrupt) following->suspect = true;
  }
  return answer;
}

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_FOLLOWER_H_
