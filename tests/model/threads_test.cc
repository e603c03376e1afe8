// Goal:   every answer is whole while others write: its rows, total and flags are of one moment.
// Method: two writers, two readers and one deleter work on two organizations; each page is checked
//         against itself, and against what can be there at all. Made for the thread sanitizer.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore::test {
namespace {

constexpr auto kDuration = std::chrono::seconds(2);
constexpr int kIds = 400;       // that writers use
constexpr int kPermanent = 30;  // calls that nobody touches
constexpr int kTimes = 50;
constexpr std::int64_t kFirstMs = 1703097600000;
const std::vector<std::string> kOrganizations = {"org-78", "org-789"};

class ThreadsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened =
        Store::Open({.path = folder_.store(), .write_buffer_bytes = std::size_t{256} << 10});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
    for (const std::string& organization : kOrganizations) {
      for (int i = 0; i < kPermanent; ++i) {
        ASSERT_TRUE(store_->Put({.organization_id = organization,
                                 .id = "permanent-" + std::to_string(i),
                                 .start_timestamp = kFirstMs + i}));
      }
    }
  }

  static Call MakeCall(const std::string& organization, std::mt19937* random) {
    const auto id = static_cast<int>((*random)() % kIds);
    Call call{.organization_id = organization, .id = "id-" + std::to_string(id)};
    call.call_id = "call " + call.id;
    if ((*random)() % 4 != 0) {
      call.start_timestamp = kFirstMs + static_cast<std::int64_t>((*random)() % kTimes);
    }
    call.created_at = kFirstMs;
    call.agent_id = call.id;
    call.transcript = call.id + " says " + std::string((*random)() % 2000, 'x');
    return call;
  }

  void Write(unsigned seed);
  void Read(unsigned seed);
  void DeleteSome(unsigned seed);
  static void CheckPage(const Page& page, const ListQuery& query);

  ScratchFolder folder_;
  std::optional<Store> store_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> operations_ = 0;
};

void ThreadsTest::Write(unsigned seed) {
  std::mt19937 random(seed);
  while (!stop_) {
    const std::string& organization = kOrganizations[random() % 2];
    const Call call = MakeCall(organization, &random);
    switch (random() % 4) {
      case 0: {
        // Both organizations in one batch: the order of locks matters.
        const std::vector<Call> batch = {call, MakeCall(kOrganizations[random() % 2], &random)};
        EXPECT_TRUE(store_->PutBatch(batch));
        break;
      }
      case 1: {
        const auto updated = store_->Update(organization, call.id, R"({"metadata":{"k":1}})");
        EXPECT_TRUE(updated || updated.error().code == ErrorCode::kNotFound);
        break;
      }
      default:
        EXPECT_TRUE(store_->Put(
            call, {.on_existing = random() % 2 == 0 ? OnExisting::kMerge : OnExisting::kReplace}));
    }
    ++operations_;
  }
}

void ThreadsTest::DeleteSome(unsigned seed) {
  std::mt19937 random(seed);
  while (!stop_) {
    const std::string id = "id-" + std::to_string(random() % kIds);
    const auto deleted = store_->Delete(kOrganizations[random() % 2], id);
    EXPECT_TRUE(deleted || deleted.error().code == ErrorCode::kNotFound);
    ++operations_;
  }
}

