// table.h - the results as text.
#ifndef CALLSTORE_BENCH_COMPARE_TABLE_H_
#define CALLSTORE_BENCH_COMPARE_TABLE_H_

#include <cstdio>
#include <vector>

#include "bench/compare/results.h"
#include "bench/compare/targets.h"

namespace callstore::bench {

// What it ran on; one table, a row an operation: callstore's own figure and p99, then how many
// times better callstore is than each peer, with a mark and a reason where it is not; how cost
// grows; the targets; notes.
void PrintResults(const Results& results, const std::vector<Outcome>& outcomes, std::FILE* to);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_TABLE_H_
