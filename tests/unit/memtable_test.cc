// Goal:   what was written last reads like any other rows: both ways, at any moment, in tables of
//         hashes where many rows have one value, and where the newest rows come first.
// Method: random changes of a database and of a map.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/database.h"
#include "keys/keys.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

using engine::Database;
using engine::Family;
using keys::IndexField;

constexpr keys::OrganizationNumber kOrganization = 7;
constexpr keys::OrganizationNumber kLastOrganization = 400;
constexpr std::uint64_t kHotValue = 42;
constexpr Family kFamilies[] = {Family::kIds, Family::kIndex, Family::kCalls};

using Rows = std::map<std::string, std::string>;

std::string Text(std::string_view text) { return std::string(text); }

// Rows of the store and of a map, changed alike.
class MemtableTest : public testing::Test {
 protected:
  MemtableTest() { Open(); }

  void Open() {
    database_.reset();
    auto opened = Database::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    database_ = std::move(*opened);
  }

  keys::Key RandomKey(Family family) {
    const std::uint64_t few = random_() % 300;
    if (family == Family::kIds) {
      return few % 2 == 0 ? keys::IdKey(kOrganization, few) : keys::CallIdKey(kOrganization, few);
    }
    if (family == Family::kCalls) {
      // Most are the newest of one of some organizations.
      const std::int64_t time =
          random_() % 4 == 0 ? static_cast<std::int64_t>(random_() % 3'000) : newest_++;
      const auto other = static_cast<keys::OrganizationNumber>(kOrganization + few);
      return keys::CallKey(few % 2 == 0 ? kOrganization : other, {time, few % 7});
    }
    // Half of the rows have one value: more than RocksDB keeps as a list.
    const std::uint64_t value = random_() % 2 == 0 ? kHotValue : few;
    return keys::IndexKey(kOrganization, IndexField::kFromNumber, value,
                          {static_cast<std::int64_t>(random_() % 2'000), few});
  }
  void Change(Family family) {
    const keys::Key key = RandomKey(family);
    engine::Batch batch(*database_);
    if (random_() % 4 == 0) {
      batch.Delete(family, key);
      rows_[family].erase(Text(key));
    } else {
      const std::string value = std::to_string(random_());
      batch.Put(family, key, value);
      rows_[family][Text(key)] = value;
    }
    ASSERT_TRUE(database_->Write(&batch, {}));
  }
  void ChangeAll(int times) {
    for (int i = 0; i < times; ++i) {
      for (const Family family : kFamilies) Change(family);
    }
  }

  void ExpectAll(Family family, const Rows& rows, const engine::Snapshot* snapshot) {
    const auto scan = database_->NewScan(family, keys::FirstKey(kOrganization),
                                         keys::EndKey(kLastOrganization), snapshot);
    std::vector<std::pair<std::string, std::string>> forward;
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      forward.emplace_back(scan->key(), scan->value());
    }
    EXPECT_TRUE(scan->status());
    const std::vector<std::pair<std::string, std::string>> expected(rows.begin(), rows.end());
    EXPECT_EQ(forward, expected);
    std::vector<std::pair<std::string, std::string>> backward;
    for (scan->SeekToLast(); scan->Valid(); scan->Prev()) {
      backward.emplace_back(scan->key(), scan->value());
    }
    std::ranges::reverse(backward);
    EXPECT_EQ(backward, expected);
  }
  void ExpectSeeks(Family family, const Rows& rows, const engine::Snapshot* snapshot) {
    const auto scan = database_->NewScan(family, keys::FirstKey(kOrganization),
                                         keys::EndKey(kLastOrganization), snapshot);
    for (int i = 0; i < 200; ++i) {
      const keys::Key key = RandomKey(family);
      const auto at = rows.find(Text(key));
      engine::PinnedValue value;
      const auto found = database_->Get(family, key, snapshot, &value);
      ASSERT_TRUE(found);
      ASSERT_EQ(*found, at != rows.end());
      if (*found) {
        EXPECT_EQ(engine::ToView(value), at->second);
      }

      scan->Seek(key);
      const auto next = rows.lower_bound(Text(key));
      ASSERT_EQ(scan->Valid(), next != rows.end());
      if (scan->Valid()) {
        EXPECT_EQ(scan->key(), next->first);
      }

      scan->SeekForPrev(key);
      const auto behind = rows.upper_bound(Text(key));
      ASSERT_EQ(scan->Valid(), behind != rows.begin());
      if (scan->Valid()) {
        EXPECT_EQ(scan->key(), std::prev(behind)->first);
      }
    }
  }
  void ExpectValue(std::uint64_t value, const Rows& rows, const engine::Snapshot* snapshot) {
    const keys::Key first = keys::IndexKey(kOrganization, IndexField::kFromNumber, value, kNewest);
    keys::Key end = keys::IndexKey(kOrganization, IndexField::kFromNumber, value, kOldest);
    end.Append8(0);
    std::vector<std::string> found;
    const auto scan = database_->NewHashScan(Family::kIndex, first, end, snapshot);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) found.emplace_back(scan->key());
    EXPECT_TRUE(scan->status());
    std::vector<std::string> expected;
    for (auto i = rows.lower_bound(Text(first)); i != rows.lower_bound(Text(end)); ++i) {
      expected.push_back(i->first);
    }
    EXPECT_EQ(found, expected);
  }
  void ExpectReads(const std::map<Family, Rows>& rows, const engine::Snapshot* snapshot) {
    for (const Family family : kFamilies) {
      ExpectAll(family, rows.at(family), snapshot);
      ExpectSeeks(family, rows.at(family), snapshot);
    }
    for (const std::uint64_t value : {kHotValue, std::uint64_t{3}, std::uint64_t{1'000}}) {
      ExpectValue(value, rows.at(Family::kIndex), snapshot);
    }
  }

  test::ScratchFolder folder_;
  std::unique_ptr<Database> database_;
  std::mt19937_64 random_{20261123};
  std::int64_t newest_ = 0;
  std::map<Family, Rows> rows_;
};

TEST_F(MemtableTest, ReadsLikeAnyRowsAtAnyMoment) {
  ChangeAll(3'000);
  const auto before = rows_;
  {
    const engine::Snapshot snapshot(*database_);
    ChangeAll(3'000);
    ExpectReads(before, &snapshot);
  }
  ExpectReads(rows_, nullptr);
}

TEST_F(MemtableTest, ReadsTheSameFromTablesAndLog) {
  ChangeAll(1'000);
  ASSERT_TRUE(database_->Purge());  // all rows are in tables now
  ChangeAll(1'000);
  ExpectReads(rows_, nullptr);
  Open();  // what was in the buffer comes from the log
  ExpectReads(rows_, nullptr);
}

}  // namespace
}  // namespace callstore
