// Goal:   processes that meet in one folder are told apart by named errors, and a reader beside a
//         writer sees what was acknowledged, whatever becomes of the writer.
// Method: children that open one store, in turn and together.
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "crash/child_body.h"
#include "crash/crash_folder.h"
#include "crash/file_bytes.h"
#include "crash/script.h"
#include "crash/shared_memory.h"

namespace callstore::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr uid_t kNobody = 65534;
const std::string kOrganization = "org-1";

struct Signals {
  std::atomic<int> ready{0};  // of a child that has come to its point
  std::atomic<std::int64_t> written{0};
  std::atomic<bool> last{false};  // nothing more will be written
};

std::string CallText(std::int64_t number) {
  return CallDoc{.id = "id-" + std::to_string(number),
                 .revision = static_cast<int>(number),
                 .time_ms = 1703097600000 + number % 50,
                 .words = 100}
      .Json(kOrganization);
}

// Of an open that must fail.
Error ErrorOf(const StoreOptions& options) {
  const auto store = Store::Open(options);
  return store ? Error{ErrorCode::kInternal, "it opens", {}} : store.error();
}

class ProcessesTest : public testing::Test {
 protected:
  StoreOptions Options(OpenMode mode = OpenMode::kReadWrite) const {
    StoreOptions options = SmallStore(folder_.store());
    options.mode = mode;
    return options;
  }

  // A store with some calls, closed.
  void MakeStore(int calls) {
    InChild([&] {
      auto store = Store::Open(Options());
      ASSERT_TRUE(store) << store.error().ToString();
      for (int i = 0; i < calls; ++i) ASSERT_TRUE(store->PutJson(kOrganization, CallText(i)));
      ASSERT_TRUE(store->Close());
    });
  }

  // Opens and holds on to the store until it is killed.
  std::string Hold() {
    auto store = Store::Open(Options());
    if (!store) return store.error().ToString();
    signals_->ready = 1;
    while (true) std::this_thread::sleep_for(milliseconds(10));
  }

  // Waits until a child has come so far; false where it takes too long.
  bool Await(const std::function<bool()>& reached) {
    for (int i = 0; i < 3000; ++i) {
      if (reached()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  CrashFolder folder_;
  SharedMemory<Signals> signals_;
};

TEST_F(ProcessesTest, SecondProcessIsLockedAndToldTheHolder) {
  Child holder([this] { return Hold(); });
  ASSERT_TRUE(Await([&] { return signals_->ready == 1; }));
  InChild([&] {
    const Error error = ErrorOf(Options());
    EXPECT_EQ(error.code, ErrorCode::kLocked) << error.ToString();
    EXPECT_NE(error.Detail("holder").find(std::to_string(holder.pid())), std::string::npos)
        << error.ToString();
    EXPECT_TRUE(Store::Open(Options(OpenMode::kReadOnly))) << "a reader takes no lock";
  });
  holder.Kill();
  holder.Wait();
  InChild([&] {
    const auto store = Store::Open(Options());
    EXPECT_TRUE(store) << "the lock of a killed process stays: " << store.error().ToString();
  });
}

TEST_F(ProcessesTest, SameProcessIsLocked) {
  InChild([&] {
    auto first = Store::Open(Options());
    ASSERT_TRUE(first) << first.error().ToString();
    const Error error = ErrorOf(Options());
    EXPECT_EQ(error.code, ErrorCode::kLocked) << error.ToString();
    EXPECT_NE(error.Detail("holder").find(std::to_string(::getpid())), std::string::npos)
        << error.ToString();
    EXPECT_TRUE(first->PutJson(kOrganization, CallText(1))) << "the first one was disturbed";
    ASSERT_TRUE(first->Close());
    EXPECT_TRUE(Store::Open(Options()));
  });
}

TEST_F(ProcessesTest, SymbolicLinkLeadsToTheSameStore) {
  MakeStore(3);
  const std::string link = folder_.path() + "/link";
  fs::create_directory_symlink(folder_.store(), link);
  InChild([&] {
    StoreOptions linked = Options();
    linked.path = link;
    auto store = Store::Open(linked);
    ASSERT_TRUE(store) << store.error().ToString();
    EXPECT_EQ(store->Count(kOrganization).value(), 3);
    EXPECT_EQ(ErrorOf(Options()).code, ErrorCode::kLocked) << "by the other path";
    linked.path = folder_.path() + "/./store/";
    EXPECT_EQ(ErrorOf(linked).code, ErrorCode::kLocked) << "by another spelling";
  });
}

TEST_F(ProcessesTest, MissingFolderIsNamedOrMade) {
  InChild([&] {
    EXPECT_EQ(ErrorOf(Options(OpenMode::kReadOnly)).code, ErrorCode::kNotFound);
    EXPECT_EQ(ErrorOf(Options(OpenMode::kFollow)).code, ErrorCode::kNotFound);
    StoreOptions options = Options();
    options.create_if_missing = false;
    EXPECT_EQ(ErrorOf(options).code, ErrorCode::kNotFound);
    EXPECT_FALSE(fs::exists(folder_.store())) << "made in passing";

    options = Options();
    options.path = folder_.path() + "/a/b/store";
    EXPECT_TRUE(Store::Open(options)) << "with its parents";
    WriteBytes(folder_.path() + "/file", "x");
    options.path = folder_.path() + "/file";
    EXPECT_EQ(ErrorOf(options).code, ErrorCode::kInvalidArgument);
    options.path = folder_.path() + "/file/store";
    const Error below = ErrorOf(options);
    EXPECT_TRUE(below.code == ErrorCode::kIoError || below.code == ErrorCode::kInvalidArgument)
        << below.ToString();
    fs::create_directory_symlink(folder_.path() + "/nowhere", folder_.path() + "/dangling");
    options.path = folder_.path() + "/dangling";
    const Error dangling = ErrorOf(options);
    EXPECT_NE(dangling.code, ErrorCode::kInternal) << dangling.ToString();
  });
}

TEST_F(ProcessesTest, FolderOfOtherFilesIsLeftAlone) {
  fs::create_directory(folder_.store());
  WriteBytes(folder_.store() + "/letter.txt", "dear");
  InChild([&] { EXPECT_EQ(ErrorOf(Options()).code, ErrorCode::kUnsupportedFormat); });
  EXPECT_EQ(BytesOf(folder_.store() + "/letter.txt"), "dear");
}

// As a user who may read the folder and not write to it.
class UnwritableFolderTest : public ProcessesTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    MakeStore(20);
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    ASSERT_EQ(::chmod(folder_.store().c_str(), 0755), 0);
    for (const auto& file : fs::directory_iterator(folder_.store())) {
      ASSERT_EQ(::chmod(file.path().c_str(), 0644), 0);
    }
  }

  static void BecomeNobody() {
    ASSERT_EQ(::setgroups(0, nullptr), 0);
    ASSERT_EQ(::setgid(kNobody), 0);
    ASSERT_EQ(::setuid(kNobody), 0);
  }
};

TEST_F(UnwritableFolderTest, WriterIsReadOnly) {
  InChild([&] {
    BecomeNobody();
    const Error error = ErrorOf(Options());
    EXPECT_EQ(error.code, ErrorCode::kReadOnly) << error.ToString();
    StoreOptions other = Options();
    other.path = folder_.path() + "/new";
    EXPECT_EQ(ErrorOf(other).code, ErrorCode::kReadOnly) << ErrorOf(other).ToString();
  });
}

TEST_F(UnwritableFolderTest, ReadersReadAndWriteNothing) {
  for (const OpenMode mode : {OpenMode::kReadOnly, OpenMode::kFollow}) {
    InChild([&] {
      BecomeNobody();
      auto store = Store::Open(Options(mode));
      ASSERT_TRUE(store) << store.error().ToString();
      const Reading reading = ReadBack(*store);
      EXPECT_EQ(reading.error ? reading.error->ToString() : "", "");
      EXPECT_EQ(reading.faults + reading.disagreement, "");
      EXPECT_EQ(store->Count(kOrganization).value(), 20);
      EXPECT_EQ(store->PutJson(kOrganization, CallText(1)).error().code, ErrorCode::kReadOnly);
    });
  }
}

TEST_F(UnwritableFolderTest, UnreadableFolderIsAnError) {
  ASSERT_EQ(::chmod(folder_.store().c_str(), 0700), 0);
  InChild([&] {
    BecomeNobody();
    for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly, OpenMode::kFollow}) {
      const Error error = ErrorOf(Options(mode));
      EXPECT_TRUE(error.code == ErrorCode::kReadOnly || error.code == ErrorCode::kIoError)
          << error.ToString();
    }
  });
}

