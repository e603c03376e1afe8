// callstore erase, erasures, purge, hold, retention, retain, as processes: nothing goes that was
// not confirmed or that a hold keeps, and what went is told and is in no file.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "callstore/store.h"
#include "cli/retainer.h"
#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

const std::string kMark = "ZQXMARKZQX";

// Whether it comes true within 20 s.
bool Await(const std::function<bool()>& condition) {
  for (int i = 0; i < 400; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

class ToolEraseTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    ImportSamples();
  }

  // On org-789, which has five calls.
  RunResult Erase(std::vector<std::string> arguments, const RunOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"erase", "--org", "org-789"});
    return Run(std::move(arguments), options);
  }
  RunResult Hold(const std::string& verb, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"hold", verb, "--org", "org-789"});
    return Run(std::move(arguments));
  }
  RunResult SetDays(const std::string& days) const {
    return Run({"retention", "--org", "org-789", "--days", days});
  }

  std::string Left() const { return At(Run({"stats"}).out, "data.calls"); }
  std::string LeftOf(const std::string& organization) const {
    return At(Run({"count", "--org", organization}).out, "data.count");
  }

  // Of the store and of what is beside it.
  bool AnyFileHas(const std::string& text) const {
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder_)) {
      if (file.is_regular_file() && ReadFile(file.path()).find(text) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  // An erasure that is wrong usage: exit 2, `field` is named, and nothing goes.
  void ExpectRefused(std::vector<std::string> arguments, const std::string& field) const {
    const RunResult result = Erase(std::move(arguments));
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_EQ(At(result.out, "error_info.details.field"), field) << result.out;
    EXPECT_EQ(Left(), "39");
  }
};

TEST_F(ToolEraseTest, HelpOfEachVerbHasExamplesAndFits) {
  const std::string all = RunTool({"--help"}).out;
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"erase"},
                                               {"erasures"},
                                               {"purge"},
                                               {"hold"},
                                               {"hold", "place"},
                                               {"hold", "release"},
                                               {"hold", "list"},
                                               {"retention"},
                                               {"retain"}}) {
    EXPECT_THAT(all, HasSubstr("\n  " + verb[0] + " "));
    std::vector<std::string> arguments = verb;
    arguments.emplace_back("--help");
    const RunResult help = RunTool(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  callstore ")) << verb.back();
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(line.size() <= 80 || line.starts_with("  callstore ")) << line;
    }
  }
}

TEST_F(ToolEraseTest, OneCallGoesWithReceipt) {
  EXPECT_EQ(Erase({"call-456"}).exit_code, 2) << "nobody is there to confirm";
  EXPECT_EQ(Left(), "39");
  const RunResult erased = Erase({"call-456", "--yes"});
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(At(erased.out, "status"), "success");
  EXPECT_EQ(At(erased.out, "data.number"), "1");
  EXPECT_EQ(At(erased.out, "data.organization_id"), "org-789");
  EXPECT_EQ(At(erased.out, "data.scope"), "call");
  EXPECT_EQ(At(erased.out, "data.calls"), "1");
  EXPECT_THAT(At(erased.out, "data.erased_at"), MatchesRegex("[0-9]{13}"));
  EXPECT_THAT(At(erased.out, "data.ids_hash"), MatchesRegex("[0-9a-f]{32}"));
  EXPECT_THAT(erased.out, HasSubstr("\"purged_at\":null}"));
  EXPECT_EQ(LeftOf("org-789"), "4");
  const RunResult again = Erase({"call-456", "--yes"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.err, HasSubstr("no call has this id or call_id"));
}

TEST_F(ToolEraseTest, OneCallIsAskedForOnTerminal) {
  if (!HasTerminals()) GTEST_SKIP() << "no pseudo terminals here: is /dev/pts mounted?";
  const RunResult refused = Erase({"call-456"}, {.input = "n\n", .terminal = true});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("Erase call call-456 of org-789 (ENDED, 2023-12-20"));
  EXPECT_EQ(Left(), "39");
  const RunResult agreed = Erase({"call-456"}, {.input = "y\n", .terminal = true});
  EXPECT_EQ(agreed.exit_code, 0) << agreed.out;
  EXPECT_THAT(agreed.out, HasSubstr("erasure 1: 1 call of org-789 erased\r\n"));
  EXPECT_EQ(Left(), "38");
}

