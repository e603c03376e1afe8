// Goal:   a power cut at any moment loses no write whose sync was answered, leaves no gap and no
//         half of a write, and the store opens again.
// Method: a seeded script on a file system that forgets what was not synced; the power goes at an
//         I/O operation; then the store is opened on what is left, and everything that it says must
//         be the state after some prefix of the script that has all synced steps in it.
//         CALLSTORE_TEST_CUTS=<trials> for more than a sample of the operations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "crash/child.h"
#include "crash/crash_folder.h"
#include "crash/fault_file_system.h"
#include "crash/script.h"
#include "crash/shared_memory.h"
#include "crash/trials.h"
#include "store/open.h"

namespace callstore::test {
namespace {

constexpr std::uint64_t kSample = 120;

// What outlives the child that the power cut ends.
struct Progress {
  std::atomic<std::size_t> done{0};    // steps that were answered
  std::atomic<std::size_t> synced{0};  // of them, the last that all is on disk before
  std::atomic<std::uint64_t> changes{0};
  std::atomic<bool> created{false};  // the first open was answered
};

struct Cut {
  std::uint64_t at = 0;  // 0: at the end
  LossModel model = LossModel::kTail;
  std::uint64_t seed = 0;
  bool lying = false;
};

std::string ModelName(LossModel model) { return model == LossModel::kTail ? "tail" : "holes"; }

class PowerLossTest : public testing::Test {
 protected:
  // Runs a script until its power goes. What it returns is what went wrong before.
  ChildEnd RunUntilCut(const Script& script, const Cut& cut) {
    folder_.Clear();
    return RunInChild([&]() -> std::string {
      const auto files = std::make_shared<FaultFileSystem>(folder_.store());
      const auto env = rocksdb::NewCompositeEnv(files);
      files->Lie(cut.lying);
      files->CutAt(cut.at, [&] {
        files->LosePower(cut.model, cut.seed);
        progress_->changes = files->changes();
        EndChild("");
      });
      ScriptRun run(script, SmallStore(folder_.store()), {.env = env.get()});
      if (const auto opened = run.Open(); !opened) return "open: " + opened.error().ToString();
      progress_->created = true;
      const auto ran = run.Run(0, [&](std::size_t done) {
        progress_->done = done;
        if (script.steps()[done - 1].durable()) progress_->synced = done;
      });
      files->CutNow();
      return ran ? "the script ended" : ran.error().ToString();
    });
  }

  // Opens what is left and compares; empty: as it must be. Where the trial goes on, so does the
  // script.
  std::string Check(const Script& script, bool goes_on = false) {
    const std::size_t synced = progress_->synced;
    const std::size_t done = progress_->done;
    const std::size_t started = std::min(done + 1, script.steps().size());
    const bool created = progress_->created;
    const ChildEnd end = RunInChild([&]() -> std::string {
      auto store = Store::Open(SmallStore(folder_.store()));
      if (!store) return "open: " + store.error().ToString();
      const OpenReport report = store->open_report().value();
      const Reading reading = ReadBack(*store);
      if (reading.error) return "read: " + reading.error->ToString();
      if (!reading.faults.empty()) return "verify: " + reading.faults;
      if (!reading.disagreement.empty()) return reading.disagreement;
      if (!created && reading.content.empty()) return {};
      const auto prefix = script.FindPrefix(reading.content, synced, started);
      if (!prefix) {
        const auto lost = script.FindPrefix(reading.content, 0, started);
        return lost ? "as after step " + std::to_string(*lost) + ": synced steps are lost"
                    : "as after no step; after " + std::to_string(started) + " it would be " +
                          DifferenceOf(reading.content, script.After(started));
      }
      if (report.lost_durable_rows > 0) return "it says that synced rows are lost";
      if (report.clean && *prefix < done) return "it says that it was closed, and steps are lost";
      return goes_on ? Continue(script, *prefix, std::move(*store)) : std::string();
    });
    return end.text();
  }

  // What is left is a store like any other: it takes the next steps, and is whole after them.
  std::string Continue(const Script& script, std::size_t prefix, Store store) {
    if (const auto closed = store.Close(); !closed) return "close: " + closed.error().ToString();
    ScriptRun run(script, SmallStore(folder_.store()), {});
    if (const auto opened = run.Open(); !opened) return "open again: " + opened.error().ToString();
    const std::size_t end = std::min(prefix + 6, script.steps().size());
    for (std::size_t i = prefix; i < end; ++i) {
      if (const auto ran = run.RunStep(script.steps()[i]); !ran) {
        return "step " + std::to_string(i) + " after it: " + ran.error().ToString();
      }
    }
    const Reading reading = ReadBack(*run.store());
    if (reading.error) return "read after it: " + reading.error->ToString();
    const std::string difference = DifferenceOf(reading.content, script.After(end));
    return reading.faults + reading.disagreement + difference;
  }

