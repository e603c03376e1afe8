// Goal:   Repair makes a store without faults of whatever is damaged, with every call that can be
//         read, tells what is lost, and leaves the damaged folder as it was.
// Method: one store in tables and log, copied for each test; one kind of damage each. What the
//         repaired store lists is compared with what the store listed before.
#include "callstore/repair.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scratch_folder.h"
#include "store/organizations.h"
#include "store/verifier.h"
#include "unit/damaged_store.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;
using engine::Batch;
using engine::Database;
using engine::Family;

constexpr const char* kSmall = "org-small";
constexpr const char* kLarge = "org-large";
constexpr std::size_t kLargeCalls = 3000;

// The content of each file of a folder, but for the lock's, which names its holder.
std::map<std::string, std::string> FilesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().filename() == "callstore.lock") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    files[file.path().filename()] = {std::istreambuf_iterator<char>(stream), {}};
  }
  return files;
}

// Every call of a store as JSON, by organization and id.
std::map<std::string, std::string> CallsOf(const std::string& path) {
  std::map<std::string, std::string> calls;
  const auto store = Store::Open({.path = path, .create_if_missing = false});
  EXPECT_TRUE(store) << store.error().ToString();
  if (!store) return calls;
  const auto organizations = store->Organizations();
  EXPECT_TRUE(organizations);
  for (const OrganizationInfo& organization : *organizations) {
    ListQuery query{.limit = 500};
    for (bool more = true; more;) {
      const auto page = store->List(organization.name, query);
      EXPECT_TRUE(page) << page.error().ToString();
      if (!page) return calls;
      for (const CallView& call : page->calls) {
        calls[organization.name + ' ' + std::string(call.id())] = ToJson(call);
      }
      query.cursor = page->next_cursor;
      more = !query.cursor.empty();
    }
  }
  return calls;
}

class RepairTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    whole_ = std::make_unique<test::ScratchFolder>();
    Fill(whole_->store(), kLargeCalls);
    calls_ = CallsOf(whole_->store());
  }
  static void TearDownTestSuite() { whole_.reset(); }
  // Calls in tables, changed since: some moved, some deleted.
  static void Fill(const std::string& path, std::size_t large_calls) {
    auto store = Store::Open({.path = path});
    ASSERT_TRUE(store) << store.error().ToString();
    test::PutVariedCalls(&*store, kSmall, 0, 60);
    test::PutVariedCalls(&*store, kLarge, 0, large_calls);
    ASSERT_TRUE(store->Close());
    store = Store::Open({.path = path});
    ASSERT_TRUE(store);
    for (int i = 0; i < 30; ++i) {
      const std::string id = "call-" + std::to_string(i);
      if (i % 3 == 0) {
        ASSERT_TRUE(store->Delete(kSmall, id));
      } else {
        ASSERT_TRUE(store->Update(kSmall, id, R"({"start_timestamp":)" + std::to_string(i) + "}"));
      }
    }
    ASSERT_TRUE(store->Close());
  }
  void SetUp() override { fs::copy(whole_->store(), path(), fs::copy_options::recursive); }

  std::string path() const { return folder_.store(); }
  std::string repaired() const { return folder_.path() + "/repaired"; }
  std::string Table(Family family, std::size_t i = 0) const {
    return test::TablesOf(path(), family).at(i);
  }

  // Repairs, and checks all that holds whatever the damage.
  RepairReport RepairStore() {
    const auto before = FilesOf(path());
    const auto report = Repair(path(), repaired());
    EXPECT_TRUE(report) << report.error().ToString();
    EXPECT_EQ(FilesOf(path()), before) << "the damaged folder is not as it was";
    EXPECT_FALSE(fs::exists(repaired() + ".partial"));
    if (!report) return {};
    EXPECT_TRUE(report->verified.ok());
    const auto store = Store::Open({.path = repaired(), .create_if_missing = false});
    EXPECT_TRUE(store) << store.error().ToString();
    if (!store) return *report;
    const auto verified = store->Verify();
    EXPECT_TRUE(verified && verified->ok()) << test::Show(*verified);
    EXPECT_EQ(verified->calls, report->calls);
    EXPECT_EQ(verified->transcripts, report->transcripts);
    return *report;
  }
  // Nothing is lost: the lists are the same.
  void ExpectSameCalls() { EXPECT_EQ(CallsOf(repaired()), calls_); }
  // How many calls are gone; all others are as they were.
  std::int64_t ExpectFewerCalls() {
    const auto now = CallsOf(repaired());
    for (const auto& [id, call] : now) {
      const auto before = calls_.find(id);
      EXPECT_TRUE(before != calls_.end() && before->second == call) << id;
    }
    return static_cast<std::int64_t>(calls_.size() - now.size());
  }

  static std::unique_ptr<test::ScratchFolder> whole_;
  static std::map<std::string, std::string> calls_;
  test::ScratchFolder folder_;
};
std::unique_ptr<test::ScratchFolder> RepairTest::whole_;
std::map<std::string, std::string> RepairTest::calls_;

