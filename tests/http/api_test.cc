// The endpoint's reading routes, who may come in, and what is no route at all.
#include <fstream>

#include "api_fixture.h"
#include "http/exchange.h"

namespace callstore::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string DocumentedCall() {
  std::ifstream samples(CALLSTORE_SOURCE_DIR "/docs/samples/calls.jsonl");
  for (std::string line; std::getline(samples, line);) {
    if (line.find("\"call-456\"") != std::string::npos) return line;
  }
  ADD_FAILURE() << "the samples lack the documented call";
  return "{}";
}

TEST_F(ApiTest, ListDocumentedCallGivesDocumentedEnvelope) {
  const JsonValue call = JsonValue::Parse(DocumentedCall());
  ASSERT_TRUE(store_->PutJson(kOrg, call.Print()));
  const Answer answer = Get("/api/calls");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  JsonValue want = JsonValue::Parse(R"({"message":"Calls retrieved successfully",
      "status":"success","error":null,"data":{"organization_id":"org-789","calls":[],
      "pagination":{"page":0,"limit":20,"total_count":1,"total_pages":1,"has_next_page":false,
      "has_previous_page":false},"returned_count":1,"sort_order":"descending",
      "sort_by":"start_timestamp","applied_filters":{},"next_cursor":null,
      "previous_cursor":null}})");
  want.Find("data")->Find("calls")->elements().push_back(call);
  want.Find("data")->Set("end_cursor", answer.At("data.end_cursor"));
  EXPECT_EQ(answer.json(), want);
  EXPECT_EQ(answer.At("data.calls.0"), call);
  EXPECT_FALSE(answer.Text("data.end_cursor").empty());
}

TEST_F(ApiTest, ListParametersAndBodyAskTheSame) {
  Fill(7);
  const Answer by_get = Get("/api/calls?limit=2&page=1&agent_id=agent-0&sort_order=ascending");
  EXPECT_EQ(by_get.status, 200);
  EXPECT_THAT(Ids(by_get), ElementsAre("c4", "c6"));
  const Answer by_post = Send({.method = "POST",
                               .body = R"({"limit":2,"page":1,"sort_order":"ascending",
                        "filter_criteria":{"agent_id":"agent-0"}})",
                               .content_type = "application/json"});
  EXPECT_EQ(by_post.body, by_get.body);
  EXPECT_EQ(Ids(Send({.method = "POST"})).size(), 7U) << "no body asks for the first page";
}

TEST_F(ApiTest, ListCursorsWalkAllCalls) {
  Fill(7);
  std::vector<std::string> walked;
  std::string target = "/api/calls?limit=3";
  for (int pages = 0; pages < 5; ++pages) {
    const Answer answer = Get(target);
    ASSERT_EQ(answer.status, 200);
    for (const std::string& id : Ids(answer)) walked.push_back(id);
    if (answer.At("data.next_cursor").is_null()) break;
    target = "/api/calls?limit=3&cursor=" + answer.Text("data.next_cursor");
  }
  EXPECT_THAT(walked, ElementsAre("c6", "c5", "c4", "c3", "c2", "c1", "c0"));
}

TEST_F(ApiTest, ListWrongRequestNamesFieldValueAndRange) {
  const Answer limit = Get("/api/calls?limit=0");
  EXPECT_EQ(limit.status, 400);
  EXPECT_EQ(limit.code(), "invalid_argument");
  EXPECT_EQ(limit.detail("field"), "limit");
  EXPECT_EQ(limit.detail("value"), "0");
  EXPECT_THAT(limit.detail("valid"), HasSubstr("1 to 1000"));
  EXPECT_EQ(limit.Text("status"), "error");
  EXPECT_TRUE(limit.At("data").is_null());
  EXPECT_EQ(Get("/api/calls?colour=red").status, 400);
  EXPECT_EQ(Get("/api/calls?cursor=nonsense").code(), "invalid_cursor");
  const Answer body = Send({.method = "POST", .body = R"({"limits":3})"});
  EXPECT_EQ(body.status, 400);
  EXPECT_EQ(body.detail("nearest"), "limit");
  EXPECT_EQ(Send({.method = "POST", .body = "{"}).status, 400);
  EXPECT_EQ(Send({.target = "/api/calls?limit=3", .method = "POST", .body = "{}"}).status, 400)
      << "a POST has its arguments in the body";
}

TEST_F(ApiTest, ListLargePageIsStreamedWhole) {
  Fill(90, kOrg, R"(,"transcript":")" + std::string(3000, 'x') + "\"");
  const Answer answer = Get("/api/calls?limit=90");
  EXPECT_TRUE(answer.streamed);
  const Result<Page> page = store_->List(kOrg, {.limit = 90});
  ASSERT_TRUE(page);
  EXPECT_TRUE(answer.body == ToJson(*page)) << "the pieces join to the page";
  EXPECT_EQ(LastLine().Find("bytes")->whole(), static_cast<std::int64_t>(answer.body.size()));
  EXPECT_FALSE(Get("/api/calls?limit=5").streamed);
}

