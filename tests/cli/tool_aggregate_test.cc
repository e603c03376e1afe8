// callstore aggregate, as a process: figures of the sample archive in every format.
#include <algorithm>
#include <string>
#include <vector>

#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;

class ToolAggregateTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    ImportSamples();
  }

  RunResult Aggregate(std::vector<std::string> arguments, const char* format = "table") const {
    arguments.insert(arguments.begin(), {"aggregate", "--org", "org-789", "--format", format});
    return Run(std::move(arguments));
  }
};

TEST_F(ToolAggregateTest, WithoutGroupsIsOneRow) {
  const RunResult result = Aggregate({});
  EXPECT_EQ(result.out, "count\n    5\n");
  EXPECT_EQ(result.err, "callstore: 5 calls\n");
  EXPECT_EQ(Aggregate({"--filter", "call_id = nobody"}).out, "count\n    0\n");
}

TEST_F(ToolAggregateTest, TableAlignsFigures) {
  const RunResult result = Aggregate({"--group-by", "agent_id", "--metric",
                                      "count,avg:call_duration", "--metric", "max:call_duration"});
  EXPECT_EQ(result.out,
            "agent_id   count  avg:call_duration  max:call_duration\n"
            "agent-123      3         210533.333           600000.0\n"
            "agent-456      2         911601.250          1800000.5\n")
      << result.err;
  EXPECT_EQ(result.err, "callstore: 5 calls in 2 groups\n");
}

TEST_F(ToolAggregateTest, DataHasEveryDigit) {
  const std::vector<std::string> arguments = {"--group-by", "agent_id", "--metric",
                                              "count,avg:call_duration"};
  EXPECT_EQ(Aggregate(arguments, "csv").out,
            "agent_id,count,avg:call_duration\r\n"
            "agent-123,3,210533.33333333334\r\nagent-456,2,911601.25\r\n");
  const RunResult json = Aggregate(arguments, "json");
  EXPECT_EQ(At(json.out, "status"), "success");
  EXPECT_EQ(At(json.out, "data.total_groups"), "2");
  EXPECT_EQ(At(json.out, "data.groups.0.values.avg:call_duration"), "210533.33333333334");
  const std::string lines = Aggregate(arguments, "jsonl").out;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_EQ(At(lines.substr(lines.find('\n') + 1), "keys.agent_id"), "agent-456");
}

TEST_F(ToolAggregateTest, AbsentKeyAndFigureAreMarked) {
  const RunResult table =
      Aggregate({"--group-by", "metadata.priority", "--metric", "count,max:metadata.ratio"});
  EXPECT_THAT(table.out, HasSubstr("\nhigh "));
  EXPECT_THAT(table.out, HasSubstr("\n-  "));
  EXPECT_EQ(
      Aggregate({"--group-by", "metadata.priority", "--metric", "count,max:metadata.ratio"}, "csv")
          .out,
      "metadata.priority,count,max:metadata.ratio\r\n"
      "high,2,1e-07\r\nlow,1,\r\nnormal,1,\r\n,1,\r\n")
      << "groups of a field come by their key, the absent one last";
}

TEST_F(ToolAggregateTest, OrderLimitAndTwoGroups) {
  const RunResult result =
      Aggregate({"--group-by", "agent_id,call_analysis.user_sentiment", "--sort-by", "count",
                 "--sort-order", "descending", "--limit", "1"});
  EXPECT_EQ(result.out,
            "agent_id   call_analysis.user_sentiment  count\n"
            "agent-123  Positive                          2\n")
      << result.err;
  EXPECT_THAT(result.err, HasSubstr("5 calls in 4 groups; 1 shown"));
}

TEST_F(ToolAggregateTest, CalendarUnitsFollowTheZone) {
  EXPECT_EQ(Aggregate({"--group-by", "month"}, "csv").out,
            "month,count\r\n2023-12-01T00:00:00Z,1\r\n2025-03-01T00:00:00Z,4\r\n");
  EXPECT_EQ(
      Aggregate({"--group-by", "day", "--time-zone", "Europe/Madrid", "--until", "2024-01-01"},
                "csv")
          .out,
      "day,count\r\n2023-12-20T00:00:00+01:00,1\r\n");
  EXPECT_EQ(Aggregate({"--group-by", "day", "--time-zone", "Mars/Base"}).exit_code, 2);
}

TEST_F(ToolAggregateTest, RequestStandsAlone) {
  const RunResult result = Aggregate(
      {"--query",
       "{\"group_by\":[\"call_status\"],\"filter_criteria\":{\"agent_id\":\"agent-456\"}}"});
  EXPECT_EQ(result.out, "call_status  count\nENDED            2\n") << result.err;
  EXPECT_EQ(Aggregate({"--query", "{}", "--group-by", "agent_id"}).exit_code, 2);
  EXPECT_EQ(Aggregate({"--query", "{\"page\":1}"}).exit_code, 2);
}

TEST_F(ToolAggregateTest, ExplainGoesToStderr) {
  const RunResult result = Aggregate({"--group-by", "agent_id", "--explain"});
  EXPECT_THAT(result.err, HasSubstr("\nplan\n  "));
  EXPECT_NE(At(Aggregate({"--explain"}, "json").out, "data.explain.plan"), "");
}

TEST_F(ToolAggregateTest, ErrorsNameTheArgument) {
  const RunResult metric = Aggregate({"--metric", "avg:call_duraton"}, "json");
  EXPECT_EQ(metric.exit_code, 2);
  EXPECT_EQ(At(metric.out, "error_info.details.field"), "metrics");
  EXPECT_THAT(metric.err, HasSubstr("did you mean "));
  EXPECT_EQ(Aggregate({"--metric", "median:call_duration"}).exit_code, 2);
  EXPECT_EQ(Aggregate({"--group-by", "call_duration"}).exit_code, 2);
  EXPECT_EQ(Aggregate({"--group-by", "agent_id,call_status,direction"}).exit_code, 2);
  EXPECT_EQ(Aggregate({"--limit", "0"}).exit_code, 2);
  EXPECT_EQ(Aggregate({"--sort-by", "avg:call_duration"}).exit_code, 2) << "no such metric here";
  EXPECT_EQ(Run({"aggregate", "--org", "org-788"}).exit_code, 3);
}

}  // namespace
}  // namespace callstore::cli
