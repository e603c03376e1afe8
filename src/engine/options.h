// options.h - the RocksDB settings of a store, and why.
#ifndef CALLSTORE_SRC_ENGINE_OPTIONS_H_
#define CALLSTORE_SRC_ENGINE_OPTIONS_H_

#include <rocksdb/options.h>

#include <memory>

#include "callstore/store.h"
#include "engine/database.h"

namespace callstore::engine {

rocksdb::DBOptions MakeDbOptions(const StoreOptions& options);
rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family, const StoreOptions& options,
                                               const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_OPTIONS_H_
