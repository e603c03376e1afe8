// Goal:   a process that is killed loses nothing that was acknowledged, synced or not, and leaves
// no
//         half of a batch.
// Method: a child writes with several threads and notes in memory that outlives it, for each call,
//         which version it is about to write and which was acknowledged. It gets SIGKILL at a
//         random moment, while opening too. Then each call must be there as acknowledged or as
//         pending, the calls of one pending batch all alike, and all answers agree; and the next
//         child goes on with the same store. CALLSTORE_TEST_KILLS=<trials> for more.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "crash/child.h"
#include "crash/crash_folder.h"
#include "crash/script.h"
#include "crash/shared_memory.h"
#include "crash/trials.h"
#include "model/random.h"

namespace callstore::test {
namespace {

constexpr std::size_t kWriters = 4;
constexpr std::size_t kCalls = 30;  // of a writer
constexpr std::uint64_t kKillsOfAStore = 20;

// Versions of one call; 0: never written.
struct CallVersions {
  std::atomic<int> pending{0};
  std::atomic<int> acknowledged{0};
};

struct Expected {
  std::array<std::array<CallVersions, kCalls>, kWriters> versions{};
  std::atomic<std::uint64_t> writes{0};
};

std::string IdOf(std::size_t writer, std::size_t call) {
  return "w" + std::to_string(writer) + "-" + std::to_string(call);
}
std::string OrganizationOf(std::size_t call) { return "org-" + std::to_string(call % 3); }
bool IsDeleted(int version) { return version % 7 == 0; }

// A version has all that follows from its number; every fourth has not started.
CallDoc DocOf(std::size_t writer, std::size_t call, int version) {
  CallDoc doc{.id = IdOf(writer, call), .revision = version};
  doc.time_ms = 1703097600000 + std::int64_t{version} % 11 * 1000;
  doc.started = version % 4 != 1;
  doc.status = version % static_cast<int>(CallStatuses().size());
  doc.number = version % kCallNumbers;
  doc.words = version * 37 % 500;
  return doc;
}

class Writer {
 public:
  Writer(Store* store, Expected* expected, std::size_t number, std::uint64_t seed, bool lies)
      : store_(store), expected_(expected), number_(number), random_(seed), lies_(lies) {}

  // Writes until an error; the error.
  Error Run() {
    while (true) {
      const std::size_t first = random_.Below(kCalls);
      const std::size_t calls = random_.Chance(20) ? std::min(kCalls - first, std::size_t{4}) : 1;
      std::vector<int> versions;
      for (std::size_t call = first; call < first + calls; ++call) {
        versions.push_back(Next(call, calls > 1));
        Of(call).pending = versions.back();
      }
      if (lies_) Acknowledge(first, versions);
      if (auto written = Write(first, versions); !written) return written.error();
      Acknowledge(first, versions);
      ++expected_->writes;
    }
  }

 private:
  CallVersions& Of(std::size_t call) { return expected_->versions[number_][call]; }
  // What is not there is not deleted; a batch deletes nothing.
  int Next(std::size_t call, bool in_batch) {
    const int now = Of(call).acknowledged;
    return IsDeleted(now + 1) && (in_batch || IsDeleted(now)) ? now + 2 : now + 1;
  }
  void Acknowledge(std::size_t first, const std::vector<int>& versions) {
    for (std::size_t i = 0; i < versions.size(); ++i) Of(first + i).acknowledged = versions[i];
  }

  Result<void> Write(std::size_t first, const std::vector<int>& versions) {
    const WriteOptions options{.sync = random_.Chance(5)};
    if (random_.Chance(2)) {
      if (auto synced = store_->Sync(); !synced) return synced;
    }
    if (versions.size() == 1 && IsDeleted(versions[0])) {
      return store_->Delete(OrganizationOf(first), IdOf(number_, first), options);
    }
    if (versions.size() == 1) {
      const std::string json = DocOf(number_, first, versions[0]).Json(OrganizationOf(first));
      const auto put = store_->PutJson({}, json, options);
      return put ? Result<void>() : tl::unexpected<Error>(put.error());
    }
    std::vector<Call> calls;
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const std::string organization = OrganizationOf(first + i);
      calls.push_back(ParseCall(DocOf(number_, first + i, versions[i]).Json(organization)).value());
    }
    const auto put = store_->PutBatch(calls, options);
    return put ? Result<void>() : tl::unexpected<Error>(put.error());
  }

