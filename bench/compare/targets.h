// targets.h - what callstore is meant to reach beside its peers.
#ifndef CALLSTORE_BENCH_COMPARE_TARGETS_H_
#define CALLSTORE_BENCH_COMPARE_TARGETS_H_

#include <string>
#include <vector>

#include "bench/compare/results.h"

namespace callstore::bench {

struct Outcome {
  std::string target;  // "newest 20 summaries, total (small): 500 times as fast as SQLite"
  double wanted = 0;   // how many times better than the peer, at least
  double seen = 0;
  bool met() const { return seen >= wanted; }
};

// Of the targets whose rows were measured.
std::vector<Outcome> CheckTargets(const Results& results);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_TARGETS_H_