  CrashFolder folder_;
  SharedMemory<Progress> progress_;
};

TEST_F(PowerLossTest, CutAnywhereKeepsWhatWasSynced) {
  const Trials trials = Trials::Of("CALLSTORE_TEST_CUTS", kSample);
  const bool sample = trials.end <= kSample;
  // Enough for each operation of a script in both models, or a part of them.
  const std::uint64_t per_script = sample ? 40 : 3000;
  std::uint64_t changes = 0;
  for (std::uint64_t trial = trials.first; trial < trials.end; ++trial) {
    const std::uint64_t number = trial / per_script;
    // Every other script syncs seldom: more is at stake in each of its cuts.
    const Script script(trials.SeedOf(1'000'000'000 + number),
                        {.sync_one_in = number % 2 == 0 ? 8U : 60U});
    if (changes == 0 || trial % per_script == 0) {
      progress_.Reset();
      const ChildEnd whole = RunUntilCut(script, {});
      ASSERT_EQ(whole.text(), "") << trials.Replay(trial);
      ASSERT_EQ(progress_->done, script.steps().size()) << trials.Replay(trial);
      changes = progress_->changes;
    }
    // In an order in which any part of them covers the whole script.
    const std::uint64_t place = trial * 1237 % per_script;
    const Cut cut{.at = 1 + place / 2 * changes / (per_script / 2) % changes,
                  .model = place % 2 == 0 ? LossModel::kTail : LossModel::kHoles,
                  .seed = trials.SeedOf(trial)};
    progress_.Reset();
    const ChildEnd run = RunUntilCut(script, cut);
    const std::string where = "cut at " + std::to_string(cut.at) + " of about " +
                              std::to_string(changes) + ", " + ModelName(cut.model) + ", " +
                              std::to_string(progress_->done) + " steps done, synced to " +
                              std::to_string(progress_->synced) + "; " + trials.Replay(trial);
    ASSERT_TRUE(run.finished && run.report.empty()) << run.text() << '\n' << where;
    ASSERT_EQ(Check(script, trials.SeedOf(trial) % 4 == 0), "") << where;
  }
}

// The same call again changes nothing, but the caller is told that it is on disk.
TEST_F(PowerLossTest, SyncedPutOfWhatIsThereMakesItDurable) {
  const auto calls_after = [&](bool put_again) {
    folder_.Clear();
    const ChildEnd run = RunInChild([&]() -> std::string {
      const auto files = std::make_shared<FaultFileSystem>(folder_.store());
      const auto env = rocksdb::NewCompositeEnv(files);
      auto store = store::OpenWith(SmallStore(folder_.store()), {.env = env.get()});
      if (!store) return "open: " + store.error().ToString();
      const std::string call = R"({"organization_id":"org","id":"call"})";
      if (!store->PutJson({}, call)) return "put";
      if (put_again) {
        const auto again = store->PutJson({}, call, {.sync = true});
        if (!again || again->outcome != PutOutcome::kUnchanged) return "put again";
      }
      files->CutAt(files->changes() + 1, [&] {
        files->LosePower(LossModel::kTail, 1);
        EndChild("");
      });
      files->CutNow();
      return "the power stayed on";
    });
    EXPECT_EQ(run.text(), "");
    return RunInChild([&]() -> std::string {
             const auto store = Store::Open(SmallStore(folder_.store()));
             if (!store) return "open: " + store.error().ToString();
             return std::to_string(store->Count("org").value_or(-1)) + " calls";
           })
        .text();
  };
  EXPECT_THAT(calls_after(true), testing::HasSubstr("1 calls"));
  EXPECT_THAT(calls_after(false), testing::HasSubstr("0 calls"))
      << "without it nothing is at stake here";
}

// The negative control: where syncs are answered and not carried out, synced writes are lost.
TEST_F(PowerLossTest, LyingSyncIsNoticed) {
  const Trials trials = Trials::Of("", 10);
  for (std::uint64_t trial = 0; trial < trials.end; ++trial) {
    const Script script(trials.SeedOf(trial));
    progress_.Reset();
    ASSERT_EQ(RunUntilCut(script, {.seed = trial, .lying = true}).text(), "");
    ASSERT_EQ(progress_->done, script.steps().size());
    EXPECT_NE(Check(script), "") << trials.Replay(trial);
  }
}

}  // namespace
}  // namespace callstore::test
