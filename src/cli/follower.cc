#include "cli/follower.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "cli/terminal.h"

namespace callstore::cli {

Follower::Follower(Store* store)
    : store_(store), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Follower::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock<std::mutex> lock(mutex);
  while (!stop.stop_requested()) {
    CatchUp();
    (void)stopped.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; });
  }
}

void Follower::CatchUp() {
  const Result<void> done = store_->CatchUp();
  const std::string trouble = done ? std::string() : done.error().ToString();
  if (trouble == trouble_) return;
  Notice(done ? "the store is followed again" : "the store cannot be followed: " + trouble);
  trouble_ = trouble;
}

}  // namespace callstore::cli