TEST_F(RepairTest, HealthyStoreIsTheSameStore) {
  const RepairReport report = RepairStore();
  ExpectSameCalls();
  EXPECT_EQ(report.calls, static_cast<std::int64_t>(calls_.size()));
  EXPECT_EQ(report.calls_lost + report.transcripts_lost, 0);
  EXPECT_TRUE(report.files_lost.empty() && report.names_lost.empty() && report.losses.empty());
  EXPECT_FALSE(report.log_truncated || report.manifest_rebuilt);
  const auto id = [](const std::string& path) {
    auto database = Database::Open({.path = path, .mode = OpenMode::kReadOnly});
    engine::PinnedValue value;
    EXPECT_TRUE(*(*database)->Get(Family::kDefault, "store_id", nullptr, &value));
    return value.ToString();
  };
  EXPECT_EQ(id(repaired()), id(path()));
}

class RepairDerivedTest : public RepairTest, public testing::WithParamInterface<Family> {};

TEST_P(RepairDerivedTest, DeletedTableIsMadeAnew) {
  const fs::path table = Table(GetParam());
  fs::remove(table);
  const RepairReport report = RepairStore();
  ExpectSameCalls();
  EXPECT_EQ(report.files_lost, std::vector<std::string>{table.filename()});
  EXPECT_EQ(report.calls_lost, 0);
}

TEST_P(RepairDerivedTest, FlippedBitIsMadeAnew) {
  test::FlipByte(Table(GetParam()), 0.4);
  const RepairReport report = RepairStore();
  ExpectSameCalls();
  EXPECT_EQ(report.files_lost.size(), 1U);
  EXPECT_EQ(report.calls_lost, 0);
}

TEST_P(RepairDerivedTest, TableWithoutItsEndIsMadeAnew) {
  const std::string table = Table(GetParam());
  fs::resize_file(table, fs::file_size(table) / 2);
  RepairStore();
  ExpectSameCalls();
}

INSTANTIATE_TEST_SUITE_P(Families, RepairDerivedTest,
                         testing::Values(Family::kIds, Family::kIndex, Family::kColumns),
                         [](const auto& family) {
                           return std::string(engine::FamilyName(family.param));
                         });

TEST_F(RepairTest, FlippedBitOfCallsLosesABlock) {
  test::FlipByte(Table(Family::kCalls), 0.4);
  const RepairReport report = RepairStore();
  const std::int64_t lost = ExpectFewerCalls();
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 300);
  EXPECT_EQ(report.calls_lost, lost);
  std::int64_t named = 0;
  for (const Fault& fault : report.losses) {
    EXPECT_EQ(fault.organization, kLarge);
    if (fault.kind != FaultKind::kUnreadableRow) continue;
    EXPECT_NE(fault.what.find("id call-"), std::string::npos) << fault.what;
    ++named;
  }
  EXPECT_EQ(named, lost);
  // The transcripts of lost calls are lost with them.
  EXPECT_EQ(report.transcripts_lost, static_cast<std::int64_t>(report.losses.size()) - named);
}

TEST_F(RepairTest, ManyFlippedBitsOfCallsLoseTheirBlocks) {
  for (const double part : {0.1, 0.11, 0.5, 0.8}) test::FlipByte(Table(Family::kCalls), part);
  const RepairReport report = RepairStore();
  EXPECT_EQ(report.calls_lost, ExpectFewerCalls());
  EXPECT_LT(report.calls_lost, 800);
}

TEST_F(RepairTest, DeletedTableOfCallsIsNamedCallByCall) {
  fs::remove(Table(Family::kCalls));
  const RepairReport report = RepairStore();
  EXPECT_EQ(report.calls_lost, ExpectFewerCalls());
  EXPECT_GT(report.calls_lost, 1000);
  EXPECT_EQ(report.losses.size(), 1000U);
}

TEST_F(RepairTest, DamagedTranscriptsLeaveTheirCalls) {
  const std::string table = Table(Family::kTranscripts);
  test::FlipByte(table, 0.4);
  const RepairReport report = RepairStore();
  EXPECT_EQ(CallsOf(repaired()).size(), calls_.size());
  EXPECT_EQ(report.calls_lost, 0);
  EXPECT_GT(report.transcripts_lost, 0);
  EXPECT_LT(report.transcripts_lost, 1500);
  EXPECT_EQ(report.files_lost, std::vector<std::string>{fs::path(table).filename()});
}

