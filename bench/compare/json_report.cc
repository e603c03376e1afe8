#include "bench/compare/json_report.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "bench/compare/why.h"

namespace callstore::bench {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string Number(double number) {
  if (!std::isfinite(number)) return "null";
  std::array<char, 32> text = {};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

template <typename List, typename Format>
std::string Joined(const List& list, const Format& format) {
  std::string text = "[";
  for (const auto& element : list) {
    text += (text.size() > 1 ? ",\n  " : "\n  ") + format(element);
  }
  return text + ']';
}

std::string FigureText(const Row& row, PeerKind peer, const Figure& figure) {
  std::string text = "{\"value\":" + Number(figure.value);
  if (figure.p50) text += ",\"p50_ns\":" + Number(*figure.p50);
  if (figure.p99) text += ",\"p99_ns\":" + Number(*figure.p99);
  if (figure.count > 0) text += ",\"count\":" + std::to_string(figure.count);
  if (const auto ratio = row.Ratio(peer); ratio && peer != PeerKind::kCallstore) {
    text += ",\"ratio\":" + Number(*ratio);
    if (*ratio < kWinBelow) text += ",\"why\":" + Quoted(WhyPeerWins(row.topic, peer));
  }
  return text + '}';
}

std::string RowText(const Row& row) {
  static constexpr std::array<std::string_view, 4> kUnits = {"ns", "bytes", "factor", "per second"};
  std::string text = "{\"work\":" + Quoted(row.work) + ",\"operation\":" + Quoted(row.operation) +
                     ",\"data\":" + Quoted(row.data) +
                     ",\"unit\":" + Quoted(kUnits[static_cast<std::size_t>(row.unit)]);
  for (const PeerKind peer : kAllPeers) {
    const auto& figure = row.figures[Index(peer)];
    if (figure) text += ',' + Quoted(PeerName(peer)) + ':' + FigureText(row, peer, *figure);
  }
  return text + '}';
}

std::string OutcomeText(const Outcome& outcome) {
  return "{\"target\":" + Quoted(outcome.target) + ",\"wanted\":" + Number(outcome.wanted) +
         ",\"seen\":" + Number(outcome.seen) + ",\"met\":" + (outcome.met() ? "true" : "false") +
         '}';
}

}  // namespace

std::string JsonReport(const Results& results, const std::vector<Outcome>& outcomes) {
  return "{\"about\":" + Joined(results.about, Quoted) +
         ",\n\"rows\":" + Joined(results.rows, RowText) +
         ",\n\"growth\":" + Joined(results.growth, RowText) +
         ",\n\"targets\":" + Joined(outcomes, OutcomeText) +
         ",\n\"notes\":" + Joined(results.notes, Quoted) + "}\n";
}

}  // namespace callstore::bench
