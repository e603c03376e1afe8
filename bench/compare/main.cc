// callstore_compare - callstore and what one would take in its place, at the same work in one run:
// SQLite, SQLite with kept counts, LMDB and bare RocksDB. Flags: kCompareHelp.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "bench/compare/collection.h"
#include "bench/compare/json_report.h"
#include "bench/compare/machine.h"
#include "bench/compare/options.h"
#include "bench/compare/results.h"
#include "bench/compare/svg.h"
#include "bench/compare/table.h"
#include "bench/compare/targets.h"
#include "bench/compare/works.h"
#include "bench/settings.h"

namespace callstore::bench {
namespace {

// What is asked of a loaded collection; what adds or takes away calls comes last.
void MeasureCollection(const CollectionPlan& plan, const CompareOptions& options,
                       Results* results) {
  Collection collection(plan, options);
  if (options.Wants("ingest") || options.Wants("footprint")) ReportLoading(collection, results);
  if (options.Wants("lists")) MeasureLists(collection, options, results);
  if (options.Wants("gets")) MeasureGets(collection, options, results);
  if (options.Wants("cold")) MeasureCold(&collection, options, results);
  if (options.Wants("footprint")) MeasureFootprint(&collection, options, results);
  const bool small = plan.size == Size::kSmall;
  if (small && options.Wants("growth") &&
      std::ranges::find(options.growth, plan.calls) != options.growth.end()) {
    MeasureGrowthOf(collection, CallsLabel(plan.calls), options, results);
  }
  if (options.Wants("ingest")) MeasurePutsInto(&collection, options, results);
  if (options.Wants("delete")) MeasureDelete(&collection, options, results);
  if (small && options.Wants("concurrency")) MeasureConcurrency(&collection, options, results);
}

bool WantsCollection(const CompareOptions& options) {
  return std::ranges::any_of(
      kWorks, [&](auto work) { return work != "json" && work != "growth" && options.Wants(work); });
}

// Series go from few to many, whatever was measured first.
void SortGrowth(std::vector<Row>* rows) {
  std::ranges::stable_sort(*rows, {}, [](const Row& row) { return std::stoll(row.data); });
}

Results MeasureAll(const CompareOptions& options) {
  Results results;
  results.about = DescribeRun(options);
  if (options.Wants("ingest")) MeasureIngest(options, &results);
  const bool collections = WantsCollection(options);
  if (collections) {
    MeasureCollection({.size = Size::kSmall, .calls = options.small}, options, &results);
    MeasureCollection({.size = Size::kFull, .calls = options.full}, options, &results);
  }
  if (options.Wants("json")) MeasureJson(options, &results);
  if (options.Wants("growth")) MeasureGrowth(options, collections, &results);
  SortGrowth(&results.growth);
  return results;
}

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file.good()) std::fprintf(stderr, "callstore_compare: cannot write %s\n", path.c_str());
  return file.good();
}

int Report(const CompareOptions& options, const Results& results) {
  const std::vector<Outcome> outcomes = CheckTargets(results);
  bool written = true;
  if (options.json && options.json->empty()) {
    std::fputs(JsonReport(results, outcomes).c_str(), stdout);
  } else {
    PrintResults(results, outcomes, stdout);
    if (options.json) written = WriteFile(*options.json, JsonReport(results, outcomes));
  }
  if (!options.svg.empty()) written = WriteFile(options.svg, SvgOf(results)) && written;
  return written ? 0 : 1;
}

}  // namespace
}  // namespace callstore::bench

int main(int argc, char** argv) {
  using namespace callstore::bench;
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::printf("%s", kCompareHelp);
    return 0;
  }
  const auto options = ParseOptions(argc, argv);
  if (!options) return 2;
  // What the fixtures that callstore_bench shares with this program look at.
  GetSettings().folder = options->folder;
  GetSettings().cache_mb = options->cache_mb;
  GetSettings().seed = options->seed;
  if (!options->child.empty()) return RunChild(*options);
  return Report(*options, MeasureAll(*options));
}
