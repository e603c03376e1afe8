// Filters, sort keys and limits of work on the command line, as a process.
#include <algorithm>
#include <string>
#include <vector>

#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kClinic = "org-aurora-clinic";
constexpr const char* kShop = "org-789";

class ToolFilterTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    ImportSamples();
  }

  RunResult RunOn(const char* organization, std::vector<std::string> arguments,
                  const RunOptions& options = {}) const {
    arguments.insert(arguments.end(), {"--org", organization});
    return Run(std::move(arguments), options);
  }

  // The calls that match all of `conditions`; -1 and a failed test where that is an error.
  int Count(const char* organization, const std::vector<std::string>& conditions) const {
    std::vector<std::string> arguments = {"count", "--format", "table"};
    for (const std::string& condition : conditions) {
      arguments.insert(arguments.end(), {"--filter", condition});
    }
    const RunResult result = RunOn(organization, arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? std::stoi(result.out) : -1;
  }

  // The call_ids of JSON Lines, in their order.
  static std::vector<std::string> CallIds(const std::string& lines) {
    std::vector<std::string> ids;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) ids.push_back(At(line, "call_id"));
    return ids;
  }

  std::vector<std::string> List(const char* organization,
                                std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"list", "--format", "jsonl", "--summary"});
    const RunResult result = RunOn(organization, arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return CallIds(result.out);
  }
};

TEST_F(ToolFilterTest, CountWithFiltersIsExact) {
  EXPECT_EQ(Count(kShop, {"metadata.campaign = summer-2024"}), 3);
  EXPECT_EQ(Count(kShop, {"metadata.campaign = summer-2024", "call_duration >= 16000"}), 2);
  EXPECT_EQ(Count(kShop, {"call_status = ended"}), 5) << "words in any letter case";
  EXPECT_EQ(Count(kShop, {"metadata.app.os=android"}), 1);
  EXPECT_EQ(Count(kClinic, {"call_status = ENDED,ERROR"}), 11);
  EXPECT_EQ(Count(kClinic, {"call_status != ENDED,ERROR"}), 8);
  EXPECT_EQ(Count(kClinic, {"call_duration?"}), 14);
  EXPECT_EQ(Count(kClinic, {"!call_duration?"}), 5);
  EXPECT_EQ(Count(kClinic, {"metadata.tags = booking"}), 2);
  EXPECT_EQ(Count(kClinic, {"metadata.attempt = 2"}), 1) << "a bare value is the number, too";
  EXPECT_EQ(Count(kClinic, {"metadata.attempt = \"2\""}), 0) << "the type of JSON matters";
}

TEST_F(ToolFilterTest, BoundsAndFiltersHoldTogether) {
  const RunResult result = RunOn(kShop, {"count", "--since", "2024-01-01", "--filter",
                                         "metadata.campaign = summer-2024", "--format", "table"});
  EXPECT_EQ(result.out, "2\n") << result.err;
}

TEST_F(ToolFilterTest, RequestFiltersEveryVerb) {
  const std::string request =
      "{\"filter_criteria\":{\"or\":[{\"agent_id\":\"agent-456\"},"
      "{\"call_duration\":{\"lt\":16000}}]}}";
  EXPECT_EQ(RunOn(kShop, {"count", "--query", request, "--format", "table"}).out, "3\n");
  EXPECT_THAT(CallIds(RunOn(kShop, {"list", "--query", request, "--format", "jsonl"}).out),
              ElementsAre("call-789-1038", "call-789-1037", "call-789-1036"));
  EXPECT_THAT(CallIds(RunOn(kShop, {"export", "--query", request}).out),
              ElementsAre("call-789-1038", "call-789-1037", "call-789-1036"));
  const RunResult dry = RunOn(kShop, {"delete", "--dry-run", "--query", request});
  EXPECT_EQ(At(dry.out, "data.matches"), "3") << dry.err;
}

TEST_F(ToolFilterTest, MemberThatVerbCannotUseIsErrorThatNamesIt) {
  for (const char* const verb : {"count", "export", "delete"}) {
    const RunResult result =
        RunOn(kShop, {verb, "--format", "jsonl", "--query", "{\"filter_criteria\":{},\"page\":1}"});
    EXPECT_EQ(result.exit_code, 2) << verb;
    EXPECT_THAT(result.err, HasSubstr("field: page")) << verb;
    EXPECT_THAT(result.err, HasSubstr("callstore: valid: filter_criteria")) << verb;
  }
  EXPECT_EQ(RunOn(kShop, {"count", "--format", "table", "--query", "{\"page\":null}"}).out, "5\n");
}

