// Goal:   JSON in, and all of it out again.
// Method: the corpus, or where there is none the full calls of the workload, in batches that begin
//         with empty stores, in turns; three rounds. Then each organization is written as JSON
//         lines into memory. Both read or make the text itself: no contestant keeps it as it came.
#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/compare/calls.h"
#include "bench/compare/contestants.h"
#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/corpus.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kBatch = 250;

struct Texts {
  std::string data;
  std::vector<std::string> texts;
  std::map<std::string, std::int64_t> organizations;  // and how many calls they have
};

std::string OrganizationOf(std::string_view text) {
  constexpr std::string_view kKey = "\"organization_id\":\"";
  const std::size_t key = text.find(kKey);
  if (key == std::string_view::npos) Stop("a text names no organization");
  const std::size_t begin = key + kKey.size();
  return std::string(text.substr(begin, text.find('"', begin) - begin));
}

Texts ReadTexts(const CompareOptions& options) {
  Texts texts{.data = "corpus", .texts = CorpusTexts(), .organizations = {}};
  if (texts.texts.empty()) {
    texts.data = "full";
    const Workload workload(Size::kFull, options.seed);
    const std::int64_t count = std::min<std::int64_t>(options.full, 2'000);
    for (PeerCall& call : MakePeerCalls({.workload = &workload, .count = count})) {
      texts.texts.push_back(std::move(call.json));
    }
  }
  for (const std::string& text : texts.texts) ++texts.organizations[OrganizationOf(text)];
  return texts;
}

void Import(const Texts& texts, const Contestants& contestants, PerPeer<Samples>* ns) {
  const std::vector<PeerKind>& kinds = contestants.kinds();
  const std::span<const std::string> all = texts.texts;
  for (std::size_t at = 0, round = 0; at < all.size(); at += kBatch, ++round) {
    const auto batch = all.subspan(at, std::min(kBatch, all.size() - at));
    for (std::size_t place = 0; place < kinds.size(); ++place) {
      const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
      const Clock::time_point start = Clock::now();
      const bool done = contestants.peer(kind).PutJson(batch);
      (*ns)[Index(kind)].Add(NsSince(start));
      if (!done) Stop("import: " + std::string(PeerName(kind)) + " failed");
    }
  }
}

void CheckImport(const Texts& texts, const Contestants& contestants) {
  for (const auto& [organization, count] : texts.organizations) {
    for (const PeerList& list :
         {PeerList{.organization = organization, .limit = 1'000, .total = true},
          PeerList{.organization = organization,
          .filter = SentimentFilter(0),
          .view = View::kFull,
          .total = true}}) {
      for (const PeerKind kind : contestants.kinds()) {
        if (!contestants.reader(kind).List(list)) Stop("import: a list failed");
      }
      CheckAnswers("import", contestants, contestants.kinds());
    }
    for (const PeerKind kind : contestants.kinds()) {
      if (!contestants.reader(kind).Count(organization, {}) ||
          contestants.reader(kind).answer().total != count) {
        Stop("import: " + std::string(PeerName(kind)) + " does not hold every call");
      }
    }
  }
}

PerPeer<Samples> Export(const Texts& texts, const Contestants& contestants, double seconds) {
  const auto ask = [&](PeerKind kind) {
    return std::ranges::all_of(texts.organizations, [&](const auto& organization) {
      Reader& reader = contestants.reader(kind);
      return reader.ExportJson(organization.first) && reader.answer().total == organization.second;
    });
  };
  for (const PeerKind kind : contestants.kinds()) {
    if (!ask(kind)) Stop("export: " + std::string(PeerName(kind)) + " does not write every call");
  }
  return Race("export", contestants.kinds(),
              {.turn_runs = 1, .most_rounds = 50, .seconds = seconds},
              [&](PeerKind kind, std::size_t) { return ask(kind); });
}

}  // namespace

void MeasureJson(const CompareOptions& options, Results* results) {
  constexpr int kRounds = 3;
  const Texts texts = ReadTexts(options);
  Progress("import and export, " + texts.data);
  PerPeer<Samples> import_ns;
  PerPeer<Samples> export_ns;
  std::vector<PeerKind> kinds;
  for (int round = 0; round < kRounds; ++round) {
    Contestants contestants(
        {.name = "json",
         .cache_bytes = options.cache_mb << 20,
         .kinds = {PeerKind::kCallstore, PeerKind::kSqlite, PeerKind::kSqliteCounts}});
    kinds = contestants.kinds();
    Import(texts, contestants, &import_ns);
    CheckImport(texts, contestants);
    if (round + 1 == kRounds) export_ns = Export(texts, contestants, options.seconds);
  }
  Row in{.work = "json",
         .operation = "import of JSON in batches of 250, a call",
         .data = texts.data,
         .topic = Topic::kImport};
  Row out{.work = "json",
          .operation = "export as JSON lines, a call",
          .data = texts.data,
          .topic = Topic::kExport};
  const double calls = static_cast<double>(texts.texts.size());
  for (const PeerKind kind : kinds) {
    in.figures[Index(kind)] = {.value = import_ns[Index(kind)].Sum() / (calls * kRounds),
                               .count = import_ns[Index(kind)].size()};
    out.figures[Index(kind)] = {.value = export_ns[Index(kind)].Percentile(0.5) / calls,
                                .count = export_ns[Index(kind)].size()};
  }
  results->notes.push_back(
      "Import: callstore reads the long records of a batch by two threads, SQLite's insert by "
      "one.");
  results->rows.push_back(std::move(in));
  results->rows.push_back(std::move(out));
}

}  // namespace callstore::bench
