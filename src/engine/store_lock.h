// store_lock.h - one writer in a store's folder.
// RocksDB takes a lock of its own, but only while it opens, when it may already change files; this
// one is held before anything is looked at, and says who holds it.
//
// Ownership:     the lock ends with the StoreLock, also where its process is killed.
// Thread safety: one thread at a time; two StoreLocks of one folder exclude each other, also in one
//                process, whatever path leads there.
#ifndef CALLSTORE_SRC_ENGINE_STORE_LOCK_H_
#define CALLSTORE_SRC_ENGINE_STORE_LOCK_H_

#include <string>

#include "callstore/error.h"

namespace callstore::engine {

class StoreLock {
 public:
  // Of the file callstore.lock in the folder, which is made where it is not there. locked
  // (`holder`: the process that has it, where that is known), read_only, full, io_error.
  static Result<StoreLock> Take(const std::string& folder);

  StoreLock() = default;
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&& other) noexcept;
  StoreLock(const StoreLock&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int fd) : fd_(fd) {}
  int fd_ = -1;  // -1: nothing is held
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_STORE_LOCK_H_
