// backup.h - a folder of backups: RocksDB's, with a note of ours in each.
// Table files that several backups need lie there once. A backup counts from the moment on that its
// description has its name, which is the last step: one that was interrupted is not there, and its
// files go when the next one is added.
//
// Ownership:     a BackupFolder holds locks of the folder until it ends.
// Thread safety: one thread at a time. Any number of processes may read a folder, one may add; see
//                folder_lock.h.
#ifndef CALLSTORE_SRC_ENGINE_BACKUP_H_
#define CALLSTORE_SRC_ENGINE_BACKUP_H_

#include <rocksdb/utilities/backup_engine.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/backup.h"
#include "callstore/error.h"
#include "engine/database.h"
#include "engine/folder_lock.h"

namespace callstore::engine {

// What a backup says of its store.
struct BackupNote {
  std::string store_id;
  std::string format;
  std::int64_t created_at = 0;  // ms since the epoch
  std::int64_t calls = 0;
  std::uint64_t sequence = 0;  // number of the last write in it
};
std::string EncodeNote(const BackupNote& note);
// Nothing where it is none of ours, or damaged.
std::optional<BackupNote> DecodeNote(std::string_view text);

// full: so many bytes more would leave less than 64 MiB on the disk of the folder.
Result<void> CheckRoom(const std::string& folder, std::uint64_t bytes);

class BackupFolder {
 public:
  // not_found (no backups there), io_error.
  static Result<BackupFolder> OpenForReading(const std::string& folder);
  // Makes the folder where there is none, on the file system of `store`. 0 bytes a second: as fast
  // as it goes. locked, read_only, full, io_error.
  static Result<BackupFolder> OpenForWriting(const std::string& folder, const Database& store,
                                             std::int64_t bytes_per_second);

  // Oldest first; of a damaged one no more than its number and what is wrong.
  std::vector<BackupInfo> List() const;
  // One of the list; 0: the newest. not_found, corrupt (it is damaged).
  Result<BackupInfo> Find(std::uint32_t number) const;
  // What one of the list says of its store. not_found, corrupt.
  Result<BackupNote> NoteOf(std::uint32_t number) const;

  // Reads all files of a backup. corrupt (names the file), io_error.
  Result<void> Verify(std::uint32_t number) const;
  // Writes the files of a backup into a folder, and checks what it writes. corrupt (names the
  // file), full, io_error.
  Result<void> Restore(std::uint32_t number, const std::string& target) const;

  // Adds a backup of a database that nobody writes to, which lies in `source`. Result: its number.
  // full (also where little would be left), io_error.
  Result<std::uint32_t> Add(const Database& database, const std::string& source,
                            const BackupNote& note);
  // Removes those that Find calls corrupt.
  Result<void> RemoveDamaged();
  // Removes the oldest beyond so many whole ones. Removes none where somebody reads the folder: the
  // next call makes good for that.
  Result<void> KeepNewest(std::size_t count);

 private:
  BackupFolder(std::string folder, FolderLock lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  BackupInfo InfoOf(const rocksdb::BackupInfo& backup) const;
  std::string WrongSize(const rocksdb::BackupInfo& backup) const;
  Result<void> Remove(const std::vector<std::uint32_t>& numbers);
  // What a backup of these table files would add to the folder.
  std::uint64_t BytesToCopy(const Database& database, const std::string& source) const;
  Error ErrorOf(const rocksdb::Status& status) const;

  std::string folder_;
  FolderLock lock_;
  std::unique_ptr<rocksdb::BackupEngineReadOnlyBase> engine_;
  rocksdb::BackupEngine* writer_ = nullptr;  // engine_, where it was opened for writing
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_BACKUP_H_
