// numbers.h - what RocksDB counts and measures, under the names of StoreStats.
//
// Thread safety: free functions; none writes.
#ifndef CALLSTORE_SRC_ENGINE_NUMBERS_H_
#define CALLSTORE_SRC_ENGINE_NUMBERS_H_

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/statistics.h>

#include <memory>
#include <vector>

#include "callstore/store.h"

namespace callstore::engine {

// Counts events alone: times and distributions, which cost more, are left out.
std::shared_ptr<rocksdb::Statistics> NewStatistics();

void AppendTickers(const rocksdb::Statistics& statistics, std::vector<NamedNumber>* counters);

// `cache` may be null.
void AppendGauges(rocksdb::DB* db, const rocksdb::Cache* cache, std::vector<NamedNumber>* gauges);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_NUMBERS_H_
