// key_file.h - the file of access keys: reading it, and changing it in one step.
// A change is written to `<path>.new` and renamed over the file, so that a reader sees the old
// content or the new one, and a crash leaves one of the two. Who changes it holds a lock on
// `<path>.lock` meanwhile, a file that stays; who reads it needs none. A symbolic link is followed:
// what is replaced is the file that it names.
//
// Ownership:     a KeyFileChange owns its lock until it is destroyed.
// Thread safety: functions without state; a KeyFileChange: one thread at a time.
// Errors:        io_error (`path`, `reason`), corrupt (`path`, `line`), unsupported_format,
//                too_large. A file that others than its owner can write is an io_error: whoever can
//                write it lets himself in. That others can read it does no harm: it has no secrets.
#ifndef CALLSTORE_SRC_HTTP_KEY_FILE_H_
#define CALLSTORE_SRC_HTTP_KEY_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "http/key_format.h"

namespace callstore::http {

// Tells one content of the file from the next without reading it, unless they are a moment apart:
// then the clock of the file system may not tell.
struct FileStamp {
  bool exists = false;
  dev_t device = 0;
  ino_t inode = 0;
  mode_t mode = 0;
  off_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

struct KeyFileContent {
  std::vector<KeyRecord> records = {};
  FileStamp stamp = {};  // from before it was read
};

// Where there is no file, that is no error: there are no keys then.
Result<FileStamp> StampKeyFile(const std::string& path);
Result<KeyFileContent> ReadKeyFile(const std::string& path);

class KeyFileChange {
 public:
  // Waits until no other process changes the file, then reads it. locked: one did for 10 seconds.
  static Result<KeyFileChange> Begin(const std::string& path);

  KeyFileChange(KeyFileChange&& other) noexcept;
  KeyFileChange& operator=(KeyFileChange&&) = delete;
  KeyFileChange(const KeyFileChange&) = delete;
  ~KeyFileChange();

  // What the file has, to be changed here; Commit writes it.
  std::vector<KeyRecord>& records() { return records_; }

  // Makes the file say what records() has, durably. A new file has the mode 0600; an old one keeps
  // its mode and its owner, or is not replaced.
  Result<void> Commit();

 private:
  KeyFileChange(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::string path_;  // without links
  int lock_fd_;
  std::vector<KeyRecord> records_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_KEY_FILE_H_