TEST_F(ApiTest, ListAnswerDroppedHalfwayIsStillRecorded) {
  Fill(90, kOrg, R"(,"transcript":")" + std::string(3000, 'x') + "\"");
  const Sent sent;
  PiecedBody body(sent);
  {
    Response response;
    api_->Handle({.method = "GET",
                  .path = "/api/calls",
                  .parameters = {{"limit", "90"}},
                  .key = "ck_a",
                  .secret = "cs_a"},
                 &body, &response);
    ASSERT_TRUE(response.more);
    EXPECT_THAT(lines_, IsEmpty()) << "it is not at its end";
  }
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_LT(LastLine().Find("bytes")->whole(), 200'000);
}

TEST_F(ApiTest, ListNeedsNoMoreThanTheQueryLimitOfABody) {
  const Answer answer = Send({.method = "POST", .body = std::string((1 << 20) + 1, ' ')});
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.code(), "too_large");
  EXPECT_EQ(answer.detail("limit"), "1048576");
}

TEST_F(ApiTest, AggregateParametersAndBodyAskTheSame) {
  Fill(5);
  const Answer by_get =
      Get("/api/calls/aggregate?group_by=agent_id&metrics=count,avg:call_duration");
  EXPECT_EQ(by_get.status, 200);
  EXPECT_EQ(by_get.At("data.groups.0"), JsonValue::Parse(R"({"keys":{"agent_id":"agent-0"},
                                 "values":{"count":3,"avg:call_duration":2000}})"));
  EXPECT_EQ(by_get.At("data.total_count").whole(), 5);
  const Answer by_post =
      Send({.target = "/api/calls/aggregate",
            .method = "POST",
            .body = R"({"group_by":["agent_id"],"metrics":["count","avg:call_duration"]})"});
  EXPECT_EQ(by_post.body, by_get.body);
  EXPECT_EQ(Get("/api/calls/aggregate?metrics=mode:call_duration").status, 400);
  EXPECT_EQ(Get("/api/calls/aggregate?page=1").status, 400) << "aggregates have no pages";
}

TEST_F(ApiTest, GetFindsByIdThenByCallId) {
  Fill(3);
  ASSERT_TRUE(store_->PutJson(kOrg, R"({"id":"call-1","call_id":"elsewhere"})"));
  EXPECT_EQ(Get("/api/calls/c2").Text("data.call_id"), "call-2");
  EXPECT_EQ(Get("/api/calls/call-2").Text("data.id"), "c2");
  EXPECT_EQ(Get("/api/calls/call-1").Text("data.call_id"), "elsewhere") << "an id comes first";
  const Answer none = Get("/api/calls/c9");
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.code(), "not_found");
  EXPECT_EQ(Get("/api/calls/" + std::string(513, 'x')).status, 400) << "no id is that long";
}

TEST_F(ApiTest, GetIdMayHoldSlashesAndReservedWords) {
  for (const char* const id : {"a/b/c", "import/", "aggregate/x", "?", "imports", "a//b", "%41"}) {
    ASSERT_TRUE(store_->PutJson(kOrg, R"({"id":")" + std::string(id) + "\"}"));
    // The path is resolved already; a listener never leaves a parameter in it.
    Response response;
    PiecedBody body{Sent{}};
    api_->Handle(
        {.method = "GET", .path = "/api/calls/" + std::string(id), .key = "ck_a", .secret = "cs_a"},
        &body, &response);
    EXPECT_EQ(response.status, 200) << id;
    EXPECT_THAT(response.body, HasSubstr("\"id\":\"" + std::string(id) + "\""));
  }
}

TEST_F(ApiTest, GetViewIsFullOrSummary) {
  ASSERT_TRUE(store_->PutJson(kOrg, R"({"id":"c","transcript":"hello"})"));
  EXPECT_EQ(Get("/api/calls/c").Text("data.transcript"), "hello");
  EXPECT_EQ(Get("/api/calls/c?view=full").Text("data.transcript"), "hello");
  EXPECT_EQ(Get("/api/calls/c?view=summary").json().Find("data")->Find("transcript"), nullptr);
  const Answer wrong = Get("/api/calls/c?view=tiny");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.detail("valid"), "full, summary");
  EXPECT_EQ(Get("/api/calls/c?view=full&view=full").status, 400);
  EXPECT_EQ(Get("/api/calls/c?limit=2").detail("valid"), "view");
}

