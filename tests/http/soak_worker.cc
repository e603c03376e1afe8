#include "http/soak_worker.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

namespace callstore::http {
namespace {

using test::JsonValue;
using test::Random;

constexpr std::size_t kIds = 150;
constexpr std::size_t kAgents = 5;

std::string AgentName(std::size_t i) { return "agent-" + std::to_string(i); }

}  // namespace

JsonValue MakeSoakCall(const SoakOrganization& organization, const std::string& owner,
                       std::int64_t start, Random* random) {
  JsonValue call = JsonValue::Object();
  call.Set("agent_id", JsonValue::Text(AgentName(random->Below(kAgents))));
  call.Set("call_status", JsonValue::Text(random->Chance(50) ? "ENDED" : "ONGOING"));
  call.Set("start_timestamp", JsonValue::Number(start));
  call.Set("call_duration", JsonValue::Number(static_cast<std::int64_t>(random->Below(1'000'000))));
  JsonValue metadata = JsonValue::Object();
  metadata.Set("owner", JsonValue::Text(owner));
  metadata.Set("mark", JsonValue::Text(organization.mark));
  call.Set("metadata", std::move(metadata));
  call.Set("transcript",
           JsonValue::Text(std::string(random->Below(4000), 'w') + " \" \\ \xC3\xA9"));
  return call;
}

void SoakWorker::Run() {
  while (!run_->over()) {
    try {
      Step();
    } catch (const std::exception& exception) {
      Judge("an answer", exception.what());
      client_.reset();
    }
  }
  client_.reset();
}

void SoakWorker::CheckAll(SoakRun* run) {
  run_ = run;
  for (const bool ascending : {true, false}) {
    WalkList(calls_, {.owner = parts_.owner, .ascending = ascending, .limit = 40}, 1000);
  }
  client_.reset();
}

void SoakWorker::Step() {
  if (random_.Chance(1)) client_.reset();
  switch (random_.Below(20)) {
    case 0:
    case 1:
    case 2:
      return Put();
    case 3:
    case 4:
      return Patch();
    case 5:
      return Delete();
    case 6:
    case 7:
    case 8:
    case 9:
      return GetOne();
    case 10:
      return Import();
    case 11:
    case 12:
      return Figures();
    case 13:
      return Service();
    default:
      return List();
  }
}

void SoakWorker::Put() {
  const std::string id = SomeId();
  const bool there = calls_.Find(id) != nullptr;
  JsonValue call = MakeSoakCall(parts_.organization, parts_.owner, NextTime(), &random_);
  if (random_.Chance(50)) call.Set("call_id", JsonValue::Text("k-" + id));
  const RawResponse response =
      Ask(SoakRequest("PUT", "/api/calls/" + id, parts_.organization, call.Print()));
  calls_.Merge(id, call, true);
  JudgeCall("a put of " + id, response, there ? 200 : 201, id, true);
}

void SoakWorker::Patch() {
  const std::string id = SomeId();
  JsonValue patch = JsonValue::Object();
  patch.Set("agent_id", JsonValue::Text(AgentName(random_.Below(kAgents))));
  patch.Set("transcript", random_.Chance(50) ? JsonValue() : JsonValue::Text("patched"));
  const RawResponse response =
      Ask(SoakRequest("PATCH", "/api/calls/" + id, parts_.organization, patch.Print()));
  if (calls_.Find(id) == nullptr) {
    return Judge("a patch of no call",
                 CheckRefusal(response, parts_.organization, 404, "not_found"));
  }
  calls_.Merge(id, patch, false);
  JudgeCall("a patch of " + id, response, 200, id, true);
}

void SoakWorker::Delete() {
  const std::string id = SomeId();
  const RawResponse response = Ask(SoakHead("DELETE", "/api/calls/" + id, parts_.organization));
  JsonValue data;
  const std::string problem = calls_.Erase(id)
                                  ? CheckEnvelope(response, parts_.organization, 200, &data)
                                  : CheckRefusal(response, parts_.organization, 404, "not_found");
  Judge("a deletion of " + id, problem);
}

void SoakWorker::GetOne() {
  const std::string id = SomeId();
  const JsonValue* const known = calls_.Find(id);
  const bool by_call_id = known != nullptr && known->Find("call_id") != nullptr;
  const RawResponse response = Ask(SoakHead(
      "GET", "/api/calls/" + std::string(by_call_id ? "k-" : "") + id, parts_.organization));
  if (known != nullptr) return JudgeCall("a get of " + id, response, 200, id, false);
  Judge("a get of no call", CheckRefusal(response, parts_.organization, 404, "not_found"));
}

void SoakWorker::Import() {
  std::string lines;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  const std::size_t count = 1 + random_.Below(30);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = SomeId();
    JsonValue call = MakeSoakCall(parts_.organization, parts_.owner, NextTime(), &random_);
    call.Set("id", JsonValue::Text(id));
    ++(calls_.Find(id) == nullptr ? added : changed);
    lines += call.Print() + "\n";
    calls_.Merge(id, call, true);
  }
  const RawResponse response = Ask(
      SoakRequest("POST", "/api/calls/import", parts_.organization, lines, "application/x-ndjson"));
  JsonValue data;
  std::string problem = CheckEnvelope(response, parts_.organization, 200, &data);
  Judge("an import", problem.empty() ? CheckImport(data, added, changed) : problem);
}

