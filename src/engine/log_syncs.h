// log_syncs.h - a file system on which a log that is no longer written to never fails to sync.
// RocksDB syncs such logs before a flush. Where that fails, a thread that waits to sync the same
// log goes on with it, and an assertion of RocksDB ends the process: a log is not used after an
// error. So the failure is kept here, and fails the flush with its next table instead. The store is
// whole again once all that the logs have is in tables.
//
// Ownership:     the file system shares the LogSyncs that made it.
// Thread safety: all members from any thread.
#ifndef CALLSTORE_SRC_ENGINE_LOG_SYNCS_H_
#define CALLSTORE_SRC_ENGINE_LOG_SYNCS_H_

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace callstore::engine {

class LogSyncs : public std::enable_shared_from_this<LogSyncs> {
 public:
  std::shared_ptr<rocksdb::FileSystem> Wrap(const std::shared_ptr<rocksdb::FileSystem>& files);

  // Some row in a log may not be on disk, whatever syncs said since.
  bool failed() const { return failures_ != mended_; }

  // Lets tables be made again while it lives. Its maker says where all rows came into some; what
  // fails meanwhile is for the next repair.
  class Repair {
   public:
    explicit Repair(LogSyncs* syncs) : syncs_(syncs), failures_(syncs->failures_) {
      ++syncs_->repairs_;
    }
    ~Repair() { --syncs_->repairs_; }
    Repair(const Repair&) = delete;
    Repair& operator=(const Repair&) = delete;
    void Done() { syncs_->mended_ = failures_; }

   private:
    LogSyncs* const syncs_;
    const std::uint64_t failures_;  // at its beginning
  };

 private:
  class Files;
  class Log;

  std::atomic<std::uint64_t> newest_ = 0;  // number of a log
  std::atomic<std::uint64_t> failures_ = 0;
  std::atomic<std::uint64_t> mended_ = 0;  // of them
  std::atomic<int> repairs_ = 0;
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_LOG_SYNCS_H_
