// Goal:   Open tells what a crash or damage took away, refuses where what was synced is gone, and a
//         refusal changes nothing.
// Method: a folder is copied while its writer is alive, which is what a killed process leaves; the
//         copies are damaged.
#include "store/open.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "callstore/callstore.h"
#include "engine/state_file.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOrganization = "org-789";

std::string CallJson(int i) {
  return R"({"id":"call-)" + std::to_string(i) + R"(","start_timestamp":)" +
         std::to_string(1'700'000'000'000 + i) + R"(,"agent_id":"agent"})";
}

class OpenTest : public testing::Test {
 protected:
  Store OpenStore(const std::string& path, StoreOptions options = {}) {
    options.path = path;
    auto opened = Store::Open(options);
    EXPECT_TRUE(opened) << opened.error().ToString();
    return *std::move(opened);
  }
  Error Refused(const std::string& path, StoreOptions options = {}) {
    options.path = path;
    const auto opened = Store::Open(options);
    EXPECT_FALSE(opened);
    return opened ? Error() : opened.error();
  }
  // A store whose writer is alive: `synced` calls, then `unsynced` ones. Result: a copy.
  std::string CopyOfLive(int synced, int unsynced) {
    Store store = OpenStore(folder_.store());
    for (int i = 0; i < synced + unsynced; ++i) {
      EXPECT_TRUE(store.PutJson(kOrganization, CallJson(i), {.sync = i < synced}));
    }
    const std::string copy = folder_.path() + "/copy";
    fs::copy(folder_.store(), copy, fs::copy_options::recursive);
    return copy;
  }
  static std::int64_t Calls(const Store& store) { return store.Count(kOrganization).value_or(-1); }
  // The longest file whose name has such an end or beginning.
  static fs::path FileIn(const std::string& folder, const std::string& part) {
    fs::path longest;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().filename().string().find(part) == std::string::npos) continue;
      if (longest.empty() || file.file_size() > fs::file_size(longest)) longest = file.path();
    }
    return longest;
  }
  static void Cut(const fs::path& file, double part) {
    fs::resize_file(file,
                    static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(file)) * part));
  }
  static void Flip(const fs::path& file, std::uintmax_t at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(bytes.get() ^ 0x10);
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(byte);
  }

  test::ScratchFolder folder_;
};

TEST_F(OpenTest, NewStoreIsCreated) {
  const Store store = OpenStore(folder_.store());
  const OpenReport report = *store.open_report();
  EXPECT_TRUE(report.created);
  EXPECT_FALSE(report.state_missing);
  EXPECT_EQ(report.lost_rows, 0U);
}

TEST_F(OpenTest, ClosedStoreIsClean) {
  {
    Store store = OpenStore(folder_.store());
    ASSERT_TRUE(store.PutJson(kOrganization, CallJson(1)));
    ASSERT_TRUE(store.Close());
  }
  const Store store = OpenStore(folder_.store());
  const OpenReport report = *store.open_report();
  EXPECT_TRUE(report.clean);
  EXPECT_FALSE(report.created);
  EXPECT_FALSE(report.log_truncated);
  EXPECT_GT(report.recovered_sequence, 0U);
  EXPECT_EQ(report.recovered_sequence, report.durable_sequence);
  EXPECT_EQ(report.recovered_sequence, report.acknowledged_sequence);
  EXPECT_EQ(Calls(store), 1);
}

TEST_F(OpenTest, KilledWriterLosesNothing) {
  const std::string copy = CopyOfLive(3, 4);
  const Store store = OpenStore(copy);
  const OpenReport report = *store.open_report();
  EXPECT_FALSE(report.clean);
  EXPECT_LT(report.durable_sequence, report.acknowledged_sequence);
  EXPECT_EQ(report.acknowledged_sequence, report.recovered_sequence);
  EXPECT_EQ(report.lost_rows, 0U);
  EXPECT_EQ(Calls(store), 7);
}

