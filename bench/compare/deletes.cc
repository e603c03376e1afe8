// Goal:   what it costs to delete what has become too old.
// Method: the oldest calls of the organization in ten steps, in turns. Afterwards the end of the
//         list must be the same everywhere, and what is left be counted the same.
#include <algorithm>
#include <string>
#include <utility>

#include "bench/compare/race.h"
#include "bench/compare/works.h"

namespace callstore::bench {

void MeasureDelete(Collection* collection, const CompareOptions&, Results* results) {
  constexpr std::int64_t kSteps = 10;
  const std::string operation = "delete by age, a call";
  Progress(operation + ", " + collection->data());
  const Contestants& contestants = collection->contestants();
  const std::int64_t step = std::clamp<std::int64_t>(collection->calls() / 100, 1, 10'000);
  const auto begin_of = [&](std::int64_t i) { return collection->workload().StartTimestamp(i); };
  const PerPeer<Samples> ns =
      Race(operation, contestants.kinds(),
           {.turn_runs = 1, .most_rounds = kSteps, .least_rounds = kSteps},
           [&](PeerKind kind, std::size_t i) {
             const std::int64_t first_kept = (static_cast<std::int64_t>(i) + 1) * step;
             return contestants.peer(kind).DeleteBefore(kOrganization, begin_of(first_kept));
           });
  const std::int64_t deleted = kSteps * step;
  PeerList oldest{.before_ms = begin_of(std::min(deleted + 10, collection->calls() - 1))};
  const auto check = [&](const std::vector<PeerKind>& kinds) {
    for (const PeerKind kind : kinds) {
      if (!contestants.reader(kind).List(oldest)) Stop(operation + ": a list failed");
      if (contestants.reader(kind).answer().ids.size() != 10) {
        Stop(operation + ": " + std::string(PeerName(kind)) + " kept or lost calls");
      }
    }
    CheckAnswers(operation, contestants, kinds);
  };
  check(contestants.kinds());
  oldest.total = true;
  check(contestants.Offering({Work::kTotal}));
  Row row{.work = "delete",
          .operation = operation,
          .data = collection->data(),
          .topic = Topic::kDelete};
  for (const PeerKind kind : contestants.kinds()) {
    Figure figure = MeanOf(ns[Index(kind)], static_cast<double>(deleted));
    figure.p50 = figure.p99 = std::nullopt;  // of steps, not of calls
    row.figures[Index(kind)] = figure;
  }
  results->rows.push_back(std::move(row));
}

}  // namespace callstore::bench
