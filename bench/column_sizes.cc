#include "bench/column_sizes.h"

#include <cstdio>
#include <optional>

#include "bench/archive.h"
#include "columns/chunk.h"

namespace callstore::bench {
namespace {

std::optional<ColumnSizes>& Measured() {
  static std::optional<ColumnSizes> sizes;
  return sizes;
}

void PrintLine(const std::string& name, std::int64_t bytes, std::int64_t rows) {
  std::printf("%-44s %10.2f\n", name.c_str(),
              static_cast<double>(bytes) / static_cast<double>(rows));
}

}  // namespace

bool MeasureColumnSizes(const ColumnArchive& archive, ColumnSizes* sizes) {
  *sizes = {};
  const auto scan =
      archive.bare().NewScan(engine::Family::kColumns, keys::ChunkKey(archive.number(), kNewest),
                             keys::EndKey(archive.number()), nullptr);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const auto chunk = columns::ChunkView::Parse(scan->value());
    if (!chunk || !chunk->damaged().empty()) return false;
    ++sizes->chunks;
    sizes->rows += static_cast<std::int64_t>(chunk->size());
    sizes->value_bytes += static_cast<std::int64_t>(scan->value().size());
    for (const auto& [name, bytes] : chunk->Sizes()) {
      sizes->column_bytes[name] += static_cast<std::int64_t>(bytes);
    }
  }
  if (!scan->status() || sizes->rows != archive.calls().size()) return false;
  const StoreStats stats = Must(archive.store().Stats(), "read the sizes of the families");
  for (const StoreStats::Family& family : stats.families) {
    if (family.name == engine::FamilyName(engine::Family::kColumns)) {
      sizes->family_bytes = family.size_bytes;
    }
  }
  Measured() = *sizes;
  return true;
}

void PrintColumnSizes() {
  if (!Measured() || Measured()->rows == 0) return;
  const ColumnSizes& sizes = *Measured();
  std::printf("\n%-44s %10s\n", "column", "B a call");
  for (const auto& [name, bytes] : sizes.column_bytes) PrintLine(name, bytes, sizes.rows);
  PrintLine("-- chunks, uncompressed", sizes.value_bytes, sizes.rows);
  PrintLine("-- columns family, on disk", sizes.family_bytes, sizes.rows);
  std::printf("%lld calls in %lld chunks\n", static_cast<long long>(sizes.rows),
              static_cast<long long>(sizes.chunks));
}

}  // namespace callstore::bench