TEST_F(OpenTest, LostEndOfLogIsReported) {
  const std::string copy = CopyOfLive(3, 40);
  const fs::path log = FileIn(copy, ".log");
  Cut(log, 0.6);
  const Store store = OpenStore(copy);
  const OpenReport report = *store.open_report();
  EXPECT_GT(report.lost_rows, 0U);
  EXPECT_EQ(report.lost_rows, report.acknowledged_sequence - report.recovered_sequence);
  EXPECT_EQ(report.lost_durable_rows, 0U);
  EXPECT_LT(Calls(store), 43);
  EXPECT_GE(Calls(store), 3);
}

TEST_F(OpenTest, LostSyncedWriteIsRefused) {
  const std::string copy = CopyOfLive(20, 0);
  Cut(FileIn(copy, ".log"), 0.5);
  const Error error = Refused(copy);
  EXPECT_EQ(error.code, ErrorCode::kCorrupt) << error.ToString();
  EXPECT_NE(error.Detail("rows"), "");
  EXPECT_EQ(Refused(copy, {.mode = OpenMode::kReadOnly}).code, ErrorCode::kCorrupt);
  EXPECT_EQ(Refused(copy, {.mode = OpenMode::kFollow}).code, ErrorCode::kCorrupt);

  const Store store = OpenStore(copy, {.allow_loss = true});
  EXPECT_GT(store.open_report()->lost_durable_rows, 0U);
  EXPECT_LT(Calls(store), 20);
  EXPECT_GT(Calls(store), 0);
}

TEST_F(OpenTest, RefusedFolderStaysAsItWas) {
  const std::string copy = CopyOfLive(20, 0);
  fs::remove(FileIn(copy, ".log"));
  fs::remove(copy + "/callstore.lock");
  const std::string before = test::BytesBelow(copy);
  EXPECT_EQ(Refused(copy).code, ErrorCode::kCorrupt);
  fs::remove(copy + "/callstore.lock");
  EXPECT_EQ(test::BytesBelow(copy), before);
}

TEST_F(OpenTest, AllowedLossIsNotReportedAgain) {
  const std::string copy = CopyOfLive(20, 0);
  Cut(FileIn(copy, ".log"), 0.5);
  { const Store store = OpenStore(copy, {.allow_loss = true}); }
  const Store store = OpenStore(copy);
  EXPECT_EQ(store.open_report()->lost_rows, 0U);
  EXPECT_TRUE(store.open_report()->clean);
}

// What a power cut may leave of records that nobody had synced yet.
TEST_F(OpenTest, TornEndOfManifestIsCutAndSaysSo) {
  const std::string copy = CopyOfLive(3, 4);
  const fs::path manifest = FileIn(copy, "MANIFEST-");
  const std::string torn = std::string("none", 4) + std::string("\x28\0\x01", 3) +
                           std::string(40, 'x') + std::string("none", 4) +
                           std::string("\x28\0\x01", 3) + std::string(20, 'x');
  std::ofstream(manifest, std::ios::app | std::ios::binary) << torn;
  const std::string with_end = test::BytesBelow(copy);
  EXPECT_EQ(Refused(copy, {.mode = OpenMode::kReadOnly}).code, ErrorCode::kCorrupt);
  EXPECT_EQ(test::BytesBelow(copy), with_end) << "a reader mends nothing";
  const Store store = OpenStore(copy);
  EXPECT_TRUE(store.open_report()->log_truncated);
  EXPECT_EQ(store.open_report()->lost_rows, 0U);
  EXPECT_EQ(Calls(store), 7);
  EXPECT_TRUE(store.Verify()->ok());
  EXPECT_TRUE(fs::exists(manifest.string() + ".lost"));
}

TEST_F(OpenTest, DamageBeforeTheEndOfTheManifestIsRefused) {
  const std::string copy = CopyOfLive(3, 4);
  const fs::path manifest = FileIn(copy, "MANIFEST-");
  Flip(manifest, fs::file_size(manifest) / 2);
  const std::string before = test::BytesBelow(copy);
  EXPECT_EQ(Refused(copy).code, ErrorCode::kCorrupt);
  EXPECT_EQ(Refused(copy, {.allow_loss = true}).code, ErrorCode::kCorrupt);
  EXPECT_EQ(test::BytesBelow(copy), before);
}

