// Goal:   cutting a list into pages never changes it, by number or by cursor, whatever happens
//         between the pages.
// Method: list once whole, then in every other way; compare the ids in order.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore::test {
namespace {

const std::string kOrganization = "org-789";
constexpr std::int64_t kFirstMs = 1703097600000;

std::vector<std::string> IdsOf(const Page& page) {
  std::vector<std::string> ids;
  for (const CallView& call : page.calls) ids.emplace_back(call.id());
  return ids;
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    if (store_) {
      ASSERT_TRUE(store_->Close());
    }
    auto opened = Store::Open({.path = folder_.store(), .now_ms = [] { return kFirstMs; }});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }

  // Calls 0 to count - 1: four of each list time, one in six without start_timestamp.
  void Fill(int count) {
    for (int i = 0; i < count; ++i) PutCall(i);
  }
  void PutCall(int i) {
    Call call{.organization_id = kOrganization, .id = "id-" + std::to_string(i)};
    const std::int64_t time = kFirstMs + i / 4;
    (i % 6 == 5 ? call.created_at : call.start_timestamp) = time;
    if (i % 3 != 0) call.transcript = "transcript of " + call.id;
    ASSERT_TRUE(store_->Put(call));
  }
  Page List(const ListQuery& query) {
    auto page = store_->List(kOrganization, query);
    EXPECT_TRUE(page) << page.error().ToString();
    return page ? *std::move(page) : Page{};
  }
  std::vector<std::string> WholeList(ListQuery query) {
    query.limit = 1000;
    return IdsOf(List(query));
  }
  ErrorCode CodeOf(const ListQuery& query, std::string_view organization = kOrganization) {
    const auto page = store_->List(organization, query);
    EXPECT_FALSE(page.has_value());
    return page ? ErrorCode::kInternal : page.error().code;
  }

  ScratchFolder folder_;
  std::optional<Store> store_;
};

struct Cut {
  std::int64_t limit;
  SortOrder sort_order;
  bool bounded;
  View view;
};

class ListPagingTest : public StoreTest, public testing::WithParamInterface<Cut> {
 protected:
  static ListQuery Query() {
    const Cut& cut = GetParam();
    ListQuery query{.limit = cut.limit, .sort_order = cut.sort_order, .view = cut.view};
    if (cut.bounded) query.filter = TimeRange{.ge = kFirstMs + 3, .lt = kFirstMs + 17};
    return query;
  }
  void CheckRows(const Page& page) {
    for (const CallView& call : page.calls) {
      EXPECT_EQ(call.transcript_loaded(), GetParam().view == View::kFull);
      const bool shown =
          std::stoi(std::string(call.id().substr(3))) % 3 != 0 && GetParam().view == View::kFull;
      EXPECT_EQ(call.transcript().has_value(), shown) << call.id();
    }
  }
};

TEST_P(ListPagingTest, PagesJoinToWholeList) {
  Fill(80);
  const std::vector<std::string> whole = WholeList(Query());
  ASSERT_GT(whole.size(), 30U);
  std::vector<std::string> joined;
  ListQuery query = Query();
  for (bool more = true; more; ++query.page) {
    const Page page = List(query);
    CheckRows(page);
    EXPECT_EQ(page.pagination.page, query.page);
    EXPECT_EQ(page.pagination.total_count, whole.size());
    for (const std::string& id : IdsOf(page)) joined.push_back(id);
    ASSERT_LE(joined.size(), whole.size()) << "the pages do not end";
    more = page.pagination.has_next_page;
    if (query.page % 5 == 2) Reopen();
  }
  EXPECT_EQ(joined, whole);
  EXPECT_EQ(List(query).pagination.total_pages, query.page);
}

TEST_P(ListPagingTest, CursorsJoinToWholeListBothWays) {
  Fill(80);
  const std::vector<std::string> whole = WholeList(Query());
  std::vector<std::string> joined;
  ListQuery query = Query();
  Page page = List(query);
  EXPECT_EQ(page.previous_cursor, "");
  while (true) {
    CheckRows(page);
    EXPECT_EQ(page.pagination.page, static_cast<std::int64_t>(joined.size()) / query.limit);
    for (const std::string& id : IdsOf(page)) joined.push_back(id);
    ASSERT_LE(joined.size(), whole.size()) << "the cursor does not advance";
    EXPECT_EQ(page.next_cursor.empty(), !page.pagination.has_next_page);
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
    if (joined.size() % 5 == 2) Reopen();
    page = List(query);
  }
  EXPECT_EQ(joined, whole);

  // From the last page back to the first.
  std::vector<std::string> backward = IdsOf(page);
  while (!page.previous_cursor.empty()) {
    query.cursor = page.previous_cursor;
    page = List(query);
    CheckRows(page);
    const std::vector<std::string> ids = IdsOf(page);
    backward.insert(backward.begin(), ids.begin(), ids.end());
    ASSERT_LE(backward.size(), whole.size()) << "the cursor does not go back";
  }
  EXPECT_EQ(backward, whole);
  EXPECT_FALSE(page.pagination.has_previous_page);
}

