// calls.h - the calls that all contestants store, and the questions that all are asked.
// They are those of the workload, but for the numbers that were called: some fifteen calls go to
// each of them, as a business has it, and not a new one with each call.
//
// Thread safety: pure functions.
#ifndef CALLSTORE_BENCH_COMPARE_CALLS_H_
#define CALLSTORE_BENCH_COMPARE_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/workload.h"

namespace callstore::bench {

// Calls first, first + 1, ... of a workload. Call i belongs to organization i % organizations;
// where there is one alone, it is kOrganization.
struct CallRange {
  const Workload* workload = nullptr;
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t organizations = 1;
};
std::vector<PeerCall> MakePeerCalls(const CallRange& range);
std::string OrganizationName(std::int64_t number, std::int64_t organizations);
std::string NumberCalled(std::int64_t i);

// A call at four moments: registered, without a start; ongoing; ended, with what was said;
// analysed, as the workload has it.
inline constexpr std::size_t kMoments = 4;
Call CallAt(std::size_t moment, const Call& call);

// The calls 0 to `calls` - 1 of a workload are stored; this is what a list without filter, cursor
// and other organizations has to answer.
std::vector<std::string> ExpectedIds(const Workload& workload, std::int64_t calls,
                                     const PeerList& list);

// Filters of three selectivities, all different: `i` counts through them.
inline constexpr std::int64_t kSentimentFilters = 4;
PeerFilter SentimentFilter(std::int64_t i);  // 1 call in 4
inline constexpr std::int64_t kAgentFilters = 40;
PeerFilter AgentFilter(std::int64_t i);  // 1 in 40
inline constexpr std::int64_t kTripleFilters = 320;
PeerFilter TripleFilter(std::int64_t i);  // agent, sentiment and direction: 1 in 427

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_CALLS_H_
