#include "cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "cli/failure.h"

namespace callstore::cli {
namespace {

constexpr unsigned kChunkBytes = 256U << 10;

tl::unexpected<Error> ReadFailed(const std::string& name, std::string_view reason) {
  return Failure(ErrorCode::kIoError, "the file cannot be read",
                 {{"file", name}, {"reason", std::string(reason)}});
}

}  // namespace

Result<InputFile> InputFile::Open(const std::string& path) {
  InputFile input;
  const bool standard = path == "-";
  input.name_ = standard ? "standard input" : path;
  const int fd = standard ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ReadFailed(input.name_, std::strerror(errno));
  struct stat status {};
  if (fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
    (void)close(fd);
    return ReadFailed(input.name_, std::strerror(EISDIR));
  }
  if (S_ISREG(status.st_mode)) input.size_bytes_ = status.st_size;
  input.file_ = gzdopen(fd, "rb");
  if (input.file_ == nullptr) {
    (void)close(fd);
    return ReadFailed(input.name_, "out of memory");
  }
  (void)gzbuffer(input.file_, kChunkBytes);
  input.buffer_.resize(kChunkBytes);
  return input;
}

InputFile::InputFile(InputFile&& other) noexcept
    : name_(std::move(other.name_)),
      size_bytes_(other.size_bytes_),
      file_(std::exchange(other.file_, nullptr)),
      buffer_(std::move(other.buffer_)) {}

InputFile::~InputFile() {
  if (file_ != nullptr) (void)gzclose(file_);
}

Result<std::string_view> InputFile::Read() {
  const int got = gzread(file_, buffer_.data(), kChunkBytes);
  if (got > 0) return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
  int code = Z_OK;
  const char* const text = gzerror(file_, &code);
  if (code == Z_ERRNO) return ReadFailed(name_, std::strerror(errno));
  if (code == Z_BUF_ERROR) return ReadFailed(name_, "the gzip data breaks off");
  if (got < 0 || code != Z_OK) return ReadFailed(name_, text);
  return std::string_view();
}

std::int64_t InputFile::position_bytes() const { return gzoffset(file_); }

Result<std::string> ReadWholeFile(const std::string& path, std::size_t most_bytes) {
  Result<InputFile> input = InputFile::Open(path);
  if (!input) return Forward(input);
  std::string text;
  while (true) {
    const Result<std::string_view> bytes = input->Read();
    if (!bytes) return Forward(bytes);
    if (bytes->empty()) return text;
    text += *bytes;
    if (text.size() > most_bytes) {
      return Failure(ErrorCode::kTooLarge, "the file is too large",
                     {{"file", input->name()}, {"limit", std::to_string(most_bytes)}});
    }
  }
}

}  // namespace callstore::cli
