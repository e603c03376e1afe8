// Goal:   the endpoint serves its clients rightly, quickly and in bounded memory for as long as it
//         runs, whatever others send.
// Method: callstore serve as a process; threads of clients that know each answer beside threads of
//         hostile ones; CALLSTORE_TEST_HTTP_SECONDS says how long, CALLSTORE_TEST_SEED what.
//         Without the first it is skipped: ./dev soak --http-minutes runs it.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "http/serve_process.h"
#include "http/soak_check.h"
#include "http/soak_hostile.h"
#include "http/soak_run.h"
#include "http/soak_worker.h"
#include "scratch_folder.h"

namespace callstore::http {
namespace {

using test::JsonValue;

// An answer as it must be, in which one thing after another is made wrong.
class HttpSoakCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    JsonValue rows = JsonValue::Array();
    for (int i = 2; i >= 1; --i) {
      JsonValue call = JsonValue::Parse(R"({"agent_id":"a","start_timestamp":)" +
                                        std::to_string(i) + R"(,"transcript":"t"})");
      const std::string id = "w-" + std::to_string(i);
      calls_.Merge(id, call, true);
      call.Set("id", JsonValue::Text(id));
      call.Set("organization_id", JsonValue::Text("mine"));
      rows.elements().push_back(call);
    }
    envelope_ = JsonValue::Parse(R"({"message":"m","status":"success","error":null,"data":{
        "organization_id":"mine","pagination":{"page":0,"limit":20,"total_count":2,"total_pages":1,
        "has_next_page":false,"has_previous_page":false},"returned_count":2}})");
    data().Set("calls", rows);
  }
  JsonValue& data() { return *envelope_.Find("data"); }
  JsonValue& row(std::size_t i) { return data().Find("calls")->elements()[i]; }
  bool IsRight() {
    RawResponse response = {.status = status_, .body = envelope_.Print()};
    response.head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    JsonValue read;
    return CheckEnvelope(response, organization_, 200, &read).empty() &&
           CheckList(read, organization_, calls_, {.owner = "w"}).empty();
  }

  SoakOrganization organization_ = {"mine", "", "", "MARK-A", "MARK-B"};
  OwnedCalls calls_;
  JsonValue envelope_;
  int status_ = 200;
};

TEST_F(HttpSoakCheckTest, PlantedWrongAnswerIsNoticed) {
  EXPECT_TRUE(IsRight());
  const std::vector<std::pair<const char*, std::function<void()>>> faults = {
      {"status", [&] { status_ = 500; }},
      {"envelope", [&] { envelope_.Erase("error"); }},
      {"organization", [&] { data().Set("organization_id", JsonValue::Text("theirs")); }},
      {"total", [&] { data().Find("pagination")->Set("total_count", JsonValue::Number("3")); }},
      {"flag", [&] { data().Find("pagination")->Set("has_next_page", JsonValue::Bool(true)); }},
      {"count", [&] { data().Set("returned_count", JsonValue::Number("1")); }},
      {"row lost", [&] { data().Find("calls")->elements().pop_back(); }},
      {"order", [&] { std::swap(row(0), row(1)); }},
      {"row of others", [&] { row(1).Set("organization_id", JsonValue::Text("theirs")); }},
      {"value", [&] { row(0).Set("transcript", JsonValue::Text("u")); }},
      {"member lost", [&] { row(0).Erase("agent_id"); }},
      {"member too many", [&] { row(0).Set("direction", JsonValue::Text("INBOUND")); }},
      {"mark", [&] { envelope_.Set("message", JsonValue::Text("MARK-B")); }},
  };
  for (const auto& [name, plant] : faults) {
    const JsonValue before = envelope_;
    plant();
    EXPECT_FALSE(IsRight()) << name;
    envelope_ = before;
    status_ = 200;
  }
  EXPECT_TRUE(IsRight());
}

#ifdef CALLSTORE_TOOL

constexpr std::size_t kMaxConnections = 64;
constexpr std::size_t kWorkers = 4;

std::uint64_t NumberOf(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

// Of the server's process, in KiB.
std::size_t ResidentKib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

struct Descriptors {
  std::size_t sockets = 0;
  std::size_t others = 0;
};

Descriptors DescriptorsOf(pid_t pid) {
  Descriptors count;
  std::error_code gone;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", gone)) {
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    ++(target.string().starts_with("socket:") ? count.sockets : count.others);
  }
  return count;
}

