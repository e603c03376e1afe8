#include "bench/compare/results.h"

#include <algorithm>

namespace callstore::bench {

std::string_view PeerName(PeerKind kind) {
  static constexpr std::array<std::string_view, kPeers> kNames = {
      "callstore", "SQLite", "SQLite, kept counts", "LMDB", "RocksDB"};
  return kNames[Index(kind)];
}

std::optional<double> Row::Ratio(PeerKind peer) const {
  const std::optional<Figure>& ours = figures[Index(PeerKind::kCallstore)];
  const std::optional<Figure>& theirs = figures[Index(peer)];
  if (!ours || !theirs || ours->value <= 0 || theirs->value <= 0) return std::nullopt;
  return unit == Unit::kRate ? ours->value / theirs->value : theirs->value / ours->value;
}

const Row* Results::Find(std::string_view operation, std::string_view data) const {
  const auto found = std::ranges::find_if(
      rows, [&](const Row& row) { return row.operation == operation && row.data == data; });
  return found == rows.end() ? nullptr : &*found;
}

Figure MedianOf(const Samples& ns) {
  const double p50 = ns.Percentile(0.5);
  return {.value = p50, .p50 = p50, .p99 = ns.Percentile(0.99), .count = ns.size()};
}

Figure MeanOf(const Samples& ns, double operations) {
  return {.value = ns.Sum() / operations,
          .p50 = ns.Percentile(0.5),
          .p99 = ns.Percentile(0.99),
          .count = ns.size()};
}

}  // namespace callstore::bench
