// Goal:   Verify is silent about every healthy store.
// Method: stores with all that a store can have, in every mode of opening, also while it changes.
//         CALLSTORE_TEST_VERIFY_CALLS: the calls of the large store.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "scratch_folder.h"
#include "unit/damaged_store.h"

namespace callstore {
namespace {

using test::Show;

constexpr const char* kSmall = "org-small";
constexpr const char* kLarge = "org-large";

Store OpenStore(const std::string& path, StoreOptions options = {}) {
  options.path = path;
  auto store = Store::Open(options);
  EXPECT_TRUE(store) << store.error().ToString();
  return *std::move(store);
}

VerifyReport VerifyStore(const Store& store, const VerifyOptions& options = {}) {
  auto report = store.Verify(options);
  EXPECT_TRUE(report) << report.error().ToString();
  return report ? *std::move(report) : VerifyReport();
}

std::size_t LargeStoreCalls() {
  const char* const given = std::getenv("CALLSTORE_TEST_VERIFY_CALLS");
  return given == nullptr ? 20'000 : std::strtoull(given, nullptr, 10);
}

TEST(HealthyVerifyTest, EmptyStoreHasNoFaults) {
  const test::ScratchFolder folder;
  const VerifyReport report = VerifyStore(OpenStore(folder.store()));
  EXPECT_TRUE(report.ok()) << Show(report);
  EXPECT_EQ(report.organizations, 0);
}

TEST(HealthyVerifyTest, EveryKindOfCallHasNoFaults) {
  const test::ScratchFolder folder;
  Store store = OpenStore(folder.store());
  const std::size_t calls = LargeStoreCalls();
  test::PutVariedCalls(&store, kLarge, 0, calls);
  test::PutVariedCalls(&store, kSmall, 0, 1);
  const VerifyReport report = VerifyStore(store);
  EXPECT_TRUE(report.ok()) << Show(report);
  EXPECT_EQ(report.organizations, 2);
  EXPECT_EQ(report.calls, static_cast<std::int64_t>(calls) + 1);
  EXPECT_GT(report.transcripts, report.calls / 2);
  EXPECT_GT(report.index_keys, report.calls);
  EXPECT_GT(report.chunks, static_cast<std::int64_t>(calls) / 6144);
}

// Calls that are changed, moved, deleted and put again, in the middle and at both ends.
TEST(HealthyVerifyTest, ChurnHasNoFaults) {
  const test::ScratchFolder folder;
  Store store = OpenStore(folder.store(), {.write_buffer_bytes = 256 << 10});
  test::PutVariedCalls(&store, kLarge, 0, 9000);
  for (std::size_t i = 0; i < 9000; i += 3) {
    const std::string id = "call-" + std::to_string(i);
    const auto time = std::to_string(1'703'000'000'000 + static_cast<std::int64_t>(i % 50) * 1000);
    switch (i % 5) {
      case 0:
        ASSERT_TRUE(store.Update(kLarge, id, R"({"start_timestamp":)" + time + "}"));
        break;
      case 1:
        ASSERT_TRUE(store.Delete(kLarge, id));
        break;
      case 2:
        ASSERT_TRUE(store.Update(kLarge, id, R"({"metadata":null,"call_id":"new-)" + id + "\"}"));
        break;
      default:
        ASSERT_TRUE(store.Update(
            kLarge, id,
            R"({"from_number":null,"agent_id":"only-)" + id + "\",\"transcript\":null}"));
    }
    if (i % 1500 == 0) {
      const VerifyReport report = VerifyStore(store);
      ASSERT_TRUE(report.ok()) << "after " << i << ": " << Show(report);
    }
  }
  ASSERT_TRUE(store.DeleteMatching(kLarge, Field("agent_id") == "agent-3"));
  EXPECT_TRUE(VerifyStore(store).ok()) << Show(VerifyStore(store));
  ASSERT_TRUE(store.DeleteMatching(kLarge, {}));
  const VerifyReport report = VerifyStore(store);
  EXPECT_TRUE(report.ok()) << Show(report);
  EXPECT_EQ(report.calls, 0);
}

// A chunk that grows in its middle is split, and its pieces lie between fences of their own.
TEST(HealthyVerifyTest, SplitChunkHasNoFaults) {
  const test::ScratchFolder folder;
  Store store = OpenStore(folder.store());
  test::PutVariedCalls(&store, kLarge, 0, 9000);
  for (int batch = 0; batch < 8; ++batch) {
    std::vector<Call> calls;
    for (int i = 0; i < 500; ++i) {
      Call& call = calls.emplace_back();
      call.organization_id = kLarge;
      call.id = "late-" + std::to_string(batch) + "-" + std::to_string(i);
      call.start_timestamp = 1'703'000'000'000 + 1'000'000 + i;
    }
    ASSERT_TRUE(store.PutBatch(calls));
  }
  const VerifyReport report = VerifyStore(store);
  EXPECT_TRUE(report.ok()) << Show(report);
  EXPECT_GT(report.chunks, 3);
}

TEST(HealthyVerifyTest, ReadersAndFollowersSeeTheSame) {
  const test::ScratchFolder folder;
  Store writer = OpenStore(folder.store());
  test::PutVariedCalls(&writer, kSmall, 0, 500);
  for (const OpenMode mode : {OpenMode::kReadOnly, OpenMode::kFollow}) {
    Store reader = OpenStore(folder.store(), {.mode = mode});
    test::PutVariedCalls(&writer, kSmall, 500, 900);
    const VerifyReport report = VerifyStore(reader);
    EXPECT_TRUE(report.ok()) << Show(report);
    EXPECT_GE(report.calls, 500);
    ASSERT_TRUE(writer.DeleteMatching(kSmall, Field("agent_id") == "agent-1"));
  }
}

TEST(HealthyVerifyThreadsTest, VerifyBesideWritersFindsNothing) {
  const test::ScratchFolder folder;
  Store store = OpenStore(folder.store(), {.write_buffer_bytes = 128 << 10});
  test::PutVariedCalls(&store, kSmall, 0, 200);
  std::thread writer([&] {
    for (std::size_t i = 0; i < 600; ++i) {
      EXPECT_TRUE(store.PutJson(kSmall, test::VariedCall(200 + i)));
      if (i % 3 != 0) continue;
      EXPECT_TRUE(store.Delete(kSmall, "call-" + std::to_string(i / 3)));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const VerifyReport report = VerifyStore(store);
    EXPECT_TRUE(report.ok()) << Show(report);
  }
  writer.join();
}

TEST(HealthyVerifyTest, ProgressEndsIt) {
  const test::ScratchFolder folder;
  Store store = OpenStore(folder.store());
  test::PutVariedCalls(&store, kSmall, 0, 10);
  std::vector<std::string> phases;
  const auto watch = [&](const VerifyProgress& progress) {
    if (phases.empty() || phases.back() != progress.phase) phases.emplace_back(progress.phase);
    return true;
  };
  EXPECT_TRUE(VerifyStore(store, {.progress = watch}).ok());
  EXPECT_EQ(phases, (std::vector<std::string>{"calls", "ids", "index"})) << "nothing is in a table";
  const auto stopped = store.Verify({.progress = [](const VerifyProgress&) { return false; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kDeadline);
}

}  // namespace
}  // namespace callstore
