#include "store/follower.h"

#include <memory>
#include <utility>

#include "store/state.h"

namespace callstore::store {
namespace {

// What is replaced where the folder is opened again. Its chunks pin memory of its database.
struct OldView {
  std::unique_ptr<engine::Database> database;
  std::unique_ptr<ChunkCache> chunks;
};

// REQUIRES: the gate is held alone.
OldView Replace(State* state, std::unique_ptr<engine::Database> database) {
  OldView old{.database = std::exchange(state->database, std::move(database)),
              .chunks = std::exchange(state->chunks, NewChunkCache(state->options))};
  state->organizations.Clear();
  state->directories.Clear();
  state->following.lost = false;
  state->following.suspect = false;
  state->counters.Add(Counter::kReopens);
  return old;
}

// Opens the folder again. Queries go on meanwhile, and wait for the exchange alone.
Result<void> OpenAgain(State* state) {
  CALLSTORE_ASSIGN_OR_RETURN(auto database,
                             engine::Database::OpenAgain(state->options, *state->database));
  OldView old;  // closed after the gate is open again
  const std::unique_lock alone(state->following.gate);
  old = Replace(state, std::move(database));
  return {};
}

// Reads what the writer's log has more; false where its files have changed. Where they change just
// then, nobody may see what was read, and the folder is opened again at once.
Result<bool> ReadLog(State* state) {
  if (state->following.suspect || !state->database->OnlyLogGrew()) return false;
  OldView old;
  const std::unique_lock alone(state->following.gate);
  // It may have taken a while to be alone.
  if (state->following.lost || !state->database->OnlyLogGrew()) return false;
  state->following.lost = true;  // until the end is good, whatever comes
  const Result<bool> read = state->database->ReadLog();
  if (read && *read) {
    state->following.lost = false;
    return true;
  }
  CALLSTORE_ASSIGN_OR_RETURN(auto database,
                             engine::Database::OpenAgain(state->options, *state->database));
  old = Replace(state, std::move(database));
  return true;
}

}  // namespace

Result<void> CheckFollows(const State& state) {
  if (state.options.mode == OpenMode::kFollow) return {};
  return Fail(ErrorCode::kInvalidArgument, "the store does not follow a writer",
              {{"field", "mode"}, {"valid", "OpenMode::kFollow"}});
}

Result<void> CatchUp(State* state) {
  CALLSTORE_RETURN_IF_ERROR(CheckFollows(*state));
  Following& following = state->following;
  const std::lock_guard one_at_a_time(following.one_at_a_time);
  const std::int64_t now_ms = state->NowMs();
  CALLSTORE_ASSIGN_OR_RETURN(const bool read, ReadLog(state));
  if (!read) CALLSTORE_RETURN_IF_ERROR(OpenAgain(state));
  following.caught_up_at = now_ms;
  state->counters.Add(Counter::kCatchUps);
  return {};
}

}  // namespace callstore::store
