#include "engine/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <cstdarg>
#include <cstdio>

#include "engine/hashed_memtable.h"
#include "engine/hinted_memtable.h"
#include "engine/merge_operator.h"
#include "keys/keys.h"

namespace callstore::engine {
namespace {

// Hands RocksDB's messages to the host; without a sink nothing is written anywhere.
class SinkLogger : public rocksdb::Logger {
 public:
  explicit SinkLogger(LogSink sink)
      : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), sink_(std::move(sink)) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
  }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (!sink_ || level < GetInfoLogLevel()) return;
    char text[1024];
    const int size = std::vsnprintf(text, sizeof text, format, arguments);
    if (size <= 0) return;
    const auto length = std::min(static_cast<std::size_t>(size), sizeof text - 1);
    sink_(level >= rocksdb::InfoLogLevel::ERROR_LEVEL ? LogLevel::kError : LogLevel::kWarning,
          {text, length});
  }

 private:
  LogSink sink_;
};

std::size_t BlockBytes(Family family) {
  switch (family) {
    case Family::kCalls:
      return 16 << 10;  // 16 to 32 kB measured best for lists
    case Family::kTranscripts:
      return 32 << 10;  // long rows; larger blocks compress better
    case Family::kColumns:
      return 4 << 10;  // a chunk is a block of its own, see below
    default:
      return 8 << 10;  // point reads
  }
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const StoreOptions& options) {
  rocksdb::DBOptions db;
  db.max_background_jobs = 2;
  // One thread writes for all that wait; the tables of hashes below allow no more.
  db.allow_concurrent_memtable_write = false;
  db.info_log = std::make_shared<SinkLogger>(options.log_sink);
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.bytes_per_sync = 1 << 20;
  db.wal_bytes_per_sync = 1 << 20;
  return db;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family, const StoreOptions& options,
                                               const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions of_family;
  const bool large = family == Family::kCalls || family == Family::kTranscripts;
  of_family.write_buffer_size = large ? options.write_buffer_bytes : options.write_buffer_bytes / 4;
  of_family.max_write_buffer_number = 2;  // more has a fault with parallel flushes in 7.8
  of_family.compression = rocksdb::kLZ4Compression;
  of_family.bottommost_compression = rocksdb::kZSTD;
  of_family.level_compaction_dynamic_level_bytes = true;

  of_family.memtable_factory = NewHintedMemtableFactory();
  rocksdb::BlockBasedTableOptions table;
  table.block_size = BlockBytes(family);
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  if (cache == nullptr) {
    table.no_block_cache = true;
  } else {
    table.block_cache = cache;
  }
  if (family == Family::kIds || family == Family::kOrgs) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  if (family == Family::kIds || family == Family::kIndex) {
    of_family.write_buffer_size = options.write_buffer_bytes / 8;
    of_family.prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(keys::kHashedKeyBytes));
    of_family.memtable_factory = NewHashedMemtableFactory(of_family.write_buffer_size);
  }
  if (family == Family::kColumns) {
    // A block ends before what would make it too large: a chunk does not join the small rows
    // before it, which are read far more often.
    table.block_size_deviation = 99;
    // A walk over those does not read the chunk behind the last one.
    table.index_type = rocksdb::BlockBasedTableOptions::kBinarySearchWithFirstKey;
    of_family.merge_operator = NewChunkMergeOperator();
    // A whole chunk is read to find one row: the faster codec at the bottom too.
    of_family.bottommost_compression = rocksdb::kLZ4Compression;
  }
  of_family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return of_family;
}

}  // namespace callstore::engine