TEST_F(ApiTest, NoValidPairIsOneAndTheSame401) {
  Fill(1);
  const Sent pairs[] = {{.key = ""},
                        {.key = "ck_a", .secret = "cs_b"},
                        {.key = "ck_a", .secret = ""},
                        {.key = "ck_zzz", .secret = "cs_a"},
                        {.key = "", .secret = "cs_a"}};
  const std::string body = Send(pairs[0]).body;
  for (Sent sent : pairs) {
    for (const char* const target : {"/api/calls", "/api/calls/c0", "/api/calls/none",
                                     "/api/calls?limit=0", "/api/calls/aggregate"}) {
      sent.target = target;
      const Answer answer = Send(sent);
      EXPECT_EQ(answer.status, 401) << target;
      EXPECT_EQ(answer.body, body) << target;
      EXPECT_EQ(answer.Header("WWW-Authenticate"), "ApiKey realm=\"callstore\"");
    }
  }
  EXPECT_EQ(JsonValue::Parse(body).Find("error_info")->Find("code")->text(), "unauthorized");
  Send({.target = "/api/calls/import", .method = "POST", .body = "{}", .key = ""});
  EXPECT_FALSE(body_was_read_) << "a stranger's body is not even read";
}

TEST_F(ApiTest, ReadOnlyPairReadsAndNeverWrites) {
  Fill(2);
  for (const Sent& sent :
       {Sent{.target = "/api/calls/c0", .method = "PUT", .body = "{}"},
        Sent{.target = "/api/calls/new", .method = "PUT", .body = "{}"},
        Sent{.target = "/api/calls/c0", .method = "PATCH", .body = R"({"agent_id":"x"})"},
        Sent{.target = "/api/calls/c0", .method = "DELETE"},
        Sent{.target = "/api/calls/import", .method = "POST", .body = R"({"id":"n"})"}}) {
    Sent as_reader = sent;
    as_reader.key = "ck_r";
    const Answer answer = Send(as_reader);
    EXPECT_EQ(answer.status, 403) << sent.method << sent.target;
    EXPECT_EQ(answer.code(), "forbidden");
    EXPECT_FALSE(body_was_read_);
  }
  EXPECT_EQ(Get("/api/calls", "ck_r").body, Get("/api/calls").body);
  EXPECT_EQ(Ids(Get("/api/calls", "ck_r")).size(), 2U) << "nothing was written";
  EXPECT_EQ(Get("/api/calls/c0", "ck_r").Text("data.agent_id"), "agent-0");
  EXPECT_EQ(Send({.method = "POST", .body = "{}", .key = "ck_r"}).status, 200);
  EXPECT_EQ(Send({.target = "/api/calls/aggregate", .method = "POST", .body = "{}", .key = "ck_r"})
                .status,
            200);
}

TEST_F(ApiTest, PathWithoutRouteIs404) {
  for (const char* const path :
       {"/", "", "/api", "/api/", "/api/call", "/api/calls/", "/api/callsx", "/API/calls",
        "/healthz/", "/metrics2", "api/calls"}) {
    const Answer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.code(), "not_found") << path;
  }
}

