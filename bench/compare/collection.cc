#include "bench/compare/collection.h"

#include <algorithm>

#include "bench/compare/race.h"

namespace callstore::bench {

Collection::Collection(const CollectionPlan& plan, const CompareOptions& options)
    : plan_(plan),
      workload_(plan.size, options.seed),
      contestants_({.name = std::string(SizeName(plan.size)) + '-' + std::to_string(plan.calls) +
                            '-' + std::to_string(plan.organizations),
                    .cache_bytes = options.cache_mb << 20,
                    .kinds = plan.kinds}) {
  Progress("loading " + std::to_string(plan.calls) + ' ' + data() + " calls of " +
           std::to_string(plan.organizations) + " organizations");
  Load();
  contestants_.Settle();
  Check();
}

void Collection::Load() {
  const std::vector<PeerKind>& kinds = contestants_.kinds();
  std::size_t round = 0;
  for (std::int64_t first = 0; first < plan_.calls; first += batch_calls(), ++round) {
    const std::vector<PeerCall> calls =
        MakePeerCalls({.workload = &workload_,
                       .first = first,
                       .count = std::min(batch_calls(), plan_.calls - first),
                       .organizations = plan_.organizations});
    for (const PeerCall& call : calls) json_bytes_ += static_cast<std::int64_t>(call.json.size());
    for (std::size_t place = 0; place < kinds.size(); ++place) {
      const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
      const Clock::time_point start = Clock::now();
      const bool done = contestants_.peer(kind).Put(calls);
      batch_ns_[Index(kind)].Add(NsSince(start));
      if (!done) Stop(std::string(PeerName(kind)) + " cannot put a batch");
    }
  }
}

void Collection::Check() const {
  const std::string organization = OrganizationName(0, plan_.organizations);
  const std::int64_t count = (plan_.calls + plan_.organizations - 1) / plan_.organizations;
  for (const PeerKind kind : contestants_.Offering({Work::kTotal})) {
    Reader& reader = contestants_.reader(kind);
    if (!reader.Count(organization, {}) || reader.answer().total != count) {
      Stop(std::string(PeerName(kind)) + " does not count what was loaded");
    }
  }
  for (const PeerKind kind : contestants_.kinds()) {
    if (!contestants_.reader(kind).List({.organization = organization, .limit = 1'000})) {
      Stop(std::string(PeerName(kind)) + " cannot list what was loaded");
    }
  }
  CheckAnswers("loading", contestants_, contestants_.kinds());
}

}  // namespace callstore::bench
