// callstore verify and repair, as processes: damage is told and in the exit status, and a repair
// gives a store that works.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tool_fixture.h"

namespace callstore::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ToolVerifyTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    ImportSamples();
  }

  // Turns around a bit in the middle of the largest table.
  std::string DamageATable() const {
    fs::path largest;
    for (const auto& file : fs::directory_iterator(store())) {
      if (file.path().extension() != ".sst") continue;
      if (largest.empty() || file.file_size() > fs::file_size(largest)) largest = file.path();
    }
    std::string bytes = ReadFile(largest);
    bytes[bytes.size() / 4] ^= 0x10;
    std::ofstream(largest, std::ios::binary) << bytes;
    return largest.filename();
  }
};

TEST_F(ToolVerifyTest, HealthyStoreIsSaidToBeSo) {
  const RunResult json = Run({"verify"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(json.err, "");
  EXPECT_EQ(At(json.out, "message"), "Store verified: no faults");
  EXPECT_EQ(At(json.out, "data.calls"), std::to_string(kSampleCalls));
  EXPECT_EQ(At(json.out, "data.fault_count"), "0");
  EXPECT_EQ(At(json.out, "data.faults"), "[]");
  const RunResult table = Run({"verify", "--format", "table"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.out, HasSubstr("calls               39\n"));
  EXPECT_THAT(table.out, HasSubstr("faults              0\n"));
  EXPECT_EQ(Run({"verify", "--format", "csv"}).out, "kind,family,organization_id,key,what\r\n");
  EXPECT_EQ(Run({"verify", "--format", "jsonl"}).out, "");
}

TEST_F(ToolVerifyTest, DamageIsNamedAndInTheExitStatus) {
  const std::string table = DamageATable();
  const RunResult json = Run({"verify"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_THAT(json.err, HasSubstr("callstore: the store has "));
  EXPECT_EQ(At(json.out, "data.fault_counts.unreadable_file"), "1");
  EXPECT_EQ(At(json.out, "data.faults.0.kind"), "unreadable_file");
  EXPECT_EQ(At(json.out, "data.faults.0.key"), table);
  EXPECT_THAT(At(json.out, "data.faults.1.what"), HasSubstr("checksum mismatch"));
  const RunResult text = Run({"verify", "--format", "table"});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, HasSubstr("unreadable file"));
  EXPECT_THAT(text.out, HasSubstr(table));
  const RunResult few = Run({"verify", "--no-files", "--most-faults", "0"});
  EXPECT_EQ(few.exit_code, 1);
  EXPECT_EQ(At(few.out, "data.files"), "0");
  EXPECT_EQ(At(few.out, "data.faults"), "[]");
}

TEST_F(ToolVerifyTest, RepairGivesAStoreWithoutFaults) {
  const std::string table = DamageATable();
  const RunResult repaired = Run({"repair", "--into", PathOf("repaired")});
  EXPECT_EQ(repaired.exit_code, 1) << "transcripts are lost";
  EXPECT_THAT(repaired.err, HasSubstr("0 calls and "));
  EXPECT_EQ(At(repaired.out, "data.calls"), std::to_string(kSampleCalls));
  EXPECT_EQ(At(repaired.out, "data.calls_lost"), "0");
  EXPECT_EQ(At(repaired.out, "data.files_lost.0"), table);
  const RunResult verified = RunTool({"--store", PathOf("repaired"), "verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(At(verified.out, "data.calls"), std::to_string(kSampleCalls));
  const RunResult again = Run({"repair", "--into", PathOf("repaired")});
  EXPECT_EQ(again.exit_code, 2) << "the folder is in use";
}

TEST_F(ToolVerifyTest, RepairOfAHealthyStoreLosesNothing) {
  const std::string before = Run({"export", "--all"}).out;
  const RunResult repaired = Run({"repair", "--into", PathOf("repaired"), "--format", "table"});
  EXPECT_EQ(repaired.exit_code, 0) << repaired.err;
  EXPECT_THAT(repaired.out, HasSubstr("calls lost          0\n"));
  EXPECT_EQ(RunTool({"--store", PathOf("repaired"), "export", "--all"}).out, before);
}

TEST_F(ToolVerifyTest, WhatIsMissingIsSaid) {
  const RunResult no_target = Run({"repair"});
  EXPECT_EQ(no_target.exit_code, 2);
  EXPECT_THAT(no_target.err, HasSubstr("--into is required"));
  EXPECT_EQ(RunTool({"--store", PathOf("nothing"), "repair", "--into", PathOf("x")}).exit_code, 3);
  EXPECT_EQ(RunTool({"--store", PathOf("nothing"), "verify"}).exit_code, 3);
}

}  // namespace
}  // namespace callstore::cli
