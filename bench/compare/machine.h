// machine.h - what a run ran on, so that its ratios can be judged.
#ifndef CALLSTORE_BENCH_COMPARE_MACHINE_H_
#define CALLSTORE_BENCH_COMPARE_MACHINE_H_

#include <string>
#include <vector>

#include "bench/compare/options.h"

namespace callstore::bench {

// Lines: the machine, the versions of the engines, how much of everything.
std::vector<std::string> DescribeRun(const CompareOptions& options);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_MACHINE_H_
