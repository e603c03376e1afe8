#include "engine/work_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAttempts = 10;

// Opens the folder and takes its lock. Result: the descriptor; -1 with errno where that failed.
int OpenLocked(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  const int refused = errno;
  ::close(fd);
  errno = refused;
  return -1;
}

// Whether the folder of the path is still the one that is open: another may have removed it before
// we had its lock.
bool IsStill(const std::string& path, int fd) {
  struct stat by_path {};
  struct stat by_fd {};
  return ::stat(path.c_str(), &by_path) == 0 && ::fstat(fd, &by_fd) == 0 &&
         by_path.st_ino == by_fd.st_ino && by_path.st_dev == by_fd.st_dev;
}

std::error_code RemoveEntries(const std::string& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    fs::remove_all(entry.path(), error);
    if (error) break;
  }
  return error;
}

fs::path ParentOf(const std::string& path) {
  std::error_code error;
  return fs::absolute(path, error).parent_path();
}

}  // namespace

Error FileError(int error_number, std::string_view message, const std::string& path) {
  ErrorCode code = ErrorCode::kIoError;
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    code = ErrorCode::kReadOnly;
  }
  if (error_number == ENOSPC || error_number == EDQUOT) code = ErrorCode::kFull;
  return {code,
          std::string(message),
          {{"path", path}, {"cause", std::generic_category().message(error_number)}}};
}

Result<void> SyncFolder(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int refused = errno;
  if (fd >= 0) ::close(fd);
  if (synced) return {};
  return tl::unexpected<Error>(FileError(refused, "the folder cannot be made durable", path));
}

Result<WorkFolder> WorkFolder::Make(const std::string& path) {
  std::error_code error;
  fs::create_directories(ParentOf(path), error);
  if (error) {
    return tl::unexpected<Error>(FileError(error.value(), "the folder cannot be made", path));
  }
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return tl::unexpected<Error>(FileError(errno, "the folder cannot be made", path));
    }
    const int fd = OpenLocked(path);
    if (fd < 0 && errno == EWOULDBLOCK) {
      return Fail(ErrorCode::kLocked, "another copy is being made in this place", {{"path", path}});
    }
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
      return Fail(ErrorCode::kInvalidArgument, "the path is not a folder",
                  {{"field", "path"}, {"value", path}, {"valid", "a free name"}});
    }
    if (fd < 0 && errno != ENOENT) {
      return tl::unexpected<Error>(FileError(errno, "the folder cannot be read", path));
    }
    if (fd < 0) continue;
    if (!IsStill(path, fd)) {
      ::close(fd);
      continue;
    }
    WorkFolder folder(path, fd);
    error = RemoveEntries(path);
    if (!error) return folder;
    return tl::unexpected<Error>(
        FileError(error.value(), "the folder of an earlier copy cannot be emptied", path));
  }
  return Fail(ErrorCode::kLocked, "another copy is being made in this place", {{"path", path}});
}

void WorkFolder::RemoveStale(const std::string& path) {
  const int fd = OpenLocked(path);
  if (fd < 0) return;
  const WorkFolder stale(path, fd);
}

WorkFolder::WorkFolder(WorkFolder&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

WorkFolder::~WorkFolder() {
  if (fd_ < 0) return;
  std::error_code ignored;
  if (IsStill(path_, fd_)) fs::remove_all(path_, ignored);
  ::close(fd_);
}

Result<void> WorkFolder::GiveName(const std::string& target) {
  if (::chmod(inner().c_str(), 0700) != 0) {
    return tl::unexpected<Error>(FileError(errno, "the copy cannot be kept private", inner()));
  }
  CALLSTORE_RETURN_IF_ERROR(SyncFolder(inner()));
  if (std::rename(inner().c_str(), target.c_str()) != 0) {
    const int refused = errno;
    if (refused == ENOTEMPTY || refused == EEXIST || refused == ENOTDIR) {
      return Fail(ErrorCode::kInvalidArgument, "the folder is in use",
                  {{"field", "target"}, {"value", target}, {"valid", "a new or empty folder"}});
    }
    return tl::unexpected<Error>(FileError(refused, "the copy cannot take its name", target));
  }
  return SyncFolder(ParentOf(target).string());
}

}  // namespace callstore::engine
