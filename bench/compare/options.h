// options.h - what the flags of callstore_compare choose.
#ifndef CALLSTORE_BENCH_COMPARE_OPTIONS_H_
#define CALLSTORE_BENCH_COMPARE_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::bench {

struct CompareOptions {
  std::int64_t small = 1'000'000;  // small calls in one organization
  std::int64_t full = 100'000;     // full calls in one organization
  std::int64_t puts = 20'000;      // small calls put one by one; of full ones a fifth
  std::int64_t synced_puts = 500;
  std::size_t cache_mb = 2'048;  // of each engine; more than the small calls take: reads are warm
  std::uint64_t seed = 1;
  double seconds = 1.5;     // for each row of the table at most, where rounds can be left out
  std::string folder = {};  // where the scratch folder is made; empty: the system's
  std::vector<std::string> only = {};                               // names of works; empty: all
  std::vector<std::int64_t> growth = {10'000, 100'000, 1'000'000};  // calls in one organization
  std::vector<std::int64_t> organizations = {1, 100, 10'000};
  std::int64_t organization_calls = 100'000;  // that these share
  std::optional<std::string> json = {};       // a file; "": standard output, in place of the table
  std::string svg = {};                       // a file
  std::string child = {};                     // of a process that the program starts itself

  bool Wants(std::string_view work) const;
};

inline constexpr std::string_view kWorks[] = {"ingest",      "lists",  "gets", "cold",  "footprint",
                                              "concurrency", "delete", "json", "growth"};

// Takes `--name=value` arguments. Nothing, with a line on stderr, where one is not known.
std::optional<CompareOptions> ParseOptions(int argc, char** argv);

extern const char* const kCompareHelp;

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_OPTIONS_H_
