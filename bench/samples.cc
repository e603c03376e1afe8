#include "bench/samples.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace callstore::bench {

void Samples::Add(const Samples& others) {
  samples_.insert(samples_.end(), others.samples_.begin(), others.samples_.end());
}

double Samples::Sum() const { return std::accumulate(samples_.begin(), samples_.end(), 0.0); }

double Samples::Percentile(double fraction) const {
  if (samples_.empty()) return 0;
  std::vector<double> sorted = samples_;
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  const std::size_t index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(index, sorted.size() - 1));
  std::nth_element(sorted.begin(), nth, sorted.end());
  return *nth;
}

std::size_t WhoseTurn(std::size_t round, std::size_t place, std::size_t count) {
  const bool backward = round / count % 2 != 0;
  return (round + (backward ? count - place : place)) % count;
}

}  // namespace callstore::bench
