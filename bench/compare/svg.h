// svg.h - the ratios as bars on a logarithmic axis.
#ifndef CALLSTORE_BENCH_COMPARE_SVG_H_
#define CALLSTORE_BENCH_COMPARE_SVG_H_

#include <string>

#include "bench/compare/results.h"

namespace callstore::bench {

// A whole SVG document: for each of some chosen rows a bar for each peer, from 1 (as good as
// callstore) to the right where callstore is better and to the left where the peer is.
std::string SvgOf(const Results& results);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_SVG_H_
