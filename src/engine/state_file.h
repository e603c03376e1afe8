// state_file.h - the file callstore.state: what a store's folder must still hold when it is opened.
// RocksDB alone cannot tell a log or a manifest that lost its end from one that never had more, and
// opens without what is missing. This file beside it says how far both had come.
//
// It has two slots that are written in turn, so that a torn write leaves the other one. A mark may
// lag behind what is on disk and is never ahead of it; therefore it is written after the fact and
// not synced, but at the beginning and the end.
//
// Ownership:     a StateFile keeps its file open; the environment outlives it.
// Thread safety: all members from any thread.
#ifndef CALLSTORE_SRC_ENGINE_STATE_FILE_H_
#define CALLSTORE_SRC_ENGINE_STATE_FILE_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "callstore/error.h"

namespace callstore::engine {

struct StoreState {
  enum class Phase : std::uint8_t {
    kCreating = 1,  // the store was never open: nothing in the folder counts yet
    kOpen = 2,      // a writer has it, or had it when its process or machine ended
    kClosed = 3,    // closed in good order: all of it is in tables
  };

  Phase phase = Phase::kCreating;
  std::uint64_t manifest_number = 0;  // 0: not known
  std::uint64_t manifest_bytes = 0;   // it had at least so many
  // The oldest log that was needed and had rows, else the newest one; 0: there was none.
  std::uint64_t least_log = 0;
  std::uint64_t first_row = 0;  // its first row, also while that was still to come
  // Numbers of RocksDB's writes: the last that was synced, and the last that a caller was told of.
  std::uint64_t durable = 0;
  std::uint64_t acknowledged = 0;
};

class StateFile {
 public:
  // What the file in a folder says; nothing where there is none or neither slot is whole.
  static std::optional<StoreState> Read(rocksdb::Env* env, const std::string& folder);

  // Opens the file, which is made where it is not there, and writes `state` durably.
  static Result<std::unique_ptr<StateFile>> Open(rocksdb::Env* env, const std::string& folder,
                                                 const StoreState& state);

  // Raise the marks; a lower number changes nothing. Where the write fails they stay behind.
  void Acknowledged(std::uint64_t sequence) { Raise(sequence, 0); }
  void Durable(std::uint64_t sequence) { Raise(sequence, sequence); }
  void SetFiles(const StoreState& files);  // but the phase and the marks
  // Durably.
  Result<void> SetPhase(StoreState::Phase phase);

  StoreState state() const;

 private:
  StateFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, const StoreState& state,
            std::uint64_t turn)
      : file_(std::move(file)), state_(state), turn_(turn) {}
  void Raise(std::uint64_t acknowledged, std::uint64_t durable);
  // REQUIRES: mutex_ is held.
  rocksdb::IOStatus Write();

  mutable std::mutex mutex_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  StoreState state_;
  std::uint64_t turn_;
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_STATE_FILE_H_
