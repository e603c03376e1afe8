// Goal:   what is documented works: callstore serve, a key pair, and curl as the documentation has
//         it.
// Method: run the tool as processes; talk to it over its socket with clients that are not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/serve_process.h"
#include "json_value.h"
#include "scratch_folder.h"

#ifdef CALLSTORE_TOOL

namespace callstore::http {
namespace {

using test::JsonValue;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSamples = CALLSTORE_SOURCE_DIR "/docs/samples/calls.jsonl";

bool HasCurl() { return !Shell("command -v curl").empty(); }

std::string DocumentedCall() {
  std::ifstream samples(kSamples);
  for (std::string line; std::getline(samples, line);) {
    if (line.find("\"call-456\"") != std::string::npos) return line;
  }
  throw std::runtime_error("the samples lack the documented call");
}

class EndToEndTest : public testing::Test {
 protected:
  struct Pair {
    std::string key;
    std::string secret;
  };

  std::string Tool(const std::string& arguments) const {
    return Shell(std::string("'") + CALLSTORE_TOOL + "' --store '" + folder_.store() + "' " +
                 arguments);
  }
  Pair MakePair(const std::string& arguments) const {
    const std::string made = Tool("keys create --format json " + arguments);
    const JsonValue envelope = JsonValue::Parse(made);
    const JsonValue* const pair = envelope.Find("data");
    if (pair == nullptr || !pair->is_object()) throw std::runtime_error("no key pair: " + made);
    return {pair->Find("key")->text(), pair->Find("secret")->text()};
  }
  std::unique_ptr<ServeProcess> Serve(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"callstore", "--store",  folder_.store(),
                                          "serve",     "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<ServeProcess>(arguments);
  }
  static httplib::Headers HeadersOf(const Pair& pair) {
    return {{"X-API-KEY", pair.key}, {"X-API-SECRET", pair.secret}};
  }

  test::ScratchFolder folder_;
};

TEST_F(EndToEndTest, DocumentedCurlLineGivesTheDocumentedEnvelope) {
  const std::string documented = DocumentedCall();
  const std::string file = folder_.path() + "/documented.jsonl";
  std::ofstream(file) << documented << '\n';
  Tool("import '" + file + "'");
  const Pair pair = MakePair("--org org-789");
  const auto server = Serve();
  const int port = server->AwaitPort();
  ASSERT_NE(port, 0) << server->said();
  std::string body;
  if (HasCurl()) {
    body = Shell("export NO_PROXY=localhost; curl --url http://localhost:" + std::to_string(port) +
                 "/api/calls --header 'X-API-KEY: " + pair.key +
                 "' --header 'X-API-SECRET: " + pair.secret + "'");
  } else {
    httplib::Client client("localhost", port);
    const auto answer = client.Get("/api/calls", HeadersOf(pair));
    ASSERT_TRUE(answer);
    body = answer->body;
  }
  const JsonValue envelope = JsonValue::Parse(body);
  JsonValue want = JsonValue::Parse(R"({"message":"Calls retrieved successfully",
      "status":"success","error":null,"data":{"organization_id":"org-789","calls":[],
      "pagination":{"page":0,"limit":20,"total_count":1,"total_pages":1,"has_next_page":false,
      "has_previous_page":false},"returned_count":1,"sort_order":"descending",
      "sort_by":"start_timestamp","applied_filters":{},"next_cursor":null,
      "previous_cursor":null}})");
  JsonValue* const data = want.Find("data");
  data->Set("end_cursor", *envelope.Find("data")->Find("end_cursor"));
  data->Find("calls")->elements().push_back(JsonValue::Parse(documented));
  EXPECT_EQ(envelope, want);
  // In the documented order of keys, too.
  EXPECT_THAT(body, HasSubstr(R"("calls":[)" + documented + "]"));
  EXPECT_EQ(server->Stop(), 0) << server->said();
}

TEST_F(EndToEndTest, EveryRouteAnswersOverTheSocket) {
  const Pair pair = MakePair("--org org-1");
  const Pair reader = MakePair("--org org-1 --read-only");
  const auto server = Serve();
  const int port = server->AwaitPort();
  ASSERT_NE(port, 0) << server->said();
  httplib::Client client("127.0.0.1", port);
  client.set_keep_alive(true);
  client.set_default_headers(HeadersOf(pair));
  const auto at = [](const httplib::Result& answer, const char* name) {
    return *JsonValue::Parse(answer->body).Find("data")->Find(name);
  };

  auto answer =
      client.Put("/api/calls/a%2Fb", R"({"call_id":"k","agent_id":"x"})", "application/json");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(at(answer, "call").Find("id")->text(), "a/b");
  answer = client.Patch("/api/calls/a%2Fb", R"({"agent_id":"y"})", "application/json");
  EXPECT_EQ(answer->status, 200);
  answer = client.Post("/api/calls/import", "{\"id\":\"i1\"}\n{\"id\":\"i2\"}\nno\n",
                       "application/x-ndjson");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(at(answer, "new").whole(), 2);
  EXPECT_EQ(at(answer, "failed").whole(), 1);

  answer = client.Get("/api/calls/k?view=summary");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(at(answer, "agent_id").text(), "y");
  answer = client.Get("/api/calls?agent_id=y&limit=5");
  EXPECT_EQ(at(answer, "returned_count").whole(), 1);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(answer->get_header_value("Cache-Control"), "no-store");
  answer = client.Post("/api/calls", R"({"limit":2})", "application/json");
  EXPECT_EQ(at(answer, "returned_count").whole(), 2);
  answer = client.Get("/api/calls/aggregate?metrics=count&group_by=agent_id");
  EXPECT_EQ(at(answer, "total_count").whole(), 3);
  answer = client.Post("/api/calls/aggregate", "{}", "application/json");
  EXPECT_EQ(at(answer, "total_count").whole(), 3);

  answer = client.Head("/api/calls/k");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
  EXPECT_GT(std::stoi(answer->get_header_value("Content-Length")), 100);
  answer = client.Options("/api/calls");
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->get_header_value("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(client.Put("/api/calls", "{}", "application/json")->status, 405);
  EXPECT_EQ(client.Get("/api/call")->status, 404);

  for (const char* const path : {"/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    httplib::Client stranger("127.0.0.1", port);
    EXPECT_EQ(stranger.Get(path)->status, 200) << path;
    EXPECT_EQ(stranger.Get("/api/calls")->status, 401);
  }
  client.set_default_headers(HeadersOf(reader));
  EXPECT_EQ(client.Get("/api/calls")->status, 200);
  EXPECT_EQ(client.Delete("/api/calls/k")->status, 403);
  client.set_default_headers(HeadersOf(pair));
  EXPECT_EQ(client.Delete("/api/calls/k")->status, 200);
  EXPECT_EQ(client.Get("/api/calls/a%2Fb")->status, 404);
  EXPECT_EQ(server->Stop(), 0) << server->said();
  EXPECT_THAT(server->said(), Not(HasSubstr(pair.secret)));
}

TEST_F(EndToEndTest, LargePageArrivesWholeAndNewestFirst) {
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += R"({"id":"c)" + std::to_string(i) + R"(","start_timestamp":)" +
             std::to_string(1'700'000'000'000 + i) + R"(,"transcript":")" +
             std::string(2000, static_cast<char>('a' + i % 26)) + "\"}\n";
  }
  const Pair pair = MakePair("--org org-1");
  const auto server = Serve();
  const int port = server->AwaitPort();
  ASSERT_NE(port, 0) << server->said();
  httplib::Client client("127.0.0.1", port);
  client.set_default_headers(HeadersOf(pair));
  ASSERT_EQ(client.Post("/api/calls/import", lines, "application/x-ndjson")->status, 200);
  const auto answer = client.Get("/api/calls?limit=300");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Transfer-Encoding"), "chunked");
  const JsonValue page = JsonValue::Parse(answer->body);
  const std::vector<JsonValue>& calls = page.Find("data")->Find("calls")->elements();
  ASSERT_EQ(calls.size(), 300U);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(calls[i].Find("id")->text(), "c" + std::to_string(299 - i));
    EXPECT_EQ(calls[i].Find("transcript")->text().size(), 2000U);
  }
  EXPECT_EQ(server->Stop(), 0);
}

