// Goal:   counters count what was done, once each, and nothing else; gauges and RocksDB's own
//         numbers are there under the names that store.h lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

constexpr const char* kOrganization = "org-789";
using Numbers = std::map<std::string, std::int64_t>;

class StatsTest : public testing::Test {
 protected:
  void SetUp() override { Open({}); }
  void Open(StoreOptions options) {
    store_.reset();
    options.path = folder_.store();
    auto opened = Store::Open(options);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  StoreStats Stats() {
    const auto stats = store_->Stats();
    EXPECT_TRUE(stats) << stats.error().ToString();
    return stats.value_or(StoreStats{});
  }
  Numbers Counters() {
    const StoreStats stats = Stats();
    return {stats.counters.begin(), stats.counters.end()};
  }
  // The counters that `work` moved, with how far.
  template <typename Work>
  Numbers Moved(const Work& work) {
    const Numbers before = Counters();
    work();
    Numbers moved;
    for (const auto& [name, value] : Counters()) {
      if (value != before.at(name)) moved[name] = value - before.at(name);
    }
    return moved;
  }
  void Put(const std::string& json) {
    const auto put = store_->PutJson(kOrganization, json);
    ASSERT_TRUE(put) << put.error().ToString();
  }

  test::ScratchFolder folder_;
  std::optional<Store> store_;
};

TEST_F(StatsTest, PutsAreCountedByOutcome) {
  const Numbers moved = Moved([&] {
    Put(R"({"id":"a"})");
    Put(R"({"id":"a"})");
    Put(R"({"id":"a","agent_id":"x"})");
    EXPECT_TRUE(store_->Put({.organization_id = kOrganization, .id = "b"}));
    EXPECT_TRUE(store_->Update(kOrganization, "b", R"({"agent_id":"y"})"));
    const std::vector<Call> calls = {{.organization_id = kOrganization, .id = "b"},
                                     {.organization_id = "another", .id = "c"}};
    EXPECT_TRUE(store_->PutBatch(calls));
    const std::vector<std::string_view> texts = {R"({"id":"d"})", R"({"id":1)", R"({"id":"a"})"};
    EXPECT_TRUE(store_->PutJsonBatch(kOrganization, texts));
  });
  EXPECT_EQ(moved, (Numbers{{"puts_new", 4}, {"puts_changed", 4}, {"puts_unchanged", 1}}));
}

TEST_F(StatsTest, WhatIsNotWrittenIsNotCounted) {
  Put(R"({"id":"a","call_id":"c"})");
  const Numbers moved = Moved([&] {
    EXPECT_FALSE(store_->PutJson(kOrganization, "{"));
    const std::vector<Call> calls = {{.organization_id = kOrganization, .id = "b"},
                                     {.organization_id = "", .id = "c"}};
    EXPECT_FALSE(store_->PutBatch(calls));
    EXPECT_FALSE(store_->Put({.organization_id = kOrganization, .id = "x", .call_id = "c"}));
    EXPECT_FALSE(store_->Update(kOrganization, "none", "{}"));
    EXPECT_FALSE(store_->Delete(kOrganization, "none"));
    EXPECT_FALSE(store_->List(kOrganization, {.limit = 0}));
    EXPECT_FALSE(store_->Count(kOrganization, Field("no_such_field") == 1));
    EXPECT_FALSE(store_->Get("", "a"));
  });
  EXPECT_EQ(moved, Numbers());
}

TEST_F(StatsTest, DeletesAreCountedByCall) {
  for (int i = 0; i < 5; ++i) Put(R"({"id":")" + std::to_string(i) + R"(","agent_id":"x"})");
  Put(R"({"id":"other"})");
  Numbers moved = Moved([&] {
    EXPECT_TRUE(store_->Delete(kOrganization, "0"));
    EXPECT_EQ(store_->DeleteMatching(kOrganization, Field("agent_id") == "x"), 4);
  });
  EXPECT_EQ(moved["deletes"], 5);
  EXPECT_EQ(moved["lists"], 0) << "no list was asked for";
}

TEST_F(StatsTest, QueriesAndTheirWorkAreCounted) {
  for (int i = 0; i < 10; ++i) {
    Put(R"({"id":")" + std::to_string(i) + R"(","transcript":"some words","latency":{"e2e":)" +
        R"({"values":[1,2]}}})");
  }
  Numbers moved = Moved([&] {
    EXPECT_TRUE(store_->List(kOrganization, {.limit = 3}));
    EXPECT_TRUE(store_->List("nobody"));
    EXPECT_TRUE(store_->Get(kOrganization, "1"));
    EXPECT_FALSE(store_->Get(kOrganization, "none"));
    EXPECT_FALSE(store_->GetByCallId(kOrganization, "none"));
  });
  EXPECT_EQ(moved, (Numbers{{"lists", 2}, {"calls_listed", 3}, {"gets", 3}}));

  moved = Moved(
      [&] { EXPECT_EQ(store_->Count(kOrganization, Field("transcript_search") == "words"), 10); });
  EXPECT_EQ(moved, (Numbers{{"counts", 1},
                            {"chunks_read", 1},
                            {"rows_tested", 10},
                            {"calls_read", 10},
                            {"transcripts_read", 10}}));

  moved = Moved([&] {
    EXPECT_TRUE(store_->Aggregate(kOrganization, {.metrics = {"avg:latency.e2e.values"}}));
  });
  EXPECT_EQ(moved, (Numbers{{"aggregates", 1},
                            {"chunks_read", 1},
                            {"rows_tested", 10},
                            {"calls_read", 10},
                            {"transcripts_read", 10}}));
}

// Every counter and gauge that store.h lists, in this order.
TEST_F(StatsTest, NamesAreThoseOfTheManual) {
  const std::vector<std::string> own = {
      "lists",        "counts",           "aggregates",     "gets",
      "calls_listed", "puts_new",         "puts_changed",   "puts_unchanged",
      "deletes",      "chunks_read",      "chunks_skipped", "rows_tested",
      "calls_read",   "transcripts_read", "catch_ups",      "reopens"};
  const std::vector<std::string> of_rocksdb = {"rocksdb_block_cache_hit",
                                               "rocksdb_block_cache_miss",
                                               "rocksdb_memtable_hit",
                                               "rocksdb_memtable_miss",
                                               "rocksdb_bloom_useful",
                                               "rocksdb_bytes_read",
                                               "rocksdb_iterator_bytes_read",
                                               "rocksdb_bytes_written",
                                               "rocksdb_wal_bytes",
                                               "rocksdb_flush_bytes",
                                               "rocksdb_compaction_read_bytes",
                                               "rocksdb_compaction_written_bytes",
                                               "rocksdb_wal_syncs",
                                               "rocksdb_stall_micros"};
  const auto names_of = [](const std::vector<NamedNumber>& numbers) {
    std::vector<std::string> names;
    for (const auto& [name, value] : numbers) names.push_back(name);
    return names;
  };
  EXPECT_EQ(names_of(Stats().counters), own);
  Open({.statistics = true});
  std::vector<std::string> all = own;
  all.insert(all.end(), of_rocksdb.begin(), of_rocksdb.end());
  EXPECT_THAT(names_of(Stats().counters), testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(
      names_of(Stats().gauges),
      testing::UnorderedElementsAre("rocksdb_write_stopped", "rocksdb_delayed_write_rate",
                                    "rocksdb_memtable_bytes", "rocksdb_pending_compaction_bytes",
                                    "rocksdb_block_cache_bytes", "rocksdb_block_cache_pinned_bytes",
                                    "rocksdb_snapshots", "rocksdb_running_flushes",
                                    "rocksdb_running_compactions", "rocksdb_background_errors"));
}

TEST_F(StatsTest, RocksDbCountsWhereAskedTo) {
  Open({.statistics = true});
  Numbers moved = Moved([&] {
    Put(R"({"id":"a","transcript":"words"})");
    EXPECT_TRUE(store_->Sync());
  });
  EXPECT_GT(moved["rocksdb_wal_bytes"], 0);
  EXPECT_GT(moved["rocksdb_bytes_written"], 0);
  EXPECT_EQ(moved["rocksdb_wal_syncs"], 1);
  Open({.statistics = true});
  EXPECT_TRUE(store_->Get(kOrganization, "a"));
  moved = Moved([&] { EXPECT_TRUE(store_->Get(kOrganization, "a")); });
  EXPECT_GT(moved["rocksdb_block_cache_hit"], 0);
  EXPECT_GT(moved["rocksdb_bytes_read"], 0);
}

TEST_F(StatsTest, MemtableGaugeGrowsWithWrites) {
  const auto memtable_bytes = [&] {
    const StoreStats stats = Stats();
    return Numbers(stats.gauges.begin(), stats.gauges.end()).at("rocksdb_memtable_bytes");
  };
  const std::int64_t before = memtable_bytes();
  for (int i = 0; i < 200; ++i) {
    Put(R"({"id":")" + std::to_string(i) + R"(","summary":")" + std::string(9000, 'x') + "\"}");
  }
  EXPECT_GT(memtable_bytes(), before + 1'000'000);
}

// What RocksDB counted before a follower opened its files anew is not lost.
TEST_F(StatsTest, CountersOfAFollowerNeverFall) {
  Put(R"({"id":"a"})");
  auto follower =
      Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow, .statistics = true});
  ASSERT_TRUE(follower) << follower.error().ToString();
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(follower->Get(kOrganization, "a"));
  const auto before = follower->Stats();
  ASSERT_TRUE(before) << before.error().ToString();
  Open({});
  ASSERT_TRUE(follower->CatchUp());
  const auto after = follower->Stats();
  ASSERT_TRUE(after) << after.error().ToString();
  const Numbers counters(after->counters.begin(), after->counters.end());
  for (const auto& [name, value] : before->counters) EXPECT_GE(counters.at(name), value) << name;
  EXPECT_EQ(counters.at("reopens"), 1);
  EXPECT_EQ(counters.at("gets"), 50);
}

}  // namespace
}  // namespace callstore
