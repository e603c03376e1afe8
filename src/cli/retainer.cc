#include "cli/retainer.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {

Retainer::Retainer(Store* store, std::chrono::milliseconds interval)
    : store_(store),
      interval_(interval),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Retainer::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock<std::mutex> lock(mutex);
  while (!stop.stop_requested()) {
    Retain();
    (void)stopped.wait_for(lock, stop, interval_, [] { return false; });
  }
}

void Retainer::Retain() {
  const Result<std::vector<RetentionResult>> results = store_->Retain();
  const std::string trouble = results ? std::string() : results.error().ToString();
  if (trouble != trouble_) {
    Notice(results ? "the retention is applied again"
                   : "the retention cannot be applied: " + trouble);
    trouble_ = trouble;
  }
  if (!results) return;
  for (const RetentionResult& result : *results) {
    if (result.deleted == 0) continue;
    Notice("retention of " + result.organization_id + ": " + CountOf(result.deleted, "call") +
           " deleted" +
           (result.held == 0 ? "" : ", " + CountOf(result.held, "call") + " kept by a hold"));
  }
}

}  // namespace callstore::cli
