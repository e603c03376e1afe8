// Goal:   opening, closing and writing keep what store.h promises, down to what is written.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "engine/database.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;
constexpr const char* kOrganization = "org-789";

ErrorCode OpenCode(const StoreOptions& options) {
  const auto opened = Store::Open(options);
  EXPECT_FALSE(opened.has_value());
  return opened ? ErrorCode::kInternal : opened.error().code;
}

class StoreWriteTest : public testing::Test {
 protected:
  void SetUp() override {
    Open({.path = folder_.store(), .now_ms = [this] { return now_ms_; }});
  }
  void Open(const StoreOptions& options) {
    store_.reset();
    auto opened = Store::Open(options);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  PutOutcome PutJson(const std::string& json, OnExisting on_existing = OnExisting::kReplace) {
    const auto put = store_->PutJson(kOrganization, json, {.on_existing = on_existing});
    EXPECT_TRUE(put) << put.error().ToString();
    return put ? put->outcome : PutOutcome::kNew;
  }
  std::string Show(const std::string& id) {
    const auto call = store_->Get(kOrganization, id);
    return call ? ToJson(**call) : std::string(ErrorCodeName(call.error().code));
  }
  // Bytes in the write-ahead log.
  std::uintmax_t LogBytes() const {
    std::uintmax_t size = 0;
    for (const auto& file : fs::directory_iterator(folder_.store())) {
      if (file.path().extension() == ".log") size += file.file_size();
    }
    return size;
  }
  // Bytes that `write` adds to the log.
  template <typename Write>
  std::uintmax_t Written(const Write& write) const {
    const std::uintmax_t before = LogBytes();
    EXPECT_TRUE(write());
    return LogBytes() - before;
  }

  test::ScratchFolder folder_;
  std::int64_t now_ms_ = 1000;
  std::optional<Store> store_;
};

std::string LongText(std::size_t size) {
  std::mt19937 random(1);
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random() % 26);
  return text;
}

TEST_F(StoreWriteTest, UnchangedPutWritesNothing) {
  const std::string json =
      R"({"id":"a","call_id":"c","transcript":"t","start_timestamp":5,"metadata":{"k":1}})";
  EXPECT_EQ(PutJson(json), PutOutcome::kNew);
  now_ms_ = 2000;
  const std::uintmax_t before = LogBytes();
  EXPECT_EQ(PutJson(json), PutOutcome::kUnchanged);
  EXPECT_EQ(PutJson(json, OnExisting::kMerge), PutOutcome::kUnchanged);
  EXPECT_EQ(PutJson(R"({"id":"a"})", OnExisting::kMerge), PutOutcome::kUnchanged);
  EXPECT_EQ(PutJson(R"({"id":"a","transcript":"u"})", OnExisting::kKeep), PutOutcome::kUnchanged);
  EXPECT_EQ(PutJson(R"({"id":"a","updated_at":1})", OnExisting::kNewer), PutOutcome::kChanged);
  EXPECT_GT(LogBytes(), before) << "the control: a change is seen in the log";
  const std::uintmax_t after = LogBytes();
  EXPECT_EQ(PutJson(R"({"id":"a","updated_at":1})", OnExisting::kNewer), PutOutcome::kUnchanged);
  EXPECT_EQ(PutJson(R"({"id":"a","transcript":"u"})", OnExisting::kNewer), PutOutcome::kUnchanged);
  const auto updated = store_->Update(kOrganization, "a", R"({"updated_at":1})");
  EXPECT_EQ(updated->outcome, PutOutcome::kUnchanged);
  EXPECT_EQ(LogBytes(), after);
}

TEST_F(StoreWriteTest, UnchangedPutLeavesTheLogAlone) {
  const std::string json = R"({"id":"a","call_id":"c","transcript":"t"})";
  PutJson(json);
  now_ms_ = 2000;
  EXPECT_EQ(Written([&] { return PutJson(json) == PutOutcome::kUnchanged; }), 0U);
  EXPECT_EQ((**store_->Get(kOrganization, "a")).changed_at(), 1000);
}

