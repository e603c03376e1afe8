#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "cli/failure.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} << 10;

// Writes all of `bytes`; 0, or the system's error number.
int WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// The file that `path` names, through links; `path` where there is none yet.
std::string ResolveLinks(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

}  // namespace

Result<void> StandardOutput::Write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<void>() : Flush();
}

Result<void> StandardOutput::Flush() {
  const std::string bytes = std::exchange(buffer_, {});
  const int error = WriteAll(STDOUT_FILENO, bytes);
  if (error == 0) return {};
  reader_gone_ = error == EPIPE;
  return Failure(ErrorCode::kIoError, "standard output cannot be written",
                 {{"reason", std::strerror(error)}});
}

Result<OutputFile> OutputFile::Create(const std::string& path) {
  OutputFile file;
  file.path_ = ResolveLinks(path);
  struct stat status {};
  const bool in_place = stat(file.path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (!in_place) file.temporary_ = file.path_ + ".part-" + std::to_string(getpid());
  Result<void> opened = file.Open();
  if (!opened) return Forward(opened);
  return file;
}

Result<void> OutputFile::Open() {
  const std::string& name = temporary_.empty() ? path_ : temporary_;
  const int how = temporary_.empty() ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL;
  fd_ = open(name.c_str(), how | O_CLOEXEC, 0666);
  if (fd_ < 0) {
    temporary_.clear();  // not ours
    return Failed("the output cannot be created");
  }
  if (!path_.ends_with(".gz")) return {};
  const int copy = dup(fd_);
  gzip_ = copy < 0 ? nullptr : gzdopen(copy, "wb6");
  if (gzip_ == nullptr) return Failed("the output cannot be created");
  return {};
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      fd_(std::exchange(other.fd_, -1)),
      gzip_(std::exchange(other.gzip_, nullptr)) {}

OutputFile::~OutputFile() {
  if (gzip_ != nullptr) (void)gzclose(gzip_);
  if (fd_ >= 0) (void)close(fd_);
  if (!temporary_.empty()) (void)unlink(temporary_.c_str());
}

Result<void> OutputFile::Write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Result<void>() : FlushBuffer();
}

Result<void> OutputFile::FlushBuffer() {
  const std::string bytes = std::exchange(buffer_, {});
  if (gzip_ == nullptr) {
    errno = WriteAll(fd_, bytes);
    return errno == 0 ? Result<void>() : Failed("the output cannot be written");
  }
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto part = static_cast<unsigned>(std::min<std::size_t>(rest.size(), 1U << 30));
    if (gzwrite(gzip_, rest.data(), part) <= 0) return Failed("the output cannot be written");
    rest.remove_prefix(part);
  }
  return {};
}

Result<void> OutputFile::Commit() {
  Result<void> flushed = FlushBuffer();
  if (!flushed) return flushed;
  if (gzip_ != nullptr && gzclose(std::exchange(gzip_, nullptr)) != Z_OK) {
    return Failed("the output cannot be written");
  }
  if (!temporary_.empty() && fsync(fd_) != 0) return Failed("the output cannot be written");
  if (close(std::exchange(fd_, -1)) != 0) return Failed("the output cannot be written");
  if (temporary_.empty()) return {};
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    return Failed("the output cannot be given its name");
  }
  temporary_.clear();
  return {};
}

tl::unexpected<Error> OutputFile::Failed(std::string_view message) const {
  return Failure(ErrorCode::kIoError, message, {{"file", path_}, {"reason", std::strerror(errno)}});
}

}  // namespace callstore::cli
