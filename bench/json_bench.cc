// Goal:   JSON in: text to verified records; JSON out: a page to its documented answer.
// Method: in, each text beside simdjson's parse of it into a document, which checks the text and
//         keeps nothing; out, each page of 20 beside a copy of the text that comes of it.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/contest.h"
#include "bench/corpus.h"
#include "callstore/json.h"
#include "json/call_reader.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kPageCalls = 20;
constexpr std::int64_t kMostPages = 50;

enum class Source { kCorpus, kGenerated, kSmall };

// A thread's tools for JSON in, kept from text to text as the store keeps them.
struct Intake {
  json::CallReader reader;
  record::Draft draft;
  record::Encoder encoder;
  record::Encoder::Encoded encoded;

  bool Take(std::string_view text) {
    if (!reader.Read(text, &draft)) return false;
    encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 1});
    return record::VerifyCall(encoded.call) &&
           (encoded.transcript.empty() || record::VerifyTranscript(encoded.transcript));
  }
};

// Whether the records of a text, written as JSON and read again, are the same records.
bool ComesBack(std::string_view text, Intake* intake, Intake* again) {
  if (!intake->Take(text)) return false;
  const record::Encoder::Encoded& encoded = intake->encoded;
  const CallView view =
      CallViewAccess::Make(intake->draft.organization_id, encoded.call, encoded.transcript, true);
  return again->Take(ToJson(view)) && again->encoded.call == encoded.call;
}

void BM_JsonIn(benchmark::State& state, Source source) {
  const auto& texts = source == Source::kCorpus ? CorpusTexts() : GeneratedTexts();
  if (texts.empty()) {
    return state.SkipWithError("there is no corpus; CALLSTORE_CORPUS names one");
  }
  Intake intake, again;
  std::size_t size_bytes = 0;
  for (const std::string& text : texts) {
    size_bytes += text.size();
    if (!ComesBack(text, &intake, &again)) return state.SkipWithError("a call is wrong");
  }
  simdjson::dom::parser parser;
  const std::string* text = nullptr;
  Contest contest(
      {.operation = "JSON in, one call",
       .data = std::to_string(texts.size()) +
               (source == Source::kCorpus ? " real calls, " : " generated calls, ") +
               std::to_string(size_bytes >> 20) + " MB of JSON in memory",
       .aim = ">= 200 MB/s"},
      {{"callstore", [&] { return intake.Take(*text); }},
       {"simdjson DOM", [&] { return parser.parse(*text).error() == simdjson::SUCCESS; }}});
  for (std::size_t next = 0; auto _ : state) {
    text = &texts[next++ % texts.size()];
    if (!contest.Round(&state, text->size())) break;
  }
  contest.Report(&state);
}

// Pages of an archive, newest first.
std::vector<Page> ListPages(const Store& store, const std::string& organization, View view) {
  std::vector<Page> pages;
  for (std::int64_t i = 0; i < kMostPages; ++i) {
    auto page = Must(store.List(organization, {.page = i, .limit = kPageCalls, .view = view}),
                     "list a page");
    if (std::ssize(page.calls) < kPageCalls) break;
    pages.push_back(std::move(page));
  }
  return pages;
}

// Pages of all organizations of the corpus.
std::vector<Page> ListCorpusPages() {
  if (CorpusTexts().empty()) return {};
  Store store = Must(Store::Open(OptionsFor(ScratchPath("corpus"))), "make a store");
  for (const std::string& text : CorpusTexts()) Must(store.PutJson({}, text), "put a real call");
  std::vector<Page> pages;
  for (const auto& organization : Must(store.Organizations(), "read the organizations")) {
    for (Page& page : ListPages(store, organization.name, View::kFull)) {
      pages.push_back(std::move(page));
    }
  }
  pages.resize(std::min<std::size_t>(pages.size(), kMostPages));
  return pages;
}

const std::vector<Page>& PagesOf(Source source) {
  if (source == Source::kCorpus) {
    static const std::vector<Page> corpus = ListCorpusPages();
    return corpus;
  }
  static std::vector<Page> made[2];
  const Size size = source == Source::kSmall ? Size::kSmall : Size::kFull;
  auto& pages = made[static_cast<std::size_t>(size)];
  if (pages.empty()) {
    pages = ListPages(Archive::Of(size).store(), kOrganization,
                      size == Size::kSmall ? View::kSummary : View::kFull);
  }
  return pages;
}

// Whether the text is an answer with this many calls.
bool HasCalls(const std::string& text, std::size_t count) {
  simdjson::dom::parser parser;
  simdjson::dom::array calls;
  return parser.parse(text)["data"]["calls"].get(calls) == simdjson::SUCCESS &&
         calls.size() == count;
}

void BM_JsonOut(benchmark::State& state, Source source) {
  const std::vector<Page>& pages = PagesOf(source);
  if (pages.empty()) return state.SkipWithError("there are no pages: no corpus, or too few calls");
  std::vector<std::string> texts;
  std::size_t size_bytes = 0;
  for (const Page& page : pages) {
    texts.push_back(ToJson(page));
    size_bytes += texts.back().size();
    if (!HasCalls(texts.back(), page.calls.size())) return state.SkipWithError("a page is wrong");
  }
  static constexpr const char* kNames[] = {"real calls", "generated calls", "small calls, summary"};
  std::size_t at = 0;
  Contest contest(
      {.operation = "JSON out, page of 20",
       .data = std::to_string(pages.size()) + " pages of " + kNames[static_cast<int>(source)] +
               ", " + std::to_string(size_bytes / pages.size() / 1'000) + " kB each, in memory",
       .aim = source == Source::kSmall ? "" : ">= 1000 MB/s"},
      {{"callstore", [&] { return ToJson(pages[at]).size() == texts[at].size(); }},
       {"copy of the text", [&] {
          const std::string copy = texts[at];
          benchmark::DoNotOptimize(copy.data());
          return true;
        }}});
  for (std::size_t next = 0; auto _ : state) {
    at = next++ % pages.size();
    if (!contest.Round(&state, texts[at].size())) break;
  }
  contest.Report(&state);
}

}  // namespace

void RegisterJsonBenchmarks() {
  struct Kind {
    const char* name;
    void (*run)(benchmark::State&, Source);
    Source source;
  };
  for (const Kind& kind : {Kind{"JsonIn/corpus", BM_JsonIn, Source::kCorpus},
                           Kind{"JsonIn/generated", BM_JsonIn, Source::kGenerated},
                           Kind{"JsonOut/corpus", BM_JsonOut, Source::kCorpus},
                           Kind{"JsonOut/generated", BM_JsonOut, Source::kGenerated},
                           Kind{"JsonOut/small", BM_JsonOut, Source::kSmall}}) {
    benchmark::RegisterBenchmark(kind.name,
                                 [kind](benchmark::State& state) { kind.run(state, kind.source); })
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace callstore::bench
