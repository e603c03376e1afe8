// Goal:   what finding a call by its id costs over reading a row whose key is known.
// Method: random ids; beside each the bare Get of the record, and of the transcript in the full
//         view, by the position that the workload knows.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/contest.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

using engine::Family;
using engine::PinnedValue;

constexpr int kTargets = 4'096;

struct Target {
  std::string id;
  std::string call_id;
  keys::Key key;
};

// The values lie in RocksDB's blocks; a caller who wants to keep them would have to copy them.
bool GetBare(const Archive& archive, const keys::Key& key, View view, PinnedValue* call,
             PinnedValue* transcript) {
  if (!archive.bare().Get(Family::kCalls, key, nullptr, call).value_or(false)) return false;
  return view == View::kSummary ||
         archive.bare().Get(Family::kTranscripts, key, nullptr, transcript).value_or(false);
}

bool GetStore(const Archive& archive, const Target& target, View view, bool by_call_id) {
  const Store& store = archive.store();
  const auto call = by_call_id ? store.GetByCallId(kOrganization, target.call_id, view)
                               : store.Get(kOrganization, target.id, view);
  return call && call->view().id() == target.id;
}

std::vector<Target> MakeTargets(const Archive& archive) {
  Random random(2);
  std::vector<Target> targets;
  for (int i = 0; i < kTargets; ++i) {
    const std::int64_t number = random.Below(archive.calls());
    targets.push_back({archive.workload().Id(number),
                       archive.workload().MakeCall(number).call_id.value(),
                       keys::CallKey(archive.number(), archive.workload().PositionOf(number))});
  }
  return targets;
}

// Whether the row at the known position is the call of this id; warms both caches.
bool SidesAgree(const Archive& archive, const Target& target, View view, bool by_call_id) {
  PinnedValue call, transcript;
  return GetStore(archive, target, view, by_call_id) &&
         GetBare(archive, target.key, view, &call, &transcript) &&
         engine::ToView(call).find(target.id) != std::string_view::npos;
}

void BM_Get(benchmark::State& state, Size size, View view) {
  const Archive& archive = Archive::Of(size);
  const bool by_call_id = state.range(0) != 0;
  const std::vector<Target> targets = MakeTargets(archive);
  for (const Target& target : targets) {
    if (!SidesAgree(archive, target, view, by_call_id)) {
      return state.SkipWithError("a call is wrong");
    }
  }
  const Target* target = nullptr;
  Contest contest({.operation = std::string("get by ") + (by_call_id ? "call_id" : "id") +
                                (view == View::kFull ? ", full" : ", summary"),
                   .data = archive.data()},
                  {{"callstore", [&] { return GetStore(archive, *target, view, by_call_id); }},
                   {"Get by known key", [&] {
                      PinnedValue call, transcript;
                      return GetBare(archive, target->key, view, &call, &transcript);
                    }}});
  std::size_t next = 0;
  for (auto _ : state) {
    target = &targets[next++ % targets.size()];
    if (!contest.Round(&state)) break;
  }
  contest.Report(&state);
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void RegisterGetBenchmarks() {
  struct Kind {
    const char* name;
    Size size;
    View view;
  };
  for (const Kind& kind : {Kind{"Get/small/summary", Size::kSmall, View::kSummary},
                           Kind{"Get/full/full", Size::kFull, View::kFull}}) {
    benchmark::RegisterBenchmark(
        kind.name, [kind](benchmark::State& state) { BM_Get(state, kind.size, kind.view); })
        ->ArgName("by_call_id")
        ->Arg(0)
        ->Arg(1)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace callstore::bench
