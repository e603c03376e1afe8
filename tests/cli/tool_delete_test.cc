// callstore delete by filter, as a process: nothing goes that was not counted and confirmed.
#include <string>
#include <vector>

#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class ToolDeleteTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    ImportSamples();
  }

  RunResult Delete(std::vector<std::string> arguments, const RunOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"delete", "--org", "org-789"});
    return Run(std::move(arguments), options);
  }

  // Three calls of five.
  RunResult DeleteCampaign(std::vector<std::string> arguments,
                           const RunOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"--filter", "metadata.campaign = summer-2024"});
    return Delete(std::move(arguments), options);
  }

  std::string Left() const { return At(Run({"stats"}).out, "data.calls"); }
};

TEST_F(ToolDeleteTest, DryRunCountsAndDeletesNothing) {
  const RunResult json = DeleteCampaign({"--dry-run"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(At(json.out, "data.matches"), "3");
  EXPECT_EQ(At(json.out, "data.deleted"), "");
  EXPECT_THAT(json.err, HasSubstr("3 of 5 calls of org-789 match {\"metadata.campaign\":"));
  EXPECT_EQ(DeleteCampaign({"--dry-run", "--format", "table"}).out, "3\n");
  EXPECT_EQ(Delete({"--dry-run", "--until", "2024-01-01", "--format", "table"}).out, "1\n");
  EXPECT_EQ(Left(), "39");
}

TEST_F(ToolDeleteTest, WithoutTerminalNumberMustBeConfirmed) {
  const RunResult unconfirmed = DeleteCampaign({});
  EXPECT_EQ(unconfirmed.exit_code, 2);
  EXPECT_EQ(At(unconfirmed.out, "error_info.details.matches"), "3");
  EXPECT_EQ(DeleteCampaign({}, {.input = "3\n"}).exit_code, 2) << "a pipe is nobody";
  const RunResult wrong = DeleteCampaign({"--confirm", "2"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(At(wrong.out, "error_info.details.matches"), "3");
  EXPECT_EQ(Left(), "39");

  const RunResult right = DeleteCampaign({"--confirm", "3"});
  EXPECT_EQ(right.exit_code, 0) << right.err;
  EXPECT_EQ(At(right.out, "data.matches"), "3");
  EXPECT_EQ(At(right.out, "data.deleted"), "3");
  EXPECT_EQ(Left(), "36");
  EXPECT_EQ(Run({"get", "call-456", "--org", "org-789"}).exit_code, 3);
  EXPECT_EQ(Run({"get", "call-789-1037", "--org", "org-789"}).exit_code, 0);
  EXPECT_EQ(DeleteCampaign({"--confirm", "3"}).exit_code, 2) << "they are gone";
}

TEST_F(ToolDeleteTest, OnTerminalNumberIsTyped) {
  if (!HasTerminals()) GTEST_SKIP() << "no pseudo terminals here: is /dev/pts mounted?";
  for (const char* const answer : {"y\n", "2\n", "33\n", "\n"}) {
    const RunResult refused = DeleteCampaign({}, {.input = answer, .terminal = true});
    EXPECT_EQ(refused.exit_code, 1) << answer;
    EXPECT_THAT(refused.out, HasSubstr("Type 3 to delete 3 calls:"));
  }
  EXPECT_EQ(Left(), "39");
  const RunResult agreed = DeleteCampaign({}, {.input = "3\n", .terminal = true});
  EXPECT_EQ(agreed.exit_code, 0) << agreed.out;
  EXPECT_THAT(agreed.out, HasSubstr("3 calls deleted"));
  EXPECT_EQ(Left(), "36");
}

TEST_F(ToolDeleteTest, EmptyFilterDeletesNothing) {
  EXPECT_EQ(Delete({}).exit_code, 2);
  EXPECT_EQ(Delete({"--confirm", "5"}).exit_code, 2);
  for (const char* const request :
       {"{}", "{\"filter_criteria\":{}}", "{\"filter_criteria\":{\"and\":[]}}",
        "{\"filter_criteria\":{\"and\":[{},{\"and\":[]}]}}",
        "{\"filter_criteria\":{\"not\":{\"or\":[]}}}"}) {
    const RunResult result = Delete({"--query", request, "--confirm", "5"});
    EXPECT_EQ(result.exit_code, 2) << request;
    EXPECT_THAT(result.err, HasSubstr("filter")) << request;
  }
  EXPECT_EQ(Left(), "39");
}

TEST_F(ToolDeleteTest, OptionsThatExcludeEachOtherAreErrors) {
  EXPECT_EQ(DeleteCampaign({"call-456", "--yes"}).exit_code, 2);
  EXPECT_EQ(Delete({"call-456", "--yes", "--since", "7d"}).exit_code, 2);
  EXPECT_EQ(Delete({"call-456", "--yes", "--dry-run"}).exit_code, 2);
  EXPECT_EQ(Delete({"call-456", "--confirm", "1"}).exit_code, 2);
  const RunResult yes = DeleteCampaign({"--yes"});
  EXPECT_EQ(yes.exit_code, 2);
  EXPECT_THAT(yes.err, HasSubstr("--confirm"));
  EXPECT_EQ(At(Delete({"", "--yes"}).out, "error_info.details.field"), "id") << "given, and empty";
  EXPECT_EQ(Left(), "39");
}

TEST_F(ToolDeleteTest, FilterThatMatchesNothingIsDone) {
  const RunResult result = Delete({"--filter", "call_id = nobody"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(At(result.out, "data.deleted"), "0");
  EXPECT_THAT(result.err, HasSubstr("0 of 5 calls"));
  const RunResult unknown =
      Run({"delete", "--org", "org-788", "--filter", "call_id = nobody", "--dry-run"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("org-789"));
}

TEST_F(ToolDeleteTest, OtherOrganizationsKeepTheirCalls) {
  EXPECT_EQ(Delete({"--filter", "call_status = ENDED", "--confirm", "5"}).exit_code, 0);
  EXPECT_EQ(Left(), "34");
  EXPECT_EQ(Run({"count", "--org", "org-aurora-clinic", "--format", "table"}).out, "19\n");
  EXPECT_EQ(Run({"count", "--org", "org-789", "--format", "table"}).out, "0\n");
}

}  // namespace
}  // namespace callstore::cli