TEST_F(StoreWriteTest, UpdateOfShortFieldsDoesNotRewriteTheTranscript) {
  constexpr std::size_t kLong = 100000;
  const std::string transcript = LongText(kLong);
  PutJson(R"({"id":"a","start_timestamp":5,"transcript":")" + transcript + "\"}");
  for (const char* const patch :
       {R"({"metadata":{"k":1}})", R"({"call_status":"ENDED"})", R"({"end_timestamp":7})",
        R"({"call_analysis":{"call_summary":"s"}})", R"({"call_id":"c"})"}) {
    const auto write = [&] { return store_->Update(kOrganization, "a", patch).has_value(); };
    EXPECT_LT(Written(write), 4000U) << patch;
  }
  const std::string same = R"({"id":"a","start_timestamp":5,"agent_id":"x","transcript":")";
  EXPECT_LT(Written([&] { return PutJson(same + transcript + "\"}") == PutOutcome::kChanged; }),
            4000U)
      << "a put of the same transcript";
  // The control: a change of the transcript, and a move, which takes the transcript along.
  const auto longer = [&] {
    return store_->Update(kOrganization, "a", R"({"transcript":")" + transcript + "x\"}")
        .has_value();
  };
  EXPECT_GT(Written(longer), kLong);
  const auto move = [&] {
    return store_->Update(kOrganization, "a", R"({"start_timestamp":6})").has_value();
  };
  EXPECT_GT(Written(move), kLong);
  EXPECT_EQ((**store_->Get(kOrganization, "a")).transcript(), transcript + "x");
}

TEST_F(StoreWriteTest, StampsAreTheStoresOwn) {
  PutJson(R"({"id":"a"})");
  now_ms_ = 2000;
  PutJson(R"({"id":"a","agent_id":"x"})");
  now_ms_ = 3000;
  PutJson(R"({"id":"a","agent_id":"x"})");
  const auto call = store_->Get(kOrganization, "a");
  EXPECT_EQ((**call).stored_at(), 1000);
  EXPECT_EQ((**call).changed_at(), 2000);
  EXPECT_EQ((**call).list_time(), 1000);
  EXPECT_EQ((**call).created_at(), std::nullopt);
}

TEST_F(StoreWriteTest, MergeKeepsWhatTheNewCallLacks) {
  PutJson(R"({"id":"a","agent_id":"x","metadata":{"k":1,"l":{"m":2}},"transcript":"t"})");
  PutJson(R"({"id":"a","metadata":{"l":{"n":null}},"call_status":"ENDED"})", OnExisting::kMerge);
  const auto call = store_->Get(kOrganization, "a");
  EXPECT_EQ((**call).agent_id(), "x");
  EXPECT_EQ((**call).call_status(), "ENDED");
  EXPECT_EQ((**call).transcript(), "t");
  EXPECT_EQ((**call).metadata_json(), R"({"k":1,"l":{"m":2,"n":null}})");
}

TEST_F(StoreWriteTest, UpdateFollowsRfc7396) {
  PutJson(R"({"id":"a","agent_id":"x","metadata":{"k":1,"l":{"m":2}},"unknown":1})");
  ASSERT_TRUE(store_->Update(
      kOrganization, "a", R"({"agent_id":null,"metadata":{"k":null,"l":{"n":3}},"unknown":null})"));
  const auto call = store_->Get(kOrganization, "a");
  EXPECT_EQ((**call).agent_id(), std::nullopt);
  EXPECT_EQ((**call).metadata_json(), R"({"l":{"m":2,"n":3}})");
  EXPECT_EQ((**call).extra_json(), "");
}