  Store* store_;
  Expected* expected_;
  std::size_t number_;
  Random random_;
  bool lies_;
};

// Opens the store and writes until it is killed; what it returns is an error.
std::string WriteForever(const std::string& path, Expected* expected, std::uint64_t seed,
                         bool lies) {
  auto store = Store::Open(SmallStore(path));
  if (!store) return "open: " + store.error().ToString();
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < kWriters; ++number) {
    threads.emplace_back([&store, expected, number, seed, lies] {
      EndChild("write: " + Writer(&*store, expected, number, seed + number, lies).Run().ToString());
    });
  }
  for (std::thread& thread : threads) thread.join();
  return {};
}

// The version that the store has; nothing: neither the acknowledged nor the pending one.
std::optional<int> FoundVersion(const StoreContent& content, std::size_t writer, std::size_t call,
                                const CallVersions& versions) {
  const std::string organization = OrganizationOf(call);
  const std::string* json = nullptr;
  if (const auto calls = content.find(organization); calls != content.end()) {
    const auto found = calls->second.find(IdOf(writer, call));
    if (found != calls->second.end()) json = &found->second;
  }
  for (const int version : {versions.acknowledged.load(), versions.pending.load()}) {
    if (IsDeleted(version)
            ? json == nullptr
            : json != nullptr && *json == DocOf(writer, call, version).Json(organization, true)) {
      return version;
    }
  }
  return std::nullopt;
}

// Compares, and takes what is found for what the next child begins with; empty: as it must be.
std::string CheckAfterKill(const std::string& path, Expected* expected) {
  const auto store = Store::Open(SmallStore(path));
  if (!store) return "open: " + store.error().ToString();
  if (store->open_report()->lost_rows > 0) return "it says that rows are lost";
  const Reading reading = ReadBack(*store);
  if (reading.error) return "read: " + reading.error->ToString();
  if (const std::string trouble = reading.faults + reading.disagreement; !trouble.empty()) {
    return trouble;
  }
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    int pending_old = 0;
    int pending_new = 0;
    for (std::size_t call = 0; call < kCalls; ++call) {
      CallVersions& versions = expected->versions[writer][call];
      const auto found = FoundVersion(reading.content, writer, call, versions);
      if (!found) {
        return IdOf(writer, call) + " is neither version " + std::to_string(versions.acknowledged) +
               ", acknowledged, nor " + std::to_string(versions.pending) + ", pending";
      }
      if (versions.pending != versions.acknowledged) {
        ++(*found == versions.pending ? pending_new : pending_old);
      }
      versions.pending = *found;
      versions.acknowledged = *found;
    }
    if (pending_old > 0 && pending_new > 0) return "a half of a batch is there";
  }
  return {};
}

class KillTest : public testing::Test {
 protected:
  // One life of the store; what is wrong after it.
  std::string KillOnce(std::uint64_t seed, std::size_t most_ms, bool lies = false) {
    Random random(seed);
    const std::chrono::milliseconds life(5 + random.Below(most_ms));
    {
      Child child([&] { return WriteForever(folder_.store(), &*expected_, seed, lies); });
      std::this_thread::sleep_for(life);
      child.Kill();
      if (const ChildEnd end = child.Wait(); end.finished) return end.report;
    }
    return RunInChild([&] { return CheckAfterKill(folder_.store(), &*expected_); }).text();
  }

  CrashFolder folder_;
  SharedMemory<Expected> expected_;
};

TEST_F(KillTest, KilledProcessLosesNothingAcknowledged) {
  const Trials trials = Trials::Of("CALLSTORE_TEST_KILLS", 10);
  std::uint64_t writes = 0;
  for (std::uint64_t trial = trials.first; trial < trials.end; ++trial) {
    if (trial % kKillsOfAStore == 0) {
      folder_.Clear();
      expected_.Reset();
    }
    ASSERT_EQ(KillOnce(trials.SeedOf(trial), 700), "") << trials.Replay(trial);
    writes = std::max<std::uint64_t>(writes, expected_->writes);
  }
  EXPECT_GT(writes, 0U) << "no child came to write";
}

// The negative control: a child that acknowledges what it has not written yet.
TEST_F(KillTest, EarlyAcknowledgementIsNoticed) {
  std::string noticed;
  for (std::uint64_t trial = 0; trial < 20 && noticed.empty(); ++trial) {
    noticed = KillOnce(trial, 500, true);
  }
  EXPECT_NE(noticed.find("is neither version"), std::string::npos) << noticed;
}

}  // namespace
}  // namespace callstore::test