TEST_F(RepairTest, LostNamesOfOrganizationsAreReplaced) {
  fs::remove(Table(Family::kOrgs));
  const RepairReport report = RepairStore();
  EXPECT_EQ(report.names_lost, (std::vector<std::string>{"recovered-1", "recovered-2"}));
  EXPECT_EQ(report.calls, static_cast<std::int64_t>(calls_.size()));
  EXPECT_EQ(CallsOf(repaired()).size(), calls_.size());
}

TEST_F(RepairTest, DamagedRecordsAreLeftOutAndNamed) {
  test::ChangeRows(path(), [&](Database* database, Batch* batch) {
    const test::Rows calls = test::RowsOf(*database, Family::kCalls);
    batch->Put(Family::kCalls, calls[100].first, "no record");
    const test::Rows transcripts = test::RowsOf(*database, Family::kTranscripts);
    batch->Put(Family::kTranscripts, transcripts[200].first, "no record");
    batch->Put(Family::kOrgs, keys::OrganizationKey(9), "no record");
  });
  const RepairReport report = RepairStore();
  EXPECT_EQ(report.calls_lost, 1);
  EXPECT_GE(report.transcripts_lost, 1);
  EXPECT_EQ(report.losses.size(), 2U);
  EXPECT_EQ(CallsOf(repaired()).size(), calls_.size() - 1);
}

// A call in two places: what a lost deletion leaves of one that moved.
TEST_F(RepairTest, OfTwoCallsOfOneIdTheLaterOneStays) {
  test::ChangeRows(path(), [&](Database* database, Batch* batch) {
    const auto row = test::RowsOf(*database, Family::kCalls).back();
    const Position from = *keys::ParseCallKey(row.first);
    const auto number = *keys::ParseOwner(row.first);
    for (const std::int64_t time : {from.time_ms - 5, from.time_ms + 5}) {
      batch->Put(Family::kCalls, keys::CallKey(number, {time, from.tie}), row.second);
    }
  });
  RepairStore();
  ExpectSameCalls();
}

// What damage brings back of an erased call goes again.
TEST_F(RepairTest, ErasedCallsStayErased) {
  test::Rows rows;
  test::ChangeRows(path(), [&](Database* database, Batch* batch) {
    rows = test::RowsOf(*database, Family::kCalls);
    batch->Put(Family::kCalls, rows[5].first, rows[5].second);
  });
  {
    auto store = Store::Open({.path = path()});
    ASSERT_TRUE(store);
    const auto erased = store->Erase(kSmall, Erasure::OfCall("call-40"));
    ASSERT_TRUE(erased) << erased.error().ToString();
  }
  test::ChangeRows(path(), [&](Database*, Batch* batch) {
    for (const auto& [key, value] : rows) {
      if (value.find("call-40") == std::string::npos || key[3] != 1) continue;
      batch->Put(Family::kCalls, key, value);
    }
  });
  const RepairReport report = RepairStore();
  EXPECT_EQ(report.erased_again, 1);
  EXPECT_EQ(ExpectFewerCalls(), 1);
  EXPECT_TRUE(fs::exists(repaired() + ".erasures")) << "the ledger goes with the store";
}

TEST_F(RepairTest, LostManifestIsMadeAnewFromTheTables) {
  const auto remove = [&](const std::string& start) {
    for (const auto& file : fs::directory_iterator(path())) {
      if (file.path().filename().string().starts_with(start)) fs::remove(file.path());
    }
  };
  for (const char* const name : {"CURRENT", "MANIFEST", "callstore.state"}) {
    remove(name);
    const RepairReport report = RepairStore();
    ExpectSameCalls();
    EXPECT_TRUE(report.manifest_rebuilt) << name;
    EXPECT_EQ(report.calls_lost, 0);
    fs::remove_all(repaired());
  }
}

TEST_F(RepairTest, ManifestWithoutItsEndIsNotTrusted) {
  for (const double part : {0.9, 0.6, 0.3}) {
    for (const auto& file : fs::directory_iterator(path())) {
      if (!file.path().filename().string().starts_with("MANIFEST")) continue;
      const auto size = static_cast<double>(file.file_size());
      fs::resize_file(file.path(), static_cast<std::uintmax_t>(size * part));
    }
    const RepairReport report = RepairStore();
    ExpectSameCalls();
    EXPECT_TRUE(report.manifest_rebuilt) << part;
    fs::remove_all(repaired());
  }
  fs::remove(path() + "/callstore.state");
  EXPECT_TRUE(RepairStore().manifest_rebuilt);
  ExpectSameCalls();
}

TEST_F(RepairTest, LostManifestAndDamagedTableLoseABlock) {
  test::FlipByte(Table(Family::kCalls), 0.4);
  fs::remove(path() + "/CURRENT");
  const RepairReport report = RepairStore();
  const std::int64_t lost = ExpectFewerCalls();
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 300);
  EXPECT_EQ(report.calls_lost, lost);
}