void ThreadsTest::CheckPage(const Page& page, const ListQuery& query) {
  const Pagination& pagination = page.pagination;
  const auto rows = static_cast<std::int64_t>(page.calls.size());
  const std::int64_t total = pagination.total_count.value();
  EXPECT_LE(rows, query.limit);
  EXPECT_LE(total, kIds + kPermanent);
  EXPECT_EQ(pagination.total_pages, (total + query.limit - 1) / query.limit);
  EXPECT_EQ(pagination.has_next_page, !page.next_cursor.empty());
  EXPECT_EQ(pagination.has_previous_page, !page.previous_cursor.empty());
  if (query.cursor.empty()) {
    const std::int64_t before = std::min(query.page * query.limit, total);
    EXPECT_EQ(rows, std::min(query.limit, total - before));
    EXPECT_EQ(pagination.has_next_page, before + rows < total);
    EXPECT_EQ(pagination.has_previous_page, before > 0);
  }
  const bool bounded = !query.filter.empty();
  if (!bounded) {
    EXPECT_GE(total, kPermanent);
  }
  std::set<std::string_view> ids;
  const CallView* previous = nullptr;
  for (const CallView& call : page.calls) {
    EXPECT_TRUE(ids.insert(call.id()).second) << call.id() << " twice";
    if (bounded) {
      EXPECT_TRUE(call.start_timestamp().has_value());
    }
    if (call.agent_id()) {
      EXPECT_EQ(call.agent_id(), call.id());
      EXPECT_TRUE(call.transcript()->starts_with(call.id())) << "a transcript of another moment";
    }
    if (previous != nullptr) {
      EXPECT_TRUE(query.sort_order == SortOrder::kDescending
                      ? previous->list_time() >= call.list_time()
                      : previous->list_time() <= call.list_time());
    }
    previous = &call;
  }
}

void ThreadsTest::Read(unsigned seed) {
  std::mt19937 random(seed);
  std::deque<std::pair<Page, ListQuery>> held;  // pages stay good while others write
  ListQuery next;
  while (!stop_) {
    const std::string& organization = kOrganizations[seed % 2];
    ListQuery query{.page = static_cast<std::int64_t>(random() % 4),
                    .limit = 1 + static_cast<std::int64_t>(random() % 60)};
    if (random() % 2 == 0) query.sort_order = SortOrder::kAscending;
    if (random() % 2 == 0) query.filter = TimeRange{.ge = kFirstMs + 10, .lt = kFirstMs + 40};
    if (!next.cursor.empty() && random() % 2 == 0) query = next;
    const auto page = store_->List(organization, query);
    ASSERT_TRUE(page) << page.error().ToString();
    CheckPage(*page, query);
    next = query;
    next.page = 0;
    next.cursor = page->next_cursor;
    held.emplace_back(*page, query);
    if (held.size() > 20) {
      CheckPage(held.front().first, held.front().second);
      held.pop_front();
    }
    const auto count = store_->Count(organization, TimeRange{.ge = kFirstMs});
    ASSERT_TRUE(count);
    EXPECT_GE(*count, kPermanent);
    EXPECT_LE(*count, kIds + kPermanent);
    const auto found = store_->Get(organization, "id-" + std::to_string(random() % kIds));
    EXPECT_TRUE(found || found.error().code == ErrorCode::kNotFound) << found.error().ToString();
    ++operations_;
  }
}

TEST_F(ThreadsTest, PagesAreWholeWhileOthersWrite) {
  std::vector<std::thread> threads;
  threads.emplace_back([this] { Write(1); });
  threads.emplace_back([this] { Write(2); });
  threads.emplace_back([this] { Read(3); });
  threads.emplace_back([this] { Read(4); });
  threads.emplace_back([this] { DeleteSome(5); });
  std::this_thread::sleep_for(kDuration);
  stop_ = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(operations_, 50);
  for (const std::string& organization : kOrganizations) {
    const auto page = store_->List(organization, {.limit = 1000});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->pagination.total_count, page->calls.size());
    EXPECT_EQ(store_->Count(organization), page->calls.size());
  }
}

// Goal:   a new organization is allocated once, whoever comes first.
TEST_F(ThreadsTest, NewOrganizationsAreMadeOnce) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 40; ++i) {
        EXPECT_TRUE(store_->Put(
            {.organization_id = "new-" + std::to_string(i), .id = "id-" + std::to_string(thread)}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(store_->Count("new-" + std::to_string(i)), 4);
}

}  // namespace
}  // namespace callstore::test
