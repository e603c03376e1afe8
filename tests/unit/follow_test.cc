// Goal:   a store that follows a writer answers as the writer did when it caught up: all of it, and
//         nothing else until it catches up again.
// Method: both in one process. Everything a store can be asked is put into one text; the texts of
//         both are compared at random points, while the writer writes, flushes, compacts and comes
//         and goes. CALLSTORE_FOLLOW_SEED replays a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kSmallBuffer = std::size_t{64} << 10;
constexpr std::int64_t kFirstMs = 1703097600000;
constexpr std::size_t kOrganizations = 6;
constexpr std::size_t kIds = 9000;

std::string NameOf(std::size_t organization) { return "org-" + std::to_string(organization); }

// All that `List` has, page after page.
void AppendList(const Store& store, const std::string& organization, ListQuery query,
                std::string* text) {
  for (;;) {
    const auto page = store.List(organization, query);
    ASSERT_TRUE(page) << page.error().ToString();
    *text += ToJson(*page) + '\n';
    if (page->next_cursor.empty()) return;
    query.cursor = page->next_cursor;
  }
}

// The answers of a store, also about organizations that are not there yet.
std::string Everything(const Store& store) {
  std::string text;
  const auto all = store.Organizations();
  EXPECT_TRUE(all) << all.error().ToString();
  if (!all) return text;
  for (const OrganizationInfo& of : *all) {
    text += of.name + ' ' + std::to_string(of.call_count) + '\n';
  }
  const Filter busy = Field("metadata.k") == 3 && Field("call_duration") >= 20'000;
  for (std::size_t i = 0; i < kOrganizations; ++i) {
    const std::string name = NameOf(i);
    AppendList(store, name, {.limit = 1000, .view = View::kSummary}, &text);
    AppendList(store, name, {.limit = 50, .sort_by = "call_duration", .filter = busy}, &text);
    const auto count = store.Count(name, Field("agent_id") == "agent-1");
    EXPECT_TRUE(count) << count.error().ToString();
    text += std::to_string(count.value_or(-1)) + '\n';
    const auto figures = store.Aggregate(
        name, {.group_by = {"agent_id"}, .metrics = {"count", "sum:call_duration"}});
    EXPECT_TRUE(figures) << figures.error().ToString();
    if (figures) text += ToJson(*figures) + '\n';
    for (int id = 0; id < 40; id += 3) {
      const auto call = store.Get(name, "id-" + std::to_string(id));
      text += call ? ToJson(**call) : std::string(ErrorCodeName(call.error().code));
      text += '\n';
    }
  }
  return text;
}

// The first place where two texts are not the same, with what is round it; empty: none.
std::string Difference(const std::string& a, const std::string& b) {
  if (a == b) return {};
  const auto place = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  const std::size_t from = place - std::min<std::size_t>(place, 100);
  return "at " + std::to_string(place) + ": " + a.substr(from, 200) +
         "\nand: " + b.substr(std::min(from, b.size()), 200);
}

std::int64_t CounterOf(const Store& store, std::string_view name) {
  const auto stats = store.Stats();
  EXPECT_TRUE(stats) << stats.error().ToString();
  if (!stats) return -1;
  for (const auto& [counter, value] : stats->counters) {
    if (counter == name) return value;
  }
  ADD_FAILURE() << "there is no counter " << name;
  return -1;
}

class FollowTest : public testing::Test {
 protected:
  void OpenWriter(std::size_t write_buffer_bytes = kSmallBuffer) {
    writer_.reset();
    auto opened = Store::Open({.path = folder_.store(), .write_buffer_bytes = write_buffer_bytes});
    ASSERT_TRUE(opened) << opened.error().ToString();
    writer_.emplace(*std::move(opened));
  }
  void OpenFollower() {
    auto opened =
        Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow, .now_ms = [this] {
                       return now_ms_.load();
                     }});
    ASSERT_TRUE(opened) << opened.error().ToString();
    follower_.emplace(*std::move(opened));
  }
  void CatchUp() {
    const auto caught_up = follower_->CatchUp();
    ASSERT_TRUE(caught_up) << caught_up.error().ToString();
  }
  void Put(const std::string& organization, const std::string& id) {
    ASSERT_TRUE(
        writer_->Put({.organization_id = organization, .id = id, .start_timestamp = kFirstMs}));
  }
  static Call CallOf(const std::string& organization, std::mt19937* random) {
    Call call{.organization_id = organization, .id = "id-" + std::to_string((*random)() % kIds)};
    call.call_id = "call " + call.id;
    call.start_timestamp = kFirstMs + static_cast<std::int64_t>((*random)() % 5000);
    call.agent_id = "agent-" + std::to_string((*random)() % 5);
    call.call_duration = static_cast<std::int64_t>((*random)() % 60'000);
    call.metadata_json = R"({"k":)" + std::to_string((*random)() % 6) + '}';
    if ((*random)() % 8 == 0) call.transcript = std::string((*random)() % 3000, 'w');
    return call;
  }

  void Change(std::mt19937* random);

  test::ScratchFolder folder_;
  std::size_t organizations_ = 2;  // that calls are put into
  std::atomic<std::int64_t> now_ms_ = 1000;
  std::optional<Store> writer_;
  std::optional<Store> follower_;
};

