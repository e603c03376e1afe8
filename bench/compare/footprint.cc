// Goal:   what a contestant takes of the machine: memory, writes to the disk, CPU time.
// Method: a process for each of them, which has nothing else to do. Pages: it opens the collection
//         and asks for 1,000 pages at random times. Puts: it stores calls, made beforehand, into an
//         empty folder, brings it to rest and closes it; what that took is all counted.
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/compare/calls.h"
#include "bench/compare/child.h"
#include "bench/compare/contestants.h"
#include "bench/compare/works.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kBatch = 1'000;

int AskPages(const ChildTask& task) {
  const Workload workload(task.size, task.seed);
  Random random(task.seed);
  const std::unique_ptr<Peer> peer = OpenPeer(task.kind, task.options);
  const std::unique_ptr<Reader> reader = peer->NewReader();
  for (int i = 0; i < 1'000; ++i) {
    const PeerList list{.before_ms = workload.StartTimestamp(random.Below(task.calls))};
    if (!reader->List(list)) return 1;
    if (i % 100 == 0 && reader->answer().ids != ExpectedIds(workload, task.calls, list)) return 1;
  }
  for (const auto& [name, number] : ProcessFigures())
    std::printf("%s %.0f\n", name.c_str(), number);
  return 0;
}

int PutCalls(const ChildTask& task) {
  const Workload workload(task.size, task.seed);
  const std::vector<PeerCall> calls = MakePeerCalls({.workload = &workload, .count = task.calls});
  const std::size_t step = task.work == "puts" ? 1 : static_cast<std::size_t>(kBatch);
  auto before = ProcessFigures();
  {
    const std::unique_ptr<Peer> peer = OpenPeer(task.kind, task.options);
    const std::span<const PeerCall> all = calls;
    for (std::size_t at = 0; at < all.size(); at += step) {
      if (!peer->Put(all.subspan(at, std::min(step, all.size() - at)))) return 1;
    }
    if (!peer->Settle()) return 1;
    const std::unique_ptr<Reader> reader = peer->NewReader();
    const PeerList newest{.limit = 100};
    if (!reader->List(newest)) return 1;
    if (reader->answer().ids != ExpectedIds(workload, task.calls, newest)) return 1;
  }
  double json_bytes = 0;
  for (const PeerCall& call : calls) json_bytes += static_cast<double>(call.json.size());
  std::printf("json_bytes %.0f\n", json_bytes);
  for (const auto& [name, number] : ProcessFigures()) {
    std::printf("%s %.0f\n", name.c_str(), number - before[name]);
  }
  return 0;
}

void MeasureMemory(Collection* collection, const CompareOptions& options, Results* results) {
  Progress("memory, " + collection->data());
  Row resident{.work = "footprint",
               .operation = "resident memory after 1,000 pages",
               .data = collection->data(),
               .topic = Topic::kMemory,
               .unit = Unit::kBytes};
  Row own = resident;
  own.operation = "of that not of mapped files";
  Contestants& contestants = collection->contestants();
  contestants.Close();
  for (const PeerKind kind : contestants.kinds()) {
    const auto figures = RunAsChild({.work = "pages",
                                     .kind = kind,
                                     .size = collection->workload().size(),
                                     .calls = collection->calls(),
                                     .seed = options.seed,
                                     .options = contestants.options(kind)});
    resident.figures[Index(kind)] = {.value = figures.at("resident_bytes")};
    own.figures[Index(kind)] = {.value = figures.at("own_bytes")};
  }
  contestants.Open();
  results->rows.push_back(std::move(resident));
  results->rows.push_back(std::move(own));
}

void MeasurePutProcesses(const ChildTask& task, const std::string& how, Results* results) {
  Progress("bytes written and CPU time, " + how + ", " + SizeName(task.size));
  Row written{.work = "footprint",
              .operation = "bytes written for a byte of JSON, " + how,
              .data = SizeName(task.size),
              .topic = Topic::kWritten,
              .unit = Unit::kFactor};
  Row cpu{.work = "footprint",
          .operation = "CPU time, all threads, a call, " + how,
          .data = SizeName(task.size),
          .topic = Topic::kCpu};
  for (const PeerKind kind : kAllPeers) {
    // Gone when the loop comes to the next one, so that the disk holds one of them.
    const Contestants folder(
        {.name = "footprint", .cache_bytes = task.options.cache_bytes, .kinds = {}});
    ChildTask mine = task;
    mine.kind = kind;
    mine.options = folder.options(kind);
    const auto figures = RunAsChild(mine);
    if (figures.contains("written_bytes")) {
      written.figures[Index(kind)] = {.value =
                                          figures.at("written_bytes") / figures.at("json_bytes")};
    }
    cpu.figures[Index(kind)] = {.value = figures.at("cpu_ns") / static_cast<double>(task.calls)};
  }
  results->rows.push_back(std::move(written));
  results->rows.push_back(std::move(cpu));
}

}  // namespace

int RunChild(const CompareOptions& options) {
  const auto task = ParseTask(options.child);
  if (!task) return 2;
  return task->work == "pages" ? AskPages(*task) : PutCalls(*task);
}

void MeasureFootprint(Collection* collection, const CompareOptions& options, Results* results) {
  MeasureMemory(collection, options, results);
  const bool small = collection->workload().size() == Size::kSmall;
  ChildTask task{.work = "puts",
                 .size = collection->workload().size(),
                 .calls = small ? options.puts : std::max<std::int64_t>(options.puts / 5, 1),
                 .seed = options.seed,
                 .options = {.folder = {}, .cache_bytes = options.cache_mb << 20}};
  MeasurePutProcesses(task, "one by one", results);
  if (!small) return;
  task.work = "batches";
  task.calls = options.puts * 5;
  MeasurePutProcesses(task, "in batches", results);
}

}  // namespace callstore::bench
