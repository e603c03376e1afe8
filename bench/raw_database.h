// raw_database.h - RocksDB itself on a store's folder, with the engine's settings, for what the
// engine has no door for: compaction and reading the log.
//
// Ownership:     owns the database and the handles of its families.
// Thread safety: as rocksdb::DB.
// Errors:        a folder that cannot be opened ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_RAW_DATABASE_H_
#define CALLSTORE_BENCH_RAW_DATABASE_H_

#include <rocksdb/db.h>
#include <rocksdb/wal_filter.h>

#include <memory>
#include <vector>

#include "callstore/store.h"

namespace callstore::bench {

class RawDatabase {
 public:
  // options.mode says whether to write. `filter`, if any, sees every batch of the log.
  explicit RawDatabase(const StoreOptions& options, rocksdb::WalFilter* filter = nullptr);
  ~RawDatabase();
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  // Brings all families into their last level.
  void Compact();

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_RAW_DATABASE_H_
