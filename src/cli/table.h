// table.h - rows in aligned columns that fit a terminal.
// Where a table is too wide, its widest columns are cut first, down to their least width; then the
// columns that matter least are left out.
//
// Ownership:     values.
// Thread safety: values.
#ifndef CALLSTORE_SRC_CLI_TABLE_H_
#define CALLSTORE_SRC_CLI_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace callstore::cli {

struct TableColumn {
  std::string header;
  bool align_right = false;
  // Not cut below this; the default is never cut.
  std::size_t least_width = static_cast<std::size_t>(-1);
  // The column with the highest rank is left out first; 0: never.
  int drop_rank = 0;
};

struct TableOptions {
  std::size_t width = 0;  // columns of the terminal; 0: unbounded
  bool bold_header = false;
};

// The table as lines, each with its end. Cells are shown clean (see text.h) and on one line each.
// REQUIRES: every row has as many cells as there are columns.
std::string FormatTable(const std::vector<TableColumn>& columns,
                        const std::vector<std::vector<std::string>>& rows,
                        const TableOptions& options);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_TABLE_H_
