#include "engine/store_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include "base/error.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

// The lock belongs to the descriptor and not to the process.
bool LockFile(int fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  int done = -1;
  do {
    done = ::fcntl(fd, F_OFD_SETLK, &whole);
  } while (done != 0 && errno == EINTR);
  return done == 0;
}

// "process 4711 (pipecat-runtime)"; empty where the file does not say.
std::string HolderOf(const std::string& path) {
  std::ifstream file(path);
  long pid = 0;
  if (!(file >> pid) || pid <= 0) return {};
  std::string holder = "process " + std::to_string(pid);
  std::ifstream of_process("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  if (std::getline(of_process, name)) holder += " (" + name + ")";
  return holder;
}

// For people alone, so it matters to nothing else whether this works.
void NameHolder(int fd) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] const auto written = ::pwrite(fd, pid.data(), pid.size(), 0);
}

}  // namespace

Result<StoreLock> StoreLock::Take(const std::string& folder) {
  const std::string path = folder + "/callstore.lock";
  StoreLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.fd_ >= 0 && LockFile(lock.fd_)) {
    NameHolder(lock.fd_);
    return lock;
  }
  const int refused = errno;
  if (lock.fd_ >= 0 && (refused == EAGAIN || refused == EACCES)) {
    Error error{ErrorCode::kLocked, "the store is open for writing elsewhere", {{"path", folder}}};
    if (std::string holder = HolderOf(path); !holder.empty()) {
      error.details.emplace_back("holder", std::move(holder));
    }
    return tl::unexpected<Error>(std::move(error));
  }
  return tl::unexpected<Error>(FileError(refused, "the store cannot be locked", path));
}

StoreLock::StoreLock(StoreLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

StoreLock::~StoreLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace callstore::engine
