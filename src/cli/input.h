// input.h - reads a file or standard input, gzip or plain; which one, the first bytes tell.
//
// Ownership:     owns its file descriptor.
// Thread safety: one thread at a time.
// Errors:        io_error with `file` and `reason`; a gzip stream that is damaged or breaks off is
//                one, after what could be read of it.
#ifndef CALLSTORE_SRC_CLI_INPUT_H_
#define CALLSTORE_SRC_CLI_INPUT_H_

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::cli {

class InputFile {
 public:
  // "-" is standard input.
  static Result<InputFile> Open(const std::string& path);

  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) = delete;
  InputFile(const InputFile&) = delete;
  ~InputFile();

  // The next bytes, unpacked; empty at the end. They live until the next Read.
  Result<std::string_view> Read();

  // The name for messages.
  const std::string& name() const { return name_; }
  // Of the file as it lies there; 0 where it is not known (a pipe).
  std::int64_t size_bytes() const { return size_bytes_; }
  std::int64_t position_bytes() const;

 private:
  InputFile() = default;

  std::string name_;
  std::int64_t size_bytes_ = 0;
  gzFile file_ = nullptr;
  std::string buffer_;
};

// All of a file, or of standard input ("-"). too_large over `most_bytes`.
Result<std::string> ReadWholeFile(const std::string& path, std::size_t most_bytes);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_INPUT_H_
