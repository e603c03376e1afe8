// Goal:   a full disk is the error `full`, before RocksDB meets it; reading goes on, deleting goes
// on
//         while there is room for it, and writing resumes when there is room again.
// Method: a disk of which the test says how much is free; one that really is full (tmpfs, where
//         mounting is allowed); a limit on the size of files.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "crash/child_body.h"
#include "crash/crash_folder.h"
#include "crash/fault_file_system.h"
#include "crash/file_bytes.h"
#include "crash/script.h"
#include "crash/shared_memory.h"
#include "store/open.h"

namespace callstore::test {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
const std::string kOrganization = "org-1";
// After so long the guard has looked at the disk again.
constexpr std::chrono::milliseconds kLookAgain{100};

std::string CallText(int number, int words = 300) {
  return CallDoc{.id = "id-" + std::to_string(number),
                 .revision = number,
                 .time_ms = 1703097600000 + number,
                 .words = words}
      .Json(kOrganization);
}

// Puts calls from `first` on until an error or `most` of them; how many were acknowledged.
struct Filled {
  int acknowledged = 0;
  std::optional<Error> error = {};
};
Filled Fill(Store* store, int first, int most, bool sync = false) {
  Filled filled;
  for (int i = first; i < first + most; ++i, ++filled.acknowledged) {
    if (auto put = store->PutJson(kOrganization, CallText(i), {.sync = sync}); !put) {
      filled.error = put.error();
      break;
    }
  }
  return filled;
}

class DiskFullTest : public testing::Test {
 protected:
  StoreOptions Options(std::uint64_t reserve_bytes) const {
    StoreOptions options = SmallStore(folder_.store());
    options.reserve_bytes = reserve_bytes;
    return options;
  }

  // Opened without limits, in a child.
  void ExpectCalls(int least, int most, std::uint64_t reserve_bytes = 0) {
    InChild([&] {
      auto store = Store::Open(Options(reserve_bytes));
      ASSERT_TRUE(store) << store.error().ToString();
      const Reading reading = ReadBack(*store);
      EXPECT_EQ(reading.error ? reading.error->ToString() : "", "");
      EXPECT_EQ(reading.faults + reading.disagreement, "");
      const auto count = store->Count(kOrganization).value();
      EXPECT_GE(count, least);
      EXPECT_LE(count, most);
      EXPECT_TRUE(store->PutJson(kOrganization, CallText(1'000'000)));
    });
  }

  CrashFolder folder_;
};

TEST_F(DiskFullTest, LittleFreeSpaceRefusesWritesBeforeRocksDb) {
  InChild([&] {
    std::atomic<std::uint64_t> free_bytes = 1000 * kMiB;
    const auto files = std::make_shared<FaultFileSystem>(folder_.store());
    const auto env = rocksdb::NewCompositeEnv(files);
    auto store = store::OpenWith(
        Options(100 * kMiB),
        {.env = env.get(), .free_bytes = [&](const std::string&) { return free_bytes.load(); }});
    ASSERT_TRUE(store) << store.error().ToString();
    ASSERT_FALSE(Fill(&*store, 0, 5).error);

    free_bytes = 60 * kMiB;  // more than half of the reserve
    std::this_thread::sleep_for(kLookAgain);
    const std::uint64_t changes = files->changes();
    const auto put = store->PutJson(kOrganization, CallText(10));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::kFull) << put.error().ToString();
    EXPECT_EQ(put.error().Detail("free_bytes"), std::to_string(60 * kMiB));
    const auto update = store->Update(kOrganization, "id-1", R"({"call_status":"ENDED"})");
    ASSERT_FALSE(update);
    EXPECT_EQ(update.error().code, ErrorCode::kFull);
    EXPECT_EQ(files->changes(), changes) << "RocksDB was asked";

    EXPECT_EQ(store->Count(kOrganization).value(), 5);
    EXPECT_TRUE(store->Get(kOrganization, "id-1"));
    const auto deleted = store->Delete(kOrganization, "id-1");
    EXPECT_TRUE(deleted) << deleted.error().ToString();
    const auto matching = store->DeleteMatching(kOrganization, Field("id") == "id-2");
    EXPECT_TRUE(matching) << matching.error().ToString();
    EXPECT_EQ(store->Count(kOrganization).value(), 3);

    free_bytes = 40 * kMiB;
    std::this_thread::sleep_for(kLookAgain);
    const auto too_late = store->Delete(kOrganization, "id-3");
    ASSERT_FALSE(too_late);
    EXPECT_EQ(too_late.error().code, ErrorCode::kFull);

    free_bytes = 1000 * kMiB;
    EXPECT_TRUE(store->PutJson(kOrganization, CallText(10)));
    EXPECT_EQ(store->Count(kOrganization).value(), 4);
    const auto closed = store->Close();
    EXPECT_TRUE(closed) << closed.error().ToString();
  });
  ExpectCalls(4, 4);
}

TEST_F(DiskFullTest, NoReserveMeansNoGuard) {
  InChild([&] {
    auto store = store::OpenWith(Options(0), {.free_bytes = [](const std::string&) { return 0U; }});
    ASSERT_TRUE(store) << store.error().ToString();
    EXPECT_TRUE(store->PutJson(kOrganization, CallText(1)));
  });
}