TEST_F(EndToEndTest, FollowerServesWhatTheWriterWritesAndTakesNoWrites) {
  const Pair pair = MakePair("--org org-1");
  const auto writer = Serve();
  const int writer_port = writer->AwaitPort();
  ASSERT_NE(writer_port, 0) << writer->said();
  const auto follower = Serve();
  const int follower_port = follower->AwaitPort();
  ASSERT_NE(follower_port, 0) << follower->said();
  httplib::Client to_writer("127.0.0.1", writer_port);
  httplib::Client to_follower("127.0.0.1", follower_port);
  to_writer.set_default_headers(HeadersOf(pair));
  to_follower.set_default_headers(HeadersOf(pair));
  EXPECT_THAT(to_writer.Get("/readyz")->body, HasSubstr("\"writer\""));
  EXPECT_THAT(to_follower.Get("/readyz")->body, HasSubstr("\"follower\""));
  ASSERT_EQ(to_writer.Put("/api/calls/c", "{}", "application/json")->status, 201);
  int status = 404;
  for (int i = 0; i < 100 && status == 404; ++i) {
    status = to_follower.Get("/api/calls/c")->status;
    usleep(100'000);
  }
  EXPECT_EQ(status, 200);
  const auto refused = to_follower.Put("/api/calls/d", "{}", "application/json");
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(refused->body, HasSubstr("\"read_only\""));
  EXPECT_EQ(follower->Stop(), 0) << follower->said();
  EXPECT_EQ(writer->Stop(), 0) << writer->said();
}

TEST_F(EndToEndTest, KeyMadeOrRevokedWhileItServesCountsSoon) {
  const auto server = Serve();
  const int port = server->AwaitPort();
  ASSERT_NE(port, 0) << server->said();
  const Pair pair = MakePair("--org org-1");
  httplib::Client client("127.0.0.1", port);
  client.set_default_headers(HeadersOf(pair));
  const auto await = [&](int wanted) {
    int status = 0;
    for (int i = 0; i < 50 && status != wanted; ++i) {
      status = client.Get("/api/calls")->status;
      usleep(100'000);
    }
    return status;
  };
  EXPECT_EQ(await(200), 200);
  Tool("keys revoke " + pair.key);
  EXPECT_EQ(await(401), 401);
  EXPECT_EQ(server->Stop(), 0);
}

}  // namespace
}  // namespace callstore::http

#endif  // CALLSTORE_TOOL
