// settings.h - what the flags of callstore_bench choose.
#ifndef CALLSTORE_BENCH_SETTINGS_H_
#define CALLSTORE_BENCH_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace callstore::bench {

struct Settings {
  std::int64_t calls = 100'000;            // in the archive of small calls
  std::int64_t full_calls = 2'000;         // in the archive of full calls
  std::int64_t puts = 10'000;              // small calls put one by one; of full ones a fifth
  std::int64_t columns_calls = 1'000'000;  // in the archive that filters and orders are asked of
  std::size_t cache_mb = 2'048;  // block cache of each side; more than the data: all reads are warm
  std::uint64_t seed = 1;
  std::string folder = {};  // where the scratch folder is made; empty: the system's
  // Where that archive is kept from run to run; empty: it goes with the scratch folder.
  std::string columns_folder = {};
  std::string http_store = {};   // the store that ListToJson asks; empty: no such benchmarks
  std::string print_calls = {};  // "small" or "full": print these calls, measure nothing
};

// The settings of this run; set once, before the benchmarks are registered.
Settings& GetSettings();

// Takes `--name=value` arguments. Returns false, with a line on stderr, where one is not known.
bool ParseSettings(int argc, char** argv);

inline constexpr const char* kSettingsHelp =
    "  --calls=N              small calls in the archive (100000)\n"
    "  --full_calls=N         full calls in the archive (2000)\n"
    "  --puts=N               small calls put one by one; of full ones a fifth (10000)\n"
    "  --columns_calls=N      calls that filters and orders are asked of (1000000)\n"
    "  --columns_folder=PATH  where these are kept for the next run (the scratch folder)\n"
    "  --cache_mb=N           block cache of each side (2048)\n"
    "  --seed=N               seed of the generated calls (1)\n"
    "  --folder=PATH          where the scratch folder is made (the system's)\n"
    "  --http_store=PATH      a store for ListToJson; bench/http_bench.sh makes it\n"
    "  --print_calls=SIZE     print the small or full calls as JSON Lines, measure nothing\n";

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_SETTINGS_H_
