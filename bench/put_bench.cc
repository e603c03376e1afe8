// Goal:   what a put costs over the bare write of the same bytes.
// Method: the calls are first put into a copy of the archive whose log says what was written. Then,
//         in turn on fresh copies: the put; bare RocksDB writing the batch of that put; bare
//         RocksDB writing its records alone. Afterwards the first two must hold the same bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/contest.h"
#include "bench/settings.h"
#include "bench/write_log.h"
#include "json/call_reader.h"
#include "json/call_writer.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::bench {
namespace {

enum class Mode { kCall, kJson, kBatch };
constexpr std::int64_t kPerBatch = 100;

struct PutCase {
  Mode mode;
  Size size;
};

std::int64_t PutCount(const PutCase& of) {
  const std::int64_t puts = GetSettings().puts;
  const std::int64_t calls = std::max<std::int64_t>(of.size == Size::kSmall ? puts : puts / 5, 1);
  return of.mode == Mode::kBatch ? std::max<std::int64_t>(calls / kPerBatch, 1) : calls;
}

// What is put, and the batches that come of it.
struct Script {
  std::vector<Call> calls;
  std::vector<std::string> texts;
  std::vector<Changes> batches;
  std::vector<Changes> records;
};

bool PutOne(Store* store, const PutCase& of, const Script& script, std::size_t i) {
  if (of.mode == Mode::kJson) return store->PutJson({}, script.texts[i]).has_value();
  if (of.mode == Mode::kCall) return store->Put(script.calls[i]).has_value();
  const auto all = std::span(script.calls);
  return store->PutBatch(all.subspan(i * kPerBatch, kPerBatch)).has_value();
}

// The JSON of a call with what was given and nothing more, so that it makes the same records.
std::string JsonOf(const Call& call) {
  record::Draft draft;
  Must(json::DraftOf(call, &draft), "read a call");
  record::Encoder encoder;
  const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 1});
  const CallView view =
      CallViewAccess::Make(call.organization_id, encoded.call, encoded.transcript, true);
  std::string text;
  json::WriteCall(view, {}, json::Presence::kGiven, &text);
  return text;
}

// Puts everything once and reads the log of it.
Script MakeScript(const Archive& archive, const PutCase& of) {
  Script script;
  const std::int64_t puts = PutCount(of);
  const std::int64_t calls = puts * (of.mode == Mode::kBatch ? kPerBatch : 1);
  for (std::int64_t i = 0; i < calls; ++i) {
    script.calls.push_back(archive.workload().MakeCall(archive.calls() + i));
  }
  const std::string folder = archive.Copy("put-script");
  StoreOptions options = OptionsFor(folder);
  options.write_buffer_bytes = std::size_t{4} << 30;  // all of it stays in the log
  Store store = Must(Store::Open(options), "open a copy");
  const PutCase recorded{of.mode == Mode::kBatch ? Mode::kBatch : Mode::kCall, of.size};
  for (std::int64_t i = 0; i < puts; ++i) {
    if (!PutOne(&store, recorded, script, static_cast<std::size_t>(i))) return {};
  }
  script.batches = ReadWriteLog(folder);
  for (const Changes& changes : script.batches) script.records.push_back(RecordsOf(changes));
  if (of.mode == Mode::kJson) {
    for (const Call& call : script.calls) script.texts.push_back(JsonOf(call));
  }
  return script;
}

std::unique_ptr<engine::Database> OpenBare(const std::string& folder) {
  return Must(engine::Database::Open(OptionsFor(folder)), "open a copy");
}

void BM_Put(benchmark::State& state, const PutCase& of) {
  const Archive& archive = Archive::Of(of.size);
  const Script script = MakeScript(archive, of);
  if (std::ssize(script.batches) != PutCount(of))
    return state.SkipWithError("the log is not whole");

  const std::string folder = archive.Copy("put-callstore");
  const std::string bare_folder = archive.Copy("put-bare");
  Store store = Must(Store::Open(OptionsFor(folder)), "open a copy");
  auto bare = OpenBare(bare_folder);
  const auto records = OpenBare(archive.Copy("put-records"));
  std::size_t i = 0;
  static constexpr const char* kNames[] = {"put", "put JSON", "put batch of 100"};
  Contest contest(
      {.operation = kNames[static_cast<int>(of.mode)], .data = archive.data(), .aim = "<= 2"},
      {{"callstore", [&] { return PutOne(&store, of, script, i); }},
       {"write of the same batch", [&] { return WriteChanges(script.batches[i], bare.get()); }},
       {"write of the records alone",
        [&] { return WriteChanges(script.records[i], records.get()); }}});
  for (auto _ : state) {
    if (!contest.Round(&state)) break;
    ++i;
  }
  contest.Report(&state);
  const std::int64_t calls = std::ssize(script.calls);
  state.SetItemsProcessed(calls);

  bool same = store.Close().has_value() && bare->Close().has_value();
  bare.reset();
  same = same && SameContent(folder, bare_folder, calls + 100);
  if (!same) state.SkipWithError("both sides did not write the same bytes");
}

}  // namespace

void RegisterPutBenchmarks() {
  const std::pair<Mode, const char*> modes[] = {
      {Mode::kCall, "Put/"}, {Mode::kJson, "PutJson/"}, {Mode::kBatch, "PutBatch/"}};
  for (const Size size : {Size::kSmall, Size::kFull}) {
    for (const auto& [mode, name] : modes) {
      const PutCase of{mode, size};
      benchmark::RegisterBenchmark((std::string(name) + SizeName(size)).c_str(),
                                   [of](benchmark::State& state) { BM_Put(state, of); })
          ->ArgName("calls")
          ->Arg(mode == Mode::kBatch ? kPerBatch : 1)
          ->Iterations(PutCount(of))
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace callstore::bench
