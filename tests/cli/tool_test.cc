// The other verbs of the tool, as a process: what a person types, what comes out, the exit code.
#include <locale.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "callstore/store.h"
#include "cli/text.h"
#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kClinic = "org-aurora-clinic";
constexpr const char* kDocumentedId = "550e8400-e29b-41d4-a716-446655440000";

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST_F(ToolTest, HelpNamesEveryVerbAndEveryVerbHasExamples) {
  const RunResult help = RunTool({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* const verb : {"import", "list", "get", "show", "count", "aggregate", "update",
                                 "delete", "export", "orgs", "stats"}) {
    EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + verb + " "));
    const RunResult verb_help = RunTool({verb, "--help"});
    EXPECT_EQ(verb_help.exit_code, 0);
    EXPECT_THAT(verb_help.out, HasSubstr("Examples:\n  callstore ")) << verb;
  }
  EXPECT_THAT(RunTool({"--version"}).out, StartsWith("callstore 0."));
}

TEST_F(ToolTest, WrongUsageIsExitTwo) {
  ImportSamples();
  EXPECT_EQ(RunTool({}).exit_code, 2);
  EXPECT_EQ(RunTool({"orgs"}).exit_code, 2) << "no store was named";
  EXPECT_EQ(Run({"lst"}).exit_code, 2);
  EXPECT_EQ(Run({"list", "--org", kClinic, "--limit", "x"}).exit_code, 2);
  EXPECT_EQ(Run({"list", "--org", kClinic, "--query", "{}", "--page", "1"}).exit_code, 2);
  const RunResult limit = Run({"list", "--org", kClinic, "--limit", "1001"});
  EXPECT_EQ(limit.exit_code, 2);
  EXPECT_EQ(At(limit.out, "error_info.code"), "invalid_argument");
  EXPECT_EQ(At(limit.out, "error_info.details.field"), "limit");
  const RunResult since = Run({"count", "--org", kClinic, "--since", "soon"});
  EXPECT_EQ(since.exit_code, 2);
  EXPECT_THAT(since.err, HasSubstr("RFC 3339"));
}

