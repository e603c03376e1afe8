// Goal:   the first page that a program shows after it was started on a machine that was off.
// Method: each contestant is opened, the page cache dropped, and one page asked for; opening is not
//         timed. Then it is closed: each page is the first one of a fresh process's caches.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/page_cache.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kMostRounds = 15;
constexpr std::size_t kLeastRounds = 5;
constexpr double kSeconds = 8;  // for the rounds of a row

struct ColdRow {
  Topic topic;
  std::string operation;
  PeerList list;
  bool random_time = false;
};

double FirstPage(const Collection& collection, PeerKind kind, const ColdRow& row,
                 const PeerList& list, std::string* dropped) {
  const PeerOptions options = collection.contestants().options(kind);
  const std::unique_ptr<Peer> peer = OpenPeer(kind, options);
  const std::unique_ptr<Reader> reader = peer->NewReader();
  *dropped = DropPageCache({options.folder});
  const Clock::time_point start = Clock::now();
  const bool done = reader->List(list);
  const double ns = NsSince(start);
  if (!done) Stop(row.operation + ": " + std::string(PeerName(kind)) + " failed");
  const PeerAnswer answer = reader->answer();
  CheckIds(row.operation, PeerName(kind), answer.ids,
           ExpectedIds(collection.workload(), collection.calls(), list));
  if (list.total && answer.total != collection.calls()) Stop(row.operation + ": a wrong total");
  return ns;
}

void MeasureFirstPages(const Collection& collection, const ColdRow& row,
                       const std::vector<PeerKind>& kinds, std::uint64_t seed, Results* results,
                       std::string* dropped) {
  Progress(row.operation + ", " + collection.data());
  Random random(seed);
  PerPeer<Samples> ns;
  const Clock::time_point start = Clock::now();
  for (std::size_t round = 0; round < kMostRounds; ++round) {
    if (round >= kLeastRounds && NsSince(start) > kSeconds * 1e9) break;
    PeerList list = row.list;
    if (row.random_time) {
      list.before_ms = collection.workload().StartTimestamp(random.Below(collection.calls()));
    }
    for (std::size_t place = 0; place < kinds.size(); ++place) {
      const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
      ns[Index(kind)].Add(FirstPage(collection, kind, row, list, dropped));
    }
  }
  Row measured{
      .work = "cold", .operation = row.operation, .data = collection.data(), .topic = row.topic};
  for (const PeerKind kind : kinds) measured.figures[Index(kind)] = MedianOf(ns[Index(kind)]);
  results->rows.push_back(std::move(measured));
}

}  // namespace

void MeasureCold(Collection* collection, const CompareOptions& options, Results* results) {
  Contestants& contestants = collection->contestants();
  const std::vector<PeerKind> all = contestants.kinds();
  const std::vector<PeerKind> counting = contestants.Offering({Work::kTotal});
  contestants.Close();
  std::string dropped;
  const auto measure = [&](const ColdRow& row) {
    MeasureFirstPages(*collection, row, row.list.total ? counting : all, options.seed, results,
                      &dropped);
  };
  measure({Topic::kCold, "cold: newest 20 summaries", {}});
  measure({Topic::kColdTotal, "cold: newest 20 summaries, total", {.total = true}});
  measure({Topic::kCold, "cold: 20 summaries at a random time", {}, true});
  measure({Topic::kCold, "cold: 20 full calls at a random time", {.view = View::kFull}, true});
  contestants.Open();
  results->notes.push_back("Cold (" + collection->data() + "): " + dropped +
                           " after each opening, before its one page.");
}

}  // namespace callstore::bench
