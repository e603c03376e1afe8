// Goal:   what a page costs, wherever it lies and whatever is asked with it.
// Method: pages of 20 of one organization, everything warm; each answer is compared with those of
//         the others, and of lists without a filter with what the workload has there.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kArguments = 512;

struct ListRow {
  Topic topic;
  std::string operation;
  std::vector<PeerList> lists;
  bool once = false;
};

std::vector<PeerKind> Offering(const Contestants& contestants, const PeerList& list) {
  std::vector<PeerKind> kinds = contestants.kinds();
  const auto need = [&](bool needed, Work work) {
    if (!needed) return;
    std::erase_if(kinds, [&](PeerKind kind) { return !contestants.peer(kind).Offers(work); });
  };
  need(!list.filter.empty(), Work::kFilter);
  need(list.total, Work::kTotal);
  need(list.skip > 0, Work::kPageNumber);
  return kinds;
}

void Ask(const Collection& collection, const ListRow& row, double seconds, Results* results) {
  const std::vector<PeerList>& lists = row.lists;
  Question question{.work = "lists",
                    .operation = row.operation,
                    .data = collection.data(),
                    .topic = row.topic,
                    .kinds = Offering(collection.contestants(), lists.front()),
                    .ask = [&](Reader& reader, std::size_t i) { return reader.List(lists[i]); },
                    .arguments = lists.size(),
                    .once = row.once};
  if (lists.front().filter.empty()) {
    question.check = [&](std::size_t i, const PeerAnswer& answer) {
      CheckIds(row.operation, "all", answer.ids,
               ExpectedIds(collection.workload(), collection.calls(), lists[i]));
    };
  }
  AskAll(collection.contestants(), question, seconds, &results->rows);
}

// The same list at `kArguments` random times or with all the filters of a kind.
std::vector<PeerList> AtRandomTimes(const Collection& collection, std::uint64_t seed,
                                    PeerList list) {
  Random random(seed);
  std::vector<PeerList> lists;
  for (std::size_t i = 0; i < kArguments; ++i) {
    list.before_ms = collection.workload().StartTimestamp(random.Below(collection.calls()));
    lists.push_back(list);
  }
  return lists;
}

std::vector<PeerList> WithFilters(PeerFilter (*make)(std::int64_t), std::int64_t count,
                                  PeerList list) {
  std::vector<PeerList> lists;
  for (std::int64_t i = 0; i < count; ++i) {
    list.filter = make(i);
    lists.push_back(list);
  }
  return lists;
}

// Those who are asked here also remember how many calls match a filter: a few filters, asked often.
constexpr std::int64_t kAskedOften = 4;

