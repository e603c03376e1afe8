#include "engine/log_syncs.h"

#include <string>
#include <string_view>
#include <utility>

#include "engine/folder.h"

namespace callstore::engine {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

class LogSyncs::Log : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Log(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::uint64_t number,
      std::shared_ptr<LogSyncs> syncs)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)),
        number_(number),
        syncs_(std::move(syncs)) {}

  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    return Keep(FSWritableFileWrapper::Sync(options, context));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return Keep(FSWritableFileWrapper::Fsync(options, context));
  }

 private:
  IOStatus Keep(IOStatus status) {
    if (status.ok() || number_ >= syncs_->newest_) return status;
    status.PermitUncheckedError();
    ++syncs_->failures_;
    return IOStatus::OK();
  }

  const std::uint64_t number_;
  const std::shared_ptr<LogSyncs> syncs_;
};

class LogSyncs::Files : public rocksdb::FileSystemWrapper {
 public:
  Files(const std::shared_ptr<rocksdb::FileSystem>& files, std::shared_ptr<LogSyncs> syncs)
      : rocksdb::FileSystemWrapper(files), syncs_(std::move(syncs)) {}
  const char* Name() const override { return "callstore.log_syncs"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* context) override {
    if (path.ends_with(".sst") && syncs_->failed() && syncs_->repairs_ == 0) {
      return IOStatus::IOError("a log could not be synced");
    }
    IOStatus status = rocksdb::FileSystemWrapper::NewWritableFile(path, options, file, context);
    if (!status.ok() || !path.ends_with(".log")) return status;
    const std::uint64_t number = LogNumber(std::string(NameOf(path)));
    syncs_->newest_ = number;
    *file = std::make_unique<Log>(std::move(*file), number, syncs_);
    return status;
  }

 private:
  const std::shared_ptr<LogSyncs> syncs_;
};

std::shared_ptr<rocksdb::FileSystem> LogSyncs::Wrap(
    const std::shared_ptr<rocksdb::FileSystem>& files) {
  return std::make_shared<Files>(files, shared_from_this());
}

}  // namespace callstore::engine
