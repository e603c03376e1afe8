// samples.h - times of one piece of work, and whose turn it is where several take turns.
#ifndef CALLSTORE_BENCH_SAMPLES_H_
#define CALLSTORE_BENCH_SAMPLES_H_

#include <cstddef>
#include <vector>

namespace callstore::bench {

class Samples {
 public:
  void Add(double sample) { samples_.push_back(sample); }
  void Add(const Samples& others);
  bool empty() const { return samples_.empty(); }
  std::size_t size() const { return samples_.size(); }
  double Sum() const;
  // The smallest sample that at least `fraction` of all do not exceed; 0 without samples.
  double Percentile(double fraction) const;

 private:
  std::vector<double> samples_;
};

// Who of `count` comes at `place` in this round. Rounds go forward and backward from each of them
// in turn, so that each comes after each other one as often. REQUIRES: place < count.
std::size_t WhoseTurn(std::size_t round, std::size_t place, std::size_t count);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_SAMPLES_H_
