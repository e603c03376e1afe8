// Goal:   an I/O error, once or from then on, is an error of the API and nothing else: no abort, no
//         wrong answer, and nothing that was acknowledged is gone when the errors are over.
// Method: a seeded script on a file system where the Nth operation of one kind fails. A step that
//         fails is tried again; where it goes on failing, what can be read must be as before it,
//         and the store, opened without errors, as after the acknowledged steps, with or without
//         the one that failed. CALLSTORE_TEST_CUTS=<trials> for more than a sample of the
//         operations.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "crash/child.h"
#include "crash/crash_folder.h"
#include "crash/fault_file_system.h"
#include "crash/impatient_env.h"
#include "crash/script.h"
#include "crash/shared_memory.h"
#include "crash/trials.h"

namespace callstore::test {
namespace {

constexpr std::size_t kSteps = 60;
constexpr std::size_t kReadEvery = 12;
constexpr int kAttempts = 6;

struct RunProgress {
  std::atomic<std::size_t> done{0};  // steps that were acknowledged
  std::array<std::uint64_t, kIoKinds> counts{};
};

// What an operation may answer where the disk fails.
bool IsExpected(const Error& error) {
  switch (error.code) {
    case ErrorCode::kIoError:
    case ErrorCode::kCorrupt:
    case ErrorCode::kFull:
    case ErrorCode::kBusy:
    case ErrorCode::kReadOnly:
      return true;
    default:
      return false;
  }
}

class FaultyRun {
 public:
  FaultyRun(const Script& script, const std::string& path, RunProgress* run, bool sticky)
      : script_(script),
        run_(run),
        files_(std::make_shared<FaultFileSystem>(path)),
        env_(files_),
        runner_(script, SmallStore(path), {.env = &env_}),
        sticky_(sticky) {}

  FaultFileSystem& files() { return *files_; }

  // Empty: as it must be, whether the script came to its end or not.
  std::string Go() {
    if (!Try([&] { return runner_.Open(); })) return trouble_;
    for (std::size_t i = 0; i < script_.steps().size(); ++i) {
      const ScriptStep& step = script_.steps()[i];
      const auto once = [&] {
        return runner_.store() == nullptr ? runner_.Open() : runner_.RunStep(step);
      };
      if (!Try(once)) return GiveUp(i);
      run_->done = i + 1;
      if (i % kReadEvery == 0) {
        if (std::string wrong = CheckReads(i + 1); !wrong.empty()) return wrong;
      }
    }
    const Result<void> closed = runner_.Close();
    return closed || IsExpected(closed.error()) ? "" : "close: " + closed.error().ToString();
  }

 private:
  // Again, and after some time, in which the store may have helped itself.
  template <typename Operation>
  bool Try(const Operation& operation) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const Result<void> done = operation();
      if (done) return true;
      if (!IsExpected(done.error())) {
        trouble_ = "an error that says something else: " + done.error().ToString();
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10 * attempt));
    }
    return false;
  }

  // After step `done` no more can be written. What RocksDB does not forget is over with the next
  // open, also in this process.
  std::string GiveUp(std::size_t done) {
    if (!trouble_.empty()) return trouble_;
    std::string wrong = CheckReads(done);
    if (!wrong.empty() || sticky_) return wrong;
    if (runner_.store() != nullptr) static_cast<void>(runner_.Close());
    const Result<void> opened = runner_.Open();
    if (!opened) return "open after an error that came once: " + opened.error().ToString();
    const Reading reading = ReadBack(*runner_.store());
    if (reading.error) return "read after an error that came once: " + reading.error->ToString();
    return script_.FindPrefix(reading.content, done, done + 1)
               ? ""
               : "opened again: " + DifferenceOf(reading.content, script_.After(done));
  }

  // What can be read is as after so many steps.
  std::string CheckReads(std::size_t done) {
    if (runner_.store() == nullptr) return {};
    const Reading reading = ReadBack(*runner_.store());
    if (!reading.disagreement.empty()) return "among errors: " + reading.disagreement;
    if (reading.error) {
      return IsExpected(*reading.error) ? "" : "read: " + reading.error->ToString();
    }
    const std::string difference = DifferenceOf(reading.content, script_.After(done));
    return difference.empty() ? "" : "among errors: " + difference;
  }

  const Script& script_;
  RunProgress* run_;
  std::shared_ptr<FaultFileSystem> files_;
  ImpatientEnv env_;
  ScriptRun runner_;
  bool sticky_;
  std::string trouble_;
};

class IoErrorTest : public testing::Test {
 protected:
  ChildEnd Go(const Script& script, const std::optional<IoFault>& fault) {
    folder_.Clear();
    run_.Reset();
    return RunInChild([&]() -> std::string {
      FaultyRun faulty(script, folder_.store(), &*run_, fault && fault->sticky);
      if (fault) faulty.files().FailAt(*fault);
      const std::string trouble = faulty.Go();
      for (std::size_t kind = 0; kind < kIoKinds; ++kind) {
        run_->counts[kind] = faulty.files().count(static_cast<IoKind>(kind));
      }
      return trouble;
    });
  }

  // Without errors, after them.
  std::string Check(const Script& script) {
    const std::size_t done = run_->done;
    const std::size_t started = std::min(done + 1, script.steps().size());
    return RunInChild([&]() -> std::string {
             auto store = Store::Open(SmallStore(folder_.store()));
             if (!store) return "open: " + store.error().ToString();
             const Reading reading = ReadBack(*store);
             if (reading.error) return "read: " + reading.error->ToString();
             if (const auto bad = reading.faults + reading.disagreement; !bad.empty()) return bad;
             if (script.FindPrefix(reading.content, done, started)) return {};
             return "after " + std::to_string(done) +
                    " steps: " + DifferenceOf(reading.content, script.After(done));
           })
        .text();
  }

  CrashFolder folder_;
  SharedMemory<RunProgress> run_;
};

TEST_F(IoErrorTest, NthOperationFailsLosesNothingAcknowledged) {
  const Trials trials = Trials::Of("CALLSTORE_TEST_CUTS", 64);
  const Script script(trials.SeedOf(1'000'000'000), {.steps = kSteps});
  ASSERT_EQ(Go(script, std::nullopt).text(), "");
  ASSERT_EQ(run_->done, kSteps);
  const auto counts = run_->counts;
  const std::uint64_t places = trials.end / (2 * kIoKinds) + 1;
  for (std::uint64_t trial = trials.first; trial < trials.end; ++trial) {
    const std::uint64_t kind = trial % kIoKinds;
    const std::uint64_t place = trial / (2 * kIoKinds);
    const std::uint64_t jitter = trials.SeedOf(trial) % (counts[kind] / places + 1);
    const IoFault fault{.kind = static_cast<IoKind>(kind),
                        .nth = 1 + place * counts[kind] / places + jitter,
                        .sticky = trial / kIoKinds % 2 == 1};
    const ChildEnd run = Go(script, fault);
    const std::string where =
        std::string(IoKindName(fault.kind)) + " " + std::to_string(fault.nth) + " of about " +
        std::to_string(counts[kind]) + (fault.sticky ? " and all after it" : "") + "; " +
        trials.Replay(trial);
    EXPECT_TRUE(run.finished) << run.how << '\n' << where;
    EXPECT_EQ(run.report, "") << where;
    EXPECT_EQ(Check(script), "") << where;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace callstore::test