TEST_F(StoreWriteTest, CallIdBelongsToOneId) {
  PutJson(R"({"id":"a","call_id":"c"})");
  const auto other = store_->PutJson(kOrganization, R"({"id":"b","call_id":"c"})");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(other.error().Detail("value"), "c");
  EXPECT_EQ(Show("b"), "not_found");
  // Without id it is the call that has the call_id; freed, the call_id may go to another.
  EXPECT_EQ(store_->PutJson(kOrganization, R"({"call_id":"c","agent_id":"x"})")->id, "a");
  ASSERT_TRUE(store_->Update(kOrganization, "a", R"({"call_id":"d"})"));
  EXPECT_EQ(PutJson(R"({"id":"b","call_id":"c"})"), PutOutcome::kNew);
  EXPECT_EQ((**store_->GetByCallId(kOrganization, "c")).id(), "b");
  EXPECT_EQ((**store_->GetByCallId(kOrganization, "d")).id(), "a");
}

TEST_F(StoreWriteTest, BatchIsAllOrNothing) {
  const std::vector<Call> calls = {{.organization_id = "one", .id = "a", .call_id = "c"},
                                   {.organization_id = "two", .id = "b"},
                                   {.organization_id = "one", .id = "b", .call_id = "c"}};
  const auto put = store_->PutBatch(calls);
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().code, ErrorCode::kConflict);
  EXPECT_EQ(put.error().Detail("index"), "2");
  EXPECT_EQ(store_->Count("one"), 0);
  EXPECT_EQ(store_->Count("two"), 0);
  EXPECT_TRUE(store_->Organizations()->empty());
  const auto good = store_->PutBatch({calls.data(), 2}, {.sync = true});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->size(), 2U);
  EXPECT_EQ(store_->Organizations()->size(), 2U);
  EXPECT_TRUE(store_->PutBatch({})->empty());
}

TEST_F(StoreWriteTest, JsonBatchStoresTheGoodOnes) {
  const std::vector<std::string_view> texts = {R"({"id":"a"})",
                                               "",
                                               R"({"id":"b","limit":[)",
                                               R"({"id":"c","organization_id":"other"})",
                                               R"({"agent_id":"no key"})",
                                               R"({"id":"d"})"};
  const auto put = store_->PutJsonBatch(kOrganization, texts);
  ASSERT_TRUE(put);
  ASSERT_EQ(put->size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ((*put)[i].has_value(), i == 0 || i == 5) << i;
    if (!(*put)[i]) {
      EXPECT_EQ((*put)[i].error().code, ErrorCode::kInvalidArgument) << i;
    }
  }
  EXPECT_EQ(store_->Count(kOrganization), 2);
}

TEST_F(StoreWriteTest, PatchThatMovesACallElsewhereIsRefused) {
  PutJson(R"({"id":"a"})");
  const std::string before = Show("a");
  for (const char* const patch :
       {R"({"id":"b"})", R"({"id":null})", R"({"organization_id":"org-78"})", "[]", "1", "",
        R"({"k":1,"k":2})", R"({"start_timestamp":"soon"})"}) {
    const auto updated = store_->Update(kOrganization, "a", patch);
    ASSERT_FALSE(updated.has_value()) << patch;
    EXPECT_EQ(updated.error().code, ErrorCode::kInvalidArgument) << patch;
  }
  EXPECT_EQ(Show("a"), before);
  EXPECT_EQ(store_->Update(kOrganization, "x", "{}").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->Delete(kOrganization, "x").error().code, ErrorCode::kNotFound);
}