TEST_F(ToolEraseTest, FilterIsCountedAndConfirmed) {
  const std::vector<std::string> filter = {"--filter", "metadata.campaign = summer-2024"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), filter.begin(), filter.end());
    return Erase(std::move(more));
  };
  const RunResult dry = with({"--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_EQ(At(dry.out, "data.matches"), "3");
  EXPECT_EQ(At(dry.out, "data.call_count"), "5");
  EXPECT_EQ(At(dry.out, "data.scope"), "filter");
  EXPECT_EQ(At(with({}).out, "error_info.details.matches"), "3");
  const RunResult wrong = with({"--confirm", "2"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("nothing was erased"));
  EXPECT_EQ(Left(), "39");
  const RunResult right = with({"--confirm", "3"});
  ASSERT_EQ(right.exit_code, 0) << right.err;
  EXPECT_EQ(At(right.out, "data.scope"), "filter");
  EXPECT_EQ(At(right.out, "data.calls"), "3");
  EXPECT_THAT(right.err, HasSubstr("3 of 5 calls of org-789 match {\"metadata.campaign\":"));
  EXPECT_EQ(LeftOf("org-789"), "2");
  EXPECT_EQ(with({"--confirm", "3"}).exit_code, 2) << "they are gone";
}

// The count of --before against the number of calls that a list by list time has before it, at and
// around the place of every call.
TEST_F(ToolEraseTest, BeforeCountsByListTime) {
  std::vector<std::int64_t> times;
  {
    auto opened = Store::Open({.path = store()});
    ASSERT_TRUE(opened);
    ASSERT_TRUE(opened->PutJson("org-789", R"({"id":"only-created","created_at":1000})"));
    const auto page = opened->List("org-789", {.limit = 100});
    ASSERT_TRUE(page);
    for (const CallView& call : page->calls) times.push_back(call.list_time());
  }
  ASSERT_EQ(times.size(), 6U);
  for (const std::int64_t time : times) {
    for (const std::int64_t moment : {time, time + 1}) {
      const auto earlier =
          std::count_if(times.begin(), times.end(), [&](std::int64_t t) { return t < moment; });
      const RunResult dry = Erase({"--before", std::to_string(moment), "--dry-run"});
      EXPECT_EQ(At(dry.out, "data.matches"), std::to_string(earlier)) << moment;
      EXPECT_EQ(At(dry.out, "data.before"), std::to_string(moment));
    }
  }
  const std::string moment = std::to_string(times[2]);
  EXPECT_EQ(Erase({"--before", moment}).exit_code, 2);
  EXPECT_EQ(Erase({"--before", moment, "--confirm", "2"}).exit_code, 2);
  const RunResult erased = Erase({"--before", moment, "--confirm", "3"});
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(At(erased.out, "data.calls"), "3");
  EXPECT_EQ(At(erased.out, "data.scope"), "before");
  EXPECT_EQ(LeftOf("org-789"), "3");
  EXPECT_EQ(Erase({"--before", moment}).exit_code, 2) << "it reaches into backups";
  EXPECT_EQ(At(Erase({"--before", moment, "--confirm", "0"}).out, "data.calls"), "0");
}

TEST_F(ToolEraseTest, WholeOrganizationGoesWithItsName) {
  EXPECT_EQ(At(Erase({"--organization", "--dry-run"}).out, "data.matches"), "5");
  EXPECT_EQ(Erase({"--organization"}).exit_code, 2);
  EXPECT_EQ(Erase({"--organization", "--confirm", "4"}).exit_code, 2);
  EXPECT_EQ(Left(), "39");
  const RunResult erased = Erase({"--organization", "--confirm", "5"});
  ASSERT_EQ(erased.exit_code, 0) << erased.err;
  EXPECT_EQ(At(erased.out, "data.scope"), "organization");
  EXPECT_EQ(At(erased.out, "data.calls"), "5");
  EXPECT_THAT(Run({"orgs"}).out, Not(HasSubstr("org-789")));
  EXPECT_EQ(Erase({"--organization", "--confirm", "0"}).exit_code, 3);
  EXPECT_EQ(Left(), "34");
}

TEST_F(ToolEraseTest, WrongUsageErasesNothing) {
  ExpectRefused({}, "ID");
  ExpectRefused({"--confirm", "5"}, "ID");
  ExpectRefused({"call-456", "--yes", "--since", "7d"}, "ID");
  ExpectRefused({"call-456", "--yes", "--organization"}, "ID");
  ExpectRefused({"--before", "7d", "--organization", "--confirm", "5"}, "ID");
  ExpectRefused({"--before", "7d", "--until", "7d", "--confirm", "5"}, "ID");
  ExpectRefused({"call-456", "--yes", "--dry-run"}, "ID");
  ExpectRefused({"call-456", "--confirm", "1"}, "ID");
  ExpectRefused({"--organization", "--yes"}, "--yes");
  ExpectRefused({"--before", "", "--confirm", "0"}, "--before");
  ExpectRefused({"--before", "soon", "--confirm", "0"}, "--before");
  ExpectRefused({"--query", R"({"filter_criteria":{}})", "--confirm", "5"}, "filter");
  ExpectRefused({"--query", R"({"limit":1})", "--confirm", "5"}, "limit");
  ExpectRefused({"", "--yes"}, "id");
  EXPECT_EQ(Erase({"--before", "1970-01-02", "--confirm", ""}).exit_code, 2);
  const RunResult unknown = Run({"erase", "--org", "org-788", "--before", "7d", "--dry-run"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("org-789"));
  EXPECT_EQ(Run({"erase", "--organization", "--confirm", "39"}).exit_code, 2) << "of which?";
  EXPECT_EQ(Left(), "39");
  EXPECT_THAT(Run({"erasures"}).err, HasSubstr("nothing was erased yet"));
}

TEST_F(ToolEraseTest, ErasuresAreListedInEveryFormat) {
  ASSERT_EQ(Erase({"call-456", "--yes", "--purge", "--format", "table"}).out,
            "erasure 1: 1 call of org-789 erased and purged\n");
  ASSERT_EQ(Erase({"--organization", "--confirm", "4"}).exit_code, 0);
  const std::string json = Run({"erasures"}).out;
  EXPECT_EQ(At(json, "data.erasures.0.scope"), "call");
  EXPECT_THAT(At(json, "data.erasures.0.purged_at"), MatchesRegex("[0-9]{13}"));
  EXPECT_EQ(At(json, "data.erasures.1.calls"), "4");
  EXPECT_EQ(At(json, "data.erasures.1.purged_at"), "");
  EXPECT_THAT(Run({"erasures", "--format", "csv"}).out,
              StartsWith("number,organization_id,scope,calls,erased_at,ids_hash,purged_at\r\n"
                         "1,org-789,call,1,"));
  EXPECT_THAT(Run({"erasures", "--format", "jsonl"}).out,
              MatchesRegex("\\{\"number\":1,.*\\}\n\\{\"number\":2,.*\"purged_at\":null\\}\n"));
  EXPECT_THAT(Run({"erasures", "--format", "table"}).out,
              AllOf(StartsWith("NUMBER  ERASED (UTC)"), HasSubstr("  organization      4  -\n")));
  EXPECT_THAT(Run({"purge", "--format", "table"}).out, MatchesRegex("purged; .* on disk\n"));
  EXPECT_THAT(Run({"erasures"}).out, Not(HasSubstr("\"purged_at\":null")));
}

// The control: before the purge the mark is there.
TEST_F(ToolEraseTest, PurgeLeavesMarkInNoFile) {
  const std::string call = R"({"id":"id-)" + kMark + R"(","metadata":{"k":")" + kMark +
                           R"("},"transcript":"said )" + kMark + R"(","start_timestamp":5})";
  ASSERT_EQ(Run({"import", "--org", "org-789", "-"}, {.input = call}).exit_code, 0);
  ASSERT_EQ(Erase({"id-" + kMark, "--yes"}).exit_code, 0);
  EXPECT_TRUE(AnyFileHas(kMark));
  const RunResult purged = Run({"purge"});
  ASSERT_EQ(purged.exit_code, 0) << purged.err;
  EXPECT_EQ(At(purged.out, "data.store"), store());
  EXPECT_FALSE(AnyFileHas(kMark));
  EXPECT_EQ(Left(), "39");
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(ToolEraseTest, HeldCallsStayAndHoldIsNamed) {
  const RunResult placed = Hold("place", {"case-17", "--filter", "call_id = call-456"});
  ASSERT_EQ(placed.exit_code, 0) << placed.err;
  EXPECT_EQ(At(placed.out, "data.name"), "case-17");
  EXPECT_EQ(At(placed.out, "data.calls"), "1");
  EXPECT_EQ(At(placed.out, "data.filter_criteria.call_id.eq"), "call-456");
  for (const std::vector<std::string>& way : {std::vector<std::string>{"call-456", "--yes"},
                                              {"--filter", "call_status = ENDED", "--confirm", "5"},
                                              {"--before", "2030-01-01", "--confirm", "5"},
                                              {"--organization", "--confirm", "5"}}) {
    const RunResult refused = Erase(way);
    EXPECT_EQ(refused.exit_code, 1) << way[0] << refused.out;
    EXPECT_EQ(At(refused.out, "error_info.code"), "conflict");
    EXPECT_EQ(At(refused.out, "error_info.details.hold"), "case-17");
    EXPECT_THAT(refused.err, HasSubstr("hold: case-17"));
  }
  for (const std::vector<std::string>& way :
       {std::vector<std::string>{"--filter", "call_status = ENDED"},
        {"--before", "2030-01-01"},
        {"--organization"}}) {
    std::vector<std::string> dry = way;
    dry.push_back("--dry-run");
    const RunResult counted = Erase(dry);
    EXPECT_EQ(counted.exit_code, 0) << way[0];
    EXPECT_EQ(At(counted.out, "data.holds.0.name"), "case-17") << way[0];
    EXPECT_EQ(At(counted.out, "data.holds.0.calls"), "1") << way[0];
    EXPECT_THAT(counted.err, HasSubstr("hold case-17 keeps 1 call of these"));
  }
  EXPECT_THAT(Erase({"--before", "1990-01-01", "--dry-run"}).err, Not(HasSubstr("hold")));
  const RunResult deleted = Run({"delete", "call-456", "--org", "org-789", "--yes"});
  EXPECT_EQ(deleted.exit_code, 1);
  EXPECT_THAT(deleted.err, HasSubstr("hold: case-17"));
  EXPECT_EQ(Left(), "39");
  const RunResult released = Hold("release", {"case-17", "--format", "table"});
  EXPECT_EQ(released.out, "case-17: released\n");
  EXPECT_EQ(Erase({"call-456", "--yes"}).exit_code, 0);
}

