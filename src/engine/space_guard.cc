#include "engine/space_guard.h"

#include <sys/statvfs.h>

#include <chrono>
#include <limits>

#include "base/error.h"

namespace callstore::engine {
namespace {

constexpr std::uint64_t kLookEveryBytes = std::uint64_t{1} << 20;
constexpr std::int64_t kLookEveryNs = 50'000'000;

std::int64_t NowNs() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

std::uint64_t SpaceGuard::FreeBytes() const {
  // Where nobody knows, nobody is refused.
  constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
  if (environment_.free_bytes) return environment_.free_bytes(folder_).value_or(kUnknown);
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) != 0) return kUnknown;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

Result<void> SpaceGuard::Admit(std::size_t batch_bytes, bool only_deletes) {
  if (reserve_bytes_ == 0) return {};
  const std::uint64_t needed = (only_deletes ? reserve_bytes_ / 2 : reserve_bytes_) + batch_bytes;
  const std::uint64_t written = written_.fetch_add(batch_bytes) + batch_bytes;
  const std::int64_t now = NowNs();
  if (free_bytes_ >= needed + kLookEveryBytes && written < kLookEveryBytes &&
      now - looked_at_ < kLookEveryNs) [[likely]] {
    return {};
  }
  const std::uint64_t free_bytes = FreeBytes();
  free_bytes_ = free_bytes;
  looked_at_ = now;
  written_ = batch_bytes;
  if (free_bytes >= needed) return {};
  return Fail(ErrorCode::kFull, "the disk has no room beside what is kept in reserve",
              {{"path", folder_},
               {"free_bytes", std::to_string(free_bytes)},
               {"valid", "at least " + std::to_string(needed)}});
}

}  // namespace callstore::engine
