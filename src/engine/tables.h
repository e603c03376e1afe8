// tables.h - which table files a folder's manifest names, and which an open database has.
// RocksDB opens a follower also where tables are missing, and shows the families without them. A
// store must not answer from that.
//
// Thread safety: free functions; none writes.
#ifndef CALLSTORE_SRC_ENGINE_TABLES_H_
#define CALLSTORE_SRC_ENGINE_TABLES_H_

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <set>
#include <string>
#include <vector>

#include "callstore/error.h"

namespace callstore::engine {

// Each as the name of its family and of its file.
using Tables = std::set<std::string>;

Tables TablesOf(rocksdb::DB* db);

// Those that the manifest of a folder names. io_error, corrupt: one of them cannot be read. Cost:
// a read of the manifest and a look at each table.
Result<Tables> TablesOfManifest(const rocksdb::DBOptions& options, const std::string& path,
                                const std::vector<rocksdb::ColumnFamilyDescriptor>& families);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_TABLES_H_