TEST_P(ListPagingTest, AscendingIsDescendingReversed) {
  Fill(80);
  ListQuery query = Query();
  std::vector<std::string> there = WholeList(query);
  query.sort_order =
      query.sort_order == SortOrder::kAscending ? SortOrder::kDescending : SortOrder::kAscending;
  std::ranges::reverse(there);
  EXPECT_EQ(there, WholeList(query));
}

std::vector<Cut> AllCuts() {
  std::vector<Cut> cuts;
  for (const std::int64_t limit : {1, 2, 7, 1000}) {
    for (const SortOrder order : {SortOrder::kDescending, SortOrder::kAscending}) {
      cuts.push_back({limit, order, false, View::kFull});
      cuts.push_back({limit, order, true, limit == 7 ? View::kFull : View::kSummary});
    }
  }
  return cuts;
}

INSTANTIATE_TEST_SUITE_P(Cuts, ListPagingTest, testing::ValuesIn(AllCuts()));

// Goal:   a walk by cursor shows every call that stays where it is exactly once.
// Method: between the pages, calls elsewhere in the list come and go, the anchor among them.
TEST_F(StoreTest, CursorWalkWhileCallsComeAndGoShowsTheOthersOnce) {
  for (const SortOrder order : {SortOrder::kDescending, SortOrder::kAscending}) {
    Fill(120);
    std::mt19937 random(3);
    std::vector<bool> touched(200, false);
    std::vector<std::string> shown;
    ListQuery query{.limit = 5, .sort_order = order, .view = View::kSummary};
    for (bool more = true; more;) {
      const Page page = List(query);
      for (const std::string& id : IdsOf(page)) shown.push_back(id);
      ASSERT_LE(shown.size(), 200U) << "the walk does not end";
      more = !page.next_cursor.empty();
      query.cursor = page.next_cursor;
      // The anchor itself, every other time, and one call anywhere.
      const std::vector<int> gone = {shown.size() % 2 == 0 ? std::stoi(shown.back().substr(3)) : 0,
                                     static_cast<int>(random() % 120)};
      for (const int i : gone) {
        touched[static_cast<std::size_t>(i)] = true;
        static_cast<void>(store_->Delete(kOrganization, "id-" + std::to_string(i)));
      }
      const int come = 120 + static_cast<int>(random() % 80);
      touched[static_cast<std::size_t>(come)] = true;
      PutCall(come);
    }
    std::ranges::sort(shown);
    EXPECT_EQ(std::ranges::adjacent_find(shown), shown.end()) << "a call was shown twice";
    for (int i = 0; i < 120; ++i) {
      if (touched[static_cast<std::size_t>(i)]) continue;
      EXPECT_TRUE(std::ranges::binary_search(shown, "id-" + std::to_string(i))) << i << " skipped";
    }
    for (int i = 0; i < 200; ++i) {
      static_cast<void>(store_->Delete(kOrganization, "id-" + std::to_string(i)));
    }
  }
}

TEST_F(StoreTest, CursorOfDeletedAnchorGoesOnBothWays) {
  Fill(20);
  const std::vector<std::string> whole = WholeList({});
  const Page middle = List({.page = 1, .limit = 5});
  ASSERT_TRUE(store_->Delete(kOrganization, whole[9]));  // the anchor of next_cursor
  EXPECT_EQ(IdsOf(List({.limit = 5, .cursor = middle.next_cursor})),
            std::vector(whole.begin() + 10, whole.begin() + 15));
  ASSERT_TRUE(store_->Delete(kOrganization, whole[5]));  // the anchor of previous_cursor
  EXPECT_EQ(IdsOf(List({.limit = 5, .cursor = middle.previous_cursor})),
            std::vector(whole.begin(), whole.begin() + 5));
}

TEST_F(StoreTest, EndCursorInAscendingOrderFindsWhatCameSince) {
  Fill(10);
  ListQuery query{.limit = 100, .sort_order = SortOrder::kAscending};
  Page page = List(query);
  EXPECT_EQ(page.next_cursor, "");
  ASSERT_NE(page.end_cursor, "");
  query.cursor = page.end_cursor;
  page = List(query);
  EXPECT_TRUE(page.calls.empty());
  EXPECT_FALSE(page.pagination.has_next_page);
  EXPECT_TRUE(page.pagination.has_previous_page);
  EXPECT_EQ(page.end_cursor, query.cursor) << "an empty tail is asked for again";
  for (int i = 100; i < 103; ++i) PutCall(i);
  page = List(query);
  EXPECT_EQ(page.calls.size(), 3U);
  EXPECT_EQ(page.pagination.total_count, 13);
  query.cursor = page.end_cursor;
  EXPECT_TRUE(List(query).calls.empty());
}

