// Goal:   a page far behind in the order of a key is the same rows as the list cut there, though it
//         is found by another way: by values first.
// Method: the whole list joined by cursors; far pages by number, of several limits, beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore::test {
namespace {

const std::string kOrganization = "org-789";
constexpr std::int64_t kFirstMs = 1703097600000;
constexpr int kCalls = 24'000;

// Durations that are nearly all different and some absent; costs of which many are equal; of the
// times of update, half are absent and the others are two.
Call MakeCall(int i) {
  const std::uint64_t mixed = static_cast<std::uint64_t>(i + 1) * 0x9E3779B97F4A7C15U >> 20;
  Call call{.organization_id = kOrganization, .id = "id-" + std::to_string(i)};
  call.start_timestamp = kFirstMs + i / 3;
  call.call_status = i % 20 == 0 ? "error" : "ended";
  if (mixed % 11 != 0) call.call_duration = static_cast<double>(mixed % 3'600'000);
  call.call_cost.emplace().combined_cost = static_cast<double>(mixed % 5) / 4;
  if (i % 2 == 0) call.updated_at = kFirstMs + i % 4;
  return call;
}

class DeepPage : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    folder = new ScratchFolder;
    auto opened = Store::Open({.path = folder->store(), .now_ms = [] { return kFirstMs; }});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store = new Store(*std::move(opened));
    std::vector<Call> calls;
    for (int i = 0; i < kCalls; ++i) {
      calls.push_back(MakeCall(i));
      if (calls.size() < 1000 && i + 1 < kCalls) continue;
      ASSERT_TRUE(store->PutBatch(calls));
      calls.clear();
    }
  }
  static void TearDownTestSuite() {
    delete store;
    delete folder;
  }

  static Page List(const ListQuery& query) {
    auto page = store->List(kOrganization, query);
    EXPECT_TRUE(page) << page.error().ToString();
    return page ? *std::move(page) : Page{};
  }
  static std::vector<std::string> WholeList(ListQuery query) {
    query.limit = 1000;
    std::vector<std::string> ids;
    for (bool more = true; more && ids.size() <= kCalls;) {
      const Page page = List(query);
      for (const CallView& call : page.calls) ids.emplace_back(call.id());
      query.cursor = page.next_cursor;
      more = !query.cursor.empty();
    }
    return ids;
  }
  static void ExpectPage(const ListQuery& query, const std::vector<std::string>& whole) {
    const Page page = List(query);
    const auto first = static_cast<std::size_t>(query.page * query.limit);
    const std::size_t begin = std::min(first, whole.size());
    const std::size_t end = std::min(begin + static_cast<std::size_t>(query.limit), whole.size());
    std::vector<std::string> ids;
    for (const CallView& call : page.calls) ids.emplace_back(call.id());
    ASSERT_EQ(ids, std::vector<std::string>(whole.begin() + static_cast<std::ptrdiff_t>(begin),
                                            whole.begin() + static_cast<std::ptrdiff_t>(end)))
        << query.sort_by << " page " << query.page << " of " << query.limit;
    ASSERT_EQ(page.pagination.total_count, whole.size());
    ASSERT_EQ(page.pagination.has_next_page, end < whole.size());
    ASSERT_TRUE(page.pagination.has_previous_page);
  }

  static inline ScratchFolder* folder = nullptr;
  static inline Store* store = nullptr;
};

TEST_P(DeepPage, FarPagesAreTheListCutThere) {
  for (const SortOrder order : {SortOrder::kAscending, SortOrder::kDescending}) {
    for (const bool filtered : {false, true}) {
      ListQuery query{.sort_by = GetParam(), .sort_order = order, .view = View::kSummary};
      if (filtered) query.filter = Field("call_status") == "ended";
      const std::vector<std::string> whole = WholeList(query);
      ASSERT_GT(whole.size(), 20'000U);
      for (const std::int64_t limit : {1, 20, 1000}) {
        query.limit = limit;
        for (const std::int64_t row : {16'000, 17'001, 19'999, 22'799, 22'801, 23'990, 90'000}) {
          query.page = row / limit;
          ExpectPage(query, whole);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, DeepPage,
                         testing::Values("call_duration", "combined_cost", "updated_at",
                                         "end_timestamp", "latency.e2e.p50"));

}  // namespace
}  // namespace callstore::test
