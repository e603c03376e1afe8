// Goal:   a filter that was asked before tests only the chunks that changed, and answers the same.
// Method: a store of a few chunks; what a query did, beside an answer made without earlier counts.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

constexpr const char* kOrganization = "org-789";
constexpr std::int64_t kStart = 1'703'097'600'000;
constexpr int kCalls = 20'000;

class KnownCountsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Store::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
    for (int first = 0; first < kCalls; first += 4000) {
      std::vector<Call> calls;
      for (int i = first; i < first + 4000; ++i) calls.push_back(CallOf(i, i % 3 == 0 ? "a" : "b"));
      ASSERT_TRUE(store_->PutBatch(calls));
    }
  }
  static Call CallOf(int i, const std::string& agent) {
    Call call{.organization_id = kOrganization, .id = "id-" + std::to_string(i)};
    call.start_timestamp = kStart + i;
    call.agent_id = agent;
    return call;
  }
  static ListQuery Query(const Filter& filter = Field("agent_id") == "a") {
    return {.limit = 7, .view = View::kSummary, .filter = filter, .explain = true};
  }
  Page List(const ListQuery& query) const {
    auto page = store_->List(kOrganization, query);
    EXPECT_TRUE(page) << page.error().ToString();
    return page ? *std::move(page) : Page{};
  }
  // Asks with what is known and without, and expects the same.
  Page ListTwice(ListQuery query) const {
    Page page = List(query);
    query.work.scan_limit_rows = std::numeric_limits<std::int64_t>::max();
    const Page fresh = List(query);
    EXPECT_EQ(fresh.explain->chunks_known, 0);
    EXPECT_EQ(page.pagination.total_count, fresh.pagination.total_count);
    EXPECT_EQ(page.pagination.page, fresh.pagination.page);
    EXPECT_EQ(page.pagination.has_next_page, fresh.pagination.has_next_page);
    EXPECT_EQ(page.pagination.has_previous_page, fresh.pagination.has_previous_page);
    EXPECT_EQ(page.next_cursor, fresh.next_cursor);
    EXPECT_EQ(page.previous_cursor, fresh.previous_cursor);
    EXPECT_EQ(page.calls.size(), fresh.calls.size());
    for (std::size_t i = 0; i < page.calls.size() && i < fresh.calls.size(); ++i) {
      EXPECT_EQ(page.calls[i].id(), fresh.calls[i].id());
    }
    return page;
  }

  test::ScratchFolder folder_;
  std::optional<Store> store_;
};

TEST_F(KnownCountsTest, FarPageOfAKnownFilterTestsItsOwnChunkAlone) {
  const Page first = ListTwice(Query());
  EXPECT_EQ(first.explain->chunks_known, 0);
  const std::int64_t chunks = first.explain->chunks_read;
  ASSERT_GE(chunks, 4);
  ListQuery far = Query();
  far.page = 600;
  const Page page = ListTwice(far);
  EXPECT_EQ(page.pagination.total_count, 6667);
  EXPECT_EQ(page.explain->chunks_read, 1);
  EXPECT_EQ(page.explain->chunks_known, chunks - 1);
}

TEST_F(KnownCountsTest, CursorPagesCountAlikeBothWays) {
  ListTwice(Query());
  ListQuery query = Query();
  query.page = 500;
  const Page middle = ListTwice(query);
  query.page = 0;
  query.cursor = middle.next_cursor;
  const Page next = ListTwice(query);
  EXPECT_EQ(next.pagination.page, 501);
  EXPECT_GT(next.explain->chunks_known, 0);
  query.cursor = next.previous_cursor;
  const Page back = ListTwice(query);
  EXPECT_EQ(back.pagination.page, 500);
  EXPECT_EQ(back.calls.front().id(), middle.calls.front().id());
}

TEST_F(KnownCountsTest, ChangedChunkIsTestedAgain) {
  const std::int64_t chunks = ListTwice(Query()).explain->chunks_read;
  ASSERT_TRUE(store_->Put(CallOf(10'001, "a")));
  ASSERT_TRUE(store_->Put(CallOf(10'002, "b")));
  ASSERT_TRUE(store_->Delete(kOrganization, "id-10005"));
  ASSERT_TRUE(store_->Delete(kOrganization, "id-0"));
  ListQuery past = Query();
  past.page = 5000;
  const Page page = ListTwice(past);
  EXPECT_EQ(page.pagination.total_count, 6667 + 1 - 1 - 1 - 1);
  // Two chunks changed, and the newest one counts as changed by any write.
  EXPECT_EQ(page.explain->chunks_known, chunks - 3);
  EXPECT_EQ(page.explain->chunks_read, 3);
  const auto count = store_->Count(kOrganization, Field("agent_id") == "a");
  EXPECT_EQ(count, 6665);
}

TEST_F(KnownCountsTest, TimeBoundsShareTheCountsOfTheirFilter) {
  ListTwice(Query());
  const Page page =
      ListTwice(Query(Field("agent_id") == "a" && Field("start_timestamp") >= kStart + 5 &&
                      Field("start_timestamp") < kStart + 15'000));
  EXPECT_EQ(page.pagination.total_count, 4998);
  EXPECT_GT(page.explain->chunks_known, 0);
}

TEST_F(KnownCountsTest, OtherFilterHasItsOwnCounts) {
  ListTwice(Query());
  const Page page = ListTwice(Query(Field("agent_id") == "b"));
  EXPECT_EQ(page.explain->chunks_known, 0);
  EXPECT_EQ(page.pagination.total_count, kCalls - 6667);
}

}  // namespace
}  // namespace callstore
