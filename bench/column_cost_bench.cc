// Goal:   what the value columns cost - to write, on disk, and at the opening of a store.
// Method: put: the batches of puts into a copy of the archive, read from its log. Bare RocksDB
//         writes each of them twice: as it is, and with the values cut out, of the operations and
//         of whole chunks alike; the difference is what writing values costs. sizes: every chunk of
//         the archive, column by column. open: the store, beside bare RocksDB on the same files;
//         warm. cold: the page cache is dropped, both sides open, and the first filtered page is
//         timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/column_archive.h"
#include "bench/column_sizes.h"
#include "bench/contest.h"
#include "bench/page_cache.h"
#include "bench/settings.h"
#include "bench/workload.h"
#include "bench/write_log.h"
#include "columns/chunk.h"

namespace callstore::bench {
namespace {

using engine::Family;

// --- put

std::int64_t PutsPerRound() { return std::min<std::int64_t>(GetSettings().puts, 1'000); }
std::int64_t PutRounds() { return GetSettings().puts / PutsPerRound(); }

struct PutScript {
  std::vector<Call> calls;
  std::vector<Changes> batches;
  std::vector<Changes> without_values;
};

std::string PutOperand(const columns::Row& row) {
  std::string operand;
  columns::AppendOperation({.kind = columns::Operation::Kind::kPut, .row = row}, &operand);
  return operand;
}

// A chunk of the same rows without value columns; the value itself where it is no chunk.
std::string ChunkWithoutValues(const std::string& value) {
  const auto chunk = columns::ChunkView::Parse(value);
  if (!chunk) return value;
  std::string operand;
  for (std::size_t row = 0; row < chunk->size(); ++row) {
    operand += PutOperand({chunk->position(row), chunk->started(row)});
  }
  const std::string_view operands[] = {operand};
  return columns::Fold({}, operands);
}

// The batch of the put of one new, started call at `position`, with no value in it.
Changes WithoutValues(const Changes& batch, const Position& position) {
  Changes changes = batch;
  for (Change& change : changes) {
    if (change.family != Family::kColumns) continue;
    if (change.kind == Change::Kind::kMerge) change.value = PutOperand({position, true});
    const auto fence = keys::ParseFence(change.key);
    if (change.kind == Change::Kind::kPut && fence) {
      const keys::OrganizationNumber number = ColumnArchive::Get().number();
      if (keys::ChunkKey(number, *fence).view() == change.key) {
        change.value = ChunkWithoutValues(change.value);
      }
    }
  }
  return changes;
}

std::int64_t SizeOf(const std::vector<Changes>& batches) {
  std::int64_t bytes = 0;
  for (const Changes& changes : batches) {
    for (const Change& change : changes) bytes += std::ssize(change.key) + std::ssize(change.value);
  }
  return bytes;
}

PutScript MakePutScript(ColumnArchive* archive) {
  PutScript script;
  const std::int64_t first = archive->calls().size();
  for (std::int64_t i = 0; i < PutRounds() * PutsPerRound(); ++i) {
    script.calls.push_back(archive->calls().MakeCall(first + i));
  }
  const std::string folder = archive->Copy("script");
  StoreOptions options = OptionsFor(folder);
  options.write_buffer_bytes = std::size_t{4} << 30;  // all of it stays in the log
  Store store = Must(Store::Open(options), "open a copy");
  for (const Call& call : script.calls) Must(store.Put(call), "put a call");
  script.batches = ReadWriteLog(folder);
  for (std::size_t i = 0; i < script.batches.size(); ++i) {
    const Position position = archive->calls().PositionOf(first + static_cast<std::int64_t>(i));
    script.without_values.push_back(WithoutValues(script.batches[i], position));
  }
  return script;
}

std::unique_ptr<engine::Database> OpenBare(const std::string& folder) {
  return Must(engine::Database::Open(OptionsFor(folder)), "open a copy");
}

// Whether two closed stores have the same chunks, summaries and heads. (The other families, which
// the put benchmark compares, take minutes to read at ten million calls.)
bool SameColumns(const std::string& folder_a, const std::string& folder_b) {
  const auto a =
      Must(engine::Database::Open(OptionsFor(folder_a, OpenMode::kReadOnly)), "open a copy");
  const auto b =
      Must(engine::Database::Open(OptionsFor(folder_b, OpenMode::kReadOnly)), "open a copy");
  const auto scan_a = a->NewFullScan(Family::kColumns);
  const auto scan_b = b->NewFullScan(Family::kColumns);
  scan_b->SeekToFirst();
  for (scan_a->SeekToFirst(); scan_a->Valid() && scan_b->Valid(); scan_a->Next()) {
    if (scan_a->key() != scan_b->key() || scan_a->value() != scan_b->value()) return false;
    scan_b->Next();
  }
  return !scan_a->Valid() && !scan_b->Valid() && scan_a->status() && scan_b->status();
}

void BM_Put(benchmark::State& state) {
  ColumnArchive& archive = ColumnArchive::Get();
  const PutScript script = MakePutScript(&archive);
  if (std::ssize(script.batches) != std::ssize(script.calls)) {
    return state.SkipWithError("the log is not whole");
  }
  const std::string folder = archive.Copy("callstore");
  const std::string bare_folder = archive.Copy("bare");
  Store store = Must(Store::Open(OptionsFor(folder)), "open a copy");
  auto bare = OpenBare(bare_folder);
  const auto cut = OpenBare(archive.Copy("cut"));
  const auto per_round = static_cast<std::size_t>(PutsPerRound());
  std::size_t first = 0;
  const auto each = [&](auto put) {
    return [&, put] {
      for (std::size_t i = first; i < first + per_round; ++i) {
        if (!put(i)) return false;
      }
      return true;
    };
  };
  const auto write = [](const std::vector<Changes>& batches, engine::Database* database) {
    return [&batches, database](std::size_t i) { return WriteChanges(batches[i], database); };
  };
  std::vector<Way> ways;
  ways.push_back(
      {"callstore", each([&](std::size_t i) { return store.Put(script.calls[i]).has_value(); })});
  ways.push_back({"the batches less their values", each(write(script.without_values, cut.get()))});
  ways.push_back({"the same batches", each(write(script.batches, bare.get()))});
  Contest contest({.operation = "put " + std::to_string(per_round) + " one by one",
                   .data = archive.data() + ", warm"},
                  std::move(ways));
  for (auto _ : state) {
    if (!contest.Round(&state)) break;
    first += per_round;
  }
  contest.Report(&state);
  const auto puts = static_cast<double>(script.calls.size());
  state.SetItemsProcessed(std::ssize(script.calls));
  state.counters["B_per_put"] = static_cast<double>(SizeOf(script.batches)) / puts;
  state.counters["B_per_put_less_values"] =
      static_cast<double>(SizeOf(script.without_values)) / puts;
  const bool closed = store.Close().has_value() && bare->Close().has_value();
  bare.reset();
  if (!closed || !SameColumns(folder, bare_folder)) {
    state.SkipWithError("both sides did not write the same bytes");
  }
}

// --- sizes

void BM_Sizes(benchmark::State& state) {
  const ColumnArchive& archive = ColumnArchive::Get();
  ColumnSizes sizes;
  for (auto _ : state) {
    if (!MeasureColumnSizes(archive, &sizes)) return state.SkipWithError("a chunk is wrong");
  }
  const auto calls = static_cast<double>(sizes.rows);
  for (const auto& [name, bytes] : sizes.column_bytes) {
    state.counters[name] = static_cast<double>(bytes) / calls;
  }
  state.counters["uncompressed"] = static_cast<double>(sizes.value_bytes) / calls;
  state.counters["on_disk"] = static_cast<double>(sizes.family_bytes) / calls;
  state.SetLabel("bytes a call");
}

// --- open

void BM_Open(benchmark::State& state) {
  ColumnArchive& archive = ColumnArchive::Get();
  const std::string folder = archive.Copy("open");
  const std::string bare_folder = archive.Copy("open-bare");
  std::optional<Store> store;
  std::unique_ptr<engine::Database> bare;
  std::vector<Way> ways;
  ways.push_back({"callstore", [&] {
                    auto opened = Store::Open(OptionsFor(folder));
                    if (opened) store = *std::move(opened);
                    return store.has_value();
                  }});
  ways.push_back({"RocksDB's open", [&] {
                    bare = OpenBare(bare_folder);
                    return bare != nullptr;
                  }});
  Contest contest({.operation = "open", .data = archive.data() + ", warm"}, std::move(ways));
  for (auto _ : state) {
    if (!contest.Round(&state)) break;
    store.reset();  // closes, outside of the clock
    bare.reset();
  }
  contest.Report(&state);
}

// --- cold

ColumnQuery ColdQuery() {
  return {.task = ColumnTask::kPage,
          .filter = {.agent = std::uint8_t{2}, .status = kEnded, .direction = kOutbound}};
}

// Both sides, opened from a cold disk.
struct ColdSides {
  ColdSides(const std::string& store_path, const std::string& sqlite_path)
      : store(Must(Store::Open(OptionsFor(store_path)), "open a copy")),
        sqlite(sqlite_path, GetSettings().cache_mb << 20),
        query(sqlite, ColdQuery()) {}
  Store store;
  SqliteColumns sqlite;
  SqliteQuery query;
};

void BM_Cold(benchmark::State& state) {
  ColumnArchive& archive = ColumnArchive::Get();
  const std::string folder = archive.Copy("cold");
  const ListQuery list{
      .limit = kColumnsLimit, .view = View::kSummary, .filter = MakeFilter(ColdQuery().filter)};
  const std::int64_t total = archive.arrays().Answer(ColdQuery()).total;
  const std::vector<std::filesystem::path> paths = {folder, archive.sqlite_path()};
  const std::string how = DropPageCache(paths);
  std::unique_ptr<ColdSides> sides;
  Contest contest({.operation = "first filtered page", .data = archive.data() + ", " + how},
                  {{"callstore",
                    [&] {
                      const auto page = sides->store.List(kOrganization, list);
                      return page && page->pagination.total_count == total;
                    }},
                   {"SQLite", [&] { return sides->query.Run(); }}});
  for (auto _ : state) {
    sides.reset();
    DropPageCache(paths);
    sides = std::make_unique<ColdSides>(folder, archive.sqlite_path());
    if (!contest.Round(&state)) break;
    if (sides->query.answer().total != total) state.SkipWithError("SQLite's total is wrong");
  }
  contest.Report(&state);
}

// The opening itself from a cold disk.
void BM_ColdOpen(benchmark::State& state) {
  ColumnArchive& archive = ColumnArchive::Get();
  const std::string folder = archive.Copy("cold-open");
  Samples ns;
  for (auto _ : state) {
    const std::string how = DropPageCache({folder});
    const auto start = std::chrono::steady_clock::now();
    const Store store = Must(Store::Open(OptionsFor(folder)), "open a copy");
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    ns.Add(taken.count());
    state.SetIterationTime(taken.count() * 1e-9);
    state.SetLabel(archive.data() + ", " + how);
  }
  state.counters["p50_us"] = ns.Percentile(0.5) / 1e3;
}

}  // namespace

void RegisterColumnCostBenchmarks() {
  constexpr std::int64_t kOpens = 11;
  constexpr std::int64_t kColdOpens = 5;
  const auto add = [](const char* name, void (*run)(benchmark::State&), std::int64_t iterations) {
    return benchmark::RegisterBenchmark(name, run)
        ->Iterations(iterations)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  };
  add("ColumnsCost/put", BM_Put, PutRounds());
  benchmark::RegisterBenchmark("ColumnsCost/sizes", BM_Sizes)
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
  add("ColumnsCost/open", BM_Open, kOpens);
  add("ColumnsCost/cold_open", BM_ColdOpen, kColdOpens);
  add("ColumnsCost/cold_list", BM_Cold, kColdOpens);
}

}  // namespace callstore::bench
