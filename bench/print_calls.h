// print_calls.h - the calls of a workload as JSON Lines, for who imports them.
#ifndef CALLSTORE_BENCH_PRINT_CALLS_H_
#define CALLSTORE_BENCH_PRINT_CALLS_H_

#include <string_view>

namespace callstore::bench {

// Prints as many calls as the archive of this size ("small" or "full") has to standard output,
// oldest first, all of the organization "org-" + size. False, with a line on stderr, where they
// cannot be made or written.
bool PrintCalls(std::string_view size_name);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PRINT_CALLS_H_
