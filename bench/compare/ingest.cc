// Goal:   what it costs to store a call as it happens.
// Method: stores that begin empty and grow; blocks of calls in turns, the forms that the engines
//         take made before. The time of all blocks counts, so that stalls and checkpoints do.
//         Afterwards all stores must hold the same.
#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare/calls.h"
#include "bench/compare/contestants.h"
#include "bench/compare/race.h"
#include "bench/compare/works.h"

namespace callstore::bench {
namespace {

struct IngestPlan {
  std::string operation;
  Topic topic = Topic::kPut;
  Size size = Size::kSmall;
  bool sync = false;
  std::int64_t calls = 0;
  std::int64_t block_calls = 250;
  bool life = false;  // each call is put at its four moments
};

// What is put of these calls, in order: the calls, or all of them at each of their moments in turn,
// since many calls are alive at a time.
std::vector<PeerCall> MakeBlock(const IngestPlan& plan, const CallRange& range) {
  if (!plan.life) return MakePeerCalls(range);
  std::vector<PeerCall> puts;
  for (std::size_t moment = 0; moment < kMoments; ++moment) {
    for (std::int64_t i = range.first; i < range.first + range.count; ++i) {
      puts.push_back(MakePeerCall(CallAt(moment, range.workload->MakeCall(i))));
    }
  }
  return puts;
}

void CheckStored(const IngestPlan& plan, const Contestants& contestants) {
  const auto ask = [&](const std::vector<PeerKind>& kinds, const PeerList& list) {
    for (const PeerKind kind : kinds) {
      if (!contestants.reader(kind).List(list)) Stop(plan.operation + ": cannot list what was put");
    }
    CheckAnswers(plan.operation, contestants, kinds);
  };
  ask(contestants.kinds(), {.limit = 1'000});
  const std::vector<PeerKind> counting = contestants.Offering({Work::kFilter, Work::kTotal});
  ask(counting, {.limit = 1'000, .view = View::kFull, .total = true});
  if (contestants.reader(counting.front()).answer().total != plan.calls) {
    Stop(plan.operation + ": not as many calls as were put");
  }
  ask(counting, {.filter = SentimentFilter(0), .limit = 1'000, .total = true});
}

// All of the calls by each contestant in its turn, call by call.
void PutInTurns(const std::string& operation, const Contestants& contestants,
                std::span<const PeerCall> calls, std::size_t round, PerPeer<Samples>* ns) {
  const std::vector<PeerKind>& kinds = contestants.kinds();
  for (std::size_t place = 0; place < kinds.size(); ++place) {
    const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
    for (const PeerCall& call : calls) {
      const Clock::time_point start = Clock::now();
      const bool done = contestants.peer(kind).Put(std::span(&call, 1));
      (*ns)[Index(kind)].Add(NsSince(start));
      if (!done) Stop(operation + ": " + std::string(PeerName(kind)) + " failed");
    }
  }
}

void MeasurePuts(const IngestPlan& plan, const CompareOptions& options, Results* results) {
  Progress(plan.operation + ", " + SizeName(plan.size));
  Contestants contestants(
      {.name = "ingest", .cache_bytes = options.cache_mb << 20, .sync = plan.sync});
  const Workload workload(plan.size, options.seed);
  PerPeer<Samples> ns;
  for (std::int64_t first = 0; first < plan.calls; first += plan.block_calls) {
    const std::vector<PeerCall> puts =
        MakeBlock(plan, {.workload = &workload,
                         .first = first,
                         .count = std::min(plan.block_calls, plan.calls - first)});
    PutInTurns(plan.operation, contestants, puts, first / plan.block_calls, &ns);
  }
  CheckStored(plan, contestants);
  Row row{.work = "ingest",
          .operation = plan.operation,
          .data = SizeName(plan.size),
          .topic = plan.topic};
  for (const PeerKind kind : contestants.kinds()) {
    // Of synced puts most is the disk, whose bad moments are nobody's: their median is compared.
    row.figures[Index(kind)] = plan.sync ? MedianOf(ns[Index(kind)])
                                         : MeanOf(ns[Index(kind)], static_cast<double>(plan.calls));
  }
  results->rows.push_back(std::move(row));
}

}  // namespace

void MeasureIngest(const CompareOptions& options, Results* results) {
  const auto some = [](std::int64_t calls) { return std::max<std::int64_t>(calls, 1); };
  const std::int64_t small = options.puts;
  const std::int64_t full = some(options.puts / 5);
  for (const auto& [size, calls] : {std::pair(Size::kSmall, small), std::pair(Size::kFull, full)}) {
    MeasurePuts({.operation = "put one by one, empty store", .size = size, .calls = calls}, options,
                results);
    MeasurePuts({.operation = "life of a call, 4 puts",
                 .topic = Topic::kLife,
                 .size = size,
                 .calls = some(calls / 4),
                 .block_calls = 100,
                 .life = true},
                options, results);
  }
  MeasurePuts({.operation = "put one by one, synced",
               .topic = Topic::kSyncedPut,
               .sync = true,
               .calls = options.synced_puts,
               .block_calls = 25},
              options, results);
  results->notes.push_back(
      "Puts one by one and lives: the mean over all of them, stalls included, on stores that begin "
      "empty unless loaded. Compactions of callstore and RocksDB go on beside the turns of the "
      "others: the CPU time of a put, measured in a process of its own, has them. Of synced puts "
      "the median is compared.");
}

void MeasurePutsInto(Collection* collection, const CompareOptions& options, Results* results) {
  const std::string operation = "put one by one, loaded store";
  Progress(operation + ", " + collection->data());
  const Contestants& contestants = collection->contestants();
  const std::int64_t count =
      std::max<std::int64_t>(std::min(options.puts / 4, collection->calls() / 4), 1);
  constexpr std::size_t kBlock = 250;
  const std::vector<PeerCall> calls = MakePeerCalls({.workload = &collection->workload(),
                                                     .first = collection->calls() + kGrowthCalls,
                                                     .count = count,
                                                     .organizations = collection->organizations()});
  WaitUntilQuiet();
  PerPeer<Samples> ns;
  for (std::size_t first = 0; first < calls.size(); first += kBlock) {
    const std::size_t size = std::min(kBlock, calls.size() - first);
    PutInTurns(operation, contestants, std::span(calls).subspan(first, size), first / kBlock, &ns);
  }
  for (const PeerKind kind : contestants.kinds()) {
    if (!contestants.reader(kind).List({.limit = 1'000})) Stop(operation + ": cannot list");
  }
  CheckAnswers(operation, contestants, contestants.kinds());
  Row row{
      .work = "ingest", .operation = operation, .data = collection->data(), .topic = Topic::kPut};
  for (const PeerKind kind : contestants.kinds()) {
    row.figures[Index(kind)] = MeanOf(ns[Index(kind)], static_cast<double>(count));
  }
  results->rows.push_back(std::move(row));
}

void ReportLoading(const Collection& collection, Results* results) {
  const std::string batch = std::to_string(collection.batch_calls());
  Row put{.work = "ingest",
          .operation = "put in batches of " + batch + ", a call",
          .data = collection.data(),
          .topic = Topic::kBatch};
  Row disk{.work = "footprint",
           .operation = "bytes on disk, a call",
           .data = collection.data(),
           .topic = Topic::kDisk,
           .unit = Unit::kBytes};
  const double calls = static_cast<double>(collection.calls());
  for (const PeerKind kind : collection.contestants().kinds()) {
    Figure figure = MeanOf(collection.batch_ns()[Index(kind)], calls);
    *figure.p50 /= static_cast<double>(collection.batch_calls());
    *figure.p99 /= static_cast<double>(collection.batch_calls());
    put.figures[Index(kind)] = figure;
    disk.figures[Index(kind)] = {
        .value = static_cast<double>(collection.contestants().peer(kind).DiskBytes()) / calls};
  }
  results->rows.push_back(std::move(put));
  results->rows.push_back(std::move(disk));
}

}  // namespace callstore::bench
