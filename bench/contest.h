// contest.h - two or three ways of the same work, timed in turn in one run.
// A time from one machine at one moment says little; the ratio of two times taken side by side says
// a lot. Each round runs every way once, in another order, so that none always profits from what
// the one before it left in the CPU's caches.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_BENCH_CONTEST_H_
#define CALLSTORE_BENCH_CONTEST_H_

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/samples.h"

namespace callstore::bench {

// One way of doing the work. `run` returns false where it failed; its result must be checked
// before.
struct Way {
  std::string name;
  std::function<bool()> run;
  Samples ns = {};
  Samples ns_per_byte = {};
};

class Contest {
 public:
  struct Description {
    std::string operation;  // "list newest, total"
    std::string data;       // what it ran on: "100000 small calls, 98 MB, warm"
    std::string aim = {};   // "<= 1.5 x bare"; empty: none
  };

  // ways[0] is callstore, ways[1] what bounds it, a third one what else it is held against.
  Contest(Description description, std::vector<Way> ways);

  // One round; gives ways[0]'s time to `state`. `size_bytes`: what each way handles in it, for
  // figures in MB/s; 0: none. False, with an error in `state`, where a way failed.
  bool Round(benchmark::State* state, std::size_t size_bytes = 0);

  // The counters of `state` and the row of the final table. All figures but p99 are medians over
  // the rounds: a busy machine moves them little.
  void Report(benchmark::State* state);

 private:
  Description description_;
  std::vector<Way> ways_;
  std::size_t rounds_ = 0;
};

// The rows of all contests that were reported, as a table: operation, p50 and p99 of both sides,
// their ratio, aim. Of contests of one operation on the same data the last one stands.
void PrintTable();

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_CONTEST_H_
