// Goal:   what is erased is gone from answers, from files after a purge, and from older backups;
//         what is held stays; what is past its retention goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"
#include "store/eraser.h"
#include "store/ledger.h"

namespace callstore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kOrganization = "org-789";
constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t kNow = 1'750'000'000'000;

class EraseTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    StoreOptions options;
    options.path = folder_.store();
    options.now_ms = [this] { return now_; };
    auto opened = Store::Open(options);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  // A call with marks wherever text of a call can be.
  std::string CallJson(const std::string& id, std::int64_t time,
                       const std::string& mark = "plain") {
    return R"({"id":")" + id + R"(","call_id":"call-id-)" + id + R"(","start_timestamp":)" +
           std::to_string(time) + R"(,"agent_id":"agent-)" + mark + R"(","from_number":"+1)" +
           mark + R"(","metadata":{"k":")" + mark + R"(","key-)" + mark +
           R"(":1},"transcript":"said )" + mark + R"(","recording_url":"https://r/)" + mark +
           R"(","transcript_object":[{"role":"user","content":"said )" + mark + R"("}]})";
  }
  void Put(const std::string& id, std::int64_t time, const std::string& mark = "plain") {
    const auto put = store_->PutJson(kOrganization, CallJson(id, time, mark));
    ASSERT_TRUE(put) << put.error().ToString();
  }
  std::vector<std::string> Ids() {
    const auto page = store_->List(kOrganization, {.limit = 1000});
    EXPECT_TRUE(page) << page.error().ToString();
    std::vector<std::string> ids;
    for (const CallView& call : page->calls) ids.emplace_back(call.id());
    return ids;
  }
  ErasureReceipt Erased(const Erasure& erasure, const EraseOptions& options = {}) {
    const auto receipt = store_->Erase(kOrganization, erasure, options);
    EXPECT_TRUE(receipt) << receipt.error().ToString();
    return receipt.value_or(ErasureReceipt{});
  }
  std::vector<std::string> FilesWith(const std::string& text) const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (bytes.find(text) != std::string::npos) files.push_back(entry.path().filename());
    }
    return files;
  }

  std::int64_t now_ = kNow;
  test::ScratchFolder folder_;
  std::optional<Store> store_;
};

TEST_F(EraseTest, CallIsGoneAndRemembered) {
  Put("a", kNow - 10);
  Put("b", kNow - 5);
  const ErasureReceipt receipt = Erased(Erasure::OfCall("a"));
  EXPECT_EQ(receipt.number, 1);
  EXPECT_EQ(receipt.calls, 1);
  EXPECT_EQ(receipt.erased_at, kNow);
  EXPECT_EQ(receipt.ids_hash.size(), 32U);
  EXPECT_EQ(receipt.purged_at, 0);
  EXPECT_THAT(Ids(), ElementsAre("b"));
  Open();
  const auto receipts = store_->Erasures();
  ASSERT_TRUE(receipts);
  ASSERT_EQ(receipts->size(), 1U);
  EXPECT_EQ(receipts->at(0).ids_hash, receipt.ids_hash);
  EXPECT_EQ(receipts->at(0).organization_id, kOrganization);
  EXPECT_EQ(Erased(Erasure::OfCall("b")).number, 2);
}

TEST_F(EraseTest, HashOfIdsDependsOnTheIdsAlone) {
  Put("a", kNow - 10);
  Put("b", kNow - 5);
  const std::string all = Erased(Erasure::Before(kNow)).ids_hash;
  Put("b", kNow - 50);
  Put("a", kNow - 1);
  EXPECT_EQ(Erased(Erasure::Matching({})).ids_hash, all);
  Put("a", kNow - 10);
  EXPECT_NE(Erased(Erasure::Matching({})).ids_hash, all);
}

