#include "bench/compare/targets.h"

#include <string>

namespace callstore::bench {
namespace {

struct Target {
  const char* text;
  const char* operation;
  const char* data;
  PeerKind peer;
  double wanted;
};

constexpr PeerKind kSqlite = PeerKind::kSqlite;
constexpr PeerKind kRocksdb = PeerKind::kRocksdb;
constexpr const char* kEmptyPut = "put one by one, empty store";
constexpr const char* kLoadedPut = "put one by one, loaded store";

constexpr Target kTargets[] = {
    {"newest page with total: 500 x SQLite's page and COUNT(*), at 1,000,000 calls",
     "newest 20 summaries, total", "small", kSqlite, 500},
    {"newest page with total: not slower than SQLite with kept counts",
     "newest 20 summaries, total", "small", PeerKind::kSqliteCounts, 1},
    {"newest small page without total: within 1.5 times SQLite's", "newest 20 summaries", "small",
     kSqlite, 1 / 1.5},
    {"page at a random time: faster than SQLite's", "20 summaries at a random time", "small",
     kSqlite, 1},
    {"newest page of full calls: not slower than SQLite's", "newest 20 full calls", "full", kSqlite,
     1},
    {"page of full calls at a random time: not slower than SQLite's",
     "20 full calls at a random time", "full", kSqlite, 1},
    {"puts, small, loaded store: 8 x SQLite's", kLoadedPut, "small", kSqlite, 8},
    {"puts, small, empty store: 8 x SQLite's", kEmptyPut, "small", kSqlite, 8},
    {"puts, full, loaded store: 3 x SQLite's", kLoadedPut, "full", kSqlite, 3},
    {"puts, full, empty store: 3 x SQLite's", kEmptyPut, "full", kSqlite, 3},
    {"import of the corpus: 2.5 x SQLite's", "import of JSON in batches of 250, a call", "corpus",
     kSqlite, 2.5},
    {"disk, small: a quarter of SQLite's", "bytes on disk, a call", "small", kSqlite, 4},
    {"disk, full: a quarter of SQLite's", "bytes on disk, a call", "full", kSqlite, 4},
    {"cold first page, small: half of SQLite's time", "cold: newest 20 summaries", "small", kSqlite,
     2},
    {"cold first page, full: half of SQLite's time", "cold: newest 20 summaries", "full", kSqlite,
     2},
    {"newest page of summaries: within 1.5 times bare RocksDB's", "newest 20 summaries", "small",
     kRocksdb, 1 / 1.5},
    {"puts, small, loaded store: within 2 times bare RocksDB's", kLoadedPut, "small", kRocksdb,
     0.5},
    {"puts, small, empty store: within 2 times bare RocksDB's", kEmptyPut, "small", kRocksdb, 0.5},
    {"puts, full, loaded store: within 2 times bare RocksDB's", kLoadedPut, "full", kRocksdb, 0.5},
    {"puts, full, empty store: within 2 times bare RocksDB's", kEmptyPut, "full", kRocksdb, 0.5},
};

// One reader beside one writer: p99 within 5 times p50.
void AddSpread(const Results& results, std::vector<Outcome>* outcomes) {
  const Row* row = results.Find("pages a second, 1 reader beside a writer", "small");
  if (row == nullptr) return;
  const auto& figure = row->figures[Index(PeerKind::kCallstore)];
  if (!figure || !figure->p50 || !figure->p99 || *figure->p99 <= 0) return;
  outcomes->push_back({.target = "a reader beside a writer: p99 within 5 times p50",
                       .wanted = 1 / 5.0,
                       .seen = *figure->p50 / *figure->p99});
}

}  // namespace

std::vector<Outcome> CheckTargets(const Results& results) {
  std::vector<Outcome> outcomes;
  for (const Target& target : kTargets) {
    const Row* row = results.Find(target.operation, target.data);
    if (row == nullptr) continue;
    if (const auto ratio = row->Ratio(target.peer)) {
      outcomes.push_back({.target = target.text, .wanted = target.wanted, .seen = *ratio});
    }
  }
  AddSpread(results, &outcomes);
  return outcomes;
}

}  // namespace callstore::bench
