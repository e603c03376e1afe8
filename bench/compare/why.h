// why.h - where an advantage of a peer comes from, in a sentence.
#ifndef CALLSTORE_BENCH_COMPARE_WHY_H_
#define CALLSTORE_BENCH_COMPARE_WHY_H_

#include <string_view>

#include "bench/compare/results.h"

namespace callstore::bench {

// Why this peer may be better than callstore at this kind of work. Never empty.
std::string_view WhyPeerWins(Topic topic, PeerKind peer);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_WHY_H_
