// numbers.h - figures as a person reads them: two or three digits and a unit.
#ifndef CALLSTORE_BENCH_COMPARE_NUMBERS_H_
#define CALLSTORE_BENCH_COMPARE_NUMBERS_H_

#include <string>

#include "bench/compare/results.h"

namespace callstore::bench {

std::string NumberText(double number);           // "0.95", "2.3", "41", "12,345"
std::string TimeText(double ns);                 // "850 ns", "5.1 us", "12 ms"
std::string BytesText(double bytes);             // "310 B", "2.2 GB"
std::string ValueText(double value, Unit unit);  // of a figure
std::string RatioText(double ratio);             // "2.3x"

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_NUMBERS_H_
