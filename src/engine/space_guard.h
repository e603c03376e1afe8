// space_guard.h - keeps the disk from filling up under RocksDB.
// RocksDB as Debian builds it may abort the process where its log meets a full disk. So writes are
// refused while there is still room for what is in memory.
//
// Thread safety: all members from any thread.
#ifndef CALLSTORE_SRC_ENGINE_SPACE_GUARD_H_
#define CALLSTORE_SRC_ENGINE_SPACE_GUARD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "callstore/error.h"
#include "engine/environment.h"

namespace callstore::engine {

class SpaceGuard {
 public:
  // Keeps `reserve_bytes` free; 0: guards nothing. `environment` is copied.
  SpaceGuard(std::string folder, const Environment& environment, std::uint64_t reserve_bytes)
      : folder_(std::move(folder)), environment_(environment), reserve_bytes_(reserve_bytes) {}

  // Whether a batch of so many bytes may be written. full. One that only deletes may use half of
  // the reserve: it makes room in the end. Cost: nanoseconds, and a look at the disk every MiB and
  // every 50 ms.
  Result<void> Admit(std::size_t batch_bytes, bool only_deletes);

 private:
  std::uint64_t FreeBytes() const;

  const std::string folder_;
  const Environment environment_;
  const std::uint64_t reserve_bytes_;
  std::atomic<std::uint64_t> written_ = 0;     // since the last look
  std::atomic<std::int64_t> looked_at_ = 0;    // ns of the steady clock
  std::atomic<std::uint64_t> free_bytes_ = 0;  // then
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_SPACE_GUARD_H_
