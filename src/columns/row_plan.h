// row_plan.h - which rows of a folded chunk come from where.
#ifndef CALLSTORE_SRC_COLUMNS_ROW_PLAN_H_
#define CALLSTORE_SRC_COLUMNS_ROW_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "columns/chunk.h"

namespace callstore::columns {

inline constexpr std::uint32_t kNoRow = UINT32_MAX;

struct RowPlan {
  // A stretch of the old rows, then perhaps one new row.
  struct Piece {
    ChunkView::Stretch kept;
    bool put = false;
  };
  std::vector<Piece> pieces;
  std::vector<std::uint32_t> row_of;  // the new row of each operation; kNoRow: it put none
  std::size_t rows = 0;
  std::size_t kept_rows = 0;
  std::vector<std::uint32_t> dropped;  // old rows that are not kept, unless they are many
  bool drops_many = false;             // a cut: not kept is what no piece has

  std::size_t put_rows() const { return rows - kept_rows; }
  bool drops() const { return drops_many || !dropped.empty(); }

  // Copies what kept rows have, `width` bytes a row. The bytes of put rows are left as they are.
  void Gather(const char* from, std::size_t width, char* to) const {
    for (const Piece& piece : pieces) {
      const std::size_t bytes = piece.kept.count * width;
      std::memcpy(to, from + piece.kept.first * width, bytes);
      to += bytes + (piece.put ? width : 0);
    }
  }
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_ROW_PLAN_H_
