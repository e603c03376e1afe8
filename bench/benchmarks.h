// benchmarks.h - what each file of benchmarks registers. REQUIRES: the settings are set.
#ifndef CALLSTORE_BENCH_BENCHMARKS_H_
#define CALLSTORE_BENCH_BENCHMARKS_H_

namespace callstore::bench {

void RegisterPutBenchmarks();
void RegisterGetBenchmarks();
void RegisterListBenchmarks();
void RegisterJsonBenchmarks();
void RegisterColumnsBenchmarks();
void RegisterColumnCostBenchmarks();
void RegisterListToJsonBenchmarks();  // none without Settings::http_store

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_BENCHMARKS_H_
