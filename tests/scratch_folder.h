// scratch_folder.h - a folder of its own for a test's store, gone with the test.
#ifndef CALLSTORE_TESTS_SCRATCH_FOLDER_H_
#define CALLSTORE_TESTS_SCRATCH_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>

namespace callstore::test {

class ScratchFolder {
 public:
  ScratchFolder() {
    path_ = (std::filesystem::temp_directory_path() / "callstore-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no scratch folder: " + path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  // A store's folder inside it, not made yet.
  std::string store() const { return path_ + "/store"; }

 private:
  std::string path_;
};

// All bytes of all files below `folder`, one after the other.
inline std::string BytesBelow(const std::string& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
    bytes += '\n';
  }
  return bytes;
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_SCRATCH_FOLDER_H_
