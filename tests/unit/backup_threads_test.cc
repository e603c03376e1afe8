// Goal:   a copy that is made while others write is the store of one moment, with all that was
//         acknowledged before it was asked for.
// Method: two threads write rounds, each a batch with one call of either organization; the store's
//         files change all the time. Of a copy, each thread's rounds are 0, 1, ... without a gap,
//         in both organizations alike, and no fewer than were acknowledged before.
#include <array>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "backup_fixture.h"

namespace callstore {
namespace {

constexpr std::size_t kWriters = 2;
// Between two rounds of a thread. Logs go every second or so then, also where all is slow.
constexpr std::chrono::microseconds kPause{1000};

class BackupThreadsTest : public test::BackupFixture {
 protected:
  using Rounds = std::array<std::int64_t, kWriters>;

  void SetUp() override {
    Open({.write_buffer_bytes = 1 << 20});
    for (std::size_t i = 0; i < kWriters; ++i) {
      writers_.emplace_back([this, i] { Write(i); });
    }
  }

  void TearDown() override { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
    writers_.clear();
  }

  static std::string IdOf(std::size_t writer, std::int64_t round) {
    return std::to_string(writer) + "-" + std::to_string(round);
  }

  void Write(std::size_t writer) {
    for (std::int64_t round = 0; !stop_; ++round) {
      std::vector<Call> calls = {test::MakeCall("org-1", round), test::MakeCall("org-2", round)};
      for (Call& call : calls) call.id = IdOf(writer, round);
      const auto put = store_->PutBatch(calls);
      ASSERT_TRUE(put) << put.error().ToString();
      acknowledged_[writer] = round + 1;
      std::this_thread::sleep_for(pause_.load());
    }
  }

  Rounds Acknowledged() const {
    Rounds rounds{};
    for (std::size_t i = 0; i < kWriters; ++i) rounds[i] = acknowledged_[i];
    return rounds;
  }

  static std::set<std::string> IdsOf(const Store& store, const std::string& organization) {
    std::set<std::string> ids;
    ListQuery query{.limit = 1000, .view = View::kSummary};
    do {
      const auto page = store.List(organization, query);
      EXPECT_TRUE(page) << page.error().ToString();
      if (!page) break;
      for (const CallView& call : page->calls) ids.emplace(call.id());
      EXPECT_EQ(store.Count(organization).value_or(-1), page->pagination.total_count);
      query.cursor = page->next_cursor;
    } while (!query.cursor.empty());
    EXPECT_EQ(store.Count(organization).value_or(-1), static_cast<std::int64_t>(ids.size()));
    return ids;
  }

  // The calls of a copy.
  static std::int64_t ExpectOneMoment(const std::string& path, const Rounds& at_least) {
    const auto store = Store::Open({.path = path, .create_if_missing = false});
    EXPECT_TRUE(store) << store.error().ToString();
    if (!store) return -1;
    const std::set<std::string> ids = IdsOf(*store, "org-1");
    EXPECT_EQ(IdsOf(*store, "org-2"), ids);
    std::size_t without_gaps = 0;
    for (std::size_t writer = 0; writer < kWriters; ++writer) {
      std::int64_t round = 0;
      while (ids.contains(IdOf(writer, round))) ++round;
      EXPECT_GE(round, at_least[writer]) << "acknowledged, and not there";
      without_gaps += static_cast<std::size_t>(round);
    }
    EXPECT_EQ(without_gaps, ids.size()) << "a round is missing before others";
    return static_cast<std::int64_t>(2 * ids.size());
  }

  // Makes backups from `source` and compares each.
  void BackUpAndCompare(const Store& source, int count) {
    for (int i = 0; i < count; ++i) {
      const Rounds before = Acknowledged();
      const auto backup = source.Backup(backups());
      ASSERT_TRUE(backup) << backup.error().ToString();
      const std::string target = In("restored-" + std::to_string(backup->number));
      const auto restored = RestoreBackup(backups(), backup->number, target);
      ASSERT_TRUE(restored) << restored.error().ToString();
      EXPECT_EQ(ExpectOneMoment(target, before), backup->calls);
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<std::chrono::microseconds> pause_ = kPause;
  std::array<std::atomic<std::int64_t>, kWriters> acknowledged_{};
  std::vector<std::thread> writers_;
};

TEST_F(BackupThreadsTest, BackupIsOneMoment) { BackUpAndCompare(*store_, 3); }

TEST_F(BackupThreadsTest, BackupOfAReaderIsOneMoment) {
  const auto reader = Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  ASSERT_TRUE(reader) << reader.error().ToString();
  BackUpAndCompare(*reader, 2);
}

TEST_F(BackupThreadsTest, BackupOfAFollowerIsOneMoment) {
  // A follower needs a moment without a flush to open.
  pause_ = std::chrono::milliseconds(20);
  const auto follower = Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow});
  ASSERT_TRUE(follower) << follower.error().ToString();
  pause_ = kPause;
  BackUpAndCompare(*follower, 2);
}

TEST_F(BackupThreadsTest, CheckpointIsOneMoment) {
  for (int i = 0; i < 2; ++i) {
    const Rounds before = Acknowledged();
    const std::string path = In("copy-" + std::to_string(i));
    const auto made = store_->Checkpoint(path);
    ASSERT_TRUE(made) << made.error().ToString();
    ExpectOneMoment(path, before);
  }
}

TEST_F(BackupThreadsTest, SecondBackupAtATimeIsLockedAndTheFirstIsWhole) {
  std::atomic<int> made = 0;
  const auto back_up = [&](const std::string& folder) {
    for (int i = 0; i < 3; ++i) {
      const auto backup = store_->Backup(In(folder));
      if (backup) {
        ++made;
      } else {
        EXPECT_EQ(backup.error().code, ErrorCode::kLocked) << backup.error().ToString();
      }
    }
  };
  std::thread other([&] { back_up("others"); });
  back_up("backups");
  other.join();
  EXPECT_GE(made, 3);
  for (const std::string folder : {"backups", "others"}) {
    if (!ListBackups(In(folder))) continue;
    EXPECT_TRUE(VerifyBackup(In(folder), 0));
    EXPECT_TRUE(RestoreBackup(In(folder), 0, In(folder + "-restored")));
  }
}

}  // namespace
}  // namespace callstore
