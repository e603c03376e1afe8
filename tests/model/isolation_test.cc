// Goal:   no organization ever sees a call of another, by any way in.
// Method: organizations whose names are easily confused have calls of the same ids, call_ids and
//         times, each marked with its owner; every way in is tried with what belongs to others.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "model/call_maker.h"
#include "scratch_folder.h"

namespace callstore::test {
namespace {

constexpr int kShared = 12;  // calls that every organization has, by the same ids

class IsolationTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Store::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
    for (std::size_t i = 0; i < names().size(); ++i) {
      for (int k = 0; k < kShared; ++k) Put(i, "id-" + std::to_string(k));
      Put(i, "own-" + std::to_string(i));
    }
  }

  static const std::vector<std::string>& names() { return HostileNames(); }

  void Put(std::size_t organization, const std::string& id) {
    const Call call{.organization_id = names()[organization],
                    .id = id,
                    .call_id = "call of " + id,
                    .agent_id = Marker(organization),
                    .start_timestamp = 1703097600000 + static_cast<std::int64_t>(id.size() % 2),
                    .transcript = Marker(organization)};
    const auto put = store_->Put(call);
    ASSERT_TRUE(put) << put.error().ToString();
    ASSERT_EQ(put->outcome, PutOutcome::kNew);
  }
  static std::string Marker(std::size_t organization) {
    return "owner " + std::to_string(organization);
  }
  static void ExpectOwner(const CallView& call, std::size_t organization) {
    EXPECT_EQ(call.organization_id(), names()[organization]);
    EXPECT_EQ(call.agent_id(), Marker(organization));
    EXPECT_EQ(call.transcript(), Marker(organization));
  }

  ScratchFolder folder_;
  std::optional<Store> store_;
};

TEST_F(IsolationTest, ListsShowOwnCallsAlone) {
  for (std::size_t i = 0; i < names().size(); ++i) {
    for (const SortOrder order : {SortOrder::kDescending, SortOrder::kAscending}) {
      for (const TimeRange& range : {TimeRange{}, TimeRange{.ge = 0}, TimeRange{.lt = INT64_MAX}}) {
        const auto page =
            store_->List(names()[i], {.limit = 1000, .sort_order = order, .filter = range});
        ASSERT_TRUE(page) << page.error().ToString();
        EXPECT_EQ(page->calls.size(), kShared + 1U);
        EXPECT_EQ(page->pagination.total_count, kShared + 1);
        for (const CallView& call : page->calls) ExpectOwner(call, i);
      }
    }
    EXPECT_EQ(store_->Count(names()[i]), kShared + 1);
  }
}

TEST_F(IsolationTest, IdsAndCallIdsFindOwnCallsAlone) {
  for (std::size_t i = 0; i < names().size(); ++i) {
    ExpectOwner(**store_->Get(names()[i], "id-3"), i);
    ExpectOwner(**store_->GetByCallId(names()[i], "call of id-3"), i);
    for (std::size_t k = 0; k < names().size(); ++k) {
      if (k == i) continue;
      const std::string own = "own-" + std::to_string(k);
      EXPECT_EQ(store_->Get(names()[i], own).error().code, ErrorCode::kNotFound);
      EXPECT_EQ(store_->GetByCallId(names()[i], "call of " + own).error().code,
                ErrorCode::kNotFound);
    }
  }
}

TEST_F(IsolationTest, CursorsOfOthersAreRefused) {
  for (std::size_t i = 0; i < names().size(); ++i) {
    const auto page = store_->List(names()[i], {.page = 1, .limit = 3});
    ASSERT_TRUE(page);
    for (const std::string& cursor : {page->next_cursor, page->previous_cursor, page->end_cursor}) {
      ASSERT_NE(cursor, "");
      for (std::size_t k = 0; k < names().size(); ++k) {
        const auto replayed = store_->List(names()[k], {.cursor = cursor});
        ASSERT_EQ(replayed.has_value(), k == i);
        if (k != i) {
          EXPECT_EQ(replayed.error().code, ErrorCode::kInvalidCursor);
        }
      }
    }
  }
}

TEST_F(IsolationTest, ChangesAndDeletionsTouchOwnCallsAlone) {
  const std::string& changed = names()[0];
  ASSERT_TRUE(store_->Update(changed, "id-0", R"({"agent_id":"changed"})"));
  ASSERT_TRUE(store_->Delete(changed, "id-1"));
  EXPECT_EQ(store_->Update(changed, "own-1", "{}").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->Delete(changed, "own-1").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->Update(changed, "id-2", R"({"organization_id":"ab"})").error().code,
            ErrorCode::kInvalidArgument);
  for (std::size_t i = 1; i < names().size(); ++i) {
    const auto page = store_->List(names()[i], {.limit = 1000});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->calls.size(), kShared + 1U);
    for (const CallView& call : page->calls) ExpectOwner(call, i);
  }
}

TEST_F(IsolationTest, RecordOfAnotherOrganizationIsRefused) {
  const auto put = store_->PutJson("org-78", R"({"organization_id":"org-789","id":"stray"})");
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(put.error().Detail("field"), "organization_id");
  for (const std::string& name : names()) {
    EXPECT_EQ(store_->Get(name, "stray").error().code, ErrorCode::kNotFound);
  }
}

TEST_F(IsolationTest, OrganizationsAreCountedApartAfterReopen) {
  ASSERT_TRUE(store_->Close());
  store_.emplace(*Store::Open({.path = folder_.store()}));
  const auto organizations = store_->Organizations();
  ASSERT_TRUE(organizations);
  std::vector<std::string> sorted = names();
  std::ranges::sort(sorted);
  ASSERT_EQ(organizations->size(), sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_EQ((*organizations)[i].name, sorted[i]);
    EXPECT_EQ((*organizations)[i].call_count, kShared + 1);
  }
}

TEST_F(IsolationTest, InvalidNamesAreRefusedEverywhere) {
  const auto expect_refused = [](const auto& result) {
    EXPECT_FALSE(result.has_value());
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    }
  };
  for (const std::string& name : InvalidNames()) {
    SCOPED_TRACE(testing::PrintToString(name.substr(0, 20)));
    expect_refused(store_->List(name));
    expect_refused(store_->Count(name));
    expect_refused(store_->Get(name, "id-1"));
    expect_refused(store_->Get("a", name));
    expect_refused(store_->GetByCallId("a", name));
    expect_refused(store_->Update(name, "id-1", "{}"));
    expect_refused(store_->Update("a", name, "{}"));
    expect_refused(store_->Delete(name, "id-1"));
    expect_refused(store_->Delete("a", name));
    const Call of_nobody{.organization_id = name, .id = "id-1"};
    expect_refused(store_->Put(of_nobody));
    expect_refused(store_->PutBatch({&of_nobody, 1}));
    expect_refused(store_->Put({.organization_id = "a", .id = "x", .call_id = name}));
    if (name.empty()) continue;  // an id that is not there, an organization that the record has
    expect_refused(store_->Put({.organization_id = "a", .id = name}));
    expect_refused(store_->PutJson(name, R"({"id":"x"})"));
    expect_refused(store_->PutJson("a", "{\"id\":\"" + name + "\"}"));
    expect_refused(store_->PutJson("a", "{\"id\":\"x\",\"call_id\":\"" + name + "\"}"));
    expect_refused(store_->PutJson({}, "{\"id\":\"x\",\"organization_id\":\"" + name + "\"}"));
  }
  EXPECT_EQ(store_->Count("a"), kShared + 1) << "nothing was stored";
  EXPECT_EQ(store_->Organizations()->size(), names().size());
}

}  // namespace
}  // namespace callstore::test