std::vector<ListRow> RowsOf(const Collection& collection, std::uint64_t seed) {
  // The middle of the list, or page 10,000 where there is so much.
  const std::int64_t page = std::min<std::int64_t>(collection.calls() / 2, 200'000) / 20;
  std::vector<PeerList> numbered;
  for (std::int64_t i = 0; i < 64; ++i) {
    numbered.push_back({.skip = std::max<std::int64_t>(page - i, 1) * 20, .total = true});
  }
  std::vector<PeerList> of_numbers;
  Random random(seed);
  while (of_numbers.size() < kArguments) {
    const std::int64_t i = random.Below(collection.calls());
    if (!collection.workload().MakeCall(i).to_number) continue;
    of_numbers.push_back({.filter = {.to_number = NumberCalled(i)}, .total = true});
  }
  const PeerList total{.total = true};
  const PeerList full{.view = View::kFull};
  const PeerList full_total{.view = View::kFull, .total = true};
  return {
      {Topic::kPage, "newest 20 summaries", {PeerList{}}},
      {Topic::kPageTotal, "newest 20 summaries, total", {total}},
      {Topic::kFullPage, "newest 20 full calls", {full}},
      {Topic::kPageTotal, "newest 20 full calls, total", {full_total}},
      {Topic::kPage, "20 summaries at a random time", AtRandomTimes(collection, seed, {})},
      {Topic::kPageTotal, "20 summaries at a random time, total",
       AtRandomTimes(collection, seed, total)},
      {Topic::kFullPage, "20 full calls at a random time", AtRandomTimes(collection, seed, full)},
      {Topic::kPageNumber, "page " + std::to_string(page) + " of 20, total", numbered},
      {Topic::kFilterFirst, "agent (1 in 40), 20 and total, first time",
       WithFilters(AgentFilter, kAgentFilters, total), true},
      {Topic::kFilterFirst, "agent, sentiment, direction (1 in 427), first time",
       WithFilters(TripleFilter, kTripleFilters, total), true},
      {Topic::kFilter, "sentiment (1 in 4), 20 and total",
       WithFilters(SentimentFilter, kAskedOften, total)},
      {Topic::kFilter, "agent (1 in 40), 20 and total",
       WithFilters(AgentFilter, kAskedOften, total)},
      {Topic::kFilter, "agent, sentiment, direction (1 in 427), 20 and total",
       WithFilters(TripleFilter, kAskedOften, total)},
      {Topic::kNumber, "calls of one number, 20 and total", std::move(of_numbers)},
  };
}

struct CountRow {
  std::string operation;
  std::vector<PeerFilter> filters;
};

void AskCounts(const Collection& collection, double seconds, Results* results) {
  const Contestants& contestants = collection.contestants();
  const CountRow rows[] = {
      {"count all", {PeerFilter{}}},
      {"count of an agent (1 in 40)", {AgentFilter(0), AgentFilter(1)}},
      {"count of agent, sentiment, direction (1 in 427)", {TripleFilter(0), TripleFilter(1)}}};
  for (const CountRow& row : rows) {
    AskAll(contestants,
           {.work = "lists",
            .operation = row.operation,
            .data = collection.data(),
            .topic = Topic::kCount,
            .kinds = contestants.Offering({Work::kTotal, Work::kFilter}),
            .ask = [&](Reader& reader,
                       std::size_t i) { return reader.Count(kOrganization, row.filters[i]); },
            .arguments = row.filters.size()},
           seconds, &results->rows);
  }
}

// Goes through the whole organization by cursor. The ids go into `hash`, where one is given.
bool Walk(Reader* reader, std::int64_t calls, std::uint64_t* hash) {
  PeerList list{.limit = 100};
  for (std::int64_t seen = 0; seen < calls; seen += list.limit) {
    if (!reader->List(list)) return false;
    if (hash != nullptr) {
      for (const std::string& id : reader->answer().ids) *hash = *hash * 31 + Hash64(id);
    }
    list.after = reader->last();
    if (!list.after) return false;
  }
  return true;
}

void MeasureWalk(const Collection& collection, double seconds, Results* results) {
  const std::string operation = "walk all by cursor, 100 a page, a page";
  Progress(operation + ", " + collection.data());
  const Contestants& contestants = collection.contestants();
  const std::int64_t pages = (collection.calls() + 99) / 100;
  std::uint64_t expected = 0;
  for (std::int64_t i = collection.calls(); i-- > 0;) {
    expected = expected * 31 + Hash64(collection.workload().Id(i));
  }
  for (const PeerKind kind : contestants.kinds()) {
    std::uint64_t hash = 0;
    if (!Walk(&contestants.reader(kind), collection.calls(), &hash) || hash != expected) {
      Stop(operation + ": " + std::string(PeerName(kind)) + " does not pass all calls in order");
    }
  }
  const PerPeer<Samples> ns =
      Race(operation, contestants.kinds(),
           {.turn_runs = 1, .most_rounds = 20, .least_rounds = 2, .seconds = seconds},
           [&](PeerKind kind, std::size_t) {
             return Walk(&contestants.reader(kind), collection.calls(), nullptr);
           });
  Row row{
      .work = "lists", .operation = operation, .data = collection.data(), .topic = Topic::kWalk};
  for (const PeerKind kind : contestants.kinds()) {
    Figure figure = MedianOf(ns[Index(kind)]);
    figure.value /= static_cast<double>(pages);
    figure.p50 = figure.p99 = std::nullopt;  // of walks, not of pages
    row.figures[Index(kind)] = figure;
  }
  results->rows.push_back(std::move(row));
}

}  // namespace

void MeasureLists(const Collection& collection, const CompareOptions& options, Results* results) {
  for (const ListRow& row : RowsOf(collection, options.seed)) {
    Ask(collection, row, options.seconds, results);
  }
  AskCounts(collection, options.seconds, results);
  MeasureWalk(collection, options.seconds, results);
}

}  // namespace callstore::bench