class HttpSoakTest : public testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string name = i == 0 ? "org-a" : "org-b";
      const JsonValue made = JsonValue::Parse(Tool("keys create --format json --org " + name));
      organizations_[i] = {name, made.Find("data")->Find("key")->text(),
                           made.Find("data")->Find("secret")->text(), i == 0 ? "MARK-A" : "MARK-B",
                           i == 0 ? "MARK-B" : "MARK-A"};
      FillBase(i, i == 0 ? 3000 : 2000);
    }
  }
  std::string Tool(const std::string& arguments) const {
    return Shell(std::string("'") + CALLSTORE_TOOL + "' --store '" + folder_.store() + "' " +
                 arguments);
  }
  void FillBase(std::size_t i, std::int64_t count) {
    test::Random random(seed_ + i);
    const std::string file = folder_.path() + "/base.jsonl";
    std::ofstream lines(file);
    for (std::int64_t n = 0; n < count; ++n) {
      const std::string id = organizations_[i].name + "-" + std::to_string(n);
      JsonValue call =
          MakeSoakCall(organizations_[i], "base", 1'650'000'000'000 + n * 7919 % 100'003, &random);
      base_[i].Merge(id, call, true);
      call.Set("id", JsonValue::Text(id));
      lines << call.Print() << '\n';
    }
    lines.close();
    Tool("import --org " + organizations_[i].name + " '" + file + "'");
  }
  std::unique_ptr<ServeProcess> Serve() const {
    return std::make_unique<ServeProcess>(std::vector<std::string>{
        "callstore", "--store", folder_.store(), "serve", "--listen", "127.0.0.1:0",
        "--no-access-log", "--max-connections", std::to_string(kMaxConnections)});
  }
  // A cursor of the organization's list.
  std::string CursorOf(const SoakOrganization& organization, int port) const {
    const RawResponse page =
        RawClient(port).Ask(SoakHead("GET", "/api/calls?limit=1", organization));
    return JsonValue::Parse(page.body).Find("data")->Find("next_cursor")->text();
  }

  // Samples the memory each second until the run is over.
  std::vector<std::size_t> Drive(SoakRun* run, pid_t pid) {
    const std::string cursor_a = CursorOf(organizations_[0], run->port());
    const std::string cursor_b = CursorOf(organizations_[1], run->port());
    const std::vector<SoakHostileParts> hostiles = {
        {organizations_[0], organizations_[1], cursor_b, kMaxConnections, seed_ + 100},
        {organizations_[1], organizations_[0], cursor_a, kMaxConnections, seed_ + 101}};
    std::vector<std::jthread> threads;
    for (SoakWorker& worker : workers_) threads.emplace_back([&worker] { worker.Run(); });
    for (const SoakHostileParts& parts : hostiles) {
      threads.emplace_back([&parts, run] { RunHostile(parts, run); });
    }
    threads.emplace_back([&hostiles, run] { RunSlow(hostiles[0], run); });
    std::vector<std::size_t> resident;
    while (!run->over()) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      resident.push_back(ResidentKib(pid));
    }
    return resident;
  }

  const std::uint64_t seed_ = NumberOf("CALLSTORE_TEST_SEED", std::random_device()());
  test::ScratchFolder folder_;
  std::array<SoakOrganization, 2> organizations_;
  std::array<OwnedCalls, 2> base_;
  std::deque<SoakWorker> workers_;
};

void ExpectNoProblems(const SoakRun& run) {
  for (const std::string& problem : run.problems()) ADD_FAILURE() << problem;
}

// In a short run, beside other tests, neither memory nor times have settled.
void ExpectSteady(SoakRun* run, const std::vector<std::size_t>& resident) {
  constexpr std::size_t kSettledSamples = 50;
  if (resident.size() < kSettledSamples) return;
  const std::size_t first = resident[resident.size() / 5];
  EXPECT_LE(resident.back(), first + first / 5 + 32 * 1024) << "KiB of memory";
  EXPECT_LE(run->P99(2), 2 * run->P99(1) + 20) << "ms";
}

// The sockets of clients that went are closed soon.
Descriptors DescriptorsAtRest(pid_t pid, std::size_t sockets) {
  Descriptors now = DescriptorsOf(pid);
  for (int i = 0; i < 200 && now.sockets > sockets; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    now = DescriptorsOf(pid);
  }
  return now;
}

TEST_F(HttpSoakTest, ServerStaysRightAndSteadyAmongHostileClients) {
  const std::uint64_t seconds = NumberOf("CALLSTORE_TEST_HTTP_SECONDS", 0);
  if (seconds == 0) GTEST_SKIP() << "CALLSTORE_TEST_HTTP_SECONDS is not set";
  SCOPED_TRACE("CALLSTORE_TEST_SEED=" + std::to_string(seed_));
  const auto server = Serve();
  const int port = server->AwaitPort();
  ASSERT_NE(port, 0) << server->said();
  const Descriptors before = DescriptorsOf(server->pid());
  SoakRun run(port, seed_, std::chrono::seconds(seconds));
  for (std::size_t i = 0; i < kWorkers; ++i) {
    workers_.emplace_back(SoakWorkerParts{.owner = "w" + std::to_string(i),
                                          .organization = organizations_[i % 2],
                                          .shared = base_[i % 2],
                                          .seed = seed_ + 10 + i},
                          &run);
  }
  const std::vector<std::size_t> resident = Drive(&run, server->pid());
  ExpectNoProblems(run);
  ExpectSteady(&run, resident);
  const Descriptors after = DescriptorsAtRest(server->pid(), before.sockets);
  EXPECT_LE(after.sockets, before.sockets);
  EXPECT_LE(after.others, before.others + 64);

  RawClient idle(port);
  RawClient half(port);
  half.Send("GET /api/ca");
  EXPECT_EQ(server->Stop(), 0) << server->said();
  std::cout << "good " << run.good() << ", hostile " << run.hostile() << ", statuses "
            << run.Statuses() << ", RSS " << resident[resident.size() / 5] / 1024 << " to "
            << resident.back() / 1024 << " MiB, sockets " << before.sockets << " to "
            << after.sockets << ", other descriptors " << before.others << " to " << after.others
            << ", p99 " << run.P99(0) << " " << run.P99(1) << " " << run.P99(2) << " ms, seed "
            << seed_ << '\n';

  // What was acknowledged is there when it starts again.
  const auto again = Serve();
  SoakRun reread(again->AwaitPort(), seed_, std::chrono::hours(1));
  for (SoakWorker& worker : workers_) worker.CheckAll(&reread);
  ExpectNoProblems(reread);
  EXPECT_EQ(again->Stop(), 0) << again->said();
}

#endif  // CALLSTORE_TOOL

}  // namespace
}  // namespace callstore::http
