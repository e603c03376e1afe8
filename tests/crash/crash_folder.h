// crash_folder.h - a folder for one harness, in memory where the system has such a place: thousands
// of stores come and go in it.
#ifndef CALLSTORE_TESTS_CRASH_CRASH_FOLDER_H_
#define CALLSTORE_TESTS_CRASH_CRASH_FOLDER_H_

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace callstore::test {

class CrashFolder {
 public:
  CrashFolder() {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    const auto space = std::filesystem::space(memory, error);
    const bool usable =
        !error && space.available > (std::uintmax_t{1} << 30) && ::access("/dev/shm", W_OK) == 0;
    const auto base = usable ? memory : std::filesystem::temp_directory_path();
    path_ = (base / "callstore-crash-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder: " + path_);
  }
  CrashFolder(const CrashFolder&) = delete;
  CrashFolder& operator=(const CrashFolder&) = delete;
  ~CrashFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  // A store's folder inside it, not made yet.
  std::string store() const { return path_ + "/store"; }
  // Takes away what is inside.
  void Clear() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path_, ignored)) {
      std::filesystem::remove_all(entry.path(), ignored);
    }
  }

 private:
  std::string path_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_CRASH_FOLDER_H_
