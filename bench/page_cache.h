// page_cache.h - makes files cold: the next read of them goes to the disk.
#ifndef CALLSTORE_BENCH_PAGE_CACHE_H_
#define CALLSTORE_BENCH_PAGE_CACHE_H_

#include <filesystem>
#include <string>
#include <vector>

namespace callstore::bench {

// Puts what is dirty on disk, then drops the system's page cache, or, where that is not allowed,
// asks for the files in `paths` (files and folders) to be dropped. Result: which of the two.
std::string DropPageCache(const std::vector<std::filesystem::path>& paths);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PAGE_CACHE_H_
