#include "bench/compare/table.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "bench/compare/numbers.h"
#include "bench/compare/why.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kOperationWidth = 54;

bool Wins(const Row& row, PeerKind peer) {
  const auto ratio = row.Ratio(peer);
  return ratio && *ratio < kWinBelow;
}

std::string Cell(const Row& row, PeerKind peer) {
  const auto ratio = row.Ratio(peer);
  if (!ratio) return "-";
  return (Wins(row, peer) ? "*" : "") + RatioText(*ratio);
}

void PrintHead(std::FILE* to) {
  std::fprintf(to, "%-*s %11s %9s |", static_cast<int>(kOperationWidth), "operation", "callstore",
               "p99");
  for (const char* name : {"SQLite", "kept cnt", "LMDB", "RocksDB"}) {
    std::fprintf(to, " %9s", name);
  }
  std::fputc('\n', to);
}

// A sentence stands once in the whole table: where it comes again, its number does.
class Reasons {
 public:
  std::size_t NumberOf(std::string_view reason) {
    const auto found = std::ranges::find(texts_, reason);
    if (found != texts_.end()) return static_cast<std::size_t>(found - texts_.begin()) + 1;
    texts_.push_back(reason);
    return texts_.size();
  }
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  std::vector<std::string_view> texts_;
};

std::string WinsText(const Row& row, Reasons* reasons) {
  std::string text;
  for (const PeerKind peer : kAllPeers) {
    if (peer == PeerKind::kCallstore || !Wins(row, peer)) continue;
    const std::string number =
        '[' + std::to_string(reasons->NumberOf(WhyPeerWins(row.topic, peer))) + ']';
    if (text.find(number) == std::string::npos) text += ' ' + number;
  }
  return text;
}

void PrintRow(const Row& row, Reasons* reasons, std::FILE* to) {
  const auto& ours = row.figures[Index(PeerKind::kCallstore)];
  std::fprintf(to, "%-*s %11s %9s |", static_cast<int>(kOperationWidth), row.operation.c_str(),
               ours ? ValueText(ours->value, row.unit).c_str() : "-",
               ours && ours->p99 ? TimeText(*ours->p99).c_str() : "");
  for (const PeerKind peer : kAllPeers) {
    if (peer != PeerKind::kCallstore) std::fprintf(to, " %9s", Cell(row, peer).c_str());
  }
  std::fprintf(to, "%s\n", WinsText(row, reasons).c_str());
}

void PrintTable(const Results& results, std::FILE* to) {
  if (results.rows.empty()) return;
  std::fprintf(to,
               "\nHow many times callstore's figure each peer needs: above 1 callstore is better. "
               "A * marks\nwhere a peer is, and the number behind the row says why.\n");
  Reasons reasons;
  // The rows of one size together, in the order in which they were measured.
  std::vector<std::string> datas;
  for (const Row& row : results.rows) {
    if (std::ranges::find(datas, row.data) == datas.end()) datas.push_back(row.data);
  }
  for (const std::string& data : datas) {
    std::fprintf(to, "\n%s calls\n", data.c_str());
    PrintHead(to);
    for (const Row& row : results.rows) {
      if (row.data == data) PrintRow(row, &reasons, to);
    }
  }
  if (!reasons.texts().empty()) std::fprintf(to, "\nWhy a peer wins:\n");
  for (std::size_t i = 0; i < reasons.texts().size(); ++i) {
    std::fprintf(to, "[%zu] %s\n", i + 1, std::string(reasons.texts()[i]).c_str());
  }
}

// A line for each contestant of each operation, a column for each size.
void PrintSeries(const std::vector<const Row*>& rows, std::FILE* to) {
  std::fprintf(to, "\n%-*s", static_cast<int>(kOperationWidth), rows.front()->operation.c_str());
  for (const Row* row : rows) std::fprintf(to, " %20s", row->data.c_str());
  std::fprintf(to, " %9s\n", "grows");
  for (const PeerKind peer : kAllPeers) {
    const auto has = [&](const Row* row) { return row->figures[Index(peer)].has_value(); };
    if (std::ranges::none_of(rows, has)) continue;
    std::fprintf(to, "  %-*s", static_cast<int>(kOperationWidth) - 2,
                 std::string(PeerName(peer)).c_str());
    const auto value = [&](const Row* row) { return row->figures[Index(peer)]->value; };
    for (const Row* row : rows) {
      std::fprintf(to, " %20s", has(row) ? TimeText(value(row)).c_str() : "-");
    }
    const bool whole = std::ranges::all_of(rows, has);
    std::fprintf(to, " %9s\n",
                 whole ? RatioText(value(rows.back()) / value(rows.front())).c_str() : "-");
  }
}

void PrintGrowth(const Results& results, std::FILE* to) {
  if (results.growth.empty()) return;
  std::fprintf(to,
               "\nHow cost grows with the calls of one organization, and where the same calls are "
               "spread over more of them (small calls)\n");
  for (const bool organizations : {false, true}) {
    std::vector<std::pair<std::string, std::vector<const Row*>>> series;
    for (const Row& row : results.growth) {
      if ((row.data.find("organization") != std::string::npos) != organizations) continue;
      auto found =
          std::ranges::find(series, row.operation, [](const auto& one) { return one.first; });
      if (found == series.end()) found = series.insert(series.end(), {row.operation, {}});
      found->second.push_back(&row);
    }
    for (const auto& [operation, rows] : series) PrintSeries(rows, to);
  }
}

void PrintTargets(const std::vector<Outcome>& outcomes, std::FILE* to) {
  if (outcomes.empty()) return;
  std::fprintf(to, "\n%-78s %9s %9s\n", "Target: how many times better than the peer", "wanted",
               "seen");
  for (const Outcome& outcome : outcomes) {
    std::fprintf(to, "%-78s %9s %9s  %s\n", outcome.target.c_str(),
                 RatioText(outcome.wanted).c_str(), RatioText(outcome.seen).c_str(),
                 outcome.met() ? "met" : "MISSED");
  }
}

}  // namespace

void PrintResults(const Results& results, const std::vector<Outcome>& outcomes, std::FILE* to) {
  for (const std::string& line : results.about) std::fprintf(to, "%s\n", line.c_str());
  PrintTable(results, to);
  PrintGrowth(results, to);
  PrintTargets(outcomes, to);
  if (!results.notes.empty()) std::fprintf(to, "\n");
  for (const std::string& note : results.notes) std::fprintf(to, "%s\n", note.c_str());
}

}  // namespace callstore::bench
