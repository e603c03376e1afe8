#include "http/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "http/failure.h"

namespace callstore::http {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;
constexpr std::chrono::seconds kLongestWait{10};
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) (void)close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// What the system said last, of this file.
tl::unexpected<Error> SystemFailure(std::string_view message, const std::string& path) {
  return Failure(ErrorCode::kIoError, message, {{"path", path}, {"reason", std::strerror(errno)}});
}

std::int64_t Nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileStamp StampOf(const struct stat& status) {
  return {.exists = true,
          .device = status.st_dev,
          .inode = status.st_ino,
          .mode = status.st_mode,
          .size = status.st_size,
          .modified_ns = Nanoseconds(status.st_mtim),
          .changed_ns = Nanoseconds(status.st_ctim)};
}

Result<void> CheckStatus(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) {
    return Failure(ErrorCode::kIoError, "what lies in the place of the access keys is not a file",
                   {{"path", path}});
  }
  if ((status.st_mode & kOthersWrite) != 0) {
    std::array<char, 16> mode{};
    (void)std::snprintf(mode.data(), mode.size(), "%04o", status.st_mode & 07777U);
    return Failure(ErrorCode::kIoError, "others than its owner can write the access keys",
                   {{"path", path}, {"mode", mode.data()}, {"valid", "0600, 0640 or 0644"}});
  }
  if (static_cast<std::uint64_t>(status.st_size) <= kMostFileBytes) return {};
  return Failure(ErrorCode::kTooLarge, "the file of access keys is too large",
                 {{"path", path}, {"limit", std::to_string(kMostFileBytes)}});
}

// All bytes, but not more than the limit: the file may grow meanwhile.
Result<std::string> ReadAll(int fd, const std::string& path) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (text.size() <= kMostFileBytes) {
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) return SystemFailure("the access keys cannot be read", path);
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return Failure(ErrorCode::kTooLarge, "the file of access keys is too large",
                 {{"path", path}, {"limit", std::to_string(kMostFileBytes)}});
}

// The file that `path` names through links; `path` where there is none yet.
Result<std::string> ResolveLinks(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real) return std::string(real.get());
  if (errno != ENOENT) return SystemFailure("the access keys cannot be reached", path);
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return path;
  errno = ENOENT;
  return SystemFailure("the link to the access keys leads nowhere", path);
}

// Locks `<path>.lock`. Result: its descriptor.
Result<int> TakeLock(const std::string& path) {
  const std::string name = path + ".lock";
  FileDescriptor fd(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.ok()) return SystemFailure("the lock of the access keys cannot be opened", name);
  const auto end = std::chrono::steady_clock::now() + kLongestWait;
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return SystemFailure("the access keys cannot be locked", name);
    }
    if (std::chrono::steady_clock::now() >= end) {
      return Failure(ErrorCode::kLocked, "another process is changing the access keys",
                     {{"path", name}});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return fd.Release();
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A server that runs as the owner must still be able to read the file that replaces its own.
Result<void> KeepOwnerAndMode(int fd, const std::string& path) {
  struct stat before {};
  struct stat after {};
  if (stat(path.c_str(), &before) != 0) {
    if (errno == ENOENT) return {};
    return SystemFailure("the access keys cannot be reached", path);
  }
  if (fstat(fd, &after) != 0) return SystemFailure("the access keys cannot be written", path);
  const bool same = before.st_uid == after.st_uid && before.st_gid == after.st_gid;
  if (!same && fchown(fd, before.st_uid, before.st_gid) != 0) {
    return SystemFailure("the access keys belong to another user, who has to change them", path);
  }
  if (fchmod(fd, before.st_mode & 0777 & ~kOthersWrite) == 0) return {};
  return SystemFailure("the access keys cannot be written", path);
}

// Writes a new file beside `path`, whole and durable. The caller removes it after an error.
Result<void> WriteBeside(const std::string& path, const std::string& name, std::string_view text) {
  (void)unlink(name.c_str());  // of a process that ended before its time; the lock is ours
  FileDescriptor fd(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.ok()) return SystemFailure("the access keys cannot be written", name);
  Result<void> kept = KeepOwnerAndMode(fd.get(), path);
  if (!kept) return kept;
  if (!WriteAll(fd.get(), text) || fsync(fd.get()) != 0 || close(fd.Release()) != 0) {
    return SystemFailure("the access keys cannot be written", name);
  }
  return {};
}

// Makes a rename in the folder of `path` durable.
Result<void> SyncFolder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  const FileDescriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.ok() && fsync(fd.get()) == 0) return {};
  return SystemFailure("the access keys were changed, but perhaps not durably", folder);
}

}  // namespace

Result<FileStamp> StampKeyFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return StampOf(status);
  if (errno == ENOENT) return FileStamp{};
  return SystemFailure("the access keys cannot be reached", path);
}

Result<KeyFileContent> ReadKeyFile(const std::string& path) {
  // Without O_NONBLOCK a pipe in its place would hold us up.
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.ok() && errno == ENOENT) return KeyFileContent{};
  struct stat status {};
  if (!fd.ok() || fstat(fd.get(), &status) != 0) {
    return SystemFailure("the access keys cannot be read", path);
  }
  const Result<void> checked = CheckStatus(status, path);
  if (!checked) return Forward(checked);
  const Result<std::string> text = ReadAll(fd.get(), path);
  if (!text) return Forward(text);
  Result<std::vector<KeyRecord>> records = ParseKeys(*text);
  if (records) return KeyFileContent{.records = std::move(*records), .stamp = StampOf(status)};
  Error error = std::move(records.error());
  error.details.insert(error.details.begin(), {"path", path});
  return tl::unexpected<Error>(std::move(error));
}

Result<KeyFileChange> KeyFileChange::Begin(const std::string& path) {
  Result<std::string> target = ResolveLinks(path);
  if (!target) return Forward(target);
  const Result<int> lock = TakeLock(*target);
  if (!lock) return Forward(lock);
  KeyFileChange change(std::move(*target), *lock);
  Result<KeyFileContent> content = ReadKeyFile(change.path_);
  if (!content) return Forward(content);
  change.records_ = std::move(content->records);
  return change;
}

KeyFileChange::KeyFileChange(KeyFileChange&& other) noexcept
    : path_(std::move(other.path_)),
      lock_fd_(std::exchange(other.lock_fd_, -1)),
      records_(std::move(other.records_)) {}

KeyFileChange::~KeyFileChange() {
  if (lock_fd_ >= 0) (void)close(lock_fd_);
}

Result<void> KeyFileChange::Commit() {
  const std::string text = FormatKeys(records_);
  if (text.size() > kMostFileBytes) {
    return Failure(ErrorCode::kTooLarge, "the file of access keys would be too large",
                   {{"path", path_}, {"limit", std::to_string(kMostFileBytes)}});
  }
  const std::string name = path_ + ".new";
  Result<void> written = WriteBeside(path_, name, text);
  if (written && rename(name.c_str(), path_.c_str()) != 0) {
    written = SystemFailure("the access keys cannot be replaced", path_);
  }
  if (!written) {
    (void)unlink(name.c_str());
    return written;
  }
  return SyncFolder(path_);
}

}  // namespace callstore::http
