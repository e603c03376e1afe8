// Goal:   the store answers as the reference model does, whatever is done to it in whatever order.
// Method: seeded random operations on both; after each one, what it touched and some random list.
//         A run prints its seed; CALLSTORE_TEST_SEED=<number> runs it again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "model/call_maker.h"
#include "model/reference_store.h"
#include "model/store_pair.h"

namespace callstore::test {
namespace {

std::uint64_t Seed() {
  if (const char* const given = std::getenv("CALLSTORE_TEST_SEED")) return std::stoull(given);
  return std::random_device()();
}

std::string SeedText(std::uint64_t seed) {
  return "replay with CALLSTORE_TEST_SEED=" + std::to_string(seed);
}

struct RandomRun {
  const char* name;
  int steps;
  std::size_t organizations;
  OptOutPolicy opt_out;
};

class ModelRandomTest : public testing::TestWithParam<RandomRun> {};

TEST_P(ModelRandomTest, StoreAnswersAsTheModel) {
  const std::uint64_t seed = Seed();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE(SeedText(seed));
  std::vector<std::string> organizations = HostileNames();
  organizations.resize(GetParam().organizations);
  StorePair pair({.seed = seed, .organizations = organizations, .opt_out = GetParam().opt_out});
  for (int step = 0; step < GetParam().steps; ++step) {
    ASSERT_EQ(pair.Step(), "") << "step " << step;
    if (step % 200 == 0) {
      ASSERT_EQ(pair.CheckAll(), "") << "step " << step;
    }
  }
  ASSERT_EQ(pair.Reopen(), "");
  ASSERT_EQ(pair.CheckAll(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Runs, ModelRandomTest,
    testing::Values(RandomRun{"OneOrganization", 1200, 1, OptOutPolicy::kRedact},
                    RandomRun{"ManyOrganizations", 1800, 12, OptOutPolicy::kRedact},
                    RandomRun{"DropMetadata", 400, 2, OptOutPolicy::kRedactAndDropMetadata},
                    RandomRun{"KeepAll", 400, 2, OptOutPolicy::kKeepAll}),
    [](const auto& run) { return run.param.name; });

// The negative control: a model with a defect must be found out, or the comparison is blind.
class ModelFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(ModelFaultTest, PlantedFaultIsNoticed) {
  StorePair pair({.seed = 7, .organizations = {"org-78", "org-789"}, .fault = GetParam()});
  std::string difference;
  for (int step = 0; step < 2000 && difference.empty(); ++step) difference = pair.Step();
  EXPECT_NE(difference, "");
}

INSTANTIATE_TEST_SUITE_P(Faults, ModelFaultTest,
                         testing::Values(Fault::kNextPageAtExactEnd, Fault::kTiesInOtherOrder,
                                         Fault::kLtAsLe, Fault::kUnstartedInBounds,
                                         Fault::kDeletedCallIdStays, Fault::kMergeForgets,
                                         Fault::kOptOutKeepsNumbers, Fault::kUnchangedSaysChanged,
                                         Fault::kMovedCallStays));

// Goal:   chunks seal, split and empty without a change in what is listed.
// Method: 20,500 calls of one organization arrive in order, reversed or at random, then go at
//         random down to none; lists, counts and pages agree all the way.
enum class Arrival : std::uint8_t { kInOrder, kReversed, kRandom };

class ModelLargeTest : public testing::TestWithParam<Arrival> {
 protected:
  static constexpr std::size_t kCalls = 20500;
  static constexpr std::size_t kBatch = 500;

  // Many calls share a time; one in five never starts.
  static JsonValue MakeCall(std::size_t i) {
    JsonValue call = JsonValue::Object();
    call.Set("id", JsonValue::Text("id-" + std::to_string(i)));
    const auto time = static_cast<std::int64_t>(1703097600000 + i / 3 * 10);
    call.Set(i % 5 == 0 ? "created_at" : "start_timestamp", JsonValue::Number(time));
    return call;
  }

  std::string CheckLists(StorePair* pair) {
    const TimeRange range{.ge = 1703097600000 + 20000, .lt = 1703097600000 + 50010};
    std::string difference = pair->CheckCounts(kOrganization, range);
    for (int i = 0; i < 3 && difference.empty(); ++i) {
      difference = pair->CheckRandomPage(kOrganization);
    }
    if (difference.empty()) {
      ListQuery query{.limit = 100, .view = View::kSummary, .filter = range};
      query.page = static_cast<std::int64_t>(pair->maker().Below(80));
      difference = pair->CheckPage(kOrganization, query);
    }
    return difference;
  }

  static inline const std::string kOrganization = "org-789";
};

TEST_P(ModelLargeTest, ListsAgreeWhileChunksSealSplitAndEmpty) {
  const std::uint64_t seed = Seed();
  SCOPED_TRACE(SeedText(seed));
  StorePair pair({.seed = seed, .organizations = {kOrganization}});
  std::vector<std::size_t> order(kCalls);
  for (std::size_t i = 0; i < kCalls; ++i) order[i] = i;
  std::mt19937_64 random(seed);
  if (GetParam() == Arrival::kReversed) std::ranges::reverse(order);
  if (GetParam() == Arrival::kRandom) std::ranges::shuffle(order, random);
  for (std::size_t begin = 0; begin < kCalls; begin += kBatch) {
    std::vector<ReferenceStore::Record> records;
    for (std::size_t i = begin; i < begin + kBatch; ++i) {
      records.push_back({kOrganization, MakeCall(order[i])});
      records.back().call.Set("organization_id", JsonValue::Text(kOrganization));
    }
    ASSERT_EQ(pair.PutJsonBatch(records, OnExisting::kReplace), "");
    if (begin % 2000 == 0) {
      ASSERT_EQ(CheckLists(&pair), "") << begin;
    }
  }
  ASSERT_EQ(pair.Reopen(), "");

  // Single puts into full chunks too: a call that starts moves, one that is put again stays.
  for (std::size_t i = 0; i < 700; ++i) {
    JsonValue call = MakeCall(pair.maker().Below(kCalls));
    call.Set("organization_id", JsonValue::Text(kOrganization));
    const auto time = static_cast<std::int64_t>(1703097600000 + pair.maker().Below(70000));
    call.Set("start_timestamp", JsonValue::Number(time));
    ASSERT_EQ(pair.Put({kOrganization, call}, OnExisting::kReplace), "");
  }
  ASSERT_EQ(CheckLists(&pair), "");

  std::ranges::shuffle(order, random);
  for (std::size_t i = 0; i < kCalls; ++i) {
    ASSERT_EQ(pair.Delete(kOrganization, "id-" + std::to_string(order[i])), "");
    if (i % 2000 == 0 || i + 3 > kCalls) {
      ASSERT_EQ(CheckLists(&pair), "") << i;
    }
    if (i == kCalls / 2) {
      ASSERT_EQ(pair.Reopen(), "");
    }
  }
  ASSERT_EQ(pair.CheckAll(), "");
}

INSTANTIATE_TEST_SUITE_P(Arrivals, ModelLargeTest,
                         testing::Values(Arrival::kInOrder, Arrival::kReversed, Arrival::kRandom));

}  // namespace
}  // namespace callstore::test
