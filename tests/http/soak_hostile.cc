#include "http/soak_hostile.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <thread>
#include <vector>

#include "http/raw_client.h"
#include "model/random.h"

namespace callstore::http {
namespace {

using std::chrono::milliseconds;
using test::Random;

// Bytes, and the statuses that may answer them; 0: none at all.
struct Attack {
  std::string bytes;
  std::vector<int> statuses;
};

std::string Zeros(std::size_t count) { return std::string(count, '0'); }

std::string RandomBytes(std::size_t count, Random* random) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(random->Below(256));
  return bytes;
}

// What needs no more than to be sent.
std::vector<Attack> Attacks(const SoakHostileParts& parts, Random* random) {
  const SoakOrganization& own = parts.own;
  SoakOrganization wrong = own;
  wrong.secret.back() = wrong.secret.back() == 'x' ? 'y' : 'x';
  SoakOrganization mixed = own;
  mixed.secret = parts.other.secret;
  const std::string theirs = "/api/calls/" + parts.other.name + "-1";
  const std::string deep(100'000, '[');
  std::string cut = SoakHead("GET", "/api/calls?limit=3", own);
  cut[random->Below(cut.size())] = static_cast<char>(random->Below(256));
  std::string endless = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 30'000; ++i) endless += "A: b\r\n";
  return {
      {SoakHead("GET", "/api/calls", own, "A: " + std::string(100'000, 'a') + "\r\n"), {431, 0}},
      {endless, {431, 0}},
      {"GET /" + std::string(60'000, 'a') + " HTTP/1.1\r\n\r\n", {414, 431, 0}},
      {SoakHead("PUT", "/api/calls/x-1", own, "Transfer-Encoding: chunked\r\n") + "zz\r\n{}\r\n",
       {400}},
      {SoakHead("PUT", "/api/calls/x-1", own, "Transfer-Encoding: chunked\r\n") +
           "fffffffffffffffff\r\n{}",
       {400, 413}},
      {SoakHead("PUT", "/api/calls/x-1", own, "Transfer-Encoding: chunked\r\n") + "-2\r\n{}\r\n",
       {400}},
      {SoakHead("PUT", "/api/calls/x-1", own,
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n") +
           "{}",
       {400}},
      {SoakHead("PUT", "/api/calls/x-1", own, "Content-Length: 2\r\nContent-Length: 3\r\n") + "{}",
       {400}},
      {SoakHead("PUT", "/api/calls/x-1", own,
                "Content-Length: " + Zeros(30) + "99999999999999\r\n"),
       {400, 413}},
      {SoakHead("PUT", "/api/calls/x-1", own, "Transfer-Encoding: gzip\r\n"), {400, 501}},
      {RandomBytes(1 + random->Below(3000), random) + "\r\n\r\n", {400, 414, 431, 505, 0}},
      {"\x16\x03\x01\x02" + Zeros(200), {400}},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 404, 405, 505}},
      {SoakRequest("POST", "/api/calls", own, R"({"filter_criteria":)" + deep), {400, 413}},
      {SoakRequest("PUT", "/api/calls/x-1", own, R"({"metadata":)" + deep), {400, 413}},
      {SoakRequest("POST", "/api/calls/import", own, deep + "\n", "text/plain"), {200}},
      {SoakHead("GET", "/api/calls/\xff\xfe", own), {400}},
      {SoakHead("GET", "/api/calls/%ff", own), {400}},
      {SoakHead("GET", "/api/calls/a%00b", own), {400}},
      {SoakHead("GET", "/api/calls?agent_id=%zz", own), {400}},
      {SoakHead("GET", "/api/../api/calls", own), {400, 404}},
      {SoakHead("GET", "/api/calls?limit=1001", own), {400}},
      {SoakHead("TRACE", "/api/calls", own), {400, 405, 501}},
      {SoakHead("GET", "/api/calls", wrong), {401}},
      {SoakHead("GET", "/api/calls", mixed), {401}},
      {"GET /api/calls HTTP/1.1\r\nHost: x\r\n\r\n", {401}},
      {SoakHead("GET", theirs, own), {404}},
      {SoakHead("DELETE", theirs, own), {404}},
      {SoakRequest("PATCH", theirs, own, "{}"), {404}},
      {SoakHead("GET", "/api/calls?cursor=" + parts.other_cursor, own), {400}},
      {SoakHead("GET", "/api/calls?limit=5&agent_id=agent-1", own), {200}},
      {cut, {0, 200, 400, 401, 404, 405, 414, 415, 417, 431, 501, 505}},
  };
}

class Hostile {
 public:
  Hostile(const SoakHostileParts& parts, SoakRun* run)
      : parts_(parts), run_(run), random_(parts.seed) {}

  void Step() {
    const std::size_t kind = random_.Below(200);
    if (kind < 1) return Crowd();
    if (kind < 3)
      return Judge({SoakRequest("PUT", "/api/calls/x-1", parts_.own, std::string(10'000'000, '[')),
                    {400, 413}});
    if (kind < 20) return Pipeline();
    if (kind < 30) return LeavePage();
    if (kind < 40) return LeaveImport();
    const std::vector<Attack> attacks = Attacks(parts_, &random_);
    if (kind < 60) return Halve(random_.Pick(attacks).bytes);
    Judge(random_.Pick(attacks));
  }

 private:
  // Sends it, and nothing more.
  void Judge(const Attack& attack) {
    const std::uint64_t crowds = run_->crowds();
    bool crowded = run_->crowded();
    RawClient client;
    RawResponse response;
    if (client.TryConnect(run_->port())) {
      client.Send(attack.bytes);
      client.EndSending();
      response = client.Read();
    }
    crowded = crowded || run_->crowds() != crowds;
    run_->Hostile(response.status);
    CheckMark(response.body);
    const bool full = crowded && (response.status == 0 || response.status == 503);
    if (full || std::ranges::count(attack.statuses, response.status) > 0) return;
    run_->Problem("status " + std::to_string(response.status) + " to " +
                  attack.bytes.substr(0, 120) + ": " + response.body.substr(0, 200));
  }

  void CheckMark(const std::string& text) {
    if (text.find(parts_.own.other_mark) == std::string::npos) return;
    run_->Problem("a call of another organization is shown: " + text.substr(0, 300));
  }

  void Halve(const std::string& bytes) {
    RawClient client;
    if (!client.TryConnect(run_->port())) return;
    client.Send(bytes.substr(0, random_.Below(std::min<std::size_t>(bytes.size(), 5000))));
    random_.Chance(50) ? client.Reset() : client.Close();
    run_->Hostile(0);
  }

  void Pipeline() {
    const std::uint64_t crowds = run_->crowds();
    const bool crowded = run_->crowded();
    RawClient client;
    if (!client.TryConnect(run_->port())) return;
    std::string requests;
    for (int i = 0; i < 20; ++i) {
      requests += SoakHead("GET", "/api/calls?limit=1", parts_.own,
                           "X-Request-Id: piped-" + std::to_string(i) + "\r\n");
    }
    client.Send(requests);
    for (int i = 0; i < 20; ++i) {
      const RawResponse response = client.Read();
      run_->Hostile(response.status);
      CheckMark(response.body);
      if (response.status == 200 &&
          response.Header("X-Request-Id") == "piped-" + std::to_string(i)) {
        continue;
      }
      if (!crowded && run_->crowds() == crowds) run_->Problem("a piped request is not answered");
      return;
    }
  }

  // Goes in the middle of a page.
  void LeavePage() {
    RawClient client;
    if (!client.TryConnect(run_->port())) return;
    client.Send(SoakHead("GET", "/api/calls?limit=1000", parts_.own));
    for (std::size_t i = 0; i < 1 + random_.Below(10) && client.Receive(); ++i) {
    }
    CheckMark(client.input());
    random_.Chance(50) ? client.Reset() : client.Close();
    run_->Hostile(0);
  }

  // Goes in the middle of a line of an import. Its calls are nobody's.
  void LeaveImport() {
    RawClient client;
    if (!client.TryConnect(run_->port())) return;
    client.Send(SoakHead("POST", "/api/calls/import", parts_.own, "Content-Length: 10000000\r\n"));
    std::string lines;
    for (int i = 0; i < 600; ++i) {
      lines += R"({"id":"x-)" + std::to_string(random_.Below(500)) + R"(","agent_id":"x)" +
               std::to_string(random_.Below(10)) + "\"}\n";
    }
    client.Send(lines.substr(0, random_.Below(lines.size())));
    random_.Chance(50) ? client.Reset() : client.Close();
    run_->Hostile(0);
  }

  // More connections than there is place for: each is served, or told to come again.
  void Crowd() {
    run_->Crowd(true);
    std::deque<RawClient> clients;
    for (std::size_t i = 0; i < parts_.max_connections + 32; ++i) {
      clients.emplace_back();
      if (!clients.back().TryConnect(run_->port())) clients.pop_back();
    }
    std::size_t refused = 0;
    for (RawClient& client : clients) {
      client.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      const RawResponse response = client.Read();
      run_->Hostile(response.status);
      refused += response.status == 200 ? 0 : 1;
      if (response.status != 0 && response.status != 200 && response.status != 503) {
        run_->Problem("status " + std::to_string(response.status) + " in a crowd");
      }
    }
    if (refused < 32) run_->Problem("a crowd was let in beyond the limit");
    clients.clear();
    run_->Crowd(false);
  }

  const SoakHostileParts& parts_;
  SoakRun* run_;
  Random random_;
};

// A connection that sends `bytes` one by one, then reads so, from the beginning on if it ends.
struct SlowClient {
  RawClient client = {};
  std::string bytes = {};
  std::size_t sent = 0;
  bool open = false;
};

void Begin(const SoakHostileParts& parts, std::size_t kind, int port, SlowClient* slow) {
  const std::string page = SoakHead("GET", "/api/calls?limit=1000", parts.own);
  switch (kind % 4) {
    case 0:
      slow->bytes = page;
      break;
    case 1:
      slow->bytes = "{" + std::string(100'000, ' ');
      break;
    default:
      slow->bytes.clear();
  }
  slow->client = RawClient();
  slow->sent = 0;
  slow->open = slow->client.TryConnect(port);
  if (kind % 4 == 1) {
    slow->client.Send(SoakHead("PUT", "/api/calls/x-2", parts.own, "Content-Length: 100001\r\n"));
  }
  if (kind % 4 == 2) slow->client.Send(page);
}

}  // namespace

void RunHostile(const SoakHostileParts& parts, SoakRun* run) {
  Hostile hostile(parts, run);
  while (!run->over()) {
    try {
      hostile.Step();
    } catch (const std::exception& exception) {
      run->Problem(std::string("an answer to an attack: ") + exception.what());
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void RunSlow(const SoakHostileParts& parts, SoakRun* run) {
  std::deque<SlowClient> clients(12);
  while (!run->over()) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      SlowClient& slow = clients[i];
      if (!slow.open) Begin(parts, i, run->port(), &slow);
      if (slow.sent < slow.bytes.size()) {
        slow.open = slow.client.Send(slow.bytes.substr(slow.sent++, 1));
      } else if (const int got = slow.client.ReceiveByte(); got == 0) {
        slow.open = false;
      }
      if (!slow.open) run->Hostile(0);
    }
    std::this_thread::sleep_for(milliseconds(500));
  }
}

}  // namespace callstore::http
