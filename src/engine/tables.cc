#include "engine/tables.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <utility>

#include "base/error.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

// The folder as it would be without logs: replaying them takes long, and tells nothing of tables.
class WithoutLogs : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "callstore.without_logs"; }

  rocksdb::IOStatus GetChildren(const std::string& folder, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus status =
        rocksdb::FileSystemWrapper::GetChildren(folder, options, names, context);
    std::erase_if(*names, [](const std::string& name) { return name.ends_with(".log"); });
    return status;
  }
};

}  // namespace

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
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(
      std::make_shared<WithoutLogs>(rocksdb::Env::Default()->GetFileSystem()));
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
