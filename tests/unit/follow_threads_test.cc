// Goal:   a catch-up is one step for all queries: batches whole and in order, none lost, whatever
//         the writer does to its files meanwhile.
// Method: a writer whose every batch gives the same round to all calls of an organization and adds
//         one; two threads ask, one catches up all the time. Made for the thread sanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

constexpr auto kDuration = std::chrono::seconds(3);
constexpr std::int64_t kRoundCalls = 8;  // that every round writes again
constexpr std::int64_t kAgainMs = 1703097600000;
constexpr const char* kOrganization = "org-789";

class FollowThreadsTest : public testing::Test {
 protected:
  void OpenWriter() {
    writer_.reset();
    auto opened = Store::Open({.path = folder_.store(), .write_buffer_bytes = 64 << 10});
    ASSERT_TRUE(opened) << opened.error().ToString();
    writer_.emplace(*std::move(opened));
  }
  void WriteRound(std::int64_t round) {
    std::vector<Call> calls;
    for (std::int64_t i = 0; i < kRoundCalls; ++i) {
      Call& call = calls.emplace_back(Call{.organization_id = kOrganization});
      call.id = "again-" + std::to_string(i);
      call.start_timestamp = kAgainMs + i;
      call.agent_id = "again";
      call.call_duration = round;
      call.transcript = std::string(200, 'w');
    }
    calls.push_back({.organization_id = kOrganization, .id = "once-" + std::to_string(round)});
    calls.back().start_timestamp = round;
    calls.push_back({.organization_id = "org-" + std::to_string(round % 300), .id = "a"});
    const auto put = writer_->PutBatch(calls);
    ASSERT_TRUE(put) << put.error().ToString();
    acknowledged_ = round;
  }
  void Write() {
    for (std::int64_t round = 2; !stop_; ++round) {
      ASSERT_NO_FATAL_FAILURE(WriteRound(round));
      if (round % 150 == 0) {
        ASSERT_NO_FATAL_FAILURE(OpenWriter());
      }
    }
  }
  // The one round that the calls of a page have; -1 where they disagree.
  static std::int64_t RoundOf(const Page& page) {
    std::int64_t round = -1;
    for (const CallView& call : page.calls) {
      const auto of_call = static_cast<std::int64_t>(call.call_duration().value_or(-1));
      if (round >= 0 && of_call != round) return -1;
      round = of_call;
    }
    return round;
  }
  void CatchUp() {
    while (!stop_) {
      const std::int64_t before = acknowledged_;
      const auto caught_up = follower_->CatchUp();
      if (!caught_up) {
        ASSERT_EQ(caught_up.error().code, ErrorCode::kBusy) << caught_up.error().ToString();
        ++busy_;
        continue;
      }
      const auto page = follower_->List(kOrganization, {.filter = Field("agent_id") == "again"});
      ASSERT_TRUE(page) << page.error().ToString();
      ASSERT_GE(RoundOf(*page), before) << "what was acknowledged is not there";
      ++catch_ups_;
    }
  }
  void Ask(bool filtered) {
    std::int64_t last = 0;
    while (!stop_) {
      ListQuery query{.limit = kRoundCalls};
      query.filter = filtered ? Field("agent_id") == "again" : Field("start_timestamp") >= kAgainMs;
      const auto page = follower_->List(kOrganization, query);
      ASSERT_TRUE(page) << page.error().ToString();
      ASSERT_EQ(page->pagination.total_count, kRoundCalls);
      const std::int64_t round = RoundOf(*page);
      ASSERT_GE(round, last) << "half a batch, or a step back";
      last = round;
      const auto call = follower_->Get(kOrganization, "once-" + std::to_string(round));
      ASSERT_TRUE(call) << call.error().ToString();
      const auto count = follower_->Count(kOrganization);
      ASSERT_TRUE(count) << count.error().ToString();
      ASSERT_GE(*count, round + kRoundCalls);
      ++answers_;
    }
  }

  test::ScratchFolder folder_;
  std::optional<Store> writer_;
  std::optional<Store> follower_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::int64_t> acknowledged_ = 0;
  std::atomic<int> catch_ups_ = 0;
  std::atomic<int> busy_ = 0;
  std::atomic<int> answers_ = 0;
};

TEST_F(FollowThreadsTest, QueriesSeeWholeBatchesInOrder) {
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  ASSERT_NO_FATAL_FAILURE(WriteRound(1));
  auto opened = Store::Open({.path = folder_.store(), .mode = OpenMode::kFollow});
  ASSERT_TRUE(opened) << opened.error().ToString();
  follower_.emplace(*std::move(opened));

  std::vector<std::thread> threads;
  const auto start = [&](auto work) {
    threads.emplace_back([this, work] {
      work();
      if (HasFatalFailure()) stop_ = true;
    });
  };
  start([this] { Write(); });
  start([this] { CatchUp(); });
  start([this] { Ask(true); });
  start([this] { Ask(false); });
  const auto end = std::chrono::steady_clock::now() + kDuration;
  while (!stop_ && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  stop_ = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(catch_ups_, 0);
  EXPECT_GT(answers_, 0);
  RecordProperty("catch_ups", catch_ups_);
  RecordProperty("busy", busy_);
  RecordProperty("answers", answers_);
  RecordProperty("rounds", static_cast<int>(acknowledged_));
  const auto stats = follower_->Stats();
  ASSERT_TRUE(stats) << stats.error().ToString();
  for (const auto& [name, value] : stats->counters) {
    if (name == "reopens") RecordProperty("reopens", static_cast<int>(value));
  }
}

}  // namespace
}  // namespace callstore