TEST_F(StoreWriteTest, NumberThatIsNoJsonIsRefused) {
  for (const double number :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const auto put =
        store_->Put({.organization_id = kOrganization, .id = "a", .call_duration = number});
    ASSERT_FALSE(put.has_value());
    EXPECT_EQ(put.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(StoreWriteTest, WritesSurviveWithoutClose) {
  PutJson(R"({"id":"a","transcript":"t"})");
  ASSERT_TRUE(store_->Sync());
  // A view of the folder as a crash would leave it.
  const auto view = Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  ASSERT_TRUE(view) << view.error().ToString();
  EXPECT_EQ((**view->Get(kOrganization, "a")).transcript(), "t");
  PutJson(R"({"id":"b"})");
  EXPECT_EQ(view->Count(kOrganization), 1) << "the view stands still";
}

TEST_F(StoreWriteTest, ReadOnlyStoreRefusesWrites) {
  PutJson(R"({"id":"a"})");
  auto view = Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  ASSERT_TRUE(view) << view.error().ToString();
  const Call call{.organization_id = kOrganization, .id = "b"};
  const std::string_view text = R"({"id":"b"})";
  EXPECT_EQ(view->Put(call).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(view->PutBatch({&call, 1}).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(view->PutJson(kOrganization, text).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(view->PutJsonBatch(kOrganization, {&text, 1}).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(view->Update(kOrganization, "a", "{}").error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(view->Delete(kOrganization, "a").error().code, ErrorCode::kReadOnly);
  EXPECT_TRUE(view->Close());
}

TEST_F(StoreWriteTest, ClosedStoreSaysSo) {
  PutJson(R"({"id":"a"})");
  EXPECT_TRUE(store_->Close());
  EXPECT_TRUE(store_->Close()) << "closing twice is fine";
  EXPECT_EQ(store_->Put({.organization_id = kOrganization, .id = "b"}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->List(kOrganization).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->Stats().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->Sync().error().code, ErrorCode::kInvalidArgument);
}

TEST_F(StoreWriteTest, SecondWriterIsLockedOut) {
  EXPECT_EQ(OpenCode({.path = folder_.store()}), ErrorCode::kLocked);
  store_.reset();
  EXPECT_TRUE(Store::Open({.path = folder_.store()}));
}

TEST_F(StoreWriteTest, MovedStoreGoesOn) {
  Store moved = *std::move(store_);
  store_.reset();
  EXPECT_TRUE(moved.Put({.organization_id = kOrganization, .id = "a"}));
  test::ScratchFolder other;
  moved = *Store::Open({.path = other.store()});
  EXPECT_EQ(moved.Count(kOrganization), 0);
  EXPECT_EQ(Store::Open({.path = folder_.store()})->Count(kOrganization), 1);
}

TEST_F(StoreWriteTest, StatsCountCallsAndBytes) {
  PutJson(R"({"id":"a"})");
  PutJson(R"({"id":"b"})");
  ASSERT_TRUE(store_->Put({.organization_id = "another", .id = "a"}));
  const auto stats = store_->Stats();
  ASSERT_TRUE(stats) << stats.error().ToString();
  EXPECT_EQ(stats->organizations, 2);
  EXPECT_EQ(stats->calls, 3);
  EXPECT_GT(stats->size_bytes, 0);
  EXPECT_EQ(stats->families.size(), engine::kFamilyCount);
}

TEST_F(StoreWriteTest, CallsStayWithoutCache) {
  PutJson(R"({"id":"a","transcript":"t"})");
  Open({.path = folder_.store(), .cache_bytes = 0});
  EXPECT_EQ((**store_->Get(kOrganization, "a")).transcript(), "t");
  EXPECT_EQ(store_->List(kOrganization)->calls.size(), 1U);
}

TEST(StoreOpen, FolderIsPrivate) {
  const test::ScratchFolder folder;
  const std::string path = folder.path() + "/parents/made/too";
  ASSERT_TRUE(Store::Open({.path = path}));
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST(StoreOpen, WhatIsNotAStoreIsRefused) {
  const test::ScratchFolder folder;
  EXPECT_EQ(OpenCode({}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(OpenCode({.path = folder.store(), .create_if_missing = false}), ErrorCode::kNotFound);
  EXPECT_EQ(OpenCode({.path = folder.store(), .mode = OpenMode::kReadOnly}), ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder.store())) << "nothing was made";
  const std::string file = folder.path() + "/file";
  std::ofstream(file) << "text";
  EXPECT_EQ(OpenCode({.path = file}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(OpenCode({.path = folder.path()}), ErrorCode::kUnsupportedFormat);
}

}  // namespace
}  // namespace callstore