class FollowerTest : public ProcessesTest {
 protected:
  // Puts calls until `end`; a writer with a lower end than is there begins after it.
  std::string WriteTo(std::int64_t end, bool close) {
    auto store = Store::Open(Options());
    if (!store) return "writer: " + store.error().ToString();
    for (std::int64_t i = store->Count(kOrganization).value(); i < end; ++i) {
      if (auto put = store->PutJson(kOrganization, CallText(i)); !put) {
        return "put: " + put.error().ToString();
      }
      signals_->written = i + 1;
    }
    if (close) {
      const auto closed = store->Close();
      return closed ? "" : "close: " + closed.error().ToString();
    }
    while (true) std::this_thread::sleep_for(milliseconds(10));
  }

  // Catches up until all is there. What was acknowledged before a CatchUp is seen after it.
  std::string Follow() {
    auto store = Store::Open(Options(OpenMode::kFollow));
    if (!store) return "follower: " + store.error().ToString();
    signals_->ready = 1;
    std::int64_t seen = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      const bool last = signals_->last;
      const std::int64_t written = signals_->written;
      if (const auto caught = store->CatchUp(); !caught) {
        if (caught.error().code == ErrorCode::kBusy) continue;
        return "catch up: " + caught.error().ToString();
      }
      const auto count = store->Count(kOrganization);
      if (!count) return "count: " + count.error().ToString();
      if (*count < seen || *count < written) {
        return std::to_string(*count) + " calls after " + std::to_string(seen) + " were seen and " +
               std::to_string(written) + " acknowledged";
      }
      seen = *count;
      if (last) {
        const Reading reading = ReadBack(*store);
        if (reading.error) return "read: " + reading.error->ToString();
        return reading.faults + reading.disagreement;
      }
    }
    return "it takes too long";
  }
};

TEST_F(FollowerTest, FollowerOutlivesWritersThatAreKilled) {
  MakeStore(1);
  signals_->written = 1;
  Child follower([this] { return Follow(); });
  ASSERT_TRUE(Await([&] { return signals_->ready == 1; }));
  for (const std::int64_t end : {150, 300, 450}) {
    Child writer([&] { return WriteTo(1'000'000, false); });
    ASSERT_TRUE(Await([&] { return signals_->written >= end; }));
    writer.Kill();
    const ChildEnd killed = writer.Wait();
    ASSERT_FALSE(killed.finished) << killed.report;
  }
  const std::int64_t end = signals_->written + 50;
  const ChildEnd writer = RunInChild([&] { return WriteTo(end, true); });
  EXPECT_EQ(writer.text(), "");
  signals_->last = true;
  EXPECT_EQ(follower.Wait().text(), "");
}

}  // namespace
}  // namespace callstore::test
