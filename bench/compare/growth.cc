// Goal:   whether what is asked costs more where there is more, or only where more is answered.
// Method: the same questions of organizations of several sizes, and of one of many organizations.
#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

// The organizations that are asked: all of them, or 512 from all over.
std::vector<std::string> Organizations(const Collection& collection) {
  const std::int64_t all = collection.organizations();
  const std::int64_t count = std::min<std::int64_t>(all, 512);
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i)
    names.push_back(OrganizationName(i * (all / count), all));
  return names;
}

// Filters that no list of the table has, none of them twice in an organization.
std::vector<PeerList> FilteredLists(const Collection& collection) {
  constexpr std::int64_t kFilters = kAgentFilters * 2;
  const std::vector<std::string> organizations = Organizations(collection);
  std::vector<PeerList> lists;
  for (std::int64_t i = 0; i < std::max(kFilters, std::ssize(organizations)); ++i) {
    PeerList list{.filter = AgentFilter(i), .total = true};
    const bool inbound = i / kAgentFilters % 2 == 0;
    list.filter.direction = inbound ? direction::kInbound : direction::kOutbound;
    list.organization = organizations[static_cast<std::size_t>(i) % organizations.size()];
    lists.push_back(std::move(list));
  }
  return lists;
}

struct Place {
  const Collection& collection;
  const std::string& label;
  double seconds;
  std::vector<Row>* rows;
};

void AskLists(const Place& place, const std::string& operation,
              const std::vector<PeerList>& lists) {
  const Contestants& contestants = place.collection.contestants();
  AskAll(contestants,
         {.work = "growth",
          .operation = operation,
          .data = place.label,
          .topic = lists.front().filter.empty() ? Topic::kPageTotal : Topic::kFilterFirst,
          .kinds = contestants.Offering({Work::kTotal, Work::kFilter}),
          .ask = [&](Reader& reader, std::size_t i) { return reader.List(lists[i]); },
          .arguments = lists.size(),
          .once = !lists.front().filter.empty()},
         place.seconds, place.rows);
}

void AskGets(const Place& place) {
  const Collection& collection = place.collection;
  const Contestants& contestants = collection.contestants();
  Random random(9);
  std::vector<std::pair<std::string, std::string>> calls;
  for (int k = 0; k < 1'000; ++k) {
    const std::int64_t i = random.Below(collection.calls());
    calls.emplace_back(OrganizationName(i % collection.organizations(), collection.organizations()),
                       collection.workload().Id(i));
  }
  AskAll(contestants,
         {.work = "growth",
          .operation = "get by id",
          .data = place.label,
          .topic = Topic::kGet,
          .kinds = contestants.kinds(),
          .ask = [&](Reader& reader,
                     std::size_t i) { return reader.Get(calls[i].first, calls[i].second); },
          .arguments = calls.size()},
         place.seconds, place.rows);
}

void PutMore(const Place& place) {
  const Collection& collection = place.collection;
  const std::string operation = "put one by one";
  Progress(operation + ", " + place.label);
  constexpr std::size_t kBlock = 250;
  const std::vector<PeerCall> calls = MakePeerCalls({.workload = &collection.workload(),
                                                     .first = collection.calls(),
                                                     .count = kGrowthCalls,
                                                     .organizations = collection.organizations()});
  const Contestants& contestants = collection.contestants();
  const PerPeer<Samples> ns = Race(
      operation, contestants.kinds(),
      {.turn_runs = 1, .most_rounds = kGrowthCalls / kBlock, .least_rounds = kGrowthCalls / kBlock},
      [&](PeerKind kind, std::size_t round) {
        const auto block = std::span(calls).subspan(round * kBlock, kBlock);
        for (std::size_t i = 0; i < kBlock; ++i) {
          if (!contestants.peer(kind).Put(block.subspan(i, 1))) return false;
        }
        return true;
      });
  for (const PeerKind kind : contestants.kinds()) {
    Reader& reader = contestants.reader(kind);
    if (!reader.List({.organization = calls.back().call.organization_id})) Stop("a list failed");
  }
  CheckAnswers(operation, contestants, contestants.kinds());
  Row row{.work = "growth", .operation = operation, .data = place.label, .topic = Topic::kPut};
  for (const PeerKind kind : contestants.kinds()) {
    Figure figure = MeanOf(ns[Index(kind)], kGrowthCalls);
    figure.p50 = figure.p99 = std::nullopt;  // of blocks
    row.figures[Index(kind)] = figure;
  }
  place.rows->push_back(std::move(row));
}

// The files of all do not fit beside each other where there are more calls than this.
constexpr std::int64_t kMostCallsForAll = 2'000'000;

std::vector<PeerKind> KindsFor(std::int64_t calls) {
  if (calls <= kMostCallsForAll) return {kAllPeers.begin(), kAllPeers.end()};
  return {PeerKind::kCallstore, PeerKind::kSqlite, PeerKind::kRocksdb};
}

}  // namespace

std::string CallsLabel(std::int64_t calls) { return std::to_string(calls) + " calls"; }

void MeasureGrowthOf(const Collection& collection, const std::string& label,
                     const CompareOptions& options, Results* results) {
  const Place place{collection, label, std::min(options.seconds, 1.0), &results->growth};
  std::vector<PeerList> newest;
  for (std::string& organization : Organizations(collection)) {
    newest.push_back({.organization = std::move(organization), .total = true});
  }
  AskLists(place, "newest 20 summaries, total", newest);
  AskLists(place, "agent, direction (1 in 107), 20 and total, first time",
           FilteredLists(collection));
  AskGets(place);
  PutMore(place);
}

void MeasureGrowth(const CompareOptions& options, bool small_is_known, Results* results) {
  bool left_out = false;
  for (const std::int64_t calls : options.growth) {
    if (small_is_known && calls == options.small) continue;
    left_out = left_out || calls > kMostCallsForAll;
    const Collection collection({.calls = calls, .kinds = KindsFor(calls)}, options);
    MeasureGrowthOf(collection, CallsLabel(calls), options, results);
  }
  if (left_out) {
    results->notes.push_back("Of more than " + std::to_string(kMostCallsForAll) +
                             " calls SQLite with kept counts and LMDB are left out: the files of "
                             "all would take too much of a disk.");
  }
  for (const std::int64_t organizations : options.organizations) {
    const std::string label =
        std::to_string(organizations) + (organizations == 1 ? " organization" : " organizations");
    std::vector<Row> known;
    std::ranges::copy_if(results->growth, std::back_inserter(known), [&](const Row& row) {
      return organizations == 1 && row.data == CallsLabel(options.organization_calls);
    });
    for (Row& row : known) row.data = label;
    std::ranges::move(known, std::back_inserter(results->growth));
    if (!known.empty()) continue;
    const Collection collection(
        {.calls = options.organization_calls, .organizations = organizations}, options);
    MeasureGrowthOf(collection, label, options, results);
  }
}

}  // namespace callstore::bench
