#include "bench/compare/svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <vector>

#include "bench/compare/numbers.h"

namespace callstore::bench {
namespace {

constexpr std::array<PeerKind, 4> kBars = {PeerKind::kSqlite, PeerKind::kSqliteCounts,
                                           PeerKind::kLmdb, PeerKind::kRocksdb};
constexpr PerPeer<const char*> kColors = {"#000000", "#1f6fb4", "#8fc0e8", "#e08a2c", "#6d9b3a"};

// The rows of the picture, by what their operations begin with: one of each kind of work, also
// where peers are better.
struct Plotted {
  std::string_view data;
  std::string_view operation;
};
constexpr Plotted kPlotted[] = {
    {"small", "put one by one, loaded store"},
    {"small", "put in batches of 1000"},
    {"small", "bytes on disk"},
    {"small", "newest 20 summaries"},
    {"small", "20 summaries at a random time"},
    {"small", "page 10000 of 20"},
    {"small", "agent (1 in 40), 20 and total"},
    {"small", "agent, sentiment, direction (1 in 427), first time"},
    {"small", "calls of one number"},
    {"small", "count of an agent"},
    {"small", "get by id"},
    {"small", "cold: newest 20 summaries"},
    {"small", "delete by age"},
    {"small", "pages a second, 1 reader"},
    {"full", "put one by one, loaded store"},
    {"full", "bytes on disk"},
    {"full", "newest 20 full calls"},
    {"full", "20 full calls at a random time"},
    {"full", "cold: 20 full calls"},
    {"corpus", "import of JSON"},
    {"corpus", "export as JSON lines"},
};

bool IsPlotted(const Row& row) {
  return std::ranges::any_of(kPlotted, [&](const Plotted& plotted) {
    return row.data == plotted.data && row.operation.starts_with(plotted.operation);
  });
}

constexpr double kLeft = 390;
constexpr double kWidth = 560;
constexpr double kRight = 70;  // for a figure behind the longest bar
constexpr double kTop = 92;
constexpr double kBar = 9;
constexpr double kGap = 9;     // between rows
constexpr double kTitle = 30;  // above the rows of one size

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Coordinate(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

struct TextStyle {
  double size = 11;
  const char* anchor = "start";
  const char* fill = "#222222";
  const char* weight = "normal";
};

std::string TextAt(double x, double y, std::string_view text, const TextStyle& style) {
  return "<text x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\" font-size=\"" +
         Coordinate(style.size) + "\" text-anchor=\"" + style.anchor + "\" fill=\"" + style.fill +
         "\" font-weight=\"" + style.weight + "\">" + Escaped(text) + "</text>\n";
}

std::string Box(double x, double y, double width, double height, std::string_view fill) {
  return "<rect x=\"" + Coordinate(x) + "\" y=\"" + Coordinate(y) + "\" width=\"" +
         Coordinate(width) + "\" height=\"" + Coordinate(height) + "\" fill=\"" +
         std::string(fill) + "\"/>\n";
}

// Whole powers of ten around all ratios.
struct Axis {
  int low = -1;
  int high = 1;
  double At(double ratio) const {
    return kLeft + kWidth * (std::log10(ratio) - low) / static_cast<double>(high - low);
  }
};

Axis AxisOf(const std::vector<Row>& rows) {
  Axis axis;
  for (const Row& row : rows) {
    for (const PeerKind peer : kBars) {
      const auto ratio = row.Ratio(peer);
      if (!ratio) continue;
      axis.low = std::min(axis.low, static_cast<int>(std::floor(std::log10(*ratio))));
      axis.high = std::max(axis.high, static_cast<int>(std::ceil(std::log10(*ratio))));
    }
  }
  return axis;
}

std::string Grid(const Axis& axis, double bottom) {
  std::string svg;
  for (int power = axis.low; power <= axis.high; ++power) {
    const double x = axis.At(std::pow(10, power));
    svg += Box(x - 0.5, kTop - 6, power == 0 ? 2 : 1, bottom - kTop + 6,
               power == 0 ? "#555555" : "#dddddd");
    svg += TextAt(x, kTop - 10, RatioText(std::pow(10, power)),
                  {.anchor = "middle", .fill = "#666666"});
  }
  return svg;
}

std::string Bar(const Axis& axis, double ratio, double y, const char* color) {
  const double one = axis.At(1);
  const double end = axis.At(ratio);
  const std::string label = RatioText(ratio);
  std::string svg = Box(std::min(one, end), y, std::max(std::abs(end - one), 1.0), kBar - 1, color);
  const bool left = end < one;
  svg += TextAt(left ? end - 3 : end + 3, y + kBar - 1.5, label,
                {.size = 8.5, .anchor = left ? "end" : "start", .fill = "#444444"});
  return svg;
}

// The bars of a row, those of its peers that took part; *y moves down.
std::string Bars(const Axis& axis, const Row& row, double* y) {
  const double top = *y;
  std::string svg;
  for (const PeerKind peer : kBars) {
    const auto ratio = row.Ratio(peer);
    if (!ratio) continue;
    svg += Bar(axis, *ratio, *y, kColors[Index(peer)]);
    *y += kBar;
  }
  svg += TextAt(kLeft - 12, (top + *y) / 2 + 3.5, row.operation, {.anchor = "end"});
  *y += kGap;
  return svg;
}

std::string Legend() {
  std::string svg;
  double x = kLeft;
  for (const PeerKind peer : kBars) {
    svg += Box(x, 36, 10, 10, kColors[Index(peer)]);
    svg += TextAt(x + 15, 45, PeerName(peer), {});
    x += 28 + 6.5 * static_cast<double>(PeerName(peer).size());
  }
  return svg;
}

}  // namespace

std::string SvgOf(const Results& results) {
  std::vector<Row> plotted;
  std::ranges::copy_if(results.rows, std::back_inserter(plotted), IsPlotted);
  const Axis axis = AxisOf(plotted);
  std::vector<std::string> datas;
  for (const Row& row : plotted) {
    if (std::ranges::find(datas, row.data) == datas.end()) datas.push_back(row.data);
  }
  std::string rows;
  double y = kTop;
  for (const std::string& data : datas) {
    rows += TextAt(16, y + 16, data + " calls", {.size = 13, .weight = "bold"});
    y += kTitle;
    for (const Row& row : plotted) {
      if (row.data == data) rows += Bars(axis, row, &y);
    }
  }
  const std::string width = Coordinate(kLeft + kWidth + kRight);
  const std::string height = Coordinate(y + 10);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" +
                    height + "\" viewBox=\"0 0 " + width + ' ' + height +
                    "\" font-family=\"sans-serif\">\n<title>callstore and its peers</title>\n";
  svg += Box(0, 0, kLeft + kWidth + kRight, y + 10, "#ffffff");
  svg += TextAt(16, 22, "How many times callstore's time (bytes, CPU) each peer needs",
                {.size = 14, .weight = "bold"});
  svg += TextAt(axis.At(1) - 8, kTop - 24, "the peer is better", {.size = 10, .anchor = "end"});
  svg += TextAt(axis.At(1) + 8, kTop - 24, "callstore is better", {.size = 10});
  svg += Legend() + Grid(axis, y) + rows;
  return svg + "</svg>\n";
}

}  // namespace callstore::bench
