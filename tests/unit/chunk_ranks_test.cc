// Goal:   the rows of a chunk that stand below or above a bound are those that a look at each says,
//         whatever the column is like, how many rows are asked about, and what bits the bound has.
// Method: columns of every width and kind; bounds at, beside and far from their values.
#include "store/chunk_ranks.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "unit/chunk_model.h"

namespace callstore::store {
namespace {

using columns::Bitmap;
using columns::ChunkView;
using columns::ColumnId;
using columns::ColumnView;
using columns::Random;
using query::SortKey;

struct Chunk {
  std::string name;
  SortKey key = SortKey::kCallDuration;
  std::string bytes;
};

// `value` gives nothing for an absent one. Positions have ties in no order.
template <typename F>
Chunk MakeChunk(std::string name, SortKey key, std::size_t rows, const F& value) {
  Random random(rows);
  std::string operand;
  for (std::size_t row = 0; row < rows; ++row) {
    std::string values;
    columns::RowValuesWriter writer(&values);
    const ColumnId id = query::ColumnOf(key);
    if constexpr (std::is_same_v<decltype(value(&random)), std::optional<double>>) {
      if (const auto number = value(&random)) writer.AddNumber(id, *number);
    } else {
      if (const auto integer = value(&random)) writer.AddInteger(id, *integer);
    }
    const Position position{.time_ms = columns::kNow - static_cast<std::int64_t>(row),
                            .tie = random() % 8 == 0 ? 0 : random()};
    columns::AppendOperation({columns::Operation::Kind::kPut, {position, true}, values}, &operand);
  }
  return {std::move(name), key, columns::FoldOne("", operand)};
}

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

using Number = std::optional<double>;
using Integer = std::optional<std::int64_t>;

std::vector<Chunk> Chunks() {
  constexpr std::size_t kRows = 700;
  const auto number = [](std::string name, const auto& value) {
    return MakeChunk(std::move(name), SortKey::kCallDuration, kRows, value);
  };
  const auto integer = [](std::string name, const auto& value) {
    return MakeChunk(std::move(name), SortKey::kUpdatedAt, kRows, value);
  };
  std::vector<Chunk> chunks;
  chunks.push_back(number("absent", [](Random*) { return Number(); }));
  chunks.push_back(number("one number", [](Random*) { return Number(90'000); }));
  chunks.push_back(number("one number or none", [](Random* random) {
    return (*random)() % 3 == 0 ? Number() : Number(2.5);
  }));
  chunks.push_back(number("a byte", [](Random* random) {
    return Number(static_cast<double>((*random)() % 200) - 100);
  }));
  chunks.push_back(number("two bytes, cents, holes", [](Random* random) {
    return (*random)() % 5 == 0 ? Number()
                                : Number(static_cast<double>((*random)() % 40'000) / 100);
  }));
  chunks.push_back(number("four bytes, six digits", [](Random* random) {
    return Number(static_cast<double>((*random)() % 4'000'000'000) / 1e6 - 1000);
  }));
  chunks.push_back(number("odd doubles", [](Random* random) {
    const double sign = (*random)() % 2 == 0 ? 1 : -1;
    const int exponent = static_cast<int>((*random)() % 600) - 300;
    return Number(sign * std::ldexp(1.0 + static_cast<double>((*random)() % 1000) / 7, exponent));
  }));
  chunks.push_back(number("the ends of doubles", [](Random* random) {
    constexpr double kEnds[] = {-DBL_MAX, -DBL_TRUE_MIN, 0, DBL_TRUE_MIN, DBL_MAX};
    return (*random)() % 6 == 0 ? Number() : Number(kEnds[(*random)() % 5]);
  }));
  chunks.push_back(number("great numbers", [](Random* random) {
    return Number(static_cast<double>(static_cast<std::int64_t>((*random)() % (1ULL << 53))));
  }));
  chunks.push_back(integer("times", [](Random* random) {
    return Integer(columns::kNow + static_cast<std::int64_t>((*random)() % 300));
  }));
  chunks.push_back(integer("times, holes", [](Random* random) {
    return (*random)() % 2 == 0
               ? Integer()
               : Integer(columns::kNow - static_cast<std::int64_t>((*random)() >> 20));
  }));
  chunks.push_back(integer("the ends of integers", [](Random* random) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t kEnds[] = {kLeast, kLeast + 1, kLeast + 2, -1, 0, kMost - 1, kMost};
    return (*random)() % 6 == 0 ? Integer() : Integer(kEnds[(*random)() % 7]);
  }));
  chunks.push_back(integer("one least integer", [](Random*) { return Integer(kLeast); }));
  return chunks;
}

Rank ExpectedRank(const ChunkView& chunk, const ColumnView& column, std::size_t row) {
  Rank rank{.value = 0, .tie = chunk.position(row).tie};
  if (!column.present(row)) return rank;
  rank.value = column.kind() == ColumnView::Kind::kIntegers
                   ? query::OrderedInteger(column.integer(row))
                   : query::OrderedNumber(column.number(row));
  return rank;
}

std::vector<std::uint64_t> Bounds(const std::vector<Rank>& ranks, Random* random) {
  std::vector<std::uint64_t> bounds = {0,
                                       1,
                                       2,
                                       UINT64_MAX - 1,
                                       UINT64_MAX,
                                       query::OrderedNumber(0),
                                       query::OrderedNumber(0) - 1,  // where -0 would stand
                                       query::OrderedNumber(DBL_MAX) + 1,
                                       query::OrderedNumber(-DBL_MAX) - 1,
                                       (*random)()};
  for (int i = 0; i < 12; ++i) {
    const std::uint64_t value = ranks[(*random)() % ranks.size()].value;
    bounds.insert(bounds.end(), {value - 1, value, value + 1, value ^ ((*random)() >> 40)});
  }
  return bounds;
}

void ExpectRows(const Chunk& of, double share, Random* random) {
  const ChunkView chunk = columns::MustParse(of.bytes);
  const ColumnView column = chunk.column(query::ColumnOf(of.key));
  std::vector<Rank> ranks;
  Bitmap all;
  all.Reset(chunk.size());
  for (std::size_t row = 0; row < chunk.size(); ++row) {
    ranks.push_back(ExpectedRank(chunk, column, row));
    if (std::uniform_real_distribution<double>()(*random) < share) all.Set(row);
  }
  ChunkRanks chunk_ranks(of.key);
  chunk_ranks.Open(chunk);
  std::size_t seen = 0;
  chunk_ranks.ForEach(all, [&](std::size_t row, std::uint64_t value) {
    ASSERT_TRUE(all.Has(row));
    ASSERT_EQ(value, ranks[row].value) << row;
    ++seen;
  });
  ASSERT_EQ(seen, all.Count());

  Bitmap rows;
  const auto expect = [&](const char* what, const auto& wanted) {
    for (std::size_t row = 0; row < chunk.size(); ++row) {
      ASSERT_EQ(rows.Has(row), all.Has(row) && wanted(ranks[row])) << what << ", row " << row;
    }
  };
  for (const std::uint64_t bound : Bounds(ranks, random)) {
    SCOPED_TRACE(bound);
    const std::size_t count = all.Count();
    chunk_ranks.KeepNotBelow(bound, count, &(rows = all));
    expect("not below", [&](const Rank& rank) { return rank.value >= bound; });
    chunk_ranks.KeepNotAbove(bound, count, &(rows = all));
    expect("not above", [&](const Rank& rank) { return rank.value <= bound; });
    const std::uint64_t some_tie = ranks[(*random)() % ranks.size()].tie;
    for (const std::uint64_t tie : {std::uint64_t{0}, some_tie, UINT64_MAX}) {
      const Rank place{bound, tie};
      chunk_ranks.KeepBelow(place, count, &(rows = all));
      expect("below", [&](const Rank& rank) { return rank < place; });
      chunk_ranks.KeepAbove(place, count, &(rows = all));
      expect("above", [&](const Rank& rank) { return rank > place; });
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(ChunkRanks, AnyBoundOfAnyColumnKeepsTheRightRows) {
  Random random(11);
  for (const Chunk& chunk : Chunks()) {
    SCOPED_TRACE(chunk.name);
    // None, so few that they are looked at one by one, most, all.
    for (const double share : {0.0, 0.01, 0.6, 1.0}) ExpectRows(chunk, share, &random);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace callstore::store
