// Goal:   what an answer of the endpoint costs without the endpoint: List and ToJson of its query.
// Method: http_bench.sh has a server answer these queries from a store, and then names the store
//         here. It is opened as `callstore serve` opens it. The CPU time of an answer here, beside
//         that of a request there, leaves what HTTP, the key pair and the parameters cost.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/archive.h"
#include "bench/benchmarks.h"
#include "bench/settings.h"
#include "callstore/json.h"
#include "callstore/store.h"

namespace callstore::bench {
namespace {

// A request of http_bench.sh, which holds the size of our answer against the server's.
struct Request {
  const char* name;
  const char* organization;
  Parameters parameters;
};

// A whole page, so that the work is that of `limit` calls, and more behind it.
bool IsWhole(const Page& page, const ListQuery& query) {
  return page.complete && std::ssize(page.calls) == query.limit &&
         page.pagination.total_count.value_or(0) > query.limit;
}

void BM_ListToJson(benchmark::State& state, const Request& request) {
  const Store store =
      Must(Store::Open(
               {.path = GetSettings().http_store, .create_if_missing = false, .statistics = true}),
           "open the store of --http_store");
  const ListQuery query = Must(ParseListParameters(request.parameters), "read the query");
  const Page page = Must(store.List(request.organization, query), "list a page");
  if (!IsWhole(page, query)) return state.SkipWithError("the page is not whole");
  const std::string text = ToJson(page);
  for (auto _ : state) {
    const auto listed = store.List(request.organization, query);
    if (!listed || ToJson(*listed).size() != text.size()) {
      return state.SkipWithError("a page is wrong");
    }
  }
  state.counters["answer_bytes"] = static_cast<double>(text.size());
}

}  // namespace

void RegisterListToJsonBenchmarks() {
  if (GetSettings().http_store.empty()) return;
  for (const Request& request :
       {Request{"summary", "org-small", {{"view", "summary"}}},
        Request{"full", "org-full", {{"view", "full"}}},
        Request{"filtered",
                "org-small",
                {{"agent_id", "agent-7"}, {"call_status", "ENDED"}, {"view", "summary"}}}}) {
    benchmark::RegisterBenchmark(
        (std::string("ListToJson/") + request.name).c_str(),
        [request](benchmark::State& state) { BM_ListToJson(state, request); })
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace callstore::bench
