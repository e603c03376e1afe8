#include "bench/raw_database.h"

#include <string>

#include "bench/archive.h"
#include "engine/options.h"

namespace callstore::bench {
namespace {

void Check(const rocksdb::Status& status, const std::string& what) {
  if (!status.ok()) {
    Fatal(what, {.code = ErrorCode::kIoError, .message = status.ToString(), .details = {}});
  }
}

}  // namespace

RawDatabase::RawDatabase(const StoreOptions& options, rocksdb::WalFilter* filter) {
  rocksdb::DBOptions db_options = engine::MakeDbOptions(options);
  db_options.wal_filter = filter;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < engine::kFamilyCount; ++i) {
    const auto family = static_cast<engine::Family>(i);
    families.emplace_back(std::string(engine::FamilyName(family)),
                          engine::MakeFamilyOptions(family, options, nullptr));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options.mode == OpenMode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(db_options, options.path, families, &handles_, &db)
          : rocksdb::DB::Open(db_options, options.path, families, &handles_, &db);
  db_.reset(db);
  Check(status, "open " + options.path);
}

RawDatabase::~RawDatabase() {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

void RawDatabase::Compact() {
  // Also the last level, where compression is another.
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    Check(db_->CompactRange(all, handle, nullptr, nullptr), "compact the archive");
  }
}

}  // namespace callstore::bench
