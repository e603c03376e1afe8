#include "base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace callstore {
namespace {

// Nobody mistypes a longer name, and the cost of a comparison is its square.
constexpr std::size_t kMostNameBytes = 100;

// Letters to insert, delete or replace (Levenshtein).
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same = AsciiLower(a[i]) == AsciiLower(b[j]);
      const std::size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view Nearest(std::string_view name, std::span<const std::string_view> names) {
  if (name.empty() || name.size() > kMostNameBytes) return {};
  const std::size_t most_edits = std::max<std::size_t>(1, name.size() / 3);
  std::string_view nearest;
  // Among equal edits the first letter counts, then the last: "neq" is rather ne than eq, and "gte"
  // rather ge than gt.
  std::size_t least = 4 * most_edits + 4;
  for (const std::string_view candidate : names) {
    if (candidate.empty() || candidate.size() > kMostNameBytes) continue;
    const bool cut = candidate.starts_with(name) || name.starts_with(candidate);
    const std::size_t edits = cut ? 1 : EditDistance(name, candidate);
    const std::size_t cost = 4 * edits + (name.front() == candidate.front() ? 0 : 2) +
                             (name.back() == candidate.back() ? 0 : 1);
    if (edits > most_edits || cost >= least) continue;
    least = cost;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace callstore
