// column_sizes.h - what each column of the chunks takes, summed over an organization.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_BENCH_COLUMN_SIZES_H_
#define CALLSTORE_BENCH_COLUMN_SIZES_H_

#include <cstdint>
#include <map>
#include <string>

#include "bench/column_archive.h"

namespace callstore::bench {

struct ColumnSizes {
  std::int64_t chunks = 0;
  std::int64_t rows = 0;
  std::map<std::string, std::int64_t> column_bytes = {};  // by name, uncompressed
  std::int64_t value_bytes = 0;                           // whole chunk values, uncompressed
  std::int64_t family_bytes = 0;                          // of table files, compressed
};

// Reads every chunk of the archive and keeps the result for PrintColumnSizes. False where a chunk
// cannot be read, or the rows are not those of the archive.
bool MeasureColumnSizes(const ColumnArchive& archive, ColumnSizes* sizes);

// The sizes that were measured last, as a table in bytes a call; nothing where none were.
void PrintColumnSizes();

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COLUMN_SIZES_H_
