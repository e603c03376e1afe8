#include "engine/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/error.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

// Reads from the beginning; false with errno.
bool ReadAll(int fd, std::string* bytes) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    bytes->append(buffer, static_cast<std::size_t>(got));
  }
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  std::unique_ptr<AppendFile> file(new AppendFile(path, fd));
  std::string bytes;
  if (fd < 0 || !ReadAll(fd, &bytes)) return file->Refused(errno);
  const std::size_t whole = bytes.rfind('\n') + 1;  // 0 where there is none
  if (whole < bytes.size() && ::ftruncate(fd, static_cast<off_t>(whole)) != 0) {
    return file->Refused(errno);
  }
  CALLSTORE_RETURN_IF_ERROR(SyncFolder(std::filesystem::absolute(path).parent_path().string()));
  return file;
}

AppendFile::~AppendFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> AppendFile::Append(std::string_view line) {
  struct stat before {};
  if (::fstat(fd_, &before) != 0) return Refused(errno);
  std::string bytes(line);
  bytes += '\n';
  if (WriteAll(fd_, bytes) && ::fdatasync(fd_) == 0) return {};
  const int refused = errno;
  // Where this fails too, the next Open cuts it off.
  [[maybe_unused]] const int cut = ::ftruncate(fd_, before.st_size);
  return Refused(refused);
}

tl::unexpected<Error> AppendFile::Refused(int error_number) const {
  return tl::unexpected<Error>(FileError(error_number, "the file cannot be written", path_));
}

Result<std::string> ReadWholeFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::string();
  std::string bytes;
  const bool read = fd >= 0 && ReadAll(fd, &bytes);
  const int refused = errno;
  if (fd >= 0) ::close(fd);
  if (read) return bytes;
  return tl::unexpected<Error>(FileError(refused, "the file cannot be read", path));
}

Result<void> ReplaceWholeFile(const std::string& path, std::string_view bytes) {
  const std::string before = path + ".new";
  const int fd =
      ::open(before.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool written = fd >= 0 && WriteAll(fd, bytes) && ::fsync(fd) == 0;
  int refused = errno;
  if (fd >= 0) ::close(fd);
  if (written && ::rename(before.c_str(), path.c_str()) == 0) {
    return SyncFolder(std::filesystem::absolute(path).parent_path().string());
  }
  if (written) refused = errno;
  ::unlink(before.c_str());
  return tl::unexpected<Error>(FileError(refused, "the file cannot be written", path));
}

}  // namespace callstore::engine
