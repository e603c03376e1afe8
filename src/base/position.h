// position.h - a call's place in its organization's list: list time, then tie.
// The list runs from newest to oldest; among calls of one list time the greater tie comes first.
// `Newer(a, b)` says that a stands before b in that (descending) list.
#ifndef CALLSTORE_SRC_BASE_POSITION_H_
#define CALLSTORE_SRC_BASE_POSITION_H_

#include <compare>
#include <cstdint>

namespace callstore {

struct Position {
  std::int64_t time_ms = 0;
  std::uint64_t tie = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

inline bool Newer(const Position& a, const Position& b) { return a > b; }

// The oldest position there is: the fence of an organization's oldest chunk.
inline constexpr Position kOldest{INT64_MIN, 0};
inline constexpr Position kNewest{INT64_MAX, UINT64_MAX};

// The position just newer than `p`. REQUIRES: p is not kNewest.
constexpr Position JustNewer(Position p) {
  if (++p.tie == 0) ++p.time_ms;
  return p;
}

// The position just older than `p`. REQUIRES: p is not kOldest.
constexpr Position JustOlder(Position p) {
  if (p.tie-- == 0) --p.time_ms;
  return p;
}

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_POSITION_H_
