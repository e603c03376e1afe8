// callstore import, as a process: every kind of file, bad records, what is counted.
#include <zlib.h>

#include <string>

#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kTwoCalls =
    "{\"id\":\"a\",\"organization_id\":\"o\",\"start_timestamp\":1000}\n"
    "{\"id\":\"b\",\"organization_id\":\"o\",\"start_timestamp\":2000}\n";

class ToolImportTest : public ToolTest {
 protected:
  std::string Count() const {
    const RunResult result = Run({"count", "--format", "table"});
    return result.exit_code == 0 ? result.out : result.err;
  }

  std::string WriteGzip(const std::string& name, const std::string& text) const {
    const std::string path = PathOf(name);
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path;
  }
};

TEST_F(ToolImportTest, SamplesGoInOnceAndAreUnchangedAgain) {
  const RunResult first = Run({"import", kSamples});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(At(first.out, "status"), "success");
  EXPECT_EQ(At(first.out, "data.new"), std::to_string(kSampleCalls));
  EXPECT_EQ(At(first.out, "data.redacted"), "2");
  const RunResult second = Run({"import", kSamples});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(At(second.out, "data.new"), "0");
  EXPECT_EQ(At(second.out, "data.unchanged"), std::to_string(kSampleCalls));
}

TEST_F(ToolImportTest, EveryKindOfFileGivesItsCalls) {
  const std::string array = "[{\"id\":\"c\",\"organization_id\":\"o\"}]";
  const std::string page =
      "{\"status\":\"success\",\"data\":{\"organization_id\":\"o\",\"calls\":[\n"
      "  {\"id\":\"d\",\"organization_id\":\"o\"}],\"pagination\":{\"page\":0}}}";
  const std::string one = "{\"data\":{\"id\":\"e\",\"organization_id\":\"o\"},\"error\":null}";
  const RunResult result = Run({"import", WriteFile("lines", kTwoCalls), WriteGzip("array", array),
                                WriteFile("page.json", page), WriteGzip("one.json.gz", one), "-"},
                               {.input = "{\"id\":\"f\",\"organization_id\":\"o\"}"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(At(result.out, "data.new"), "6");
  EXPECT_EQ(Count(), "6\n");
}

TEST_F(ToolImportTest, BadLineIsToldAndOthersGoIn) {
  const std::string path =
      WriteFile("calls.jsonl", std::string(kTwoCalls) +
                                   "{\"id\":\"c\",\n"
                                   "{\"organization_id\":\"o\"}\n"
                                   "{\"id\":\"d\",\"organization_id\":\"o\"}\n");
  const RunResult result = Run({"import", path, "--format", "table"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr(path + ":3: "));
  EXPECT_THAT(result.err, HasSubstr(path + ":4: "));
  EXPECT_THAT(result.err, Not(HasSubstr(path + ":5")));
  EXPECT_THAT(result.out, HasSubstr("3 new, 0 changed, 0 unchanged, 0 redacted, 2 failed"));
  EXPECT_EQ(Count(), "3\n");
}

TEST_F(ToolImportTest, MissingFileIsErrorAndOthersGoIn) {
  const RunResult result = Run({"import", PathOf("none"), WriteFile("calls", kTwoCalls)});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("No such file"));
  EXPECT_EQ(At(result.out, "status"), "error");
  EXPECT_EQ(At(result.out, "error_info.details.failed_files"), "1");
  EXPECT_EQ(Count(), "2\n");
}

TEST_F(ToolImportTest, NoReadableFileMakesNoStore) {
  EXPECT_EQ(Run({"import", PathOf("none")}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(ToolImportTest, BrokenGzipIsErrorAfterWhatCouldBeRead) {
  std::string lines;
  for (int i = 0; i < 5000; ++i) {
    lines += "{\"id\":\"" + std::to_string(i * 7919 % 5000) + "\",\"organization_id\":\"o\"}\n";
  }
  const std::string path = WriteGzip("calls.gz", lines);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const RunResult result = Run({"import", path});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr(path));
  EXPECT_NE(At(result.out, "error_info.details.new"), "0");
}

TEST_F(ToolImportTest, OrganizationIsForRecordsWithoutOne) {
  const std::string path = WriteFile("calls", "{\"id\":\"a\"}\n");
  EXPECT_EQ(Run({"import", path}).exit_code, 1);
  EXPECT_EQ(Run({"import", path, "--org", "o"}).exit_code, 0);
  EXPECT_EQ(At(Run({"get", "a"}).out, "data.organization_id"), "o");
}

TEST_F(ToolImportTest, ExistingCallIsTreatedAsAsked) {
  const std::string full = WriteFile(
      "full", "{\"id\":\"a\",\"organization_id\":\"o\",\"agent_id\":\"x\",\"updated_at\":5}");
  const std::string part = WriteFile(
      "part", "{\"id\":\"a\",\"organization_id\":\"o\",\"from_number\":\"+1\",\"updated_at\":4}");
  ASSERT_EQ(Run({"import", full}).exit_code, 0);
  const auto import = [&](const char* on_existing) {
    EXPECT_EQ(Run({"import", part, "--on-existing", on_existing}).exit_code, 0);
    return Run({"get", "a"}).out;
  };
  EXPECT_EQ(At(import("keep"), "data.updated_at"), "5");
  EXPECT_EQ(At(import("newer"), "data.updated_at"), "5");
  const std::string merged = import("merge");
  EXPECT_EQ(At(merged, "data.agent_id"), "x");
  EXPECT_EQ(At(merged, "data.from_number"), "+1");
  EXPECT_EQ(At(import("replace"), "data.agent_id"), "");
  EXPECT_EQ(Run({"import", part, "--on-existing", "often"}).exit_code, 2);
}

// The corpus of real calls is not part of the project.
TEST_F(ToolImportTest, CorpusGoesIn) {
  const std::string corpus = CALLSTORE_SOURCE_DIR "/../shared/corpus/calls.jsonl.gz";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no corpus at " << corpus;
  const RunResult result = Run({"import", corpus});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(At(result.out, "data.new"), "2000");
  EXPECT_EQ(At(result.out, "data.failed"), "0");
}

}  // namespace
}  // namespace callstore::cli
