#include "bench/page_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace callstore::bench {
namespace {

namespace fs = std::filesystem;

void DropFile(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

}  // namespace

std::string DropPageCache(const std::vector<fs::path>& paths) {
  ::sync();
  {
    std::ofstream drop("/proc/sys/vm/drop_caches");
    drop << "3" << std::flush;
    if (drop.good()) return "page cache dropped";
  }
  for (const fs::path& path : paths) {
    if (!fs::is_directory(path)) {
      DropFile(path);
      continue;
    }
    for (const fs::directory_entry& file : fs::directory_iterator(path)) DropFile(file.path());
  }
  return "files advised out of the page cache";
}

}  // namespace callstore::bench