TEST_F(StoreTest, PageAtEndIsNotFollowedByAnother) {
  Fill(14);
  const Page last = List({.page = 1, .limit = 7});
  EXPECT_EQ(last.calls.size(), 7U);
  EXPECT_EQ(last.pagination.total_pages, 2);
  EXPECT_FALSE(last.pagination.has_next_page);
  EXPECT_TRUE(last.pagination.has_previous_page);
  EXPECT_EQ(last.next_cursor, "");
}

TEST_F(StoreTest, PagePastTheEndIsEmpty) {
  Fill(10);
  for (const std::int64_t number :
       {std::int64_t{2}, std::int64_t{3}, std::int64_t{1} << 40, INT64_MAX - 1, INT64_MAX}) {
    for (const std::int64_t limit : {5, 1000}) {
      const Page page = List({.page = number, .limit = limit});
      EXPECT_TRUE(page.calls.empty());
      EXPECT_EQ(page.pagination.page, number);
      EXPECT_EQ(page.pagination.total_count, 10);
      EXPECT_FALSE(page.pagination.has_next_page);
      EXPECT_TRUE(page.pagination.has_previous_page);
    }
  }
}

TEST_F(StoreTest, ListOfNothingHasNoPages) {
  for (const bool filled : {false, true}) {
    if (filled) Fill(3);
    const TimeRange nothing{.ge = 5, .lt = 5};
    const Page page = List({.page = 4, .filter = filled ? nothing : TimeRange{}});
    EXPECT_TRUE(page.calls.empty());
    EXPECT_EQ(page.pagination.total_count, 0);
    EXPECT_EQ(page.pagination.total_pages, 0);
    EXPECT_FALSE(page.pagination.has_next_page);
    EXPECT_FALSE(page.pagination.has_previous_page);
    EXPECT_EQ(page.next_cursor + page.previous_cursor + page.end_cursor, "");
  }
}

TEST_F(StoreTest, ListArgumentOutOfRangeIsNamed) {
  Fill(3);
  const std::string cursor = List({.limit = 1}).next_cursor;
  struct Case {
    ListQuery query;
    const char* field;
    const char* value;
  };
  const std::vector<Case> cases = {
      {{.limit = 0}, "limit", "0"},
      {{.limit = 1001}, "limit", "1001"},
      {{.limit = -1}, "limit", "-1"},
      {{.page = -1}, "page", "-1"},
      {{.page = INT64_MIN}, "page", "-9223372036854775808"},
      {{.page = 1, .cursor = cursor}, "page", "1"},
      {{.sort_by = "colour"}, "sort_by", "colour"},
  };
  for (const Case& c : cases) {
    const auto page = store_->List(kOrganization, c.query);
    ASSERT_FALSE(page.has_value()) << c.field << c.value;
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(page.error().Detail("field"), c.field);
    EXPECT_EQ(page.error().Detail("value"), c.value);
    EXPECT_NE(page.error().Detail("valid"), "");
  }
}

TEST_F(StoreTest, CursorOfAnotherListIsRefused) {
  Fill(10);
  const std::string cursor = List({.limit = 3}).next_cursor;
  ASSERT_NE(cursor, "");
  const ListQuery same{.limit = 1000, .cursor = cursor, .view = View::kSummary};
  EXPECT_EQ(List(same).calls.size(), 7U) << "another limit and view are fine";

  EXPECT_EQ(CodeOf(same, "org-78"), ErrorCode::kInvalidCursor);
  ListQuery other = same;
  other.sort_order = SortOrder::kAscending;
  EXPECT_EQ(CodeOf(other), ErrorCode::kInvalidCursor);
  other = same;
  other.filter = TimeRange{.ge = 0};
  EXPECT_EQ(CodeOf(other), ErrorCode::kInvalidCursor);
  other = same;
  other.cursor.back() = other.cursor.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(CodeOf(other), ErrorCode::kInvalidCursor);
  other.cursor = "not a cursor";
  EXPECT_EQ(CodeOf(other), ErrorCode::kInvalidCursor);
}

TEST_F(StoreTest, PageOutlivesItsStore) {
  Fill(10);
  const Page page = List({});
  ASSERT_TRUE(store_->Delete(kOrganization, "id-1"));
  ASSERT_TRUE(store_->Close());
  store_.reset();
  for (const CallView& call : page.calls) {
    EXPECT_EQ(call.organization_id(), kOrganization);
    EXPECT_TRUE(call.id().starts_with("id-"));
  }
}

}  // namespace
}  // namespace callstore::test
