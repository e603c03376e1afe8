// verify_files.h - reads every block of the table files of an open database.
//
// Thread safety: a free function; other members of the database may run meanwhile.
#ifndef CALLSTORE_SRC_ENGINE_VERIFY_FILES_H_
#define CALLSTORE_SRC_ENGINE_VERIFY_FILES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "callstore/error.h"
#include "engine/database.h"

namespace callstore::engine {

struct BadFile {
  std::string name;    // "000012.sst"
  std::string family;  // whose table it is
  Error error;
};

struct FileCheck {
  std::int64_t files = 0;
  std::vector<BadFile> bad;
};

// Compares the checksum of every block of every table that the database shows; each bad table is
// named. `progress(done, total)` is called before each file; false ends the check: `deadline`.
// Beside a writer in another process, a table that it has removed since is passed.
Result<FileCheck> VerifyFiles(
    const Database& database,
    const std::function<bool(std::int64_t done, std::int64_t total)>& progress);

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_VERIFY_FILES_H_
