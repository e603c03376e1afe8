#include "engine/numbers.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore::engine {
namespace {

using Properties = rocksdb::DB::Properties;

struct Ticker {
  std::string_view name;
  rocksdb::Tickers ticker;
};
constexpr Ticker kTickers[] = {
    {"rocksdb_block_cache_hit", rocksdb::BLOCK_CACHE_HIT},
    {"rocksdb_block_cache_miss", rocksdb::BLOCK_CACHE_MISS},
    {"rocksdb_memtable_hit", rocksdb::MEMTABLE_HIT},
    {"rocksdb_memtable_miss", rocksdb::MEMTABLE_MISS},
    {"rocksdb_bloom_useful", rocksdb::BLOOM_FILTER_USEFUL},
    {"rocksdb_bytes_read", rocksdb::BYTES_READ},
    {"rocksdb_iterator_bytes_read", rocksdb::ITER_BYTES_READ},
    {"rocksdb_bytes_written", rocksdb::BYTES_WRITTEN},
    {"rocksdb_wal_bytes", rocksdb::WAL_FILE_BYTES},
    {"rocksdb_wal_syncs", rocksdb::WAL_FILE_SYNCED},
    {"rocksdb_flush_bytes", rocksdb::FLUSH_WRITE_BYTES},
    {"rocksdb_compaction_read_bytes", rocksdb::COMPACT_READ_BYTES},
    {"rocksdb_compaction_written_bytes", rocksdb::COMPACT_WRITE_BYTES},
    {"rocksdb_stall_micros", rocksdb::STALL_MICROS},
};

// Properties of the whole database; of all its families together where `summed`.
struct Gauge {
  std::string_view name;
  const std::string& property;
  bool summed;
};

}  // namespace

std::shared_ptr<rocksdb::Statistics> NewStatistics() {
  auto statistics = rocksdb::CreateDBStatistics();
  statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  return statistics;
}

void AppendTickers(const rocksdb::Statistics& statistics, std::vector<NamedNumber>* counters) {
  for (const Ticker& of : kTickers) {
    counters->emplace_back(of.name,
                           static_cast<std::int64_t>(statistics.getTickerCount(of.ticker)));
  }
}

void AppendGauges(rocksdb::DB* db, const rocksdb::Cache* cache, std::vector<NamedNumber>* gauges) {
  const Gauge of_database[] = {
      {"rocksdb_write_stopped", Properties::kIsWriteStopped, false},
      {"rocksdb_delayed_write_rate", Properties::kActualDelayedWriteRate, false},
      {"rocksdb_memtable_bytes", Properties::kCurSizeAllMemTables, true},
      {"rocksdb_pending_compaction_bytes", Properties::kEstimatePendingCompactionBytes, true},
      {"rocksdb_snapshots", Properties::kNumSnapshots, false},
      {"rocksdb_running_flushes", Properties::kNumRunningFlushes, false},
      {"rocksdb_running_compactions", Properties::kNumRunningCompactions, false},
      {"rocksdb_background_errors", Properties::kBackgroundErrors, false},
  };
  for (const Gauge& gauge : of_database) {
    std::uint64_t value = 0;
    const bool known = gauge.summed ? db->GetAggregatedIntProperty(gauge.property, &value)
                                    : db->GetIntProperty(gauge.property, &value);
    if (known) gauges->emplace_back(gauge.name, static_cast<std::int64_t>(value));
  }
  const auto add = [&](std::string_view name, std::size_t bytes) {
    gauges->emplace_back(name, static_cast<std::int64_t>(bytes));
  };
  add("rocksdb_block_cache_bytes", cache == nullptr ? 0 : cache->GetUsage());
  add("rocksdb_block_cache_pinned_bytes", cache == nullptr ? 0 : cache->GetPinnedUsage());
}

}  // namespace callstore::engine
