// listener.h - hears what RocksDB does in the background, and writes it down.
//
// Thread safety: called by RocksDB from its threads.
#ifndef CALLSTORE_SRC_ENGINE_LISTENER_H_
#define CALLSTORE_SRC_ENGINE_LISTENER_H_

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <memory>
#include <utility>

#include "engine/log_syncs.h"
#include "engine/state_file.h"

namespace callstore::engine {

class Listener : public rocksdb::EventListener {
 public:
  // Until then it hears and does nothing. The state outlives the database.
  void WriteTo(StateFile* state) { state_ = state; }
  // What a flush says of the logs counts only while none of these failed.
  void Watch(std::shared_ptr<const LogSyncs> log_syncs) { log_syncs_ = std::move(log_syncs); }
  // Marks the manifest as it is now.
  void MarkManifest(rocksdb::DB* db);

  // RocksDB refuses writes since something failed in the background.
  bool failed() const { return failed_; }
  void Recovered() { failed_ = false; }

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& flush) override;
  void OnCompactionCompleted(rocksdb::DB* db,
                             const rocksdb::CompactionJobInfo& compaction) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& recovery) override;

 private:
  std::atomic<StateFile*> state_ = nullptr;
  std::shared_ptr<const LogSyncs> log_syncs_;
  std::atomic<bool> failed_ = false;
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_LISTENER_H_
