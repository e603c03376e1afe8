// hashed_memtable.h - what was written last to a family whose keys come in no order.
// RocksDB's skip list searches such a key among all others, a miss of the CPU's caches a level; a
// table of hashes finds it at once. RocksDB has one (its hash linked list), but puts all keys into
// a skip list before a flush can begin. Here they are sorted as an array, many times faster.
//
// Needs a prefix extractor and `allow_concurrent_memtable_write = false`. Iterators of one prefix
// go forwards only; those over all keys have to sort them and need `total_order_seek`.
#ifndef CALLSTORE_SRC_ENGINE_HASHED_MEMTABLE_H_
#define CALLSTORE_SRC_ENGINE_HASHED_MEMTABLE_H_

#include <rocksdb/memtablerep.h>

#include <cstddef>
#include <memory>

namespace callstore::engine {

// For tables that are flushed when they have about `bytes`.
std::shared_ptr<rocksdb::MemTableRepFactory> NewHashedMemtableFactory(std::size_t bytes);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_HASHED_MEMTABLE_H_
