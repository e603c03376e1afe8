// child.h - this program started anew as another process, for what only a process of its own can
// tell apart: its memory, the bytes it writes, its CPU time with that of all threads.
#ifndef CALLSTORE_BENCH_COMPARE_CHILD_H_
#define CALLSTORE_BENCH_COMPARE_CHILD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "bench/compare/results.h"
#include "bench/peers/peer.h"

namespace callstore::bench {

struct ChildTask {
  std::string work;  // "pages", "puts", "batches"
  PeerKind kind = PeerKind::kCallstore;
  Size size = Size::kSmall;
  std::int64_t calls = 0;  // in the store, or to put
  std::uint64_t seed = 1;
  PeerOptions options = {};
};
std::string FormatTask(const ChildTask& task);
std::optional<ChildTask> ParseTask(const std::string& text);

// Waits for a process that works on the task; the figures that it printed. Ends the program where
// that failed.
std::map<std::string, double> RunAsChild(const ChildTask& task);

// Figures of this process: "resident_bytes", "own_bytes" (not those of mapped files),
// "written_bytes", "cpu_ns"; one that the system does not tell is absent.
std::map<std::string, double> ProcessFigures();

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_CHILD_H_