TEST_F(ToolFilterTest, RequestExcludesOtherOptionsAndMayNotBeEmpty) {
  EXPECT_EQ(RunOn(kShop, {"list", "--query", "{}", "--filter", "call_id?"}).exit_code, 2);
  EXPECT_EQ(RunOn(kShop, {"count", "--query", "{}", "--since", "7d"}).exit_code, 2);
  EXPECT_EQ(RunOn(kShop, {"export", "--query", "{}", "--sort-by", "created_at"}).exit_code, 2);
  for (const char* const verb : {"list", "count", "export", "delete", "aggregate"}) {
    EXPECT_EQ(RunOn(kShop, {verb, "--query", ""}).exit_code, 2) << verb;
    EXPECT_EQ(RunOn(kShop, {verb, "--filter", ""}).exit_code, 2) << verb;
    EXPECT_EQ(RunOn(kShop, {verb, "--filter", "call_id?", "--since", ""}).exit_code, 2) << verb;
    EXPECT_EQ(RunOn(kShop, {verb, "--filter", "call_id?", "--until", ""}).exit_code, 2) << verb;
  }
}

TEST_F(ToolFilterTest, ErrorSaysWhatIsValidAndNearest) {
  const RunResult field = RunOn(kShop, {"count", "--filter", "agent_ids = agent-123"});
  EXPECT_EQ(field.exit_code, 2);
  EXPECT_EQ(At(field.out, "error_info.code"), "invalid_argument");
  EXPECT_EQ(At(field.out, "error_info.details.field"), "agent_ids");
  EXPECT_THAT(field.err, HasSubstr("\ncallstore: did you mean agent_id?\n"));
  EXPECT_THAT(field.err, HasSubstr("\ncallstore: valid: "));
  EXPECT_THAT(field.err, Not(HasSubstr("nearest: ")));
  EXPECT_THAT(field.err, Not(HasSubstr(", valid: "))) << "it has a line of its own";
  const RunResult value = RunOn(kShop, {"list", "--filter", "call_duration >= long"});
  EXPECT_EQ(value.exit_code, 2);
  EXPECT_THAT(value.err, HasSubstr("long"));
  EXPECT_EQ(RunOn(kShop, {"list", "--filter", "call_duration ~ 3"}).exit_code, 2);
  EXPECT_EQ(RunOn(kShop, {"list", "--filter", "call_duration"}).exit_code, 2);
  const RunResult key = RunOn(kShop, {"list", "--sort-by", "call_durations"});
  EXPECT_EQ(key.exit_code, 2);
  EXPECT_THAT(key.err, HasSubstr("latency.e2e.p50"));
}

TEST_F(ToolFilterTest, ListSortsByEveryKey) {
  EXPECT_THAT(
      List(kShop, {"--sort-by", "call_duration"}),
      ElementsAre("call-789-1038", "call-456", "call-789-1037", "call-789-1035", "call-789-1036"));
  EXPECT_THAT(
      List(kShop, {"--sort-by", "call_duration", "--sort-order", "ascending", "--limit", "2"}),
      ElementsAre("call-789-1036", "call-789-1035"));
  for (const char* const key : {"start_timestamp", "end_timestamp", "created_at", "updated_at",
                                "combined_cost", "latency.e2e.p50"}) {
    std::vector<std::string> down = List(kShop, {"--sort-by", key});
    const std::vector<std::string> up =
        List(kShop, {"--sort-by", key, "--sort-order", "ascending"});
    std::reverse(down.begin(), down.end());
    EXPECT_EQ(up, down) << key;
    EXPECT_EQ(up.size(), 5U) << key;
  }
  EXPECT_EQ(List(kShop, {"--sort-by", "combined_cost"}).front(), "call-789-1038");
}

