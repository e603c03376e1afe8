// callstore_bench - how fast callstore is beside what bounds it, in one run on one machine.
// Flags: those of Google Benchmark (--benchmark_filter=List), and kSettingsHelp.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string_view>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/column_archive.h"
#include "bench/column_sizes.h"
#include "bench/contest.h"
#include "bench/print_calls.h"
#include "bench/settings.h"

namespace {

// Another format than the console's is for a program to read: no table then.
bool WantsTable(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--benchmark_format=") && !argument.ends_with("=console")) {
      return false;
    }
    if (argument == "--help") std::printf("%s", callstore::bench::kSettingsHelp);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace callstore::bench;
  const bool table = WantsTable(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (!ParseSettings(argc, argv)) return 2;
  if (!GetSettings().print_calls.empty()) return PrintCalls(GetSettings().print_calls) ? 0 : 1;
  RegisterPutBenchmarks();
  RegisterGetBenchmarks();
  RegisterListBenchmarks();
  RegisterJsonBenchmarks();
  RegisterColumnsBenchmarks();
  RegisterColumnCostBenchmarks();
  RegisterListToJsonBenchmarks();
  benchmark::RunSpecifiedBenchmarks();
  if (table) {
    PrintTable();
    PrintColumnSizes();
  }
  benchmark::Shutdown();
  Archive::CloseAll();
  ColumnArchive::Close();
  return 0;
}
