#include "engine/folder_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

// Bytes of the lock file, each of which is locked by itself.
constexpr off_t kWriterByte = 0;   // by one who adds
constexpr off_t kReadersByte = 1;  // shared by readers, or by one who removes

// Locks that belong to the descriptor and not to the process, so that threads exclude each other.
bool Lock(int fd, off_t byte, short kind, bool wait) {
  struct flock range {};
  range.l_type = kind;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  int done = -1;
  do {
    done = ::fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
  } while (done != 0 && errno == EINTR);
  return done == 0;
}

std::string FileIn(const std::string& folder) { return folder + "/callstore.lock"; }

}  // namespace

Result<FolderLock> FolderLock::ForReading(const std::string& folder) {
  const std::string path = FileIn(folder);
  FolderLock lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (lock.fd_ < 0 && errno == ENOENT) return lock;
  if (lock.fd_ >= 0 && Lock(lock.fd_, kReadersByte, F_RDLCK, true)) return lock;
  return tl::unexpected<Error>(FileError(errno, "the backups cannot be locked", path));
}

Result<FolderLock> FolderLock::ForWriting(const std::string& folder) {
  const std::string path = FileIn(folder);
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.fd_ >= 0 && Lock(lock.fd_, kWriterByte, F_WRLCK, false)) return lock;
  const int refused = errno;
  if (lock.fd_ >= 0 && (refused == EAGAIN || refused == EACCES)) {
    return Fail(ErrorCode::kLocked, "another backup is being written to the folder",
                {{"path", folder}});
  }
  return tl::unexpected<Error>(FileError(refused, "the backups cannot be locked", path));
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

bool FolderLock::KeepReadersAway() { return Lock(fd_, kReadersByte, F_WRLCK, false); }

}  // namespace callstore::engine
