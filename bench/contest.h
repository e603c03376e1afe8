// contest.h - two or three ways of the same work, timed in turn in one run.
// A time from one machine at one moment says little; the ratio of two times taken side by side says
// a lot. Each round runs every way once and begins with another one, so that none always profits
// from what the one before it left in the CPU's caches.
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

namespace callstore::bench {

// The times of one way, in nanoseconds.
class Samples {
 public:
  void Add(double ns) { ns_.push_back(ns); }
  std::size_t count() const { return ns_.size(); }
  double total_ns() const;
  // The smallest sample that at least `fraction` of all do not exceed; 0 without samples.
  double Percentile(double fraction) const;

 private:
  std::vector<double> ns_;
};

// One way of doing the work. `run` returns false where it failed; its result must be checked
// before.
struct Way {
  std::string name;
  std::function<bool()> run;
  Samples samples = {};
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

  // One round; gives ways[0]'s time to `state`. False, with an error in `state`, where a way
  // failed.
  bool Round(benchmark::State* state);

  // The counters of `state` and the row of the final table. `bytes`: what one way handled in all
  // rounds, for figures in MB/s; 0: none.
  void Report(benchmark::State* state, std::int64_t bytes = 0);

 private:
  Description description_;
  std::vector<Way> ways_;
  std::size_t first_ = 0;  // the way that begins the next round
};

// The rows of all contests that were reported, as a table: operation, p50 and p99 of both sides,
// their ratio, aim. Of contests of one operation on the same data the last one stands.
void PrintTable();

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_CONTEST_H_
