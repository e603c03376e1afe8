// json_report.h - the results for a program to read.
#ifndef CALLSTORE_BENCH_COMPARE_JSON_REPORT_H_
#define CALLSTORE_BENCH_COMPARE_JSON_REPORT_H_

#include <string>
#include <vector>

#include "bench/compare/results.h"
#include "bench/compare/targets.h"

namespace callstore::bench {

// One object: "about", "rows", "growth", "targets", "notes". Times are ns; of each contestant that
// took part: "value", and where there are any "p50_ns", "p99_ns", "count" and "ratio".
std::string JsonReport(const Results& results, const std::vector<Outcome>& outcomes);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_JSON_REPORT_H_
