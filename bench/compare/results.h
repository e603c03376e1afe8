// results.h - what was measured.
// Every figure but a rate is better where it is smaller. A ratio says how many times better
// callstore's figure is than a peer's, so it is above 1 where callstore wins, whatever the unit.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_BENCH_COMPARE_RESULTS_H_
#define CALLSTORE_BENCH_COMPARE_RESULTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/samples.h"

namespace callstore::bench {

enum class PeerKind : std::uint8_t { kCallstore, kSqlite, kSqliteCounts, kLmdb, kRocksdb };
inline constexpr std::size_t kPeers = 5;
inline constexpr std::array<PeerKind, kPeers> kAllPeers = {PeerKind::kCallstore, PeerKind::kSqlite,
                                                           PeerKind::kSqliteCounts, PeerKind::kLmdb,
                                                           PeerKind::kRocksdb};
std::string_view PeerName(PeerKind kind);

template <typename T>
using PerPeer = std::array<T, kPeers>;
constexpr std::size_t Index(PeerKind kind) { return static_cast<std::size_t>(kind); }

// The kind of work that a row is about; what a peer's advantage in it comes from is in why.h.
enum class Topic : std::uint8_t {
  kPut,
  kSyncedPut,
  kBatch,
  kLife,
  kCpu,
  kPage,
  kPageTotal,
  kFullPage,
  kPageNumber,
  kWalk,
  kFilter,
  kFilterFirst,
  kCount,
  kNumber,
  kGet,
  kDelete,
  kCold,
  kColdTotal,
  kDisk,
  kWritten,
  kMemory,
  kReaders,
  kWriterBesideReaders,
  kImport,
  kExport,
};

enum class Unit : std::uint8_t {
  kTime,    // ns
  kBytes,   // bytes
  kFactor,  // a plain number
  kRate,    // per second; more is better
};

struct Figure {
  double value = 0;  // what is compared
  // Of times: those of single operations, ns, and how many there were.
  std::optional<double> p50 = {};
  std::optional<double> p99 = {};
  std::size_t count = 0;
};

struct Row {
  std::string work;       // as --only has it
  std::string operation;  // "newest 20 summaries, total"
  std::string data;       // "small", "full", "corpus"; of growth "10000 calls"
  Topic topic = Topic::kPage;
  Unit unit = Unit::kTime;
  PerPeer<std::optional<Figure>> figures = {};

  // How many times better callstore is; nothing where one of the two was not measured.
  std::optional<double> Ratio(PeerKind peer) const;
};

// A ratio below this one is a win of the peer; what is nearer to 1 cannot be told from noise.
inline constexpr double kWinBelow = 0.95;

struct Results {
  std::vector<std::string> about;  // machine, versions, sizes: a line each
  std::vector<Row> rows;
  std::vector<std::string> notes;  // how it was measured, where that is not plain
  std::vector<Row> growth;         // one row for each size, sizes ascending

  const Row* Find(std::string_view operation, std::string_view data) const;
};

// The figure of an operation's times: their median, p50 and p99.
Figure MedianOf(const Samples& ns);
// Of work whose stalls count: the time of all of it over `operations`, p50 and p99 of `ns`.
Figure MeanOf(const Samples& ns, double operations);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_RESULTS_H_