TEST_F(FollowTest, CatchUpShowsWhatWasWritten) {
  OpenWriter();
  Put("org-1", "a");
  OpenFollower();
  EXPECT_EQ(follower_->Count("org-1"), 1);
  Put("org-1", "b");
  Put("org-new", "c");
  EXPECT_EQ(follower_->Count("org-1"), 1) << "it stands still until it catches up";
  EXPECT_EQ(follower_->Count("org-new"), 0);
  CatchUp();
  EXPECT_EQ(follower_->Count("org-1"), 2);
  EXPECT_EQ(follower_->Count("org-new"), 1);
  EXPECT_EQ(follower_->Organizations()->size(), 2U);
  EXPECT_TRUE(follower_->Get("org-1", "b"));
  ASSERT_TRUE(writer_->Delete("org-1", "b"));
  CatchUp();
  EXPECT_EQ(follower_->Get("org-1", "b").error().code, ErrorCode::kNotFound);
}

// RocksDB's own way of catching up would go on showing what it once read of the log.
TEST_F(FollowTest, FlushAfterLogWasReadHidesNothing) {
  OpenWriter();
  Put("org-1", "a");
  OpenFollower();
  Put("org-1", "b");
  CatchUp();
  Put("org-1", "c");
  ASSERT_TRUE(writer_->Close());
  writer_.reset();
  CatchUp();
  EXPECT_EQ(follower_->Count("org-1"), 3);
  EXPECT_TRUE(follower_->Get("org-1", "c"));
}

TEST_F(FollowTest, LogAloneNeedsNoReopen) {
  OpenWriter(std::size_t{64} << 20);
  Put("org-1", "a");
  OpenFollower();
  for (int i = 0; i < 20; ++i) {
    Put("org-1", "b" + std::to_string(i));
    CatchUp();
  }
  EXPECT_EQ(follower_->Count("org-1"), 21);
  EXPECT_EQ(CounterOf(*follower_, "catch_ups"), 20);
  EXPECT_EQ(CounterOf(*follower_, "reopens"), 0);
}

// One change of a random history.
void FollowTest::Change(std::mt19937* random) {
  const auto kind = (*random)() % 100;
  const std::string name = NameOf((*random)() % organizations_);
  const std::string id = "id-" + std::to_string((*random)() % kIds);
  if (kind < 35) {
    ASSERT_TRUE(writer_->Put(CallOf(name, random)));
  } else if (kind < 65) {  // a chunk holds some 4,000: they fill, are cut and are folded
    std::vector<Call> calls;
    for (int i = 0; i < 400; ++i) calls.push_back(CallOf(name, random));
    ASSERT_TRUE(writer_->PutBatch(calls));
  } else if (kind < 78) {
    static_cast<void>(writer_->Update(name, id, R"({"agent_id":"agent-9","call_duration":7})"));
  } else if (kind < 90) {
    static_cast<void>(writer_->Delete(name, id));
  } else if (kind < 91) {
    ASSERT_TRUE(writer_->DeleteMatching(name, Field("metadata.k") == 4));
  } else if (kind < 95) {
    organizations_ = std::min(organizations_ + 1, kOrganizations - 1);
  } else {
    OpenWriter();  // closes first, which flushes; then a new log and manifest
  }
}

