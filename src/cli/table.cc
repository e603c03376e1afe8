#include "cli/table.h"

#include <algorithm>
#include <cassert>

#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kGap = 2;

struct Layout {
  std::vector<std::size_t> shown;   // column numbers
  std::vector<std::size_t> widths;  // of every column
};

std::size_t TotalWidth(const Layout& layout) {
  std::size_t total = 0;
  for (const std::size_t i : layout.shown) total += layout.widths[i] + kGap;
  return total == 0 ? 0 : total - kGap;
}

std::size_t LeastWidth(const TableColumn& column, std::size_t natural) {
  return std::min(natural, std::max(column.least_width, DisplayWidth(column.header)));
}

// Takes `excess` columns of width from the widest columns that may be cut, as far as possible.
void Shrink(const std::vector<TableColumn>& columns, std::size_t excess, Layout* layout) {
  for (; excess > 0; --excess) {
    std::size_t widest = columns.size();
    for (const std::size_t i : layout->shown) {
      if (layout->widths[i] <= LeastWidth(columns[i], layout->widths[i])) continue;
      if (widest == columns.size() || layout->widths[i] > layout->widths[widest]) widest = i;
    }
    if (widest == columns.size()) return;
    --layout->widths[widest];
  }
}

// Leaves out the column that matters least. False where all must stay.
bool DropColumn(const std::vector<TableColumn>& columns, Layout* layout) {
  const auto last = std::max_element(
      layout->shown.begin(), layout->shown.end(),
      [&](std::size_t a, std::size_t b) { return columns[a].drop_rank < columns[b].drop_rank; });
  if (last == layout->shown.end() || columns[*last].drop_rank == 0) return false;
  layout->shown.erase(last);
  return true;
}

Layout FitColumns(const std::vector<TableColumn>& columns, const std::vector<std::size_t>& natural,
                  std::size_t width) {
  Layout layout{.shown = {}, .widths = natural};
  for (std::size_t i = 0; i < columns.size(); ++i) layout.shown.push_back(i);
  while (width > 0 && TotalWidth(layout) > width) {
    Shrink(columns, TotalWidth(layout) - width, &layout);
    if (TotalWidth(layout) <= width || !DropColumn(columns, &layout)) break;
    layout.widths = natural;
  }
  return layout;
}

void AppendRow(const std::vector<TableColumn>& columns, const std::vector<std::string>& cells,
               const Layout& layout, std::string* out) {
  std::string line;
  for (std::size_t k = 0; k < layout.shown.size(); ++k) {
    const std::size_t i = layout.shown[k];
    if (k > 0) line.append(kGap, ' ');
    const std::string cell = CutText(cells[i], layout.widths[i]);
    line +=
        columns[i].align_right ? PadLeft(cell, layout.widths[i]) : PadRight(cell, layout.widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  *out += line;
}

}  // namespace

std::string FormatTable(const std::vector<TableColumn>& columns,
                        const std::vector<std::vector<std::string>>& rows,
                        const TableOptions& options) {
  std::vector<std::string> header;
  std::vector<std::size_t> natural;
  for (const TableColumn& column : columns) {
    header.push_back(column.header);
    natural.push_back(DisplayWidth(column.header));
  }
  std::vector<std::vector<std::string>> clean = rows;
  for (std::vector<std::string>& row : clean) {
    assert(row.size() == columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row[i] = CleanText(row[i]);
      natural[i] = std::max(natural[i], DisplayWidth(row[i]));
    }
  }
  const Layout layout = FitColumns(columns, natural, options.width);

  std::string out = options.bold_header ? "\033[1m" : "";
  AppendRow(columns, header, layout, &out);
  out += options.bold_header ? "\033[0m\n" : "\n";
  for (const std::vector<std::string>& row : clean) {
    AppendRow(columns, row, layout, &out);
    out += '\n';
  }
  return out;
}

}  // namespace callstore::cli
