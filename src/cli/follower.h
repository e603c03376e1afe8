// follower.h - keeps a store that another process writes up to date, twice a second.
//
// Ownership:     refers to the store, which outlives it; owns its thread.
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_FOLLOWER_H_
#define CALLSTORE_SRC_CLI_FOLLOWER_H_

#include <stop_token>
#include <string>
#include <thread>

#include "callstore/store.h"

namespace callstore::cli {

class Follower {
 public:
  // REQUIRES: the store was opened with OpenMode::kFollow.
  explicit Follower(Store* store);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower() = default;  // stops, and waits for a catch-up under way

 private:
  void Run(const std::stop_token& stop);
  void CatchUp();

  Store* store_;
  std::string trouble_;  // told already
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_FOLLOWER_H_
