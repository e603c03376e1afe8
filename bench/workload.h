// workload.h - calls to measure with: made from a seed, the same on every machine.
// Call i of a workload always has the same id, time and content, so a benchmark knows where each
// call of its archive lies without asking. Calls rise in time with their number, one a second.
//
// Ownership:     values.
// Thread safety: const; share freely.
#ifndef CALLSTORE_BENCH_WORKLOAD_H_
#define CALLSTORE_BENCH_WORKLOAD_H_

#include <cstdint>
#include <string>

#include "base/position.h"
#include "callstore/call.h"

namespace callstore::bench {

inline constexpr const char* kOrganization = "org-bench";

enum class Size : std::uint8_t {
  kSmall,  // a record of about 1 kB, without transcript
  kFull,   // about 20 kB of JSON: utterances with word times, tool calls, events, latency values
};
const char* SizeName(Size size);

class Workload {
 public:
  Workload(Size size, std::uint64_t seed) : size_(size), seed_(seed) {}

  Size size() const { return size_; }
  Call MakeCall(std::int64_t i) const;
  std::string Id(std::int64_t i) const;
  std::int64_t StartTimestamp(std::int64_t i) const;
  // Where call i lies in the list.
  Position PositionOf(std::int64_t i) const;

 private:
  Size size_;
  std::uint64_t seed_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_WORKLOAD_H_