TEST_F(ToolEraseTest, HoldsAreListedAndNamesAreChecked) {
  EXPECT_THAT(Hold("list", {}).err, HasSubstr("org-789 has no holds"));
  EXPECT_EQ(Hold("place", {"all", "--format", "table"}).out,
            "hold all of org-789 keeps every call: 5 calls now\n");
  EXPECT_EQ(Hold("place", {"case", "--until", "2024-01-01"}).exit_code, 0);
  EXPECT_EQ(Hold("place", {"all"}).exit_code, 1) << "there is one of this name";
  EXPECT_EQ(Hold("place", {""}).exit_code, 2);
  EXPECT_EQ(Hold("place", {std::string(129, 'x')}).exit_code, 2);
  EXPECT_EQ(Hold("place", {"other", "--since", ""}).exit_code, 2);
  EXPECT_EQ(Hold("place", {"other", "--filter", "no_such = 1"}).exit_code, 2);
  EXPECT_EQ(Hold("place", {}).exit_code, 2);
  const std::string json = Hold("list", {}).out;
  EXPECT_EQ(At(json, "data.holds.0.name"), "all");
  EXPECT_EQ(At(json, "data.holds.0.filter_criteria"), "{}");
  EXPECT_EQ(At(json, "data.holds.1.name"), "case");
  EXPECT_EQ(At(json, "data.holds.1.calls"), "1");
  EXPECT_EQ(At(json, "data.holds.2.name"), "");
  EXPECT_THAT(
      Hold("list", {"--format", "csv"}).out,
      StartsWith("organization_id,name,filter_criteria,placed_at,calls\r\norg-789,all,{},"));
  EXPECT_THAT(Hold("list", {"--format", "table"}).out, HasSubstr("5  every call\n"));
  const RunResult missing = Hold("release", {"cas"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_EQ(At(missing.out, "error_info.details.valid"), "all, case");
  EXPECT_EQ(Run({"hold", "list", "--org", "org-788"}).exit_code, 3);
  EXPECT_EQ(Run({"hold", "list"}).exit_code, 2) << "of which organization?";
}

TEST_F(ToolEraseTest, RetentionIsSetShownAndApplied) {
  const RunResult none = Run({"retain"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_THAT(none.err, HasSubstr("no organization has a retention"));
  EXPECT_THAT(none.out, HasSubstr("\"organizations\":[]"));
  ASSERT_EQ(Hold("place", {"case", "--filter", "call_id = call-456"}).exit_code, 0);
  const RunResult set = SetDays("30");
  ASSERT_EQ(set.exit_code, 0) << set.err;
  EXPECT_EQ(At(set.out, "data.retention_days"), "30");
  EXPECT_THAT(set.err, HasSubstr("5 calls of org-789 are older"));
  EXPECT_EQ(Left(), "39") << "setting it deletes none";
  EXPECT_EQ(At(Run({"orgs"}).out, "data.organizations.0.retention_days"), "30");
  EXPECT_THAT(Run({"orgs", "--format", "table"}).out, HasSubstr("30 days\n"));
  const RunResult retained = Run({"retain"});
  ASSERT_EQ(retained.exit_code, 0) << retained.err;
  EXPECT_THAT(retained.out, HasSubstr(R"("data":{"organizations":[{"organization_id":"org-789",)"
                                      R"("retention_days":30,"deleted":4,"held":1}]})"));
  EXPECT_EQ(LeftOf("org-789"), "1");
  EXPECT_EQ(Left(), "35") << "other organizations keep theirs";
  EXPECT_THAT(Run({"retain", "--format", "table"}).out,
              HasSubstr("org-789        30 days        0     1\n"));
  EXPECT_EQ(SetDays("0").exit_code, 0);
  EXPECT_THAT(Run({"retain"}).out, HasSubstr("\"organizations\":[]"));
}

TEST_F(ToolEraseTest, RetentionOutOfRangeIsExitTwo) {
  for (const char* const days : {"-1", "36501", "99999999999", "soon", ""}) {
    EXPECT_EQ(SetDays(days).exit_code, 2) << days;
  }
  EXPECT_THAT(SetDays("36501").err, HasSubstr("valid: 1 to 36500, or 0 for good"));
  EXPECT_EQ(Run({"retention", "--org", "org-789"}).exit_code, 2) << "--days is missing";
  EXPECT_EQ(Run({"retention", "--org", "org-788", "--days", "1"}).exit_code, 3);
  EXPECT_EQ(At(Run({"orgs"}).out, "data.organizations.0.retention_days"), "0");
}

TEST_F(ToolEraseTest, ChangesNeedTheStoreToThemselves) {
  const auto writer = Store::Open({.path = store()});
  ASSERT_TRUE(writer);
  EXPECT_EQ(Erase({"call-456", "--yes"}).exit_code, 1);
  EXPECT_EQ(Run({"purge"}).exit_code, 1);
  EXPECT_EQ(Run({"retain"}).exit_code, 1);
  EXPECT_EQ(Hold("place", {"case"}).exit_code, 1);
  EXPECT_EQ(At(SetDays("1").out, "error_info.code"), "locked");
  EXPECT_EQ(Run({"erasures"}).exit_code, 0) << "reading does not";
  EXPECT_EQ(Hold("list", {}).exit_code, 0);
  EXPECT_EQ(Erase({"--organization", "--dry-run"}).exit_code, 0);
}

TEST_F(ToolEraseTest, RestoreErasesAgainAndTells) {
  ASSERT_EQ(Run({"backup", PathOf("backups")}).exit_code, 0);
  ASSERT_EQ(Run({"backup", PathOf("plain")}).exit_code, 0);
  ASSERT_EQ(Erase({"call-456", "--yes"}).exit_code, 0);
  ASSERT_EQ(Run({"backup", PathOf("backups")}).exit_code, 0);
  const RunResult restored =
      RunTool({"restore", PathOf("backups"), "--into", PathOf("new"), "--number", "1"});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  EXPECT_EQ(At(restored.out, "data.erased_again"), "1");
  EXPECT_EQ(RunTool({"--store", PathOf("new"), "get", "call-456", "--org", "org-789"}).exit_code,
            3);
  const RunResult line = RunTool({"restore", PathOf("backups"), "--into", PathOf("third"),
                                  "--number", "1", "--format", "table"});
  EXPECT_THAT(line.out, HasSubstr("; erased again: 1 call\n"));
  const RunResult whole = RunTool({"restore", PathOf("plain"), "--into", PathOf("fourth")});
  EXPECT_EQ(At(whole.out, "data.erased_again"), "0") << "no ledger knows of it there";
}

// The thread of serve, at a pace that a test can wait for.
TEST_F(ToolEraseTest, RetainerRepeatsAndHoldsStand) {
  auto opened = Store::Open({.path = store()});
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->PlaceHold("org-789", "case", Field("call_id") == "call-456"));
  ASSERT_TRUE(opened->SetRetention("org-789", 1));
  {
    const Retainer retainer(&*opened, std::chrono::milliseconds(20));
    const auto left_one = [&] { return opened->Count("org-789").value_or(-1) == 1; };
    EXPECT_TRUE(Await(left_one)) << "at the start";
    ASSERT_TRUE(opened->PutJson("org-789", R"({"id":"old","start_timestamp":1000})"));
    EXPECT_TRUE(Await(left_one)) << "and again";
  }
  ASSERT_TRUE(opened->PutJson("org-789", R"({"id":"old","start_timestamp":1000})"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(opened->Count("org-789").value_or(-1), 2) << "it has stopped";
  EXPECT_TRUE(opened->Close());
}

TEST_F(ToolEraseTest, ServeAppliesRetentionAtStart) {
  if (RunTool({"serve", "--help"}).exit_code != 0) {
    GTEST_SKIP() << "the tool is built without the endpoint";
  }
  ASSERT_EQ(SetDays("30").exit_code, 0);
  const std::string log = PathOf("serve.log");
  const pid_t child = fork();
  if (child == 0) {
    const int out = open(log.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(out, STDERR_FILENO);
    const std::string path = store();
    execl(CALLSTORE_TOOL, CALLSTORE_TOOL, "--store", path.c_str(), "serve", "--listen",
          "127.0.0.1:0", static_cast<char*>(nullptr));
    _exit(127);
  }
  EXPECT_TRUE(Await([&] {
    const std::string text = ReadFile(log);
    return text.find("retention of org-789: 5 calls deleted") != std::string::npos &&
           text.find("listening on") != std::string::npos;
  })) << ReadFile(log);
  kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << ReadFile(log);
  EXPECT_EQ(LeftOf("org-789"), "0");
  EXPECT_EQ(Left(), "34");
}

}  // namespace
}  // namespace callstore::cli