TEST_F(ApiTest, MethodUnknownToRouteIs405WithAllow) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"PUT", "/api/calls"},        {"DELETE", "/api/calls"},  {"PATCH", "/api/calls/aggregate"},
      {"GET", "/api/calls/import"}, {"POST", "/api/calls/c0"}, {"POST", "/healthz"},
      {"DELETE", "/metrics"},       {"TRACE", "/api/calls"},   {"get", "/api/calls"},
      {"", "/api/calls"},           {"OTHER", "/api/calls"}};
  for (const auto& [method, target] : cases) {
    const Answer answer = Send({.target = target, .method = method});
    EXPECT_EQ(answer.status, 405) << method << target;
    EXPECT_FALSE(answer.Header("Allow").empty()) << method << target;
    EXPECT_EQ(answer.code(), "invalid_argument");
  }
  EXPECT_EQ(Send({.method = "PUT"}).Header("Allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(ApiTest, OptionsSaysWhatMayBeDone) {
  const Answer answer = Send({.target = "/api/calls/c0", .method = "OPTIONS", .key = ""});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  EXPECT_EQ(Send({.target = "/none", .method = "OPTIONS"}).status, 404);
}

TEST_F(ApiTest, HeadIsAGetWhoseBodyTheListenerLeavesOut) {
  Fill(1);
  const Answer answer = Send({.target = "/api/calls/c0", .method = "HEAD"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Get("/api/calls/c0").body);
  EXPECT_EQ(JsonValue::Parse(lines_.front()).Find("bytes")->whole(), 0);
  EXPECT_EQ(Send({.target = "/api/calls/c9", .method = "HEAD"}).status, 404);
  EXPECT_EQ(Send({.method = "HEAD", .key = ""}).status, 401);
}

TEST_F(ApiTest, EveryAnswerHasTheHeadersOfAnApi) {
  for (const char* const target : {"/api/calls", "/none", "/healthz", "/api/calls/c9"}) {
    const Answer answer = Get(target);
    EXPECT_EQ(answer.Header("Cache-Control"), "no-store") << target;
    EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.Header("X-Request-Id").size(), 16U) << target;
  }
}

TEST_F(ApiTest, RequestIdIsTheClientsWhereItIsPlain) {
  EXPECT_EQ(Send({.request_id = "abc_DEF-12"}).Header("X-Request-Id"), "abc_DEF-12");
  EXPECT_EQ(LastLine().Find("request_id")->text(), "abc_DEF-12");
  const std::string longest(64, 'a');
  EXPECT_EQ(Send({.request_id = longest}).Header("X-Request-Id"), longest);
  for (const std::string& sent : {std::string(65, 'a'), std::string("a b"), std::string("a\nb"),
                                  std::string("\"x\""), std::string("a,b")}) {
    EXPECT_EQ(Send({.request_id = sent}).Header("X-Request-Id").size(), 16U) << sent;
  }
  EXPECT_NE(Get("/healthz").Header("X-Request-Id"), Get("/healthz").Header("X-Request-Id"));
}

TEST_F(ApiTest, BodyOfAnotherTypeIs415) {
  Fill(1);
  const auto status = [&](const char* method, const char* target, const char* type) {
    return Send({.target = target, .method = method, .body = "{}", .content_type = type}).status;
  };
  for (const char* const type : {"", "application/json", "application/merge-patch+json"}) {
    EXPECT_EQ(status("PATCH", "/api/calls/c0", type), 200) << type;
    EXPECT_EQ(status("PUT", "/api/calls/c0", type), 200) << type;
    EXPECT_EQ(status("POST", "/api/calls", type), 200) << type;
    EXPECT_EQ(status("POST", "/api/calls/aggregate", type), 200) << type;
  }
  for (const char* const type :
       {"text/plain", "application/x-www-form-urlencoded", "text/json", "+json", "json"}) {
    EXPECT_EQ(status("PATCH", "/api/calls/c0", type), 415) << type;
    EXPECT_EQ(status("PUT", "/api/calls/c0", type), 415) << type;
    EXPECT_EQ(status("POST", "/api/calls", type), 415) << type;
    EXPECT_EQ(status("POST", "/api/calls/aggregate", type), 415) << type;
  }
  for (const char* const type : {"", "application/x-ndjson", "application/jsonl", "text/plain"}) {
    EXPECT_EQ(status("POST", "/api/calls/import", type), 200) << type;
  }
  EXPECT_EQ(status("POST", "/api/calls/import", "application/json"), 415);
}

TEST_F(ApiTest, ParameterOfARouteThatTakesNoneIs400) {
  Fill(1);
  for (const Sent& sent :
       {Sent{.target = "/api/calls/c0?x=1", .method = "PUT", .body = "{}"},
        Sent{.target = "/api/calls/c0?x=1", .method = "PATCH", .body = "{}"},
        Sent{.target = "/api/calls/c0?x=1", .method = "DELETE"},
        Sent{.target = "/api/calls/aggregate?limit=1", .method = "POST", .body = "{}"},
        Sent{.target = "/api/calls/import?x=1", .method = "POST"}, Sent{.target = "/healthz?x=1"},
        Sent{.target = "/metrics?x=1"}, Sent{.target = "/openapi.json?x=1"}}) {
    EXPECT_EQ(Send(sent).status, 400) << sent.method << sent.target;
  }
  EXPECT_EQ(Get("/api/calls/c0").status, 200) << "it was not deleted";
}

TEST_F(ApiTest, ServerThatStopsBreaksQueriesOff) {
  Fill(3);
  std::stop_source stop;
  Serve({}, stop.get_token());
  EXPECT_EQ(Get("/api/calls/aggregate?metrics=count&agent_id=agent-0").status, 200);
  stop.request_stop();
  const Answer answer = Get("/api/calls/aggregate?metrics=count&agent_id=agent-0");
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(answer.code(), "deadline");
}

TEST_F(ApiTest, QueryGetsNoMoreTimeThanTheServerAllows) {
  ServerOptions options = {.deadline = std::chrono::milliseconds(500)};
  Request request;
  PiecedBody body{Sent{}};
  Access access;
  const Exchange exchange = {.store = *store_,
                             .options = options,
                             .stop = {},
                             .request = request,
                             .body = body,
                             .access = access};
  for (const auto& [asked, got] :
       {std::pair<int, int>{0, 500}, {499, 499}, {500, 500}, {501, 500}}) {
    WorkLimits work = {.deadline_ms = asked};
    BoundWork(exchange, &work);
    EXPECT_EQ(work.deadline_ms, got) << asked;
  }
}

}  // namespace
}  // namespace callstore::http