TEST_F(FollowTest, RandomHistoryIsFollowed) {
  const char* const given = std::getenv("CALLSTORE_FOLLOW_SEED");
  const auto seed = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : 7U;
  SCOPED_TRACE("CALLSTORE_FOLLOW_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  OpenWriter();
  OpenFollower();
  std::string seen = Everything(*follower_);
  std::int64_t catch_ups = 0;
  std::int64_t reopens = 0;
  for (int step = 0; step < 150; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    ASSERT_NO_FATAL_FAILURE(Change(&random));
    if (random() % 8 == 0) {
      ASSERT_EQ(Difference(Everything(*follower_), seen), "");
    }
    if (random() % 40 == 0) {
      catch_ups += CounterOf(*follower_, "catch_ups");
      reopens += CounterOf(*follower_, "reopens");
      follower_.reset();
      OpenFollower();
    } else if (random() % 4 == 0) {
      CatchUp();
    } else {
      continue;
    }
    seen = Everything(*follower_);
    ASSERT_EQ(Difference(seen, Everything(*writer_)), "");
  }
  EXPECT_GT(catch_ups, reopens) << "no log was read";
  EXPECT_GT(reopens, 0);
}

// A view of the folder before the writer came, while it is away, and after it came back.
TEST_F(FollowTest, WriterMayComeAndGo) {
  OpenWriter();
  Put("org-1", "a");
  writer_.reset();
  OpenFollower();
  EXPECT_EQ(follower_->Count("org-1"), 1);
  CatchUp();
  EXPECT_EQ(follower_->Count("org-1"), 1);
  OpenWriter();
  Put("org-1", "b");
  writer_.reset();
  EXPECT_EQ(follower_->Count("org-1"), 1);
  CatchUp();
  EXPECT_EQ(follower_->Count("org-1"), 2);
}

TEST_F(FollowTest, NothingIsWrittenInTheFolder) {
  OpenWriter();
  for (int i = 0; i < 30; ++i) Put("org-1", std::to_string(i));
  writer_.reset();
  const std::string before = test::BytesBelow(folder_.path());
  OpenFollower();
  CatchUp();
  EXPECT_EQ(follower_->Count("org-1"), 30);
  EXPECT_TRUE(follower_->Sync());
  EXPECT_TRUE(follower_->Close());
  EXPECT_EQ(test::BytesBelow(folder_.path()), before);
}

TEST_F(FollowTest, WritesAreRefused) {
  OpenWriter();
  OpenFollower();
  const Call call{.organization_id = "org-1", .id = "b"};
  const std::string_view text = R"({"id":"b"})";
  EXPECT_EQ(follower_->Put(call).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->PutBatch({&call, 1}).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->PutJson("org-1", text).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->PutJsonBatch("org-1", {&text, 1}).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->Update("org-1", "a", "{}").error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->Delete("org-1", "a").error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(follower_->DeleteMatching("org-1", {}).error().code, ErrorCode::kReadOnly);
}

TEST_F(FollowTest, OnlyAFollowerCatchesUp) {
  OpenWriter();
  EXPECT_EQ(writer_->CatchUp().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(writer_->Following().error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(writer_->Stats()->follow.has_value());
  auto view = Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  ASSERT_TRUE(view) << view.error().ToString();
  EXPECT_EQ(view->CatchUp().error().code, ErrorCode::kInvalidArgument);
}

TEST_F(FollowTest, StoreThatNeverWasIsNotFound) {
  const auto opened = Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder_.store())) << "nothing was made";
}

TEST_F(FollowTest, LagIsOfTheLastCatchUpThatSucceeded) {
  OpenWriter();
  Put("org-1", "a");
  OpenFollower();
  EXPECT_EQ(follower_->Following()->caught_up_at, 1000);
  now_ms_ = 2000;
  EXPECT_EQ(follower_->Following()->caught_up_at, 1000);
  CatchUp();
  EXPECT_EQ(follower_->Following()->caught_up_at, 2000);
  EXPECT_EQ(follower_->Stats()->follow->caught_up_at, 2000);
  writer_.reset();
  now_ms_ = 3000;
  fs::rename(folder_.store(), folder_.store() + "-away");
  EXPECT_EQ(follower_->CatchUp().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(follower_->Following()->caught_up_at, 2000);
  EXPECT_EQ(follower_->Count("org-1"), 1) << "it goes on with what it had";
  fs::rename(folder_.store() + "-away", folder_.store());
  CatchUp();
  EXPECT_EQ(follower_->Following()->caught_up_at, 3000);
}

// Another store in the folder has the same numbers and versions for other things.
TEST_F(FollowTest, StoreMadeAnewIsNotMistakenForTheOld) {
  OpenWriter();
  Put("org-old", "a");
  OpenFollower();
  EXPECT_EQ(follower_->Count("org-old"), 1);
  writer_.reset();
  fs::remove_all(folder_.store());
  OpenWriter();
  Put("org-new", "b");
  CatchUp();
  EXPECT_EQ(follower_->Count("org-old"), 0);
  const auto page = follower_->List("org-new");
  ASSERT_TRUE(page) << page.error().ToString();
  ASSERT_EQ(page->calls.size(), 1U);
  EXPECT_EQ(page->calls[0].id(), "b");
}

// Each table in turn is not there for a while.
TEST_F(FollowTest, MissingTableIsAnErrorUntilItIsBack) {
  OpenWriter();
  for (int i = 0; i < 500; ++i) Put("org-1", std::to_string(i));
  writer_.reset();
  std::vector<fs::path> tables;
  for (const auto& file : fs::directory_iterator(folder_.store())) {
    if (file.path().extension() == ".sst") tables.push_back(file.path());
  }
  ASSERT_GE(tables.size(), 5U);
  OpenFollower();
  const std::string all = Everything(*follower_);
  const fs::path away = folder_.path() + "/away";
  for (const fs::path& table : tables) {
    fs::rename(table, away);
    const auto opened = Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow});
    EXPECT_FALSE(opened) << table;
    if (!opened) {
      EXPECT_THAT(opened.error().code, testing::AnyOf(ErrorCode::kIoError, ErrorCode::kCorrupt));
    }
    CatchUp();
    EXPECT_EQ(Difference(Everything(*follower_), all), "") << "the files are open";
    fs::rename(away, table);
  }
  OpenFollower();
  EXPECT_EQ(Difference(Everything(*follower_), all), "");
}

}  // namespace
}  // namespace callstore
