// hinted_memtable.h - what was written last to a family whose keys come nearly in order.
// The newest row of an organization stands before all its others. RocksDB's skip list remembers
// where the last row was put, but looks from there only behind it, and else searches from its top,
// a miss of the CPU's caches a level. With a hint of the place it looks both ways: here is one for
// each of some organizations and kinds of rows.
//
// Needs `allow_concurrent_memtable_write = false`.
#ifndef CALLSTORE_SRC_ENGINE_HINTED_MEMTABLE_H_
#define CALLSTORE_SRC_ENGINE_HINTED_MEMTABLE_H_

#include <rocksdb/memtablerep.h>

#include <memory>

namespace callstore::engine {

std::shared_ptr<rocksdb::MemTableRepFactory> NewHintedMemtableFactory();

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_HINTED_MEMTABLE_H_