TEST_F(ToolTest, StoreThatIsNotThereIsError) {
  const RunResult result = Run({"orgs"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(At(result.out, "status"), "error");
  EXPECT_FALSE(std::filesystem::exists(store())) << "reading made a folder";
}

TEST_F(ToolTest, StoreComesFromEnvironmentUnlessGiven) {
  ImportSamples();
  const std::vector<std::string> environment = {"CALLSTORE_STORE=" + store()};
  EXPECT_EQ(RunTool({"orgs"}, {.environment = environment}).exit_code, 0);
  EXPECT_EQ(RunTool({"orgs", "--store", PathOf("no")}, {.environment = environment}).exit_code, 3);
  EXPECT_EQ(RunTool({"--store", PathOf("no"), "orgs"}, {.environment = environment}).exit_code, 3);
}

TEST_F(ToolTest, ListIsTheDocumentedEnvelope) {
  ImportSamples();
  const RunResult result = Run({"list", "--org", "org-789", "--limit", "2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(At(result.out, "status"), "success");
  EXPECT_EQ(At(result.out, "data.organization_id"), "org-789");
  EXPECT_EQ(At(result.out, "data.returned_count"), "2");
  EXPECT_EQ(At(result.out, "data.pagination.total_count"), "5");
  EXPECT_EQ(At(result.out, "data.pagination.total_pages"), "3");
  EXPECT_EQ(At(result.out, "data.pagination.has_next_page"), "true");
  const RunResult last = Run({"list", "--org", "org-789", "--query", "{\"page\":2,\"limit\":2}"});
  EXPECT_EQ(At(last.out, "data.calls.0.id"), kDocumentedId);
  EXPECT_EQ(At(last.out, "data.calls.0.latency.e2e.p95"), "320.8");
}

// Goal:   walking along the cursor gives every call once, in the order of one whole page.
TEST_F(ToolTest, PagesByCursorJoinToWholeList) {
  ImportSamples();
  const std::string whole =
      Run({"list", "--org", kClinic, "--limit", "1000", "--format", "jsonl", "--summary"}).out;
  std::string joined;
  std::string cursor;
  for (int pages = 0; pages < 20; ++pages) {
    std::vector<std::string> arguments = {"list", "--org", kClinic, "--limit", "7", "--summary"};
    if (!cursor.empty()) arguments.insert(arguments.end(), {"--cursor", cursor});
    const RunResult page = Run(arguments);
    ASSERT_EQ(page.exit_code, 0) << page.err;
    for (const JsonText& call : JsonText(page.out).At("data.calls").Elements()) {
      joined.append(call.raw()).append("\n");
    }
    cursor = At(page.out, "data.next_cursor");
    if (cursor.empty()) break;
  }
  EXPECT_EQ(joined, whole);
}

TEST_F(ToolTest, BoundsAreHalfOpen) {
  ImportSamples();
  const auto count = [&](const char* since, const char* until) {
    return Run({"count", "--org", "org-789", "--since", since, "--until", until, "--format",
                "table"})
        .out;
  };
  EXPECT_EQ(count("1703097600000", "1703097600001"), "1\n");
  EXPECT_EQ(count("1703097600001", "2024-01-01"), "0\n");
  EXPECT_EQ(count("2023-12-20", "2023-12-20T18:40:00Z"), "0\n");
  EXPECT_EQ(count("2023-12-20T18:40:00Z", "7d"), "5\n");
}

TEST_F(ToolTest, EmptyResultSaysWhyOnStderr) {
  ImportSamples();
  const RunResult past = Run({"list", "--org", "org-789", "--page", "9"});
  EXPECT_EQ(past.exit_code, 0);
  EXPECT_THAT(past.err, HasSubstr("page 9 is past the end"));
  EXPECT_EQ(At(past.out, "data.returned_count"), "0");
  const RunResult none = Run({"list", "--org", "org-789", "--until", "1999-01-01"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_THAT(none.err, HasSubstr("no call of org-789 matches"));
}

TEST_F(ToolTest, UnknownOrganizationIsNotFoundWithNames) {
  ImportSamples();
  for (const char* const verb : {"list", "count", "export"}) {
    const RunResult result = Run({verb, "--org", "org-788"});
    EXPECT_EQ(result.exit_code, 3) << verb;
    EXPECT_THAT(result.err, HasSubstr("org-789")) << verb;
  }
  const RunResult unnamed = Run({"list"});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_THAT(unnamed.err, HasSubstr("org-789, org-aurora-clinic, org-nordwind-bikes"));
}

TEST_F(ToolTest, GetTakesIdAndCallId) {
  ImportSamples();
  for (const char* const id : {kDocumentedId, "call-456"}) {
    const RunResult result = Run({"get", id, "--org", "org-789"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(At(result.out, "data.metadata.batch_call_id"), "batch-001");
  }
  const RunResult missing = Run({"get", "call-457", "--org", "org-789"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_EQ(At(missing.out, "error_info.code"), "not_found");
  EXPECT_EQ(Run({"get", "call-456", "--org", kClinic}).exit_code, 3) << "another organization's";
  EXPECT_EQ(Run({"get", "call-456", "--org", "org-789", "--format", "csv", "--fields",
                 "call_id,metadata.campaign,call_cost.combined_cost"})
                .out,
            "call_id,metadata.campaign,call_cost.combined_cost\r\ncall-456,summer-2024,0.25\r\n");
}

TEST_F(ToolTest, ShowReadsLikePage) {
  ImportSamples();
  const RunResult result = Run({"show", "call-456", "--org", "org-789"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2023-12-20 18:40:00 UTC"));
  EXPECT_THAT(result.out, HasSubstr("Hello, I'm calling about my recent order."));
  EXPECT_THAT(result.out, HasSubstr("summer-2024"));
  EXPECT_THAT(result.out, Not(HasSubstr("\033[")));
}

TEST_F(ToolTest, UpdateMergesAndTellsTheCall) {
  ImportSamples();
  const RunResult json = Run({"update", "call-456", "--org", "org-789", "--patch",
                              "{\"metadata\":{\"priority\":null,\"seen\":3}}"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(At(json.out, "data.operation"), "update");
  EXPECT_EQ(At(json.out, "data.call.metadata.seen"), "3");
  EXPECT_EQ(At(json.out, "data.call.metadata.priority"), "");
  EXPECT_EQ(At(json.out, "data.call.metadata.campaign"), "summer-2024");
  const RunResult input = Run({"update", "call-456", "--org", "org-789", "--patch", "-"},
                              {.input = "{\"agent_id\":\"agent-9\"}"});
  EXPECT_EQ(At(input.out, "data.call.agent_id"), "agent-9");
  const std::string file = WriteFile("patch.json", "{\"agent_id\":\"agent-9\"}");
  EXPECT_EQ(
      Run({"update", "call-456", "--org", "org-789", "--patch", "@" + file, "--format", "table"})
          .out,
      std::string(kDocumentedId) + ": unchanged\n");
  EXPECT_EQ(Run({"update", "call-456", "--org", "org-789", "--patch", "[1"}).exit_code, 2);
  EXPECT_EQ(Run({"update", "none", "--org", "org-789", "--patch", "{}"}).exit_code, 3);
}

TEST_F(ToolTest, DeleteNeedsConsent) {
  if (!HasTerminals()) GTEST_SKIP() << "no pseudo terminals here: is /dev/pts mounted?";
  ImportSamples();
  const std::vector<std::string> arguments = {"delete", "call-456", "--org", "org-789"};
  EXPECT_EQ(Run(arguments).exit_code, 2) << "nobody was there to ask";
  const RunResult refused = Run(arguments, {.input = "n\n", .terminal = true});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("Delete call call-456 of org-789 (ENDED, 2023-12-20"));
  EXPECT_EQ(Run({"get", "call-456", "--org", "org-789"}).exit_code, 0);
  const RunResult agreed = Run(arguments, {.input = "y\n", .terminal = true});
  EXPECT_EQ(agreed.exit_code, 0) << agreed.out;
  EXPECT_EQ(Run({"get", "call-456", "--org", "org-789"}).exit_code, 3);
  std::vector<std::string> again = arguments;
  again.emplace_back("--yes");
  EXPECT_EQ(Run(again).exit_code, 3);
}

TEST_F(ToolTest, ExportImportedElsewhereIsTheSame) {
  ImportSamples();
  const std::string file = PathOf("all.jsonl.gz");
  const RunResult exported = Run({"export", "--all", "--output", file});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_TRUE(exported.out.empty());
  EXPECT_EQ(ReadFile(file).substr(0, 2), "\x1F\x8B");
  const std::string copy = PathOf("copy");
  ASSERT_EQ(RunTool({"--store", copy, "import", file}).exit_code, 0);
  EXPECT_EQ(RunTool({"--store", copy, "export", "--all"}).out, Run({"export", "--all"}).out);
  EXPECT_EQ(Lines(Run({"export", "--all"}).out).size(), static_cast<std::size_t>(kSampleCalls));
}

TEST_F(ToolTest, ExportAsCsvHasItsFields) {
  ImportSamples();
  const std::string file = PathOf("calls.csv");
  const RunResult result = Run({"export", "--org", "org-789", "--output", file, "--fields",
                                "call_id,metadata.app,call_analysis.call_summary,metadata.typo"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string text = ReadFile(file);
  EXPECT_THAT(text,
              StartsWith("call_id,metadata.app,call_analysis.call_summary,metadata.typo\r\n"));
  EXPECT_THAT(text, HasSubstr("call-456,,Customer inquiry about order status - resolved "
                              "successfully,\r\n"));
  EXPECT_THAT(text, HasSubstr("\"{\"\"version\"\":\"\"5.2.0\"\""));
  EXPECT_THAT(result.err, HasSubstr("no call has the field metadata.typo"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
}

TEST_F(ToolTest, ExportThatFailsLeavesNothing) {
  ImportSamples();
  const std::string file = WriteFile("out.jsonl", "old");
  EXPECT_EQ(Run({"export", "--org", "nobody", "--output", file}).exit_code, 3);
  EXPECT_EQ(ReadFile(file), "old");
  EXPECT_EQ(Run({"export", "--all", "--output", PathOf("no/such/folder")}).exit_code, 1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".part-")));
  }
}

TEST_F(ToolTest, OrganizationsAndStatsCount) {
  ImportSamples();
  const RunResult organizations = Run({"orgs"});
  EXPECT_EQ(At(organizations.out, "data.organizations.0.organization_id"), "org-789");
  EXPECT_EQ(At(organizations.out, "data.organizations.0.call_count"), "5");
  EXPECT_EQ(Run({"orgs", "--format", "csv"}).out,
            "organization_id,call_count,retention_days\r\norg-789,5,0\r\n"
            "org-aurora-clinic,19,0\r\norg-nordwind-bikes,15,0\r\n");
  const RunResult stats = Run({"stats"});
  EXPECT_EQ(At(stats.out, "data.calls"), std::to_string(kSampleCalls));
  EXPECT_EQ(At(stats.out, "data.organizations"), "3");
}

TEST_F(ToolTest, ReadingWorksBesideWriter) {
  ImportSamples();
  Result<Store> writer = Store::Open({.path = store()});
  ASSERT_TRUE(writer) << writer.error().ToString();
  EXPECT_EQ(Run({"count", "--org", "org-789", "--format", "table"}).out, "5\n");
  const RunResult locked = Run({"import", kSamples});
  EXPECT_EQ(locked.exit_code, 1);
  EXPECT_EQ(At(locked.out, "error_info.code"), "locked");
}

TEST_F(ToolTest, TableOnTerminalFitsIt) {
  if (!HasTerminals()) GTEST_SKIP() << "no pseudo terminals here: is /dev/pts mounted?";
  ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
  ImportSamples();
  for (const unsigned short columns : std::array<unsigned short, 3>{60, 80, 200}) {
    const RunResult result =
        Run({"list", "--org", kClinic},
            {.terminal = true, .columns = columns, .environment = {"NO_COLOR=1"}});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, StartsWith("CALL "));
    EXPECT_THAT(result.out, HasSubstr("19 calls of 19"));
    EXPECT_THAT(result.out, Not(HasSubstr("\033")));
    for (std::string line : Lines(result.out)) {
      if (line.ends_with('\r')) line.pop_back();
      EXPECT_LE(DisplayWidth(line), columns) << line;
    }
  }
  EXPECT_THAT(Run({"list", "--org", kClinic}, {.terminal = true}).out, StartsWith("\033[1mCALL"));
}

TEST_F(ToolTest, ReaderThatGoesAwayIsNoError) {
  ImportSamples();
  const RunResult result = Run({"export", "--all"}, {.close_output_after_bytes = 1});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

TEST_F(ToolTest, OutputThatCannotBeWrittenIsError) {
  ImportSamples();
  const RunResult result = Run({"export", "--all"}, {.output_path = "/dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("standard output cannot be written"));
}

TEST_F(ToolTest, TextFromCallsCannotSteerTerminal) {
  const std::string path =
      WriteFile("calls",
                "{\"id\":\"a\",\"organization_id\":\"o\",\"from_number\":\"\\u001b[2J\","
                "\"transcript\":\"\\u001b]0;x\\u0007\\u202e\"}");
  ASSERT_EQ(Run({"import", path}).exit_code, 0);
  for (const char* const format : {"list", "show"}) {
    std::vector<std::string> arguments = {format, "--format", "table"};
    if (std::string(format) == "show") arguments.emplace_back("a");
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, Not(HasSubstr("\033")));
    EXPECT_THAT(result.out, Not(HasSubstr("\xE2\x80\xAE")));
  }
}

}  // namespace
}  // namespace callstore::cli
