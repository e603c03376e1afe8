// counters.h - what an open store has done, for StoreStats::counters.
//
// Thread safety: safe for concurrent use. Each number is exact; they are not of one moment.
#ifndef CALLSTORE_SRC_STORE_COUNTERS_H_
#define CALLSTORE_SRC_STORE_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "callstore/store.h"
#include "callstore/work.h"

namespace callstore::store {

// In the order in which StoreStats has them.
enum class Counter : std::uint8_t {
  kLists,
  kCounts,
  kAggregates,
  kGets,
  kCallsListed,
  kPutsNew,
  kPutsChanged,
  kPutsUnchanged,
  kDeletes,
  kChunksRead,
  kChunksSkipped,
  kRowsTested,
  kCallsRead,
  kTranscriptsRead,
  kCatchUps,
  kReopens,
};
inline constexpr std::size_t kCounterCount = 16;

// Two cache lines that nothing else lies in: who reads the store's other state does not wait for
// who counts.
class alignas(64) Counters {
 public:
  void Add(Counter counter, std::int64_t n = 1) {
    numbers_[static_cast<std::size_t>(counter)].fetch_add(n, std::memory_order_relaxed);
  }
  void AddPut(PutOutcome outcome);
  void AddWork(const Explain& explain);
  void AppendTo(std::vector<NamedNumber>* named) const;

 private:
  std::array<std::atomic<std::int64_t>, kCounterCount> numbers_{};
};

// Counts the work of a query when it ends, whatever ends it. REQUIRES: both outlive this.
class WorkCount {
 public:
  WorkCount(Counters* counters, const Explain& explain) : counters_(*counters), explain_(explain) {}
  ~WorkCount() { counters_.AddWork(explain_); }
  WorkCount(const WorkCount&) = delete;
  WorkCount& operator=(const WorkCount&) = delete;

 private:
  Counters& counters_;
  const Explain& explain_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_COUNTERS_H_
