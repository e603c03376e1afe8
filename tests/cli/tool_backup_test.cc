// callstore backup, backups, restore, checkpoint, as processes: what a person types, what is told,
// and what is left when one is killed.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "callstore/backup.h"
#include "callstore/store.h"
#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class ToolBackupTest : public ToolTest {
 protected:
  std::string backups() const { return PathOf("backups"); }

  std::string AllCalls(const std::string& path) const {
    const RunResult result = RunTool({"--store", path, "export", "--all"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  // Starts the tool and kills it after a while. True where it was still running.
  static bool KillAfter(int microseconds, const std::vector<std::string>& arguments) {
    const pid_t child = fork();
    if (child == 0) {
      const int nowhere = open("/dev/null", O_RDWR);
      for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, fd);
      std::vector<char*> argv = {const_cast<char*>(CALLSTORE_TOOL)};
      for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
      argv.push_back(nullptr);
      execv(CALLSTORE_TOOL, argv.data());
      _exit(127);
    }
    usleep(static_cast<useconds_t>(microseconds));
    kill(child, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
  }

  // Adds calls that do not compress, so that copying them takes time.
  void AddBulk(int round) const {
    std::mt19937 random(static_cast<unsigned>(round));
    std::string lines;
    for (int i = 0; i < 20; ++i) {
      std::string noise;
      while (noise.size() < 10'000) noise += std::to_string(random());
      lines += R"({"id":"bulk-)" + std::to_string(round) + "-" + std::to_string(i) +
               R"(","transcript":")" + noise + "\"}\n";
    }
    const RunResult result = Run({"import", "--org", "bulk", "-"}, {.input = lines});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  std::size_t BackupCount() const {
    const auto list = ListBackups(backups());
    return list ? list->size() : 0;
  }
};

TEST_F(ToolBackupTest, HelpOfEachVerbHasExamples) {
  for (const std::string verb : {"backup", "backups", "restore", "checkpoint"}) {
    EXPECT_THAT(RunTool({"--help"}).out, HasSubstr("\n  " + verb + " "));
    const RunResult help = RunTool({verb, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  callstore ")) << verb;
  }
}

TEST_F(ToolBackupTest, RestoredStoreHasTheSameCalls) {
  ImportSamples();
  const RunResult made = Run({"backup", backups()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(At(made.out, "status"), "success");
  EXPECT_EQ(At(made.out, "data.number"), "1");
  EXPECT_EQ(At(made.out, "data.calls"), std::to_string(kSampleCalls));
  EXPECT_EQ(At(made.out, "data.damage"), "");
  const RunResult restored = RunTool({"restore", backups(), "--into", PathOf("restored")});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(At(restored.out, "data.store"), PathOf("restored"));
  EXPECT_EQ(AllCalls(PathOf("restored")), AllCalls(store()));

  const RunResult again = RunTool({"restore", backups(), "--into", PathOf("restored")});
  EXPECT_EQ(again.exit_code, 2) << "the target is in use";
  EXPECT_EQ(At(again.out, "error_info.details.field"), "target");
}

TEST_F(ToolBackupTest, NumberChoosesAndKeepRemoves) {
  ImportSamples();
  ASSERT_EQ(Run({"backup", backups()}).exit_code, 0);
  const std::string calls = AllCalls(store());
  AddBulk(1);
  ASSERT_EQ(Run({"backup", backups(), "--keep", "2", "--verify"}).exit_code, 0);
  const RunResult restored =
      RunTool({"restore", backups(), "--into", PathOf("first"), "--number", "1", "--no-verify"});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(AllCalls(PathOf("first")), calls);
  ASSERT_EQ(Run({"backup", backups(), "--keep", "2"}).exit_code, 0);
  const RunResult list = RunTool({"backups", backups()});
  EXPECT_EQ(At(list.out, "data.backups.0.number"), "2");
  EXPECT_EQ(At(list.out, "data.backups.1.number"), "3");
  EXPECT_EQ(RunTool({"restore", backups(), "--into", PathOf("x"), "--number", "1"}).exit_code, 3);
}

TEST_F(ToolBackupTest, ListIsToldInEveryFormat) {
  ImportSamples();
  ASSERT_EQ(Run({"backup", backups(), "--format", "table"}).out.substr(0, 20),
            "backup 1: 39 calls, ");
  EXPECT_THAT(RunTool({"backups", backups(), "--format", "table"}).out,
              testing::AllOf(HasSubstr("NUMBER  CREATED (UTC)"), HasSubstr("  whole")));
  EXPECT_THAT(RunTool({"backups", backups(), "--format", "csv"}).out,
              HasSubstr("number,created_at,calls,size_bytes,file_count,store_id,damage\r\n1,"));
  EXPECT_THAT(RunTool({"backups", backups(), "--format", "jsonl"}).out,
              MatchesRegex("\\{\"number\":1,.*\"damage\":null\\}\n"));
}

TEST_F(ToolBackupTest, DamageIsListedAndIsExitOne) {
  ImportSamples();
  ASSERT_EQ(Run({"backup", backups()}).exit_code, 0);
  ASSERT_EQ(RunTool({"backups", backups(), "--verify"}).exit_code, 0);
  std::string manifest;
  for (const auto& file : std::filesystem::directory_iterator(backups() + "/private/1")) {
    if (file.path().filename().string().starts_with("MANIFEST")) manifest = file.path();
  }
  std::string bytes = ReadFile(manifest);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(manifest, std::ios::binary) << bytes;
  EXPECT_EQ(RunTool({"backups", backups()}).exit_code, 0) << "its size is as it was";
  const RunResult verified = RunTool({"backups", backups(), "--verify"});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_EQ(At(verified.out, "data.backups.0.calls"), std::to_string(kSampleCalls));
  EXPECT_THAT(At(verified.out, "data.backups.0.damage"), HasSubstr("MANIFEST"));
  EXPECT_THAT(verified.err, HasSubstr("backup 1 is damaged"));

  std::filesystem::remove(manifest);
  const RunResult table = RunTool({"backups", backups(), "--format", "table"});
  EXPECT_EQ(table.exit_code, 1);
  EXPECT_THAT(table.out, HasSubstr("damaged"));
  EXPECT_EQ(At(RunTool({"backups", backups()}).out, "data.backups.0.calls"), "");
  EXPECT_EQ(RunTool({"restore", backups(), "--into", PathOf("restored")}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(PathOf("restored")));
  EXPECT_EQ(Run({"backup", backups()}).exit_code, 1);
  EXPECT_EQ(Run({"backup", backups(), "--drop-damaged"}).exit_code, 0);
  EXPECT_EQ(RunTool({"backups", backups(), "--verify"}).exit_code, 0);
}

TEST_F(ToolBackupTest, WrongUsageIsExitTwoAndNothingThereIsExitThree) {
  EXPECT_EQ(RunTool({"backup", backups()}).exit_code, 2) << "no store was named";
  EXPECT_EQ(Run({"backup"}).exit_code, 2);
  EXPECT_EQ(RunTool({"restore", backups()}).exit_code, 2);
  EXPECT_EQ(Run({"backup", backups(), "--keep", "-1"}).exit_code, 2);
  EXPECT_EQ(Run({"backup", backups()}).exit_code, 3);
  EXPECT_EQ(Run({"checkpoint", PathOf("copy")}).exit_code, 3);
  EXPECT_EQ(RunTool({"backups", backups()}).exit_code, 3);
  EXPECT_EQ(RunTool({"restore", backups(), "--into", PathOf("restored")}).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(backups()));
  ImportSamples();
  EXPECT_EQ(Run({"backup", store() + "/backups"}).exit_code, 2);
}

TEST_F(ToolBackupTest, CopiesAreMadeBesideAWriter) {
  ImportSamples();
  auto writer = Store::Open({.path = store()});
  ASSERT_TRUE(writer) << writer.error().ToString();
  ASSERT_TRUE(writer->PutJson("org-new", R"({"id":"unflushed"})"));
  const std::string calls = AllCalls(store());
  ASSERT_THAT(calls, HasSubstr("unflushed"));
  const RunResult made = Run({"backup", backups()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const RunResult checkpoint = Run({"checkpoint", PathOf("copy")});
  ASSERT_EQ(checkpoint.exit_code, 0) << checkpoint.err;
  EXPECT_EQ(At(checkpoint.out, "data.store"), PathOf("copy"));
  ASSERT_TRUE(writer->PutJson("org-new", R"({"id":"later"})"));
  ASSERT_EQ(RunTool({"restore", backups(), "--into", PathOf("restored")}).exit_code, 0);
  EXPECT_EQ(AllCalls(PathOf("restored")), calls);
  EXPECT_EQ(AllCalls(PathOf("copy")), calls);
}

// Wherever it is killed, the backups that were there are there, whole.
TEST_F(ToolBackupTest, KilledBackupsSpoilNothing) {
  ImportSamples();
  ASSERT_EQ(Run({"backup", backups()}).exit_code, 0);
  std::mt19937 random(7);
  int killed = 0;
  for (int round = 0; round < 6; ++round) {
    AddBulk(round);
    const std::size_t before = BackupCount();
    const int after_us = static_cast<int>(random() % 250'000);
    killed += KillAfter(after_us, {"--store", store(), "backup", backups(), "--bytes-per-second",
                                   "2000000", "--keep", "3"})
                  ? 1
                  : 0;
    const RunResult list = RunTool({"backups", backups(), "--verify"});
    ASSERT_EQ(list.exit_code, 0) << "killed after " << after_us << " us: " << list.err << list.out;
    EXPECT_GE(BackupCount(), std::min<std::size_t>(before, 3));
  }
  EXPECT_GT(killed, 0);
  const RunResult restored = RunTool({"restore", backups(), "--into", PathOf("restored")});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_THAT(AllCalls(PathOf("restored")), HasSubstr("org-789"));
  ASSERT_EQ(Run({"backup", backups()}).exit_code, 0);
  ASSERT_EQ(RunTool({"restore", backups(), "--into", PathOf("newest")}).exit_code, 0);
  EXPECT_EQ(AllCalls(PathOf("newest")), AllCalls(store()));
  EXPECT_FALSE(std::filesystem::exists(store() + "/backup.partial"));
}

TEST_F(ToolBackupTest, KilledRestoreLeavesAWholeStoreOrNone) {
  AddBulk(1);
  ASSERT_EQ(Run({"backup", backups()}).exit_code, 0);
  const std::string calls = AllCalls(store());
  std::mt19937 random(8);
  int none = 0;
  for (int round = 0; round < 5; ++round) {
    KillAfter(static_cast<int>(random() % 150'000),
              {"restore", backups(), "--into", PathOf("restored")});
    if (std::filesystem::exists(PathOf("restored"))) {
      EXPECT_EQ(AllCalls(PathOf("restored")), calls);
      std::filesystem::remove_all(PathOf("restored"));
    } else {
      ++none;
    }
  }
  EXPECT_GT(none, 0);
  ASSERT_EQ(RunTool({"restore", backups(), "--into", PathOf("restored")}).exit_code, 0);
  EXPECT_EQ(AllCalls(PathOf("restored")), calls);
  EXPECT_FALSE(std::filesystem::exists(PathOf("restored.callstore-partial")));
}

}  // namespace
}  // namespace callstore::cli
