// backup.h - copies of an open store: checkpoints and backups. Restoring is in callstore/backup.h.
//
// Thread safety: safe for concurrent use; of two backups of one store at a time the second is
//                locked.
#ifndef CALLSTORE_SRC_STORE_BACKUP_H_
#define CALLSTORE_SRC_STORE_BACKUP_H_

#include <string>

#include "callstore/backup.h"
#include "store/state.h"

namespace callstore::store {

// As Store::Checkpoint and Store::Backup.
Result<void> Checkpoint(const State& state, const std::string& path);
Result<BackupInfo> BackUp(const State& state, const std::string& folder,
                          const BackupOptions& options);

// Removes what a backup that was killed left in the store.
void RemoveStaleCopies(const std::string& path);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_BACKUP_H_