TEST_F(EraseTest, EachScopeTakesItsCalls) {
  for (int i = 0; i < 2500; ++i) {
    Put("c" + std::to_string(i), kNow - 10'000 + i, i % 5 == 0 ? "fifth" : "plain");
  }
  EXPECT_EQ(Erased(Erasure::Matching(Field("metadata.k") == "fifth")).calls, 500);
  EXPECT_EQ(store_->Count(kOrganization), 2000);
  EXPECT_EQ(Erased(Erasure::Before(kNow - 10'000 + 1250)).calls, 1000);
  EXPECT_EQ(store_->Count(kOrganization), 1000);
  EXPECT_EQ(Erased(Erasure::OfOrganization()).calls, 1000);
  EXPECT_THAT(*store_->Organizations(), IsEmpty());
  EXPECT_TRUE(store_->Verify()->ok());
  const auto again = store_->Erase(kOrganization, Erasure::OfOrganization());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
}

TEST_F(EraseTest, ErasedOrganizationCanComeBack) {
  Put("a", kNow - 10);
  Erased(Erasure::OfOrganization());
  Open();
  EXPECT_THAT(*store_->Organizations(), IsEmpty());
  Put("b", kNow - 5);
  EXPECT_THAT(Ids(), ElementsAre("b"));
  Open();
  EXPECT_THAT(Ids(), ElementsAre("b"));
  EXPECT_TRUE(store_->Verify()->ok());
}

TEST_F(EraseTest, WhatIsNotThereIsNotFound) {
  Put("a", kNow);
  const auto call = store_->Erase(kOrganization, Erasure::OfCall("b"));
  ASSERT_FALSE(call);
  EXPECT_EQ(call.error().code, ErrorCode::kNotFound);
  const auto organization = store_->Erase("org-none", Erasure::OfOrganization());
  ASSERT_FALSE(organization);
  EXPECT_EQ(organization.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(*store_->Erasures(), IsEmpty());
}

// The control: before the purge the marks are there.
TEST_F(EraseTest, PurgedBytesAreInNoFile) {
  const std::string mark = "ZQXMARKZQX";
  for (int i = 0; i < 300; ++i) Put("keep-" + std::to_string(i), kNow - 1000 + i);
  for (int i = 0; i < 30; ++i) Put("id-" + mark + std::to_string(i), kNow - 900 + i, mark);
  ASSERT_TRUE(store_->Close());
  Open();
  Put("late-" + mark, kNow, mark);
  ASSERT_TRUE(store_->Sync());
  EXPECT_FALSE(FilesWith(mark).empty());
  Erased(Erasure::Matching(Field("metadata.k") == mark));
  EXPECT_FALSE(FilesWith(mark).empty());
  ASSERT_TRUE(store_->Purge());
  EXPECT_THAT(FilesWith(mark), IsEmpty());
  EXPECT_EQ(store_->Count(kOrganization), 300);
  EXPECT_TRUE(store_->Verify()->ok());
  EXPECT_EQ(store_->Erasures()->at(0).purged_at, kNow);
}

TEST_F(EraseTest, PurgedOrganizationLeavesNoName) {
  const std::string name = "org-ZQXNAMEZQX";
  ASSERT_TRUE(store_->PutJson(name, R"({"id":"a","start_timestamp":1})"));
  Put("b", kNow);
  ASSERT_TRUE(store_->Erase(name, Erasure::OfOrganization(), {.purge = true}));
  EXPECT_THAT(FilesWith(name), ElementsAre("store.erasures"));
  EXPECT_THAT(Ids(), ElementsAre("b"));
}

TEST_F(EraseTest, ReplacedBytesGoWithAPurge) {
  const std::string mark = "ZQXOLDZQX";
  Put("a", kNow, mark);
  Put("a", kNow, "new");
  ASSERT_TRUE(store_->Purge());
  EXPECT_THAT(FilesWith(mark), IsEmpty());
}

TEST_F(EraseTest, HeldCallStays) {
  Put("a", kNow - 10, "held");
  Put("b", kNow - 5);
  ASSERT_TRUE(store_->PlaceHold(kOrganization, "case 7", Field("metadata.k") == "held"));
  Open();
  const auto holds = store_->Holds(kOrganization);
  ASSERT_TRUE(holds);
  ASSERT_EQ(holds->size(), 1U);
  EXPECT_EQ(holds->at(0).name, "case 7");
  EXPECT_EQ(holds->at(0).placed_at, kNow);

  const auto deleted = store_->Delete(kOrganization, "a");
  ASSERT_FALSE(deleted);
  EXPECT_EQ(deleted.error().code, ErrorCode::kConflict);
  EXPECT_EQ(deleted.error().Detail("hold"), "case 7");
  for (const Erasure& erasure : {Erasure::OfCall("a"), Erasure::Matching({}), Erasure::Before(kNow),
                                 Erasure::OfOrganization()}) {
    const auto refused = store_->Erase(kOrganization, erasure);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  }
  EXPECT_FALSE(store_->DeleteMatching(kOrganization, {}));
  EXPECT_THAT(Ids(), ElementsAre("b", "a"));
  EXPECT_THAT(*store_->Erasures(), IsEmpty());
  EXPECT_TRUE(store_->Erase(kOrganization, Erasure::OfCall("b")));

  ASSERT_TRUE(store_->ReleaseHold(kOrganization, "case 7"));
  EXPECT_TRUE(store_->Delete(kOrganization, "a"));
}

TEST_F(EraseTest, WrongHoldsAreRefused) {
  Put("a", kNow);
  ASSERT_TRUE(store_->PlaceHold(kOrganization, "x"));
  EXPECT_EQ(store_->PlaceHold(kOrganization, "x").error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_->PlaceHold(kOrganization, "").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->PlaceHold(kOrganization, std::string(129, 'x')).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->PlaceHold(kOrganization, "\xFF").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->PlaceHold("org-none", "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->ReleaseHold(kOrganization, "y").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->PlaceHold(kOrganization, "z", Field("nonsense") == 1).error().code,
            ErrorCode::kInvalidArgument);
}

TEST_F(EraseTest, RetentionTakesOldCallsButHeldOnes) {
  Put("old", kNow - 31 * kDay);
  Put("held", kNow - 32 * kDay, "held");
  Put("young", kNow - 29 * kDay);
  ASSERT_TRUE(store_->PutJson("org-2", R"({"id":"old","start_timestamp":1})"));
  EXPECT_THAT(*store_->Retain(), IsEmpty());
  ASSERT_TRUE(store_->SetRetention(kOrganization, 30));
  ASSERT_TRUE(store_->PlaceHold(kOrganization, "case", Field("metadata.k") == "held"));
  Open();
  EXPECT_EQ(store_->Organizations()->at(1).retention_days, 30U);
  const auto results = store_->Retain();
  ASSERT_TRUE(results) << results.error().ToString();
  ASSERT_EQ(results->size(), 1U);
  EXPECT_EQ(results->at(0).deleted, 1);
  EXPECT_EQ(results->at(0).held, 1);
  EXPECT_THAT(Ids(), ElementsAre("young", "held"));
  EXPECT_EQ(store_->Count("org-2"), 1);
  now_ += 2 * kDay;
  EXPECT_EQ(store_->Retain()->at(0).deleted, 1);
  EXPECT_EQ(store_->SetRetention(kOrganization, 36'501).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(EraseTest, DamagedLedgerIsRefused) {
  Put("a", kNow);
  Put("b", kNow);
  Erased(Erasure::OfCall("a"));
  const std::string path = folder_.path() + "/store.erasures";
  std::string bytes;
  {
    std::ifstream file(path);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  bytes[bytes.find("\"at\":") + 6] ^= 1;
  std::ofstream(path) << bytes;
  Open();
  const auto receipts = store_->Erasures();
  ASSERT_FALSE(receipts);
  EXPECT_EQ(receipts.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(receipts.error().Detail("line"), "1");
  EXPECT_EQ(store_->Erase(kOrganization, Erasure::OfCall("b")).error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(Ids(), ElementsAre("b"));
}

TEST_F(EraseTest, TornLastLineOfLedgerIsNone) {
  Put("a", kNow);
  Put("b", kNow);
  Erased(Erasure::OfCall("a"));
  std::ofstream(folder_.path() + "/store.erasures", std::ios::app) << "{\"version\":1,\"ki";
  Open();
  EXPECT_EQ(store_->Erasures()->size(), 1U);
  Erased(Erasure::OfCall("b"));
  EXPECT_EQ(store_->Erasures()->size(), 2U);
}

class RestoreErasedTest : public EraseTest {
 protected:
  std::string backups() const { return folder_.path() + "/backups"; }
  // Three organizations in a backup; then of each something is erased.
  void EraseAfterBackup() {
    for (const char* const organization : {kOrganization, "org-before", "org-gone"}) {
      for (int i = 0; i < 3; ++i) {
        const std::string id = "call-" + std::to_string(i);
        ASSERT_TRUE(store_->PutJson(organization, CallJson(id, kNow - 10 + i, "ZQXBACKZQX")));
      }
    }
    ASSERT_TRUE(store_->PlaceHold(kOrganization, "released later"));
    ASSERT_TRUE(store_->Backup(backups()));
    now_ += 1000;
    ASSERT_TRUE(store_->ReleaseHold(kOrganization, "released later"));
    Erased(Erasure::OfCall("call-1"));
    ASSERT_TRUE(store_->Erase("org-before", Erasure::Before(kNow - 9)));
    ASSERT_TRUE(store_->Erase("org-gone", Erasure::OfOrganization()));
  }
  static std::vector<std::string> IdsIn(const Store& store, const char* organization) {
    std::vector<std::string> ids;
    const auto page = store.List(organization);
    EXPECT_TRUE(page);
    for (const CallView& call : page->calls) ids.emplace_back(call.id());
    return ids;
  }
  void ExpectErased(const std::string& path) {
    StoreOptions options;
    options.path = path;
    const auto store = Store::Open(options);
    ASSERT_TRUE(store) << store.error().ToString();
    EXPECT_THAT(IdsIn(*store, kOrganization), ElementsAre("call-2", "call-0"));
    EXPECT_THAT(IdsIn(*store, "org-before"), ElementsAre("call-2", "call-1"));
    EXPECT_EQ(store->Organizations()->size(), 2U);
    EXPECT_EQ(store->Erasures()->size(), 3U);
    EXPECT_TRUE(store->Verify()->ok());
  }
};

TEST_F(RestoreErasedTest, LedgerBesideTheStoreCounts) {
  EraseAfterBackup();
  ASSERT_TRUE(store_->Close());
  std::filesystem::remove_all(folder_.store());
  const auto restored = RestoreBackup(backups(), 0, folder_.store());
  ASSERT_TRUE(restored) << restored.error().ToString();
  EXPECT_EQ(restored->erased_again, 5);
  ExpectErased(folder_.store());
}

TEST_F(RestoreErasedTest, LedgerOfTheBackupsCounts) {
  EraseAfterBackup();
  ASSERT_TRUE(store_->Backup(backups()));
  const std::string elsewhere = folder_.path() + "/elsewhere/store";
  const auto restored = RestoreBackup(backups(), 1, elsewhere);
  ASSERT_TRUE(restored) << restored.error().ToString();
  EXPECT_EQ(restored->erased_again, 5);
  ExpectErased(elsewhere);
}

// What came again after its erasure is another call.
TEST_F(RestoreErasedTest, CallThatCameAgainStays) {
  EraseAfterBackup();
  now_ += 1000;
  ASSERT_TRUE(store_->PutJson(kOrganization, CallJson("call-1", kNow - 9)));
  ASSERT_TRUE(store_->PutJson("org-gone", CallJson("call-1", kNow - 9)));
  ASSERT_TRUE(store_->Backup(backups()));
  const std::string elsewhere = folder_.path() + "/elsewhere/store";
  const auto restored = RestoreBackup(backups(), 2, elsewhere);
  ASSERT_TRUE(restored) << restored.error().ToString();
  EXPECT_EQ(restored->erased_again, 0);
  StoreOptions options;
  options.path = elsewhere;
  const auto store = Store::Open(options);
  ASSERT_TRUE(store);
  EXPECT_THAT(IdsIn(*store, kOrganization), ElementsAre("call-2", "call-1", "call-0"));
  EXPECT_THAT(IdsIn(*store, "org-gone"), ElementsAre("call-1"));
}

TEST_F(EraseTest, ReadOnlyStoreErasesNothing) {
  Put("a", kNow);
  ASSERT_TRUE(store_->Close());
  StoreOptions options;
  options.path = folder_.store();
  options.mode = OpenMode::kReadOnly;
  auto store = Store::Open(options);
  ASSERT_TRUE(store);
  EXPECT_EQ(store->Erase(kOrganization, Erasure::OfCall("a")).error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(store->Purge().error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(store->PlaceHold(kOrganization, "x").error().code, ErrorCode::kReadOnly);
  EXPECT_EQ(store->Retain().error().code, ErrorCode::kReadOnly);
}

}  // namespace
}  // namespace callstore
