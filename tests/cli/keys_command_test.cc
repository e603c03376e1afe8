// callstore keys, as a process: what a person types, what comes out, what is left on disk.
#include <string>
#include <vector>

#include "callstore/store.h"
#include "tool_fixture.h"

namespace callstore::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class KeysCommandTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (RunTool({"keys", "--help"}).exit_code != 0) {
      GTEST_SKIP() << "the tool is built without the endpoint";
    }
  }

  std::string keys_path() const { return store() + ".keys"; }

  RunResult Create(const std::string& organization) const {
    return Run({"keys", "create", "--org", organization, "--format", "json"});
  }
};

TEST_F(KeysCommandTest, HelpOfEachVerbHasExamples) {
  EXPECT_THAT(RunTool({"--help"}).out, HasSubstr("\n  keys "));
  EXPECT_THAT(RunTool({"--help"}).out, HasSubstr("\n  serve "));
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"keys"},
                                               {"keys", "create"},
                                               {"keys", "list"},
                                               {"keys", "revoke"},
                                               {"serve"}}) {
    std::vector<std::string> arguments = verb;
    arguments.emplace_back("--help");
    const RunResult help = RunTool(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  callstore ")) << verb.back();
  }
}

TEST_F(KeysCommandTest, WrongUsageIsExitTwo) {
  const RunResult none = Run({"keys"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("create, list, revoke"));
  const RunResult unknown = Run({"keys", "make"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("make is none of the verbs create, list, revoke"));
  EXPECT_EQ(Run({"keys", "create"}).exit_code, 2);
  EXPECT_EQ(Run({"keys", "revoke"}).exit_code, 2);
  EXPECT_EQ(RunTool({"keys", "list"}).exit_code, 2) << "no store was named";
  const RunResult empty = Create("");
  EXPECT_EQ(empty.exit_code, 2);
  EXPECT_EQ(At(empty.out, "error_info.details.valid"), "1 to 512 bytes of UTF-8");
  EXPECT_FALSE(std::filesystem::exists(keys_path()));
}

TEST_F(KeysCommandTest, PairIsMadeBeforeThereIsAStore) {
  const RunResult result = Create("org-789");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(At(result.out, "status"), "success");
  EXPECT_EQ(At(result.out, "data.organization_id"), "org-789");
  EXPECT_EQ(At(result.out, "data.read_only"), "false");
  EXPECT_THAT(At(result.out, "data.key"), MatchesRegex("ck_[A-Za-z0-9_-]+"));
  EXPECT_THAT(At(result.out, "data.secret"), MatchesRegex("cs_[A-Za-z0-9_-]+"));
  EXPECT_TRUE(std::filesystem::exists(keys_path()));
  EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(KeysCommandTest, SecretIsOnStandardOutputAlone) {
  const RunResult result = Create("org-789");
  const std::string secret = At(result.out, "data.secret");
  ASSERT_FALSE(secret.empty());
  EXPECT_THAT(result.err, Not(HasSubstr(secret)));
  EXPECT_THAT(ReadFile(keys_path()), Not(HasSubstr(secret.substr(3))));
  EXPECT_THAT(Run({"keys", "list"}).out, Not(HasSubstr(secret.substr(3))));
  const RunResult by_secret = Run({"keys", "revoke", secret});
  EXPECT_EQ(by_secret.exit_code, 3);
  EXPECT_THAT(by_secret.out + by_secret.err, Not(HasSubstr(secret.substr(3))));
}

TEST_F(KeysCommandTest, TableTellsHowToUseThePair) {
  const RunResult result = Run({"keys", "create", "--org", "org-789", "--format", "table"});
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("key pair of org-789, read and write\n"));
  EXPECT_THAT(result.out, HasSubstr("curl --url http://localhost:8080/api/calls \\\n"));
  EXPECT_THAT(result.out, HasSubstr("--header 'X-API-KEY: ck_"));
  EXPECT_THAT(result.out, HasSubstr("--header 'X-API-SECRET: cs_"));
}

TEST_F(KeysCommandTest, ListHasEveryKeyInEveryFormat) {
  const RunResult empty = Run({"keys", "list"});
  EXPECT_EQ(empty.exit_code, 0);
  EXPECT_EQ(At(empty.out, "data.keys"), "[]");
  EXPECT_THAT(empty.err, HasSubstr("no keys yet"));

  const std::string first = At(Create("org-789").out, "data.key");
  const RunResult read_only = Run({"keys", "create", "--org", "org, 2", "--read-only"});
  const std::string second = At(read_only.out, "data.key");
  const RunResult json = Run({"keys", "list"});
  EXPECT_EQ(At(json.out, "data.keys.0.key"), first);
  EXPECT_EQ(At(json.out, "data.keys.0.read_only"), "false");
  EXPECT_EQ(At(json.out, "data.keys.1.key"), second);
  EXPECT_EQ(At(json.out, "data.keys.1.organization_id"), "org, 2");
  EXPECT_EQ(At(json.out, "data.keys.1.read_only"), "true");
  EXPECT_THAT(
      Run({"keys", "list", "--format", "csv"}).out,
      HasSubstr("key,organization_id,read_only,created_at\r\n" + first + ",org-789,false,"));
  EXPECT_THAT(Run({"keys", "list", "--format", "csv"}).out,
              HasSubstr("\n" + second + ",\"org, 2\",true,"));
  EXPECT_THAT(Run({"keys", "list", "--format", "jsonl"}).out,
              HasSubstr("{\"key\":\"" + second + "\",\"organization_id\":\"org, 2\","));
  EXPECT_THAT(Run({"keys", "list", "--format", "table"}).out,
              HasSubstr(second + "  org, 2        read only "));
}

TEST_F(KeysCommandTest, RevokedKeyIsGoneAndUnknownIsExitThree) {
  const std::string kept = At(Create("org-789").out, "data.key");
  const std::string gone = At(Create("org-789").out, "data.key");
  const RunResult revoked = Run({"keys", "revoke", gone});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.err;
  EXPECT_EQ(At(revoked.out, "data.key"), gone);
  const RunResult list = Run({"keys", "list"});
  EXPECT_THAT(list.out, HasSubstr(kept));
  EXPECT_THAT(list.out, Not(HasSubstr(gone)));
  const RunResult again = Run({"keys", "revoke", gone});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_EQ(At(again.out, "error_info.code"), "not_found");
}

TEST_F(KeysCommandTest, KeysChangeWhileAnotherHasTheStore) {
  ImportSamples();
  const Result<Store> holder = Store::Open({.path = store()});
  ASSERT_TRUE(holder);
  const RunResult created = Create("org-789");
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_THAT(created.err, Not(HasSubstr("note:")));
  EXPECT_EQ(Run({"keys", "revoke", At(created.out, "data.key")}).exit_code, 0);
}

TEST_F(KeysCommandTest, OrganizationWithoutCallsIsNoted) {
  ImportSamples();
  const RunResult created = Create("org-78");
  EXPECT_EQ(created.exit_code, 0);
  EXPECT_THAT(created.err, HasSubstr("no calls of org-78 yet; it has: org-789,"));
}

TEST_F(KeysCommandTest, PairThatNobodyReadIsTakenBack) {
  const RunResult result =
      Run({"keys", "create", "--org", "org-789"}, {.output_path = "/dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(At(Run({"keys", "list"}).out, "data.keys"), "[]");
}

TEST_F(KeysCommandTest, FileMayLieElsewhere) {
  const std::string file = PathOf("other");
  ASSERT_EQ(Run({"keys", "create", "--org", "org-789", "--keys", file}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(keys_path()));
  EXPECT_THAT(Run({"keys", "list", "--keys", file}).out, HasSubstr("org-789"));
}

TEST_F(KeysCommandTest, DamagedFileIsNamedAndLeftAlone) {
  ASSERT_EQ(Create("org-789").exit_code, 0);
  const std::string damaged = ReadFile(keys_path()) + "{\n";
  WriteFile("store.keys", damaged);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"keys", "list"},
                                                    {"keys", "create", "--org", "org-789"},
                                                    {"keys", "revoke", "ck_1"},
                                                    {"serve", "--listen", ":0"}}) {
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << arguments.back();
    EXPECT_EQ(At(result.out, "error_info.code"), "corrupt");
    EXPECT_EQ(At(result.out, "error_info.details.line"), "3");
    EXPECT_EQ(At(result.out, "error_info.details.path"), keys_path());
  }
  EXPECT_EQ(ReadFile(keys_path()), damaged);
}

TEST_F(KeysCommandTest, ServeRefusesWrongOptionsBeforeItMakesAStore) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--listen", "8080"},
                                                {"--listen", ":0", "--max-connections", "0"},
                                                {"--listen", ":0", "--deadline-ms", "-1"}}) {
    std::vector<std::string> arguments = {"serve"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << wrong.back();
    EXPECT_FALSE(At(result.out, "error_info.details.valid").empty());
  }
  EXPECT_FALSE(std::filesystem::exists(store()));
  EXPECT_EQ(Run({"serve", "--follow", "--listen", ":0"}).exit_code, 3) << "there is no store";
}

}  // namespace
}  // namespace callstore::cli
