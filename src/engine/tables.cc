#include "engine/tables.h"

#include <rocksdb/env.h>

#include <memory>

#include "base/error.h"
#include "engine/log_walk.h"
#include "engine/status.h"

namespace callstore::engine {
Tables TablesOf(rocksdb::DB* db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  Tables tables;
  for (const rocksdb::LiveFileMetaData& file : files) {
    tables.insert(file.column_family_name + file.name);
  }
  return tables;
}

Result<Tables> TablesOfManifest(const rocksdb::DBOptions& options, const std::string& path,
                                const std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  const std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(WithoutLogs(rocksdb::Env::Default()->GetFileSystem(), path));
  rocksdb::DBOptions of_check = options;
  of_check.env = env.get();
  of_check.max_open_files = 16;  // none is read
  of_check.statistics = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  CALLSTORE_RETURN_IF_ERROR(
      ToResult(rocksdb::DB::OpenForReadOnly(of_check, path, families, &handles, &opened)));
  const std::unique_ptr<rocksdb::DB> db(opened);
  Tables tables = TablesOf(db.get());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  return tables;
}

}  // namespace callstore::engine
