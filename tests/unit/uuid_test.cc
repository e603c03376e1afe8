// Goal:   ids are UUIDs, never twice the same, in the order of their making; derived ids never
//         change.
#include "base/uuid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "callstore/call.h"

namespace callstore {
namespace {

void ExpectUuid(const std::string& id, char version) {
  ASSERT_EQ(id.size(), 36U) << id;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    EXPECT_TRUE(dash ? id[i] == '-' : std::isxdigit(static_cast<unsigned char>(id[i])) != 0) << id;
  }
  EXPECT_EQ(id[14], version) << id;
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos) << id;
}

std::int64_t MsOf(const std::string& id) {
  return std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
}

std::int64_t SystemMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST(NewCallId, IsUuidOfVersion7AndOfNow) {
  const std::int64_t before = SystemMs();
  const std::string id = NewCallId();
  ExpectUuid(id, '7');
  EXPECT_GE(MsOf(id), before);
  EXPECT_LE(MsOf(id), SystemMs() + 1000);  // a busy ms may borrow from the next ones
}

TEST(NewCallId, ManyIdsRiseStrictly) {
  std::string last = NewCallId();
  for (int i = 0; i < 20000; ++i) {
    std::string id = NewCallId();
    ASSERT_LT(last, id);
    last = std::move(id);
  }
}

TEST(NewCallId, ThreadsGetDifferentRisingIds) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kIds = 5000;
  std::vector<std::vector<std::string>> ids(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&ids, i] {
      for (std::size_t k = 0; k < kIds; ++k) ids[i].push_back(NewCallId());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& of_thread : ids) {
    EXPECT_TRUE(std::is_sorted(of_thread.begin(), of_thread.end()));
    all.insert(of_thread.begin(), of_thread.end());
  }
  EXPECT_EQ(all.size(), kThreads * kIds);
}

TEST(Uuid7, LayoutIsTimeVersionCounterVariantRandom) {
  // The example of RFC 9562, A.6.
  const std::uint64_t tick = std::uint64_t{0x017F22E279B0} << 12 | 0xCC3;
  EXPECT_EQ(FormatUuid7(tick, 0x18C4DC0C0C07398F), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid7, TickNewMsStartsBelowHalfOfTheCounter) {
  EXPECT_EQ(NextUuidTick(0, 5, UINT64_MAX), std::uint64_t{5} << 12 | 0x7FF);
  EXPECT_EQ(NextUuidTick(4 << 12, 5, 0), std::uint64_t{5} << 12);
}

TEST(Uuid7, TickSameMsCounts) {
  const std::uint64_t tick = NextUuidTick(0, 5, 9);
  EXPECT_EQ(NextUuidTick(tick, 5, 0), tick + 1);
}

TEST(Uuid7, TickClockSetBackStillRises) {
  const std::uint64_t tick = NextUuidTick(0, 5000, 9);
  EXPECT_EQ(NextUuidTick(tick, 4000, 0), tick + 1);
  EXPECT_EQ(NextUuidTick(tick, -1, 0), tick + 1);
}

TEST(Uuid7, TickFullCounterGoesOnInTheNextMs) {
  const std::uint64_t full = std::uint64_t{5} << 12 | 0xFFF;
  EXPECT_EQ(NextUuidTick(full, 5, 0) >> 12, 6U);
}

// Ids on disk were made of these: never change the expected values.
TEST(DerivedId, IsFixedForever) {
  EXPECT_EQ(DerivedId("call-456"), "9af24d10-7ea0-8a10-9afe-89ec538a1bc7");
  EXPECT_EQ(DerivedId("call-457"), "40d99c64-d51e-82ed-a1b5-002a1a249cfb");
  EXPECT_EQ(DerivedId(""), "99aa06d3-0147-88d8-a001-c324468d497f");
  EXPECT_EQ(DerivedId(std::string(512, 'x')), "5d874687-f5fd-828a-92a8-1a98c393ea66");
}

TEST(DerivedId, IsUuidOfVersion8AndItsOwnForEachCallId) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = DerivedId("call-" + std::to_string(i));
    ExpectUuid(id, '8');
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

}  // namespace
}  // namespace callstore
