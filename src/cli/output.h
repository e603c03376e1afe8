// output.h - where data goes: standard output, or a file that appears whole or not at all.
//
// Ownership:     an OutputFile owns its temporary file and removes it unless Commit was called.
// Thread safety: one thread at a time.
// Errors:        io_error with the file's name and what the system said.
#ifndef CALLSTORE_SRC_CLI_OUTPUT_H_
#define CALLSTORE_SRC_CLI_OUTPUT_H_

#include <zlib.h>

#include <functional>
#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::cli {

// Takes bytes; all or an error.
using ByteSink = std::function<Result<void>(std::string_view)>;

// Standard output, buffered here. A reader that went away (a closed pipe) is an error for which
// reader_gone() is true; nobody needs to hear of it.
class StandardOutput {
 public:
  Result<void> Write(std::string_view bytes);
  Result<void> Flush();
  bool reader_gone() const { return reader_gone_; }

 private:
  std::string buffer_;
  bool reader_gone_ = false;
};

// A file, gzip where its name ends in ".gz". It is written beside its place and renamed when it is
// whole; what is not a regular file (a pipe, a device) is written in place.
class OutputFile {
 public:
  static Result<OutputFile> Create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) = delete;
  OutputFile(const OutputFile&) = delete;
  ~OutputFile();

  Result<void> Write(std::string_view bytes);

  // Makes all that was written durable and gives the file its name. Write must not follow.
  Result<void> Commit();

 private:
  OutputFile() = default;
  Result<void> Open();
  tl::unexpected<Error> Failed(std::string_view message) const;
  Result<void> FlushBuffer();

  std::string path_;
  std::string temporary_;  // empty: written in place
  std::string buffer_;
  int fd_ = -1;
  gzFile gzip_ = nullptr;  // writes to a duplicate of fd_
};

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_OUTPUT_H_