TEST_F(ToolFilterTest, ExportTakesFilterAndOrder) {
  const RunResult result =
      RunOn(kShop, {"export", "--filter", "call_duration < 100000", "--sort-by", "call_duration"});
  EXPECT_THAT(CallIds(result.out), ElementsAre("call-789-1037", "call-789-1035", "call-789-1036"));
  const RunResult request = RunOn(
      kShop, {"export", "--query", "{\"sort_by\":\"call_duration\",\"sort_order\":\"ascending\"}"});
  EXPECT_THAT(CallIds(request.out), ElementsAre("call-789-1036", "call-789-1035", "call-789-1037",
                                                "call-456", "call-789-1038"));
  const RunResult none = RunOn(kShop, {"export", "--filter", "call_id = nobody"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_THAT(none.err, HasSubstr("no call matches"));
}

// Goal:   what the note under a table says really is the next page.
TEST_F(ToolFilterTest, NoteUnderTableGoesOnByCursor) {
  const std::vector<std::string> common = {"list",      "--filter",      "call_status = ENDED",
                                           "--sort-by", "call_duration", "--limit",
                                           "4",         "--since",       "2025-01-01"};
  const RunResult first = RunOn(kClinic, common);
  std::vector<std::string> second = common;
  second.insert(second.end(), {"--cursor", At(first.out, "data.next_cursor"), "--format", "table"});
  const RunResult table = RunOn(kClinic, second);
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.err, HasSubstr("4 calls of 10; next: --since 1735689600000 --cursor "));
  EXPECT_THAT(table.out, HasSubstr("\ncall-aurora-1012 "));
}

TEST_F(ToolFilterTest, ExplainTellsTheWork) {
  const std::vector<std::string> arguments = {"list", "--filter", "agent_id = agent-123"};
  std::vector<std::string> explained = arguments;
  explained.emplace_back("--explain");
  EXPECT_EQ(At(RunOn(kShop, arguments).out, "data.explain"), "");
  const RunResult json = RunOn(kShop, explained);
  EXPECT_NE(At(json.out, "data.explain.plan"), "") << json.err;
  EXPECT_NE(At(json.out, "data.explain.rows_tested"), "");
  EXPECT_THAT(json.err, IsEmpty());
  explained.insert(explained.end(), {"--format", "table"});
  const RunResult table = RunOn(kShop, explained);
  EXPECT_THAT(table.out, Not(HasSubstr("rows tested")));
  EXPECT_THAT(table.err, HasSubstr("3 calls of 3\nplan\n  "));
  EXPECT_THAT(table.err, HasSubstr("\n  rows tested"));
}

// Goal:   a search that a limit ended says so, and goes on to give every call once.
TEST_F(ToolFilterTest, IncompleteListSaysHowToGoOn) {
  const std::vector<std::string> common = {"list",    "--filter", "transcript_search = the",
                                           "--limit", "100",      "--scan-limit-rows",
                                           "3",       "--summary"};
  const std::vector<std::string> whole =
      List(kClinic, {"--filter", "transcript_search = the", "--limit", "100"});
  ASSERT_GT(whole.size(), 3U);
  std::vector<std::string> joined;
  std::string cursor;
  bool was_incomplete = false;
  for (int pages = 0; pages < 40; ++pages) {
    std::vector<std::string> arguments = common;
    if (!cursor.empty()) arguments.insert(arguments.end(), {"--cursor", cursor});
    const RunResult page = RunOn(kClinic, arguments);
    ASSERT_EQ(page.exit_code, 0) << page.err;
    for (const JsonText& call : JsonText(page.out).At("data.calls").Elements()) {
      joined.push_back(call.At("call_id").Text());
    }
    cursor = At(page.out, "data.next_cursor");
    if (At(page.out, "data.complete") == "false") {
      was_incomplete = true;
      EXPECT_EQ(At(page.out, "data.pagination.total_count"), "");
      EXPECT_THAT(page.err, HasSubstr("the list is not complete"));
      if (!cursor.empty()) {
        EXPECT_THAT(page.err, HasSubstr("; next: --cursor " + cursor));
      }
    }
    if (cursor.empty()) break;
  }
  EXPECT_TRUE(was_incomplete);
  EXPECT_EQ(joined, whole);
}

// Another order has to see all that matches, so the same limit would be hit for ever.
TEST_F(ToolFilterTest, IncompleteSortedListAsksForGreaterLimit) {
  const std::vector<std::string> arguments = {
      "list",      "--filter",      "transcript_search = the",
      "--sort-by", "call_duration", "--scan-limit-rows",
      "3",         "--format",      "table"};
  const RunResult limited = RunOn(kClinic, arguments);
  EXPECT_EQ(limited.exit_code, 0);
  EXPECT_EQ(limited.out, "");
  EXPECT_THAT(limited.err, HasSubstr("the list is not complete"));
  EXPECT_THAT(limited.err, HasSubstr("raise the limit"));
  EXPECT_THAT(limited.err, Not(HasSubstr("--cursor")));
  const RunResult count = RunOn(
      kClinic, {"count", "--query",
                "{\"scan_limit_rows\":3,\"filter_criteria\":{\"transcript_search\":\"the\"}}"});
  EXPECT_EQ(count.exit_code, 1) << "a count is exact or an error";
  EXPECT_EQ(At(count.out, "error_info.code"), "deadline");
}

TEST_F(ToolFilterTest, SearchShowsWhereWordsAre) {
  const std::vector<std::string> arguments = {"list", "--filter", "transcript_search = ORDER"};
  const RunResult json = RunOn(kShop, arguments);
  EXPECT_EQ(At(json.out, "data.pagination.total_count"), "3") << json.err;
  EXPECT_EQ(JsonText(json.out).At("data.transcript_hits").Elements().size(), 3U);
  std::vector<std::string> as_table = arguments;
  as_table.insert(as_table.end(), {"--format", "table"});
  const RunResult table = RunOn(kShop, as_table);
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, StartsWith("CALL "));
  EXPECT_THAT(table.out, HasSubstr("\n\nFOUND IN "));
  const std::string hits = table.out.substr(table.out.find("\n\nFOUND IN "));
  EXPECT_THAT(hits, HasSubstr("call-789-1036          0"));
  EXPECT_THAT(hits, HasSubstr("calling about your order.\n"));
  EXPECT_THAT(hits, Not(HasSubstr("call-456"))) << "it has a transcript and no utterances";
}

TEST_F(ToolFilterTest, HelpOfListNamesFieldsOperatorsAndSortKeys) {
  const std::string help = RunTool({"list", "--help"}).out;
  for (const char* const word :
       {"agent_id", "disconnection_reason", "metadata.KEY", "tool_calls.successful",
        "transcript_search", "latency.COMPONENT.STAT", "!FIELD?", "latency.e2e.p50", "not_in"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
}

}  // namespace
}  // namespace callstore::cli
