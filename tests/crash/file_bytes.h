// file_bytes.h - whole files, for harnesses that damage them.
//
// Errors: a file that cannot be read is empty; one that cannot be written fails the later checks.
#ifndef CALLSTORE_TESTS_CRASH_FILE_BYTES_H_
#define CALLSTORE_TESTS_CRASH_FILE_BYTES_H_

#include <fstream>
#include <iterator>
#include <string>

namespace callstore::test {

inline std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_FILE_BYTES_H_
