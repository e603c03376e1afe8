// Goal:   an id is found again whatever other ids share its hash, come and go.
// Method: FindTie over a map, with hashes that are forced to collide.
#include "store/id_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace callstore::store {
namespace {

// The ids family of one organization, with every id at one hash.
class Table {
 public:
  explicit Table(std::uint64_t hash) : hash_(hash) {}

  TieSearch Find(const std::string& id) const {
    return FindTie(id, hash_,
                   [&](std::uint64_t tie) -> Result<std::optional<IdRecord>> {
                     const auto found = records_.find(tie);
                     if (found == records_.end()) return std::optional<IdRecord>();
                     return DecodeIdRecord(found->second);
                   })
        .value();
  }
  std::uint64_t Put(const std::string& id, std::int64_t time_ms) {
    const std::uint64_t tie = Find(id).tie;
    records_[tie] = EncodeIdRecord(time_ms, id);
    return tie;
  }
  void Bury(std::uint64_t tie) { records_[tie] = ""; }

 private:
  std::uint64_t hash_;
  std::map<std::uint64_t, std::string> records_;
};

TEST(IdTable, CollidingIdsGetTheNextFreeTie) {
  Table table(100);
  EXPECT_EQ(table.Put("a", 1), 100U);
  EXPECT_EQ(table.Put("b", 2), 101U);
  EXPECT_EQ(table.Put("c", 3), 102U);
  EXPECT_EQ(table.Find("b").position, (Position{2, 101}));
  EXPECT_EQ(table.Find("c").position, (Position{3, 102}));
  EXPECT_EQ(table.Find("d").tie, 103U);
  EXPECT_FALSE(table.Find("d").position);
}

TEST(IdTable, IdBehindATombstoneIsFound) {
  Table table(100);
  for (const char* const id : {"a", "b", "c"}) table.Put(id, 5);
  table.Bury(100);
  table.Bury(101);
  EXPECT_EQ(table.Find("c").position, (Position{5, 102}));
  EXPECT_FALSE(table.Find("a").position);
}

TEST(IdTable, NewIdTakesTheFirstTombstone) {
  Table table(100);
  for (const char* const id : {"a", "b", "c"}) table.Put(id, 5);
  table.Bury(101);
  EXPECT_EQ(table.Put("d", 6), 101U);
  EXPECT_EQ(table.Find("d").position, (Position{6, 101}));
  EXPECT_EQ(table.Find("c").tie, 102U);
  EXPECT_EQ(table.Find("b").tie, 103U);
}

TEST(IdTable, WalkGoesOnFromTheLargestTieToZero) {
  Table table(UINT64_MAX);
  EXPECT_EQ(table.Put("a", 1), UINT64_MAX);
  EXPECT_EQ(table.Put("b", 2), 0U);
  EXPECT_EQ(table.Find("b").position, (Position{2, 0}));
}

TEST(IdTable, ReaderErrorIsPassedOn) {
  const auto found = FindTie("a", 1, [](std::uint64_t) -> Result<std::optional<IdRecord>> {
    return Fail(ErrorCode::kIoError, "no disk");
  });
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::kIoError);
}

TEST(IdTable, RecordDecodesBack) {
  using namespace std::string_literals;
  for (const std::int64_t time : {INT64_MIN, std::int64_t{0}, INT64_MAX}) {
    for (const std::string& id : {"a"s, "a\0b"s, std::string(512, 'x')}) {
      const auto record = DecodeIdRecord(EncodeIdRecord(time, id));
      ASSERT_TRUE(record);
      EXPECT_EQ(record->time_ms, time);
      EXPECT_EQ(record->id, id);
    }
  }
  EXPECT_EQ(DecodeIdRecord("")->id, "") << "a tombstone";
  for (std::size_t size = 1; size <= 8; ++size) {
    EXPECT_FALSE(DecodeIdRecord(std::string(size, 'x'))) << size;
  }
}

TEST(IdTable, TiesDecodeBack) {
  const std::vector<std::uint64_t> ties = {7, 0, UINT64_MAX};
  EXPECT_EQ(DecodeTies(EncodeTies(ties)), ties);
  for (const std::size_t size : {0, 1, 7, 9, 15}) {
    EXPECT_FALSE(DecodeTies(std::string(size, 'x'))) << size;
  }
}

}  // namespace
}  // namespace callstore::store
