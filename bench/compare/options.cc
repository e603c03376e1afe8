#include "bench/compare/options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace callstore::bench {

const char* const kCompareHelp =
    "callstore_compare - callstore, SQLite, LMDB and RocksDB at the same work, in turns.\n"
    "  --small=N            small calls in one organization (1000000)\n"
    "  --full=N             full calls in one organization (100000)\n"
    "  --puts=N             small calls put one by one; of full ones a fifth (20000)\n"
    "  --synced_puts=N      calls put one by one, each on disk before the next (500)\n"
    "  --cache_mb=N         cache of each engine (2048)\n"
    "  --seed=N             seed of the generated calls (1)\n"
    "  --seconds=N          most time for the rounds of a row (1.5)\n"
    "  --folder=PATH        where the scratch folder is made (the system's)\n"
    "  --growth=N,N,...     calls in one organization, for how cost grows (10000,100000,1000000)\n"
    "  --organizations=N,.. organizations that 100000 calls are spread over (1,100,10000)\n"
    "  --only=NAME,...      of ingest, lists, gets, cold, footprint, concurrency, delete, json,\n"
    "                       growth (all)\n"
    "  --json[=FILE]        all figures as JSON, to standard output in place of the table\n"
    "  --svg=FILE           a plot of the ratios\n";

namespace {

template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number > 0;
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool ParseNumbers(std::string_view text, std::vector<std::int64_t>* numbers) {
  numbers->clear();
  for (const std::string_view part : Split(text)) {
    if (!ParseNumber(part, &numbers->emplace_back())) return false;
  }
  return true;
}

bool ParseWorks(std::string_view text, std::vector<std::string>* works) {
  for (const std::string_view part : Split(text)) {
    if (std::ranges::find(kWorks, part) == std::end(kWorks)) return false;
    works->emplace_back(part);
  }
  return true;
}

bool ParseOption(std::string_view name, std::string_view value, CompareOptions* options) {
  if (name == "--small") return ParseNumber(value, &options->small);
  if (name == "--full") return ParseNumber(value, &options->full);
  if (name == "--puts") return ParseNumber(value, &options->puts);
  if (name == "--synced_puts") return ParseNumber(value, &options->synced_puts);
  if (name == "--cache_mb") return ParseNumber(value, &options->cache_mb);
  if (name == "--seed") return ParseNumber(value, &options->seed);
  if (name == "--seconds") return ParseNumber(value, &options->seconds);
  if (name == "--growth") return ParseNumbers(value, &options->growth);
  if (name == "--organizations") return ParseNumbers(value, &options->organizations);
  if (name == "--only") return ParseWorks(value, &options->only);
  if (name == "--json") options->json = value;
  if (name == "--folder") options->folder = value;
  if (name == "--svg") options->svg = value;
  if (name == "--child") options->child = value;
  return name == "--json" ||
         (!value.empty() && (name == "--folder" || name == "--svg" || name == "--child"));
}

}  // namespace

bool CompareOptions::Wants(std::string_view work) const {
  return only.empty() || std::ranges::find(only, work) != only.end();
}

std::optional<CompareOptions> ParseOptions(int argc, char** argv) {
  CompareOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const std::string_view value = argument.substr(std::min(equals + 1, argument.size()));
    if (!ParseOption(argument.substr(0, equals), value, &options)) {
      std::fprintf(stderr, "callstore_compare: cannot take \"%s\"\n%s", argv[i], kCompareHelp);
      return std::nullopt;
    }
  }
  return options;
}

}  // namespace callstore::bench
