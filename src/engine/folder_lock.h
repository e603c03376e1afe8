// folder_lock.h - who may do what in a folder of backups, across threads and processes.
// Backups are added by one at a time, beside any number of readers; they are removed while nobody
// reads.
//
// Ownership:     the locks end with the FolderLock, also where its process is killed.
// Thread safety: one thread at a time; two FolderLocks of one folder exclude each other, also in
//                one process.
#ifndef CALLSTORE_SRC_ENGINE_FOLDER_LOCK_H_
#define CALLSTORE_SRC_ENGINE_FOLDER_LOCK_H_

#include <string>

#include "callstore/error.h"

namespace callstore::engine {

class FolderLock {
 public:
  // Of one who reads: waits while backups are removed. A folder without a lock file (a copy on a
  // medium that nobody writes to) needs none.
  static Result<FolderLock> ForReading(const std::string& folder);
  // Of one who adds backups. locked (another does), read_only, full, io_error.
  static Result<FolderLock> ForWriting(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) = delete;
  FolderLock(const FolderLock&) = delete;
  ~FolderLock();

  // Of one who adds: keeps readers away from now on. False where there are some.
  bool KeepReadersAway();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;  // -1: no lock is needed
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_FOLDER_LOCK_H_
