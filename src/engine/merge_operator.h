// merge_operator.h - folds operations into columnar chunks inside RocksDB.
#ifndef CALLSTORE_SRC_ENGINE_MERGE_OPERATOR_H_
#define CALLSTORE_SRC_ENGINE_MERGE_OPERATOR_H_

#include <rocksdb/merge_operator.h>

#include <memory>

namespace callstore::engine {

// The merge operator of the columns family: columns::Fold. It never fails, because one failure
// would stop every later write.
std::shared_ptr<rocksdb::MergeOperator> NewChunkMergeOperator();

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_MERGE_OPERATOR_H_
