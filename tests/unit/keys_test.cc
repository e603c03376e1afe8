// Goal:   byte order of keys is the order meant, and what is built is parsed back.
#include "keys/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace callstore::keys {
namespace {

constexpr std::int64_t kEdgeTimes[] = {
    INT64_MIN, INT64_MIN + 1, -256,          -255,          -1,       0, 1, 255,
    256,       INT32_MAX,     1703097600000, INT64_MAX - 1, INT64_MAX};
constexpr std::uint64_t kEdgeTies[] = {0, 1, 255, 256, UINT64_MAX >> 1, UINT64_MAX - 1, UINT64_MAX};

std::vector<Position> EdgePositions() {
  std::vector<Position> positions;
  for (const std::int64_t time : kEdgeTimes) {
    for (const std::uint64_t tie : kEdgeTies) positions.push_back({time, tie});
  }
  return positions;
}

std::vector<Position> RandomPositions(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Position> positions;
  for (std::size_t i = 0; i < count; ++i) {
    // Shifts give numbers of every length, so that every byte decides some comparison.
    const auto time = static_cast<std::int64_t>(random()) >> (random() % 64);
    positions.push_back({time, random() >> (random() % 64)});
  }
  return positions;
}

void ExpectNewestFirst(const std::vector<Position>& positions) {
  for (const Position& a : positions) {
    for (const Position& b : positions) {
      ASSERT_EQ(CallKey(7, a).view() < CallKey(7, b).view(), Newer(a, b))
          << a.time_ms << '/' << a.tie << " and " << b.time_ms << '/' << b.tie;
    }
  }
}

TEST(Keys, CallKeyEdgePositionsSortNewestFirst) { ExpectNewestFirst(EdgePositions()); }

TEST(Keys, CallKeyRandomPositionsSortNewestFirst) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    ExpectNewestFirst(RandomPositions(120, seed));
  }
}

TEST(Keys, CallKeyIsFixedBytes) {
  const Key key = CallKey(0x01020304, {.time_ms = 1, .tie = 2});
  EXPECT_EQ(key.view(), std::string_view("\x01\x02\x03\x04"
                                         "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFE"
                                         "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFD",
                                         20));
}

TEST(Keys, CallKeyParsesBack) {
  for (const Position& position : EdgePositions()) {
    EXPECT_EQ(ParseCallKey(CallKey(9, position)), position);
  }
}

TEST(Keys, FenceKeysParseBack) {
  for (const Position& fence : EdgePositions()) {
    EXPECT_EQ(ParseFence(SummaryKey(9, fence)), fence);
    EXPECT_EQ(ParseFence(ChunkKey(9, fence)), fence);
  }
}

TEST(Keys, ParseForeignKeyGivesNothing) {
  EXPECT_FALSE(ParseCallKey(""));
  EXPECT_FALSE(ParseCallKey(CallKey(1, {}).view().substr(1)));
  EXPECT_FALSE(ParseCallKey(ChunkKey(1, {})));
  EXPECT_FALSE(ParseFence(HeadKey(1)));
  EXPECT_FALSE(ParseFence(CallKey(1, {})));
  std::string other_kind(ChunkKey(1, {}).view());
  other_kind[4] = 3;
  EXPECT_FALSE(ParseFence(other_kind));
}

TEST(Keys, SeekFromAnyPositionFindsItsChunk) {
  // The chunk of a position has the newest fence that is not newer than it: the first key from the
  // position's own on.
  std::vector<Position> fences = RandomPositions(40, 11);
  fences.push_back(kOldest);
  std::sort(fences.begin(), fences.end(), Newer);
  for (const Position& position : RandomPositions(500, 12)) {
    const std::string seek(ChunkKey(3, position).view());
    const auto by_key = std::find_if(fences.begin(), fences.end(), [&](const Position& fence) {
      return ChunkKey(3, fence).view() >= seek;
    });
    const auto by_value = std::find_if(fences.begin(), fences.end(),
                                       [&](const Position& fence) { return fence <= position; });
    ASSERT_EQ(by_key, by_value);
  }
}

TEST(Keys, ColumnsOrderIsHeadSummariesChunks) {
  EXPECT_LT(HeadKey(5).view(), SummaryKey(5, kNewest).view());
  EXPECT_LT(SummaryKey(5, kOldest).view(), ChunkKey(5, kNewest).view());
}

TEST(Keys, IdAndCallIdOfOneNumberDiffer) {
  EXPECT_NE(IdKey(5, 77).view(), CallIdKey(5, 77).view());
}

TEST(Keys, IndexKeyKeepsFieldsAndValuesApart) {
  const Position newest = kNewest;
  const Position oldest = kOldest;
  EXPECT_LT(IndexKey(1, IndexField::kFromNumber, 5, newest).view(),
            IndexKey(1, IndexField::kFromNumber, 5, oldest).view());
  EXPECT_LT(IndexKey(1, IndexField::kFromNumber, 5, oldest).view(),
            IndexKey(1, IndexField::kFromNumber, 6, newest).view());
  EXPECT_LT(IndexKey(1, IndexField::kFromNumber, UINT64_MAX, oldest).view(),
            IndexKey(1, IndexField::kToNumber, 0, newest).view());
}

TEST(Keys, OrganizationRangeHoldsItsKeysAndNoOthers) {
  for (const OrganizationNumber organization : {0U, 1U, 255U, 256U, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
    const Key first = FirstKey(organization);
    const Key end = EndKey(organization);
    const Key keys[] = {HeadKey(organization),
                        CallKey(organization, kNewest),
                        CallKey(organization, kOldest),
                        ChunkKey(organization, kOldest),
                        IdKey(organization, UINT64_MAX),
                        IndexKey(organization, static_cast<IndexField>(255), UINT64_MAX, kOldest)};
    for (const Key& key : keys) {
      EXPECT_LE(first.view(), key.view()) << organization;
      EXPECT_LT(key.view(), end.view()) << organization;
      if (organization > 0) {
        EXPECT_GE(key.view(), EndKey(organization - 1).view());
      }
    }
  }
}

TEST(Position, JustNewerIsTheNextOne) {
  EXPECT_EQ(JustNewer({5, 7}), (Position{5, 8}));
  EXPECT_EQ(JustNewer({5, UINT64_MAX}), (Position{6, 0}));
  EXPECT_TRUE(Newer(JustNewer({5, 7}), {5, 7}));
}

}  // namespace
}  // namespace callstore::keys
