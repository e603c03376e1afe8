// chunk_ranks.h - the sort values of one chunk's rows, and which rows stand where.
// A bound is turned into the column's own integers once a chunk; rows are then tested as they lie:
// all of them at once, or, where few are asked about, those alone. A column whose zone map answers
// is not looked at.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_CHUNK_RANKS_H_
#define CALLSTORE_SRC_STORE_CHUNK_RANKS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "columns/bitmap.h"
#include "columns/chunk.h"
#include "query/sort_key.h"
#include "store/ranking.h"

namespace callstore::store {

class ChunkRanks {
 public:
  // REQUIRES: key is not kListTime.
  explicit ChunkRanks(query::SortKey key) : id_(query::ColumnOf(key)) {}

  // Goes over to another chunk, which must outlive the use of it here.
  void Open(const columns::ChunkView& chunk) {
    chunk_ = &chunk;
    column_ = chunk.column(id_);
  }

  // The rest REQUIRES: a chunk was opened, and `rows` are of it.

  // Calls `on_row` with each of the rows and its value, as query::OrderedInteger or OrderedNumber
  // make it; 0 where the row has none.
  template <typename F>
  void ForEach(const columns::Bitmap& rows, F&& on_row) {
    if (!has_values()) return rows.ForEach([&](std::size_t row) { on_row(row, 0); });
    LoadOffsets(rows);
    const std::uint64_t* offset = offsets_.data();
    const auto least = static_cast<std::uint64_t>(column_.bytes().least);
    rows.ForEach([&](std::size_t row) {
      const auto integer = static_cast<std::int64_t>(least + *offset++);
      on_row(row, column_.present(row) ? OrderedOf(integer) : 0);
    });
  }

  // Each takes rows out of `rows`, which has `count` of them, and leaves those of a value that is
  // not below / not above `value`. A cursor may hold any bits: `value` need not be one there is.
  void KeepNotBelow(std::uint64_t value, std::size_t count, columns::Bitmap* rows);
  void KeepNotAbove(std::uint64_t value, std::size_t count, columns::Bitmap* rows);
  // The same by rank: leaves the rows below / above `rank`, which is itself left out.
  void KeepBelow(const Rank& rank, std::size_t count, columns::Bitmap* rows);
  void KeepAbove(const Rank& rank, std::size_t count, columns::Bitmap* rows);

 private:
  // Rows to keep: those whose offset in the column is from `low` to `low` + `span`, if `some`, and,
  // if `absent`, those without a value.
  struct Band {
    bool some = false;
    bool absent = false;
    std::uint64_t low = 0;
    std::uint64_t span = 0;
  };

  bool integers() const { return column_.kind() == columns::ColumnView::Kind::kIntegers; }
  bool has_values() const { return column_.kind() != columns::ColumnView::Kind::kAbsent; }
  std::uint64_t OrderedOf(std::int64_t integer) const {
    return integers() ? query::OrderedInteger(integer)
                      : query::OrderedNumber(column_.bytes().ToNumber(integer));
  }
  std::uint64_t OffsetOf(std::int64_t integer) const {
    return static_cast<std::uint64_t>(integer) - static_cast<std::uint64_t>(column_.bytes().least);
  }
  std::uint64_t Span() const { return OffsetOf(column_.bytes().most); }
  // The least offset whose value is `value` or above it; nothing where all are below.
  std::optional<std::uint64_t> FirstNotBelow(std::uint64_t value) const;
  std::int64_t LeastIntegerOf(double bound) const;
  // The values from `low` to `most`; REQUIRES: low <= most.
  Band BandOf(std::uint64_t low, std::uint64_t most) const;
  // Sets offsets_ to those of the rows, in their order.
  void LoadOffsets(const columns::Bitmap& rows);
  void Keep(const Band& band, std::size_t count, columns::Bitmap* rows);
  // Takes out the rows of rank.value that `keep` does not want by their tie.
  template <typename F>
  void SettleTies(const Rank& rank, std::size_t count, columns::Bitmap* rows, const F& keep);

  const columns::ColumnId id_;
  const columns::ChunkView* chunk_ = nullptr;
  columns::ColumnView column_;
  std::vector<std::uint64_t> offsets_;
  columns::Bitmap in_range_;
  columns::Bitmap absent_;
  columns::Bitmap equal_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CHUNK_RANKS_H_
