// work_folder.h - a folder that is filled beside its place and takes its name once it is whole.
// One process at a time works in it. What a killed one left there is removed by the next.
//
// Ownership:     a WorkFolder removes its folder, and what is in it, when it ends.
// Thread safety: one thread at a time; another WorkFolder of the same path is `locked`.
#ifndef CALLSTORE_SRC_ENGINE_WORK_FOLDER_H_
#define CALLSTORE_SRC_ENGINE_WORK_FOLDER_H_

#include <string>

#include "callstore/error.h"

namespace callstore::engine {

class WorkFolder {
 public:
  // Makes the folder, empty, readable by the owner alone; its parents are made where they are not
  // there. locked (another is at work there), invalid_argument (it is no folder), read_only, full,
  // io_error.
  static Result<WorkFolder> Make(const std::string& path);
  // Removes the folder where nobody is at work there.
  static void RemoveStale(const std::string& path);

  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&& other) = delete;
  WorkFolder(const WorkFolder&) = delete;
  ~WorkFolder();

  const std::string& path() const { return path_; }
  // The folder to fill: inside, and not there yet.
  std::string inner() const { return path_ + "/store"; }

  // Makes what was filled durable and gives it its name, which nothing or an empty folder has.
  // invalid_argument (the name is in use), read_only, full, io_error.
  Result<void> GiveName(const std::string& target);

 private:
  WorkFolder(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;  // of the folder; holds its lock
};

// Makes the entries of a folder durable.
Result<void> SyncFolder(const std::string& path);

// What the system refused to do with a file: read_only, full, io_error.
Error FileError(int error_number, std::string_view message, const std::string& path);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_WORK_FOLDER_H_