void SoakWorker::List() {
  const bool own = random_.Chance(60);
  const OwnedCalls& calls = own ? calls_ : parts_.shared;
  SoakList list = {.owner = own ? parts_.owner : "base",
                   .agent = random_.Chance(40) ? AgentName(random_.Below(kAgents)) : "",
                   .ascending = random_.Chance(50),
                   .summary = random_.Chance(50),
                   .limit = 1 + random_.Below(40)};
  const std::size_t pages = calls.size() / list.limit + 2;
  list.offset = random_.Below(pages) * list.limit;
  WalkList(calls, list, 1 + random_.Below(3));
}

void SoakWorker::Figures() {
  const bool own = random_.Chance(60);
  const std::string owner = own ? parts_.owner : "base";
  const RawResponse response = Ask(SoakHead(
      "GET", "/api/calls/aggregate?group_by=agent_id&metrics=count&metadata.owner=" + owner,
      parts_.organization));
  JsonValue data;
  std::string problem = CheckEnvelope(response, parts_.organization, 200, &data);
  Judge("figures", problem.empty() ? CheckFigures(data, own ? calls_ : parts_.shared) : problem);
}

void SoakWorker::Service() {
  static const std::vector<std::string> kPaths = {"/healthz", "/readyz", "/metrics",
                                                  "/openapi.json"};
  const std::string& path = random_.Pick(kPaths);
  const RawResponse response = Ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  Judge(path, response.status == 200 && !response.body.empty()
                  ? ""
                  : "its status is " + std::to_string(response.status));
}

RawResponse SoakWorker::Ask(const std::string& request) {
  if (!client_ && !Connect()) return {};
  const SoakClock::time_point began = SoakClock::now();
  client_->Send(request);
  RawResponse response = client_->Read();
  run_->Good(response.status,
             std::chrono::duration_cast<std::chrono::microseconds>(SoakClock::now() - began));
  if (response.status == 0 || response.Header("Connection") == "close") client_.reset();
  return response;
}

// Where too many others are connected, a place is waited for: only then may one be lacking.
bool SoakWorker::Connect() {
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t crowds = run_->crowds();
    const bool crowded = run_->crowded();
    client_.emplace();
    if (client_->TryConnect(run_->port())) {
      client_->Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      const RawResponse response = client_->Read();
      if (response.status == 200) return true;
      if (response.status != 0 && response.status != 503) break;
    }
    client_.reset();
    if (!crowded && run_->crowds() == crowds) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  client_.reset();
  Judge("a connection", "it is not served");
  return false;
}

void SoakWorker::Judge(const std::string& what, const std::string& problem) {
  if (!problem.empty()) run_->Problem(parts_.owner + ": " + what + ": " + problem);
}

void SoakWorker::JudgeCall(const std::string& what, const RawResponse& response, int status,
                           const std::string& id, bool nested) {
  JsonValue data;
  std::string problem = CheckEnvelope(response, parts_.organization, status, &data);
  if (problem.empty()) {
    const JsonValue* const call = nested ? data.Find("call") : &data;
    problem = call == nullptr ? "there is no call"
                              : CheckCall(*call, parts_.organization, *calls_.Find(id), false);
  }
  Judge(what, problem);
}

std::string SoakWorker::SomeId() {
  return parts_.owner + "-" + std::to_string(random_.Below(kIds));
}

// Never the same twice, and in no order.
std::int64_t SoakWorker::NextTime() {
  constexpr std::int64_t kPrime = 100'000'007;
  return 1'600'000'000'000 + ++times_ * 7919 % kPrime * 1000;
}

void SoakWorker::WalkList(const OwnedCalls& calls, SoakList list, std::size_t pages) {
  std::string cursor;
  for (std::size_t i = 0; i < pages; ++i) {
    const RawResponse response = Ask(ListRequest(list, cursor));
    JsonValue data;
    std::string problem = CheckEnvelope(response, parts_.organization, 200, &data);
    if (problem.empty()) problem = CheckList(data, parts_.organization, calls, list);
    if (!problem.empty()) return Judge("a list", problem);
    const JsonValue* const next = data.Find("next_cursor");
    const bool more = list.offset + list.limit < calls.Listed(list.agent, true).size();
    if (next == nullptr || next->is_null() == more) return Judge("a list", "a wrong next_cursor");
    if (!more) return;
    cursor = next->text();
    list.offset += list.limit;
  }
}

std::string SoakWorker::ListRequest(const SoakList& list, const std::string& cursor) {
  const std::string limit = std::to_string(list.limit);
  const std::string page = std::to_string(list.offset / list.limit);
  const std::string order = list.ascending ? "ascending" : "descending";
  const std::string view = list.summary ? "summary" : "full";
  if (random_.Chance(50)) {
    return SoakHead("GET",
                    "/api/calls?metadata.owner=" + list.owner + "&limit=" + limit +
                        "&sort_order=" + order + "&view=" + view +
                        (list.agent.empty() ? "" : "&agent_id=" + list.agent) +
                        (cursor.empty() ? "&page=" + page : "&cursor=" + cursor),
                    parts_.organization);
  }
  return SoakRequest(
      "POST", "/api/calls", parts_.organization,
      R"({"filter_criteria":{"metadata.owner":")" + list.owner + "\"" +
          (list.agent.empty() ? "" : R"(,"agent_id":")" + list.agent + "\"") + R"(},"limit":)" +
          limit + R"(,"sort_order":")" + order + R"(","view":")" + view + "\"," +
          (cursor.empty() ? "\"page\":" + page : R"("cursor":")" + cursor + "\"") + "}");
}

}  // namespace callstore::http
