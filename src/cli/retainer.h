// retainer.h - deletes what organizations keep no longer, at once and then once an interval.
//
// Ownership:     refers to the store, which outlives it; owns its thread.
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_RETAINER_H_
#define CALLSTORE_SRC_CLI_RETAINER_H_

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "callstore/store.h"

namespace callstore::cli {

class Retainer {
 public:
  // REQUIRES: the store was opened for writing.
  explicit Retainer(Store* store, std::chrono::milliseconds interval = std::chrono::hours(1));
  Retainer(const Retainer&) = delete;
  Retainer& operator=(const Retainer&) = delete;
  ~Retainer() = default;  // stops, and waits for a pass under way

 private:
  void Run(const std::stop_token& stop);
  void Retain();

  Store* store_;
  std::chrono::milliseconds interval_;
  std::string trouble_;  // told already
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_RETAINER_H_