// A disk that fills while it is written to: the guard is the first to see it.
TEST_F(DiskFullTest, FillingDiskStopsAtTheReserve) {
  InChild([&] {
    const auto files = std::make_shared<FaultFileSystem>(folder_.store());
    const auto env = rocksdb::NewCompositeEnv(files);
    files->LimitSpace(12 * kMiB);
    auto store = store::OpenWith(
        Options(4 * kMiB),
        {.env = env.get(), .free_bytes = [&](const std::string&) { return files->space_left(); }});
    ASSERT_TRUE(store) << store.error().ToString();
    const Filled filled = Fill(&*store, 0, 100'000);
    ASSERT_TRUE(filled.error);
    EXPECT_EQ(filled.error->code, ErrorCode::kFull) << filled.error->ToString();
    EXPECT_NE(filled.error->Detail("free_bytes"), "") << "RocksDB met the full disk";
    EXPECT_GT(filled.acknowledged, 100);
    EXPECT_EQ(store->Count(kOrganization).value(), filled.acknowledged);
    EXPECT_TRUE(store->Delete(kOrganization, "id-0"));

    files->LimitSpace(200 * kMiB);
    const Filled more = Fill(&*store, 100'000, 50);
    EXPECT_FALSE(more.error) << more.error->ToString();
    EXPECT_EQ(store->Count(kOrganization).value(), filled.acknowledged - 1 + more.acknowledged);
    const auto closed = store->Close();
    EXPECT_TRUE(closed) << closed.error().ToString();
  });
}

struct Acknowledged {
  std::atomic<int> calls{0};
};

// A disk that is really full. Without the guard RocksDB may abort, and what was synced stays; with
// it nothing aborts.
class SmallDiskTest : public DiskFullTest {
 protected:
  // Runs a body in a child that has a disk of so many bytes at the store's folder; false: it may
  // not have one.
  bool OnSmallDisk(std::uint64_t bytes, const std::function<void()>& body) {
    std::filesystem::create_directory(folder_.store());
    const ChildEnd end = RunInChild([&]() -> std::string {
      if (::unshare(CLONE_NEWNS) != 0 ||
          ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount("tmpfs", folder_.store().c_str(), "tmpfs", 0,
                  ("size=" + std::to_string(bytes)).c_str()) != 0) {
        return "no disk";
      }
      body();
      return testing::Test::HasFailure() ? "an expectation failed in the child, see above" : "";
    });
    if (end.text() == "no disk") return false;
    EXPECT_EQ(end.text(), "");
    return true;
  }

  SharedMemory<Acknowledged> acknowledged_;
};

TEST_F(SmallDiskTest, GuardKeepsRocksDbFromTheFullDisk) {
  const bool mounted = OnSmallDisk(24 * kMiB, [&] {
    const std::string ballast = folder_.store() + "/ballast";
    InChild([&] {
      auto store = Store::Open(Options(6 * kMiB));
      ASSERT_TRUE(store) << store.error().ToString();
      WriteBytes(ballast, std::string(8 * kMiB, 'x'));
      const Filled filled = Fill(&*store, 0, 100'000, true);
      ASSERT_TRUE(filled.error);
      EXPECT_EQ(filled.error->code, ErrorCode::kFull) << filled.error->ToString();
      EXPECT_EQ(store->Count(kOrganization).value(), filled.acknowledged);
      std::filesystem::remove(ballast);
      const Filled more = Fill(&*store, 100'000, 20, true);
      EXPECT_FALSE(more.error) << more.error->ToString();
      acknowledged_->calls = filled.acknowledged + more.acknowledged;
    });
    ExpectCalls(acknowledged_->calls, acknowledged_->calls);
  });
  if (!mounted) GTEST_SKIP() << "mounting is not allowed here";
}

TEST_F(SmallDiskTest, FullDiskWithoutGuardLosesNothingSynced) {
  const bool mounted = OnSmallDisk(24 * kMiB, [&] {
    // Its end may be an abort inside of RocksDB, which is why there is a guard.
    const ChildEnd end = RunInChild([&]() -> std::string {
      auto store = Store::Open(Options(0));
      if (!store) return store.error().ToString();
      for (int i = 0; i < 100'000; ++i) {
        if (!store->PutJson(kOrganization, CallText(i), {.sync = true})) break;
        acknowledged_->calls = i + 1;
      }
      return {};
    });
    if (!end.finished) {
      EXPECT_NE(end.how.find("Assertion"), std::string::npos) << end.how;
    }
    EXPECT_GT(acknowledged_->calls, 100);
    ASSERT_EQ(::mount("tmpfs", folder_.store().c_str(), "tmpfs", MS_REMOUNT, "size=100663296"), 0);
    ExpectCalls(acknowledged_->calls, acknowledged_->calls + 1);
  });
  if (!mounted) GTEST_SKIP() << "mounting is not allowed here";
}

TEST_F(DiskFullTest, LimitOnFileSizeIsAnError) {
  SharedMemory<Acknowledged> acknowledged;
  InChild([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{kMiB, kMiB};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    StoreOptions options = Options(0);
    options.write_buffer_bytes = 16 * kMiB;
    auto store = Store::Open(options);
    ASSERT_TRUE(store) << store.error().ToString();
    const Filled filled = Fill(&*store, 0, 10'000);
    ASSERT_TRUE(filled.error);
    EXPECT_TRUE(filled.error->code == ErrorCode::kIoError || filled.error->code == ErrorCode::kFull)
        << filled.error->ToString();
    acknowledged->calls = filled.acknowledged;
    EXPECT_EQ(store->Count(kOrganization).value(), filled.acknowledged);
    EXPECT_TRUE(store->Get(kOrganization, "id-1"));
  });
  ExpectCalls(acknowledged->calls, acknowledged->calls + 1);
}

}  // namespace
}  // namespace callstore::test