TEST_F(OpenTest, DamagedLogIsCutAndSaysSo) {
  const std::string copy = CopyOfLive(2, 60);
  const fs::path log = FileIn(copy, ".log");
  Flip(log, fs::file_size(log) / 2);
  const Store store = OpenStore(copy);
  EXPECT_TRUE(store.open_report()->log_truncated);
  EXPECT_GT(store.open_report()->lost_rows, 0U);
  EXPECT_GE(Calls(store), 2);
  EXPECT_LT(Calls(store), 62);
}

TEST_F(OpenTest, ShortManifestIsRefused) {
  const std::string copy = CopyOfLive(3, 3);
  Cut(FileIn(copy, "MANIFEST-"), 0.7);
  EXPECT_EQ(Refused(copy).code, ErrorCode::kCorrupt);
  EXPECT_EQ(Refused(copy, {.mode = OpenMode::kReadOnly}).code, ErrorCode::kCorrupt);
}

TEST_F(OpenTest, MissingCurrentIsRefused) {
  const std::string copy = CopyOfLive(3, 3);
  fs::remove(copy + "/CURRENT");
  EXPECT_EQ(Refused(copy).code, ErrorCode::kCorrupt);
  EXPECT_EQ(Refused(copy, {.mode = OpenMode::kReadOnly}).code, ErrorCode::kCorrupt);
}

TEST_F(OpenTest, MissingTableIsRefused) {
  {
    Store store = OpenStore(folder_.store());
    ASSERT_TRUE(store.PutJson(kOrganization, CallJson(1)));
    ASSERT_TRUE(store.Close());
  }
  fs::remove(FileIn(folder_.store(), ".sst"));
  EXPECT_EQ(Refused(folder_.store()).code, ErrorCode::kCorrupt);
  EXPECT_EQ(Refused(folder_.store(), {.mode = OpenMode::kReadOnly}).code, ErrorCode::kCorrupt);
}

TEST_F(OpenTest, StateFileThatIsGoneIsReported) {
  for (const bool damaged : {false, true}) {
    test::ScratchFolder folder;
    {
      Store store = OpenStore(folder.store());
      ASSERT_TRUE(store.PutJson(kOrganization, CallJson(1)));
    }
    const fs::path state = folder.store() + "/callstore.state";
    if (damaged) {
      Flip(state, 10);
      Flip(state, 522);
    } else {
      fs::remove(state);
    }
    const Store store = OpenStore(folder.store());
    EXPECT_TRUE(store.open_report()->state_missing);
    EXPECT_EQ(Calls(store), 1);
  }
}

TEST_F(OpenTest, TornStateHasItsOtherSlot) {
  const std::string copy = CopyOfLive(20, 0);
  const auto state = engine::StateFile::Read(rocksdb::Env::Default(), copy);
  ASSERT_TRUE(state);
  for (const std::uintmax_t at : {std::uintmax_t{20}, std::uintmax_t{532}}) {
    const std::string torn = copy + std::to_string(at);
    fs::copy(copy, torn, fs::copy_options::recursive);
    Flip(torn + "/callstore.state", at);
    const auto left = engine::StateFile::Read(rocksdb::Env::Default(), torn);
    ASSERT_TRUE(left);
    EXPECT_LE(left->durable, state->durable);
    const Store store = OpenStore(torn);
    EXPECT_FALSE(store.open_report()->state_missing);
    EXPECT_EQ(Calls(store), 20);
  }
}

TEST_F(OpenTest, CutOffCreationIsTakenUp) {
  fs::create_directories(folder_.store());
  ASSERT_TRUE(engine::StateFile::Open(rocksdb::Env::Default(), folder_.store(), {}));
  std::ofstream(folder_.store() + "/CURRENT") << "MANIFEST-000001\n";
  Store store = OpenStore(folder_.store());
  EXPECT_TRUE(store.open_report()->created);
  EXPECT_TRUE(store.PutJson(kOrganization, CallJson(1)));
}

