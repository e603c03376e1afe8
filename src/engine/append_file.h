// append_file.h - a text file that only grows, line by line, each durable before Append returns.
//
// Ownership:     an AppendFile keeps its file open.
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_ENGINE_APPEND_FILE_H_
#define CALLSTORE_SRC_ENGINE_APPEND_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::engine {

class AppendFile {
 public:
  // Opens the file, which is made, readable by the owner alone, where it is not there. What follows
  // its last line feed is what a crash left of a line, and is cut off. read_only, full, io_error.
  static Result<std::unique_ptr<AppendFile>> Open(const std::string& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // Appends a line; the line feed is added. After an error nothing of it stays.
  Result<void> Append(std::string_view line);

 private:
  AppendFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  tl::unexpected<Error> Refused(int error_number) const;

  const std::string path_;
  const int fd_;
};

// All of a file; empty where there is none. io_error, read_only (it must not be read).
Result<std::string> ReadWholeFile(const std::string& path);

// Puts a file in the place of what is there, durably: it is the old one or the new one, whatever
// happens. full, read_only, io_error.
Result<void> ReplaceWholeFile(const std::string& path, std::string_view bytes);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_APPEND_FILE_H_
