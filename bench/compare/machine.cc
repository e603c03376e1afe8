#include "bench/compare/machine.h"

#include <lmdb.h>
#include <rocksdb/version.h>
#include <sqlite3.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>

#include "bench/compare/numbers.h"

namespace callstore::bench {
namespace {

// What stands behind `name` and a colon in a file of such lines; "unknown" where it does not.
std::string ValueIn(const char* path, std::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    if (begin != std::string::npos) return line.substr(begin);
  }
  return "unknown";
}

}  // namespace

std::vector<std::string> DescribeRun(const CompareOptions& options) {
  utsname system = {};
  ::uname(&system);
  const double memory_kb = std::strtod(ValueIn("/proc/meminfo", "MemTotal").c_str(), nullptr);
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  return {
      "machine: " + ValueIn("/proc/cpuinfo", "model name") + ", " +
          std::to_string(std::thread::hardware_concurrency()) + " cores, " +
          BytesText(memory_kb * 1024) + " of memory, " + system.sysname + ' ' + system.release +
          ", load " + NumberText(load) + " at the start",
      std::string("engines: callstore " CALLSTORE_VERSION ", SQLite ") + ::sqlite3_libversion() +
          ", " + ::mdb_version(nullptr, nullptr, nullptr) + ", RocksDB " +
          rocksdb::GetRocksVersionAsString(),
      "data: small calls " + std::to_string(options.small) + ", full calls " +
          std::to_string(options.full) + " in one organization; puts " +
          std::to_string(options.puts) + ", synced " + std::to_string(options.synced_puts) +
          "; cache " + std::to_string(options.cache_mb) + " MB each; seed " +
          std::to_string(options.seed),
  };
}

}  // namespace callstore::bench