// A store as its process left it that was killed: all of it is in the log.
class RepairLogTest : public RepairTest {
 protected:
  void SetUp() override {
    auto store = Store::Open({.path = folder_.path() + "/open"});
    ASSERT_TRUE(store);
    test::PutVariedCalls(&*store, kSmall, 0, 400);
    ASSERT_TRUE(store->Delete(kSmall, "call-7"));
    ASSERT_TRUE(store->Sync());
    fs::copy(folder_.path() + "/open", path(), fs::copy_options::recursive);
    ASSERT_TRUE(store->Close());
    logged_ = CallsOf(folder_.path() + "/open");
  }
  std::string Log() const {
    std::string largest;
    for (const auto& file : fs::directory_iterator(path())) {
      if (file.path().extension() != ".log") continue;
      if (largest.empty() || file.file_size() > fs::file_size(largest)) largest = file.path();
    }
    return largest;
  }

  std::map<std::string, std::string> logged_;
};

TEST_F(RepairLogTest, WholeLogIsAllThereIs) {
  const RepairReport report = RepairStore();
  EXPECT_EQ(CallsOf(repaired()), logged_);
  EXPECT_FALSE(report.log_truncated);
}

TEST_F(RepairLogTest, WithoutAManifestTheLogIsRead) {
  fs::remove(path() + "/CURRENT");
  RepairStore();
  EXPECT_EQ(CallsOf(repaired()), logged_);
}

TEST_F(RepairLogTest, DamagedLogKeepsWhatIsAroundTheDamage) {
  // 400 calls are one batch; those behind it are more.
  {
    auto store = Store::Open({.path = folder_.path() + "/more"});
    ASSERT_TRUE(store);
    for (int i = 0; i < 400; ++i) ASSERT_TRUE(store->PutJson(kSmall, test::VariedCall(i)));
    ASSERT_TRUE(store->Sync());
    fs::remove_all(path());
    fs::copy(folder_.path() + "/more", path(), fs::copy_options::recursive);
  }
  const std::size_t calls = CallsOf(folder_.path() + "/more").size();
  test::FlipByte(Log(), 0.5);
  const RepairReport report = RepairStore();
  EXPECT_TRUE(report.log_truncated);
  const std::size_t left = CallsOf(repaired()).size();
  EXPECT_GT(left, calls / 2 + 50) << "what is behind the damage is lost";
  EXPECT_LT(left, calls);
}

TEST_F(RepairLogTest, LostLogIsTold) {
  fs::remove(Log());
  const auto report = Repair(path(), repaired());
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_TRUE(report->log_truncated);
  EXPECT_EQ(report->calls, 0);
}

class RepairRefusalTest : public RepairTest {
 protected:
  ErrorCode Refusal(const std::string& damaged, const std::string& target) {
    const auto report = Repair(damaged, target);
    EXPECT_FALSE(report);
    return report ? ErrorCode::kInternal : report.error().code;
  }
};

TEST_F(RepairRefusalTest, FoldersThatAreNoneAreRefused) {
  EXPECT_EQ(Refusal(folder_.path() + "/nothing", repaired()), ErrorCode::kNotFound);
  fs::create_directory(folder_.path() + "/empty");
  EXPECT_EQ(Refusal(folder_.path() + "/empty", repaired()), ErrorCode::kNotFound);
  EXPECT_EQ(Refusal(path(), path()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(path(), path() + "/inside"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(path(), ""), ErrorCode::kInvalidArgument);
  std::ofstream(repaired()) << "a file";
  EXPECT_EQ(Refusal(path(), repaired()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Refusal(path(), whole_->store()), ErrorCode::kInvalidArgument);
}

TEST_F(RepairRefusalTest, StoreThatIsOpenForWritingIsRefused) {
  const auto store = Store::Open({.path = path()});
  ASSERT_TRUE(store);
  EXPECT_EQ(Refusal(path(), repaired()), ErrorCode::kLocked);
  EXPECT_FALSE(fs::exists(repaired()));
}

TEST_F(RepairRefusalTest, StopLeavesNothing) {
  for (const std::string phase : {"files", "calls", "ids"}) {
    const auto report =
        Repair(path(), repaired(),
               {.progress = [&](const VerifyProgress& now) { return now.phase != phase; }});
    ASSERT_FALSE(report) << phase;
    EXPECT_EQ(report.error().code, ErrorCode::kDeadline);
    EXPECT_FALSE(fs::exists(repaired()));
    EXPECT_FALSE(fs::exists(repaired() + ".partial"));
  }
}

TEST_F(RepairRefusalTest, StoreOfAnotherFormatIsRefused) {
  test::ChangeRows(path(),
                   [&](Database*, Batch* batch) { batch->Put(Family::kDefault, "format", "2"); });
  EXPECT_EQ(Refusal(path(), repaired()), ErrorCode::kUnsupportedFormat);
}

}  // namespace
}  // namespace callstore
