// collection.h - an organization of small or full calls, loaded by every contestant.
//
// Ownership:     owns the contestants and with them their files.
// Thread safety: none; one thread.
#ifndef CALLSTORE_BENCH_COMPARE_COLLECTION_H_
#define CALLSTORE_BENCH_COMPARE_COLLECTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/compare/calls.h"
#include "bench/compare/contestants.h"
#include "bench/compare/options.h"
#include "bench/compare/results.h"
#include "bench/samples.h"
#include "bench/workload.h"

namespace callstore::bench {

struct CollectionPlan {
  Size size = Size::kSmall;
  std::int64_t calls = 0;
  std::int64_t organizations = 1;
  std::vector<PeerKind> kinds = {kAllPeers.begin(), kAllPeers.end()};
};

class Collection {
 public:
  // Loads in batches, by each contestant in its turn, brings all to rest, and checks that all hold
  // the same.
  Collection(const CollectionPlan& plan, const CompareOptions& options);

  const Workload& workload() const { return workload_; }
  std::int64_t calls() const { return plan_.calls; }
  std::int64_t organizations() const { return plan_.organizations; }
  std::string data() const { return SizeName(plan_.size); }
  Contestants& contestants() { return contestants_; }
  const Contestants& contestants() const { return contestants_; }

  // ns of each batch.
  const PerPeer<Samples>& batch_ns() const { return batch_ns_; }
  std::int64_t batch_calls() const { return plan_.size == Size::kSmall ? 1'000 : 100; }
  std::int64_t json_bytes() const { return json_bytes_; }

 private:
  void Load();
  void Check() const;

  CollectionPlan plan_;
  Workload workload_;
  Contestants contestants_;
  PerPeer<Samples> batch_ns_;
  std::int64_t json_bytes_ = 0;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_COLLECTION_H_
