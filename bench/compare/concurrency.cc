// Goal:   what readers and a writer cost each other.
// Method: one contestant at a time, for up to a second: a thread puts new calls one by one as fast
//         as it can, others ask for 20 summaries at random times. The calls are all newer than
//         those asked for, so each page is known beforehand; one in 256 is compared with that.
//         All that is asked for is in the caches before.
#include <algorithm>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

constexpr double kMostSeconds = 1;
constexpr std::size_t kRounds = 3;

struct ReaderRun {
  std::unique_ptr<Reader> reader;
  Samples ns;
  std::string fault;
};

void Read(const Collection& collection, std::uint64_t seed, const std::atomic<bool>& over,
          ReaderRun* run) {
  constexpr std::size_t kCheckEvery = 256;
  Random random(seed);
  const std::int64_t half = collection.calls() / 2;
  for (std::size_t i = 0; !over.load(std::memory_order_relaxed); ++i) {
    const std::int64_t newest = collection.calls() - half + random.Below(half);
    const PeerList list{.before_ms = collection.workload().StartTimestamp(newest)};
    const Clock::time_point start = Clock::now();
    const bool done = run->reader->List(list);
    run->ns.Add(NsSince(start));
    if (!done) run->fault = "a page failed";
    if (i % kCheckEvery == 0 && done &&
        run->reader->answer().ids != ExpectedIds(collection.workload(), collection.calls(), list)) {
      run->fault = "a page is not what was stored";
    }
    if (!run->fault.empty()) return;
  }
}

void FillCaches(const Collection& collection) {
  constexpr std::int64_t kPageCalls = 20;
  for (const PeerKind kind : collection.contestants().kinds()) {
    Reader& reader = collection.contestants().reader(kind);
    for (std::int64_t i = collection.calls() / 2; i < collection.calls(); i += kPageCalls) {
      if (!reader.List({.before_ms = collection.workload().StartTimestamp(i)})) {
        Stop("readers beside a writer: a page failed");
      }
    }
  }
}

// How many of the calls could be put, until the time is over. Then the readers are told to end.
std::size_t Write(Peer* peer, std::span<const PeerCall> calls, std::atomic<bool>* over) {
  const Clock::time_point start = Clock::now();
  std::size_t put = 0;
  while (put < calls.size() && NsSince(start) < kMostSeconds * 1e9 &&
         peer->Put(calls.subspan(put, 1))) {
    ++put;
  }
  over->store(true, std::memory_order_relaxed);
  return put;
}

// What all runs of one contestant with so many readers came to.
struct Sum {
  Samples page_ns;
  double seconds = 0;
  double puts = 0;
};

void RunTogether(const Collection& collection, PeerKind kind, std::size_t readers,
                 std::span<const PeerCall> calls, Sum* sum) {
  Peer& peer = collection.contestants().peer(kind);
  std::vector<ReaderRun> runs(readers);
  for (ReaderRun& run : runs) run.reader = peer.NewReader();
  std::atomic<bool> over = false;
  WaitUntilQuiet();
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < readers; ++i) {
    threads.emplace_back([&, i] { Read(collection, i + 1, over, &runs[i]); });
  }
  const std::size_t put = Write(&peer, calls, &over);
  for (std::thread& thread : threads) thread.join();
  sum->seconds += NsSince(start) / 1e9;
  sum->puts += static_cast<double>(put);
  for (const ReaderRun& run : runs) {
    if (!run.fault.empty())
      Stop("readers beside a writer: " + std::string(PeerName(kind)) + ": " + run.fault);
    sum->page_ns.Add(run.ns);
  }
  // Put at all, and found again.
  if (put == 0) Stop("readers beside a writer: " + std::string(PeerName(kind)) + " cannot put");
  Reader& reader = collection.contestants().reader(kind);
  const PeerCall& last = calls[put - 1];
  if (!reader.Get(last.call.organization_id, last.call.id)) Stop("a get failed");
  CheckIds("readers beside a writer", PeerName(kind), reader.answer().ids, {last.call.id});
}

}  // namespace

void MeasureConcurrency(Collection* collection, const CompareOptions& options, Results* results) {
  const std::vector<PeerKind>& kinds = collection->contestants().kinds();
  const std::int64_t slice = options.puts;
  // Behind everything that other works put.
  std::int64_t next = collection->calls() * 2;
  FillCaches(*collection);
  for (const std::size_t readers : {1, 2, 4}) {
    const std::string beside = std::to_string(readers) + (readers == 1 ? " reader" : " readers");
    Progress(beside + " beside a writer, " + collection->data());
    PerPeer<Sum> sums;
    for (std::size_t round = 0; round < kRounds; ++round, next += slice) {
      const std::vector<PeerCall> calls =
          MakePeerCalls({.workload = &collection->workload(), .first = next, .count = slice});
      for (std::size_t place = 0; place < kinds.size(); ++place) {
        const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
        RunTogether(*collection, kind, readers, calls, &sums[Index(kind)]);
      }
    }
    Row pages{.work = "concurrency",
              .operation = "pages a second, " + beside + " beside a writer",
              .data = collection->data(),
              .topic = Topic::kReaders,
              .unit = Unit::kRate};
    Row puts{.work = "concurrency",
             .operation = "puts a second beside " + beside,
             .data = collection->data(),
             .topic = Topic::kWriterBesideReaders,
             .unit = Unit::kRate};
    for (const PeerKind kind : kinds) {
      const Sum& sum = sums[Index(kind)];
      Figure figure = MedianOf(sum.page_ns);
      figure.value = static_cast<double>(sum.page_ns.size()) / sum.seconds;
      pages.figures[Index(kind)] = figure;
      puts.figures[Index(kind)] = {.value = sum.puts / sum.seconds};
    }
    results->rows.push_back(std::move(pages));
    results->rows.push_back(std::move(puts));
  }
}

}  // namespace callstore::bench
