// backup.h - copies of a store that outlive it.
// A backup folder holds any number of backups of one store; table files that several of them need
// are kept once, so that a further backup costs what changed. Each is a whole store as it was at
// one moment, also where it is taken while others write.
//
//   store->Backup("/mnt/backups/calls");
//   callstore::RestoreBackup("/mnt/backups/calls", 0, "calls");
//
// Ownership:     values.
// Thread safety: the functions may be called from any thread; one process at a time writes to a
//                backup folder.
#ifndef CALLSTORE_BACKUP_H_
#define CALLSTORE_BACKUP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/verify.h"

namespace callstore {

struct BackupInfo {
  std::uint32_t number = 0;     // 1, 2, ...; never used twice in a folder
  std::int64_t created_at = 0;  // ms since the epoch
  std::int64_t size_bytes = 0;  // of all files that it needs, shared ones too
  std::int64_t file_count = 0;
  std::string store_id = {};  // of the store it was taken from
  std::int64_t calls = 0;     // in it
  // What can be seen to be wrong with it without reading its files; empty: nothing. Of such a one
  // no more than the number is known, and it is not restored.
  std::string damage = {};
};

struct BackupOptions {
  // Removes the oldest backups beyond so many, after the new one is complete; 0: none. Where
  // somebody restores from the folder just then, the next backup removes them.
  std::size_t keep = 0;
  // At most so many bytes a second; 0: as fast as it goes.
  std::int64_t bytes_per_second = 0;
  // Reads the whole backup back, also the files that earlier ones brought: `corrupt` where one has
  // gone bad since. The backup is there all the same then.
  bool verify = false;
  // Where earlier backups in the folder are damaged: gives them up, once the new one is complete.
  // Else the backup is refused, since adding one removes files that only damaged ones need.
  bool drop_damaged = false;
};

struct RestoreOptions {
  // Checks the restored store as Store::Verify does before anybody sees it.
  bool verify = true;
};

struct RestoreReport {
  BackupInfo backup = {};
  VerifyReport verified = {};  // empty where it was not asked for
  // Calls that were erased after the backup was made, by the ledger beside the target or the one in
  // the backup folder, which is that of the last backup. They are in no file of the new store.
  std::int64_t erased_again = 0;
};

// The backups of a folder, oldest first, damaged ones too. not_found (no backups there), io_error.
// Cost: a look at each file.
CALLSTORE_EXPORT Result<std::vector<BackupInfo>> ListBackups(const std::string& folder);

// Reads every file of a backup and compares size and checksum. 0: the newest. not_found, corrupt
// (`file` names it).
CALLSTORE_EXPORT Result<void> VerifyBackup(const std::string& folder, std::uint32_t number);

// Makes a store of a backup in a folder that is not there yet or is empty. 0: the newest.
// not_found, invalid_argument (the target is in use), locked (another restores to it), corrupt
// (`file`), unsupported_format (of a newer version), full, io_error; after an error nothing stands
// at `target`. A killed restore leaves nothing there either; the next one to it removes what it
// left beside it.
CALLSTORE_EXPORT Result<RestoreReport> RestoreBackup(const std::string& folder,
                                                     std::uint32_t number,
                                                     const std::string& target,
                                                     const RestoreOptions& options = {});

}  // namespace callstore

#endif  // CALLSTORE_BACKUP_H_