TEST_F(OpenTest, SecondWriterHearsWhoHasIt) {
  const Store store = OpenStore(folder_.store());
  const std::string link = folder_.path() + "/link";
  fs::create_directory_symlink(folder_.store(), link);
  for (const std::string& path : {folder_.store(), link}) {
    const Error error = Refused(path);
    EXPECT_EQ(error.code, ErrorCode::kLocked);
    EXPECT_NE(error.Detail("holder").find(std::to_string(::getpid())), std::string_view::npos)
        << error.ToString();
  }
}

// Were the durable mark ever ahead of what is synced, stores would be refused that lost nothing.
TEST_F(OpenTest, MarksFollowEachWriteOfManyThreads) {
  Store store = OpenStore(folder_.store());
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string organization = "org-" + std::to_string(t);
        EXPECT_TRUE(store.PutJson(organization, CallJson(i), {.sync = (i + t) % 9 == 0}));
      }
    });
  }
  threads.clear();
  const auto open = engine::StateFile::Read(rocksdb::Env::Default(), folder_.store());
  ASSERT_TRUE(open);
  EXPECT_LE(open->durable, open->acknowledged);
  ASSERT_TRUE(store.Close());
  const auto closed = engine::StateFile::Read(rocksdb::Env::Default(), folder_.store());
  ASSERT_TRUE(closed);
  EXPECT_EQ(open->acknowledged, closed->acknowledged);
  EXPECT_EQ(closed->phase, engine::StoreState::Phase::kClosed);
}

class FullDiskTest : public OpenTest {
 protected:
  void SetUp() override {
    environment_.free_bytes = [this](const std::string&) { return free_; };
    StoreOptions options;
    options.path = folder_.store();
    options.reserve_bytes = kReserve;
    auto opened = store::OpenWith(options, environment_);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  static constexpr std::uint64_t kReserve = std::uint64_t{8} << 20;
  std::optional<std::uint64_t> free_ = std::uint64_t{1} << 30;
  engine::Environment environment_;
  std::optional<Store> store_;
};

TEST_F(FullDiskTest, WritesStopBeforeItAndResume) {
  ASSERT_TRUE(store_->PutJson(kOrganization, CallJson(1)));
  ASSERT_TRUE(store_->PutJson(kOrganization, CallJson(2)));
  free_ = kReserve - 1;
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  const auto refused = store_->PutJson(kOrganization, CallJson(3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kFull);
  EXPECT_EQ(refused.error().Detail("free_bytes"), std::to_string(kReserve - 1));
  EXPECT_FALSE(store_->Update(kOrganization, "call-1", R"({"agent_id":"b"})"));
  EXPECT_EQ(Calls(*store_), 2);
  EXPECT_TRUE(store_->Get(kOrganization, "call-1"));
  EXPECT_TRUE(store_->Delete(kOrganization, "call-1"));
  EXPECT_TRUE(store_->DeleteMatching(kOrganization, Field("agent_id") == "agent"));
  EXPECT_EQ(Calls(*store_), 0);
  free_ = kReserve / 2 - 1;
  EXPECT_FALSE(store_->PutJson(kOrganization, CallJson(3)));
  free_ = std::uint64_t{1} << 30;
  EXPECT_TRUE(store_->PutJson(kOrganization, CallJson(3)));
  EXPECT_EQ(Calls(*store_), 1);
}

TEST_F(FullDiskTest, DeletesStopAtHalfOfTheReserve) {
  ASSERT_TRUE(store_->PutJson(kOrganization, CallJson(1)));
  free_ = kReserve / 2 - 1;
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  const auto refused = store_->Delete(kOrganization, "call-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kFull);
  EXPECT_EQ(Calls(*store_), 1);
}

TEST_F(FullDiskTest, UnknownSpaceRefusesNobody) {
  free_ = std::nullopt;
  EXPECT_TRUE(store_->PutJson(kOrganization, CallJson(1)));
}

}  // namespace
}  // namespace callstore
