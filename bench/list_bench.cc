// Goal:   what a page costs over the bare iterator that must be walked for it.
// Method: a page of 20 at the newest call, at random times, at page 10,000 and behind a cursor,
//         beside a seek to the same row and 20 steps whose values are copied to the same arena.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/contest.h"
#include "bench/random.h"
#include "record/access.h"
#include "store/page_bytes.h"

namespace callstore::bench {
namespace {

using engine::Family;

constexpr std::int64_t kLimit = 20;
constexpr std::int64_t kFarPageNumber = 10'000;
constexpr int kTargets = 1'024;

enum class Place { kNewest, kRandomTime, kFarPage, kCursor };

struct ListCase {
  Place place;
  Size size;
  View view;
};

// One list request and the position of the row that it begins at.
struct Target {
  ListQuery query;
  Position first;
};

struct BarePage {
  store::PageBytes bytes;
  std::vector<std::string_view> calls;
  std::vector<std::string_view> transcripts;
};

bool WalkFamily(const Archive& archive, Family family, const Position& first,
                store::PageBytes* bytes, std::vector<std::string_view>* rows) {
  const auto scan = archive.bare().NewScan(family, keys::FirstKey(archive.number()),
                                           keys::EndKey(archive.number()), nullptr);
  rows->reserve(kLimit);
  scan->Seek(keys::CallKey(archive.number(), first));
  for (; scan->Valid() && std::ssize(*rows) < kLimit; scan->Next()) {
    rows->push_back(bytes->Copy(scan->value()));
  }
  return std::ssize(*rows) == kLimit;
}

bool ListBare(const Archive& archive, const Position& first, View view, BarePage* page) {
  return WalkFamily(archive, Family::kCalls, first, &page->bytes, &page->calls) &&
         (view == View::kSummary ||
          WalkFamily(archive, Family::kTranscripts, first, &page->bytes, &page->transcripts));
}

// The page that lies farthest back, up to page 10,000, and has a page behind it.
std::int64_t FarPage(const Archive& archive) {
  return std::min(kFarPageNumber, archive.calls() / kLimit - 2);
}

Target MakeTarget(const Archive& archive, const ListCase& of, bool total, Random* random) {
  const Workload& workload = archive.workload();
  ListQuery query{.limit = kLimit, .view = of.view, .with_total = total};
  std::int64_t row = 0;
  switch (of.place) {
    case Place::kNewest:
      break;
    case Place::kRandomTime:
      row = random->Below(archive.calls() - 2 * kLimit);
      query.filter = TimeRange{.lt = workload.StartTimestamp(archive.calls() - 1 - row) + 1};
      break;
    case Place::kFarPage:
      query.page = FarPage(archive);
      row = query.page * kLimit;
      break;
    case Place::kCursor: {
      row = kLimit * (1 + random->Below(archive.calls() / kLimit - 2));
      const auto before = Must(
          archive.store().List(kOrganization,
                               {.page = row / kLimit - 1, .limit = kLimit, .view = View::kSummary}),
          "list the page before");
      query.cursor = before.next_cursor;
      break;
    }
  }
  return {std::move(query), workload.PositionOf(archive.calls() - 1 - row)};
}

// Whether both sides give the same calls; warms both caches.
bool SidesAgree(const Archive& archive, const Target& target) {
  const auto page = archive.store().List(kOrganization, target.query);
  BarePage bare;
  if (!page || !ListBare(archive, target.first, target.query.view, &bare)) return false;
  if (page->pagination.total_count.has_value() != target.query.with_total) return false;
  if (page->calls.size() != bare.calls.size()) return false;
  for (std::size_t i = 0; i < bare.calls.size(); ++i) {
    const bool full = !bare.transcripts.empty();
    const CallView view = CallViewAccess::Make(
        kOrganization, bare.calls[i], full ? bare.transcripts[i] : std::string_view(), full);
    if (page->calls[i].id() != view.id() || page->calls[i].transcript() != view.transcript()) {
      return false;
    }
  }
  return true;
}

std::string PlaceName(const Archive& archive, Place place) {
  switch (place) {
    case Place::kNewest:
      return "newest";
    case Place::kRandomTime:
      return "random time";
    case Place::kFarPage:
      return "page " + std::to_string(FarPage(archive));
    case Place::kCursor:
      return "by cursor";
  }
  return {};
}

bool ListStore(const Archive& archive, const ListQuery& query) {
  const auto page = archive.store().List(kOrganization, query);
  return page && std::ssize(page->calls) == kLimit;
}

void BM_List(benchmark::State& state, const ListCase& of) {
  const Archive& archive = Archive::Of(of.size);
  const bool total = state.range(0) != 0;
  if (archive.calls() < 4 * kLimit) return state.SkipWithError("too few calls");
  Random random(1);
  std::vector<Target> targets;
  const bool one = of.place == Place::kNewest || of.place == Place::kFarPage;
  for (int i = 0; i < (one ? 1 : kTargets); ++i) {
    targets.push_back(MakeTarget(archive, of, total, &random));
    if (!SidesAgree(archive, targets.back())) return state.SkipWithError("a page is wrong");
  }

  const Target* target = nullptr;
  std::vector<Way> ways;
  ways.push_back({"callstore", [&] { return ListStore(archive, target->query); }});
  ways.push_back({"seek and 20 steps", [&] {
                    BarePage page;
                    return ListBare(archive, target->first, of.view, &page);
                  }});
  ListQuery other;
  if (of.place == Place::kFarPage || total) {
    ways.push_back({of.place == Place::kFarPage ? "page 0" : "without total",
                    [&] { return ListStore(archive, other); }});
  }
  Contest contest(
      {.operation = "list " + PlaceName(archive, of.place) +
                    (of.view == View::kFull ? ", full" : ", summary") + (total ? ", total" : ""),
       .data = archive.data(),
       .aim = of.view == View::kSummary ? "<= 1.5" : ""},
      std::move(ways));
  for (std::size_t next = 0; auto _ : state) {
    target = &targets[next % targets.size()];
    // Another target, or the two would read the same rows and the later one would find them in the
    // CPU's cache.
    other = targets[(next + targets.size() / 2) % targets.size()].query;
    of.place == Place::kFarPage ? other.page = 0 : other.with_total = false;
    ++next;
    if (!contest.Round(&state)) break;
  }
  contest.Report(&state);
  state.SetItemsProcessed(state.iterations() * kLimit);
}

}  // namespace

void RegisterListBenchmarks() {
  const std::pair<Place, const char*> places[] = {{Place::kNewest, "newest"},
                                                  {Place::kRandomTime, "random_time"},
                                                  {Place::kFarPage, "page_10000"},
                                                  {Place::kCursor, "by_cursor"}};
  const std::pair<ListCase, const char*> kinds[] = {
      {{{}, Size::kSmall, View::kSummary}, "small/summary"},
      {{{}, Size::kFull, View::kSummary}, "full/summary"},
      {{{}, Size::kFull, View::kFull}, "full/full"}};
  for (const auto& [kind, kind_name] : kinds) {
    for (const auto& [place, place_name] : places) {
      ListCase of = kind;
      of.place = place;
      benchmark::RegisterBenchmark((std::string("List/") + place_name + '/' + kind_name).c_str(),
                                   [of](benchmark::State& state) { BM_List(state, of); })
          ->ArgName("total")
          ->Arg(0)
          ->Arg(1)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace callstore::bench
