// The routes for those who run the endpoint, the access line, and errors as clients see them.
#include <regex>
#include <set>
#include <thread>

#include "api_fixture.h"
#include "http/access_log.h"
#include "http/answers.h"
#include "http/json_text.h"
#include "http/metrics.h"

namespace callstore::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class ServiceTest : public ApiTest {
 protected:
  // The value of a sample; -1 where there is none.
  static double Sample(const std::string& metrics, const std::string& name) {
    const std::size_t at = ("\n" + metrics).find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(metrics.substr(at + name.size() + 1));
  }
};

TEST_F(ServiceTest, RoutesAreOpen) {
  for (const char* const target : {"/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    EXPECT_EQ(Get(target, "").status, 200) << target;
  }
  EXPECT_EQ(Get("/healthz").body, R"({"status":"ok"})");
  EXPECT_EQ(Get("/readyz").body, R"({"status":"ready","mode":"writer","lag_ms":0})");
}

TEST_F(ServiceTest, ReadyzSaysNoOnceTheServerStops) {
  api_->Drain();
  const Answer answer = Get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Text("status"), "not_ready");
  EXPECT_EQ(Get("/healthz").status, 200);
}

TEST_F(ServiceTest, ReadyzOfAFollowerWatchesItsLag) {
  Fill(1);
  std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  std::int64_t behind_ms = 0;
  Open({.mode = OpenMode::kFollow, .now_ms = [&] { return now_ms - behind_ms; }});
  Serve({.max_lag = std::chrono::minutes(10)});
  Answer answer = Get("/readyz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Text("mode"), "follower");
  EXPECT_GE(answer.At("lag_ms").whole(), 0);
  behind_ms = 3'600'000;
  ASSERT_TRUE(store_->CatchUp());
  answer = Get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_GE(answer.At("lag_ms").whole(), 3'600'000);
}

TEST_F(ServiceTest, MetricsCountWhatWasAnswered) {
  Fill(2);
  Get("/api/calls");
  Get("/api/calls");
  Get("/api/calls/c0");
  Get("/api/calls/c9");
  Get("/api/calls", "");
  Get("/nowhere");
  Send({.target = "/api/calls/c1", .method = "PUT", .body = R"({"a":1})"});
  Send({.method = "BREW"});
  const Answer answer = Get("/metrics");
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  const auto requests = [&](const std::string& labels) {
    return Sample(answer.body, "callstore_http_requests_total{" + labels + "}");
  };
  EXPECT_EQ(requests(R"(route="/api/calls",method="GET",status="2xx")"), 2);
  EXPECT_EQ(requests(R"(route="/api/calls",method="GET",status="4xx")"), 1);
  EXPECT_EQ(requests(R"(route="/api/calls",method="OTHER",status="4xx")"), 1);
  EXPECT_EQ(requests(R"(route="/api/calls/{id}",method="GET",status="2xx")"), 1);
  EXPECT_EQ(requests(R"(route="/api/calls/{id}",method="GET",status="4xx")"), 1);
  EXPECT_EQ(requests(R"(route="/api/calls/{id}",method="PUT",status="2xx")"), 1);
  EXPECT_EQ(requests(R"re(route="(none)",method="GET",status="4xx")re"), 1);
  const std::string duration = "callstore_http_request_duration_seconds";
  EXPECT_EQ(Sample(answer.body, duration + R"(_bucket{route="/api/calls",le="+Inf"})"), 4);
  EXPECT_EQ(Sample(answer.body, duration + R"(_count{route="/api/calls"})"), 4);
  EXPECT_GT(Sample(answer.body, duration + R"(_sum{route="/api/calls"})"), 0);
  EXPECT_EQ(Sample(answer.body, R"(callstore_http_received_bytes_total{route="/api/calls/{id}"})"),
            7);
  EXPECT_GT(Sample(answer.body, R"(callstore_http_sent_bytes_total{route="/api/calls"})"), 100);
  EXPECT_EQ(Sample(answer.body, "callstore_http_requests_in_progress"), 1) << "this one";
  EXPECT_EQ(Sample(answer.body, "callstore_http_connections_total"), 7);
  EXPECT_EQ(Sample(answer.body, "callstore_calls"), 2);
  EXPECT_EQ(Sample(answer.body, "callstore_lists_total"), 2);
  EXPECT_GE(Sample(answer.body, "callstore_puts_new_total"), 2);
  EXPECT_GE(Sample(answer.body, "callstore_rocksdb_memtable_bytes"), 0);
}

// Every line is a comment or a sample; a name has one TYPE before its samples, which stand
// together.
TEST_F(ServiceTest, MetricsAreInTheTextFormat) {
  Open({.statistics = true});
  Get("/api/calls");
  Get("/api/calls/x");
  static const std::regex kComment(
      "# (HELP [a-z_:0-9]+ .+|TYPE [a-z_:0-9]+ (counter|gauge|histogram))");
  static const std::regex kSample(
      R"re(([a-z_:0-9]+)(\{([a-z_]+="[^"\\]*",?)*\})? -?[0-9.]+(e[+-]?[0-9]+)?)re");
  std::istringstream lines(Get("/metrics").body);
  std::set<std::string> types;
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      EXPECT_TRUE(std::regex_match(line, kComment)) << line;
      if (!line.starts_with("# TYPE ")) continue;
      current = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(types.insert(current).second) << line;
    } else {
      std::smatch parts;
      ASSERT_TRUE(std::regex_match(line, parts, kSample)) << line;
      const std::string name = parts[1];
      EXPECT_TRUE(name == current || name == current + "_bucket" || name == current + "_sum" ||
                  name == current + "_count")
          << line;
    }
  }
  EXPECT_GT(types.size(), 15U);
  EXPECT_EQ(types.count("callstore_rocksdb_block_cache_hit_total"), 1U);
}

TEST_F(ServiceTest, HistogramBucketsAreCumulativeAtTheirBounds) {
  Metrics metrics;
  for (const std::int64_t micros : {0, 100, 101, 30'000'000, 30'000'001}) {
    metrics.Begin();
    metrics.End({.route = Route::kCalls, .micros = micros});
  }
  std::string text;
  metrics.AppendEndpoint({}, &text);
  const auto bucket = [&](const std::string& bound) {
    return Sample(
        text, R"(callstore_http_request_duration_seconds_bucket{route="/api/calls",le=")" + bound +
                  "\"}");
  };
  EXPECT_EQ(bucket("0.0001"), 2);
  EXPECT_EQ(bucket("0.00025"), 3);
  EXPECT_EQ(bucket("10"), 3);
  EXPECT_EQ(bucket("30"), 4);
  EXPECT_EQ(bucket("+Inf"), 5);
  EXPECT_THAT(text, HasSubstr("_sum{route=\"/api/calls\"} 60.000202\n"));
  EXPECT_EQ(Sample(text, "callstore_http_requests_in_progress"), 0);
}

TEST_F(ServiceTest, AccessLineSaysRouteKeyAndOutcome) {
  Fill(1);
  const Answer answer = Send({.target = "/api/calls/c0?view=summary", .request_id = "r-1"});
  const JsonValue line = LastLine();
  std::vector<std::string> names;
  for (const auto& [name, value] : line.members()) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("time", "method", "path", "status", "bytes", "ms", "key",
                                          "remote", "request_id"));
  EXPECT_TRUE(std::regex_match(line.Find("time")->text(),
                               std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
  EXPECT_EQ(line.Find("method")->text(), "GET");
  EXPECT_EQ(line.Find("path")->text(), "/api/calls/{id}");
  EXPECT_EQ(line.Find("status")->whole(), 200);
  EXPECT_EQ(line.Find("bytes")->whole(), static_cast<std::int64_t>(answer.body.size()));
  EXPECT_EQ(line.Find("key")->text(), "ck_a");
  EXPECT_EQ(line.Find("remote")->text(), "192.0.2.1");
  EXPECT_EQ(line.Find("request_id")->text(), "r-1");
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(ServiceTest, AccessLineShowsNothingAStrangerSent) {
  Send({.target = "/private/token", .method = "EVIL\n{}", .key = "ck_stranger"});
  EXPECT_TRUE(LastLine().Find("key")->is_null());
  EXPECT_EQ(LastLine().Find("path")->text(), "(none)");
  EXPECT_EQ(LastLine().Find("method")->text(), "OTHER");
  Send({.key = "ck_a", .secret = "cs_wrong"});
  EXPECT_TRUE(LastLine().Find("key")->is_null()) << "the pair was not valid";
  Get("/api/calls?from_number=5550100");
  for (const std::string& line : lines_) {
    for (const char* const word : {"stranger", "token", "EVIL", "cs_", "5550100", "from_number"}) {
      EXPECT_THAT(line, Not(HasSubstr(word)));
    }
  }
}

TEST_F(ServiceTest, AccessLineHoldsAnyBytesAsJson) {
  const std::string line = FormatAccessLine({.time_ms = 1'703'097'600'005,
                                             .method = "GET",
                                             .path = "/x",
                                             .status = 200,
                                             .micros = 12'034,
                                             .remote = "a\"\\\n\x01\x7F\xFF",
                                             .error = "caf\xC3\xA9"});
  EXPECT_EQ(line, R"({"time":"2023-12-20T18:40:00.005Z","method":"GET","path":"/x","status":200,)"
                  R"("bytes":0,"ms":12.034,"key":null,)"
                  R"("remote":"a\"\\\u000a\u0001\u007f\u00ff","request_id":"","error":"caf)"
                  "\xC3\xA9\"}");
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST_F(ServiceTest, LogThatThrowsLosesItsLineAlone) {
  ServerOptions options;
  api_ = std::make_unique<Api>(Api::Parts{
      .store = store_.get(),
      .find_access = [](std::string_view key,
                        std::string_view secret) { return Find(key, secret); },
      .options = {.access_log = [](std::string_view) { throw std::runtime_error("full"); }}});
  EXPECT_EQ(Get("/api/calls").status, 200);
}

TEST_F(ServiceTest, HandlerThatThrowsIsA500WithoutItsReason) {
  api_ = std::make_unique<Api>(Api::Parts{
      .store = store_.get(),
      .find_access = [](std::string_view, std::string_view) -> std::optional<Access> {
        throw std::runtime_error("/var/lib/private");
      },
      .options = {.access_log = [this](std::string_view line) { lines_.emplace_back(line); }}});
  const Answer answer = Get("/api/calls");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.code(), "internal");
  EXPECT_THAT(answer.body, Not(HasSubstr("private")));
  EXPECT_THAT(LastLine().Find("error")->text(), HasSubstr("/var/lib/private"))
      << "the operator sees it";
}

TEST_F(ServiceTest, ManyThreadsAreAnsweredAndCounted) {
  Fill(3);
  Serve({});
  std::mutex mutex;
  api_ = std::make_unique<Api>(
      Api::Parts{.store = store_.get(),
                 .find_access = [](std::string_view key,
                                   std::string_view secret) { return Find(key, secret); },
                 .options = {.access_log = [&](std::string_view line) {
                   const std::lock_guard lock(mutex);
                   lines_.emplace_back(line);
                 }}});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const Sent sent;
      for (int i = 0; i < 50; ++i) {
        for (const char* const path : {"/api/calls", "/metrics", "/readyz"}) {
          PiecedBody body(sent);
          Response response;
          api_->Handle({.method = "GET", .path = path, .key = "ck_a", .secret = "cs_a"}, &body,
                       &response);
          EXPECT_EQ(response.status, 200);
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(lines_.size(), 600U);
  EXPECT_EQ(
      Sample(Get("/metrics").body,
             R"(callstore_http_requests_total{route="/api/calls",method="GET",status="2xx"})"),
      200);
}

TEST(Answers, EveryCodeHasItsStatus) {
  const std::vector<std::pair<ErrorCode, int>> statuses = {{ErrorCode::kInvalidArgument, 400},
                                                           {ErrorCode::kInvalidCursor, 400},
                                                           {ErrorCode::kUnauthorized, 401},
                                                           {ErrorCode::kForbidden, 403},
                                                           {ErrorCode::kNotFound, 404},
                                                           {ErrorCode::kConflict, 409},
                                                           {ErrorCode::kTooLarge, 413},
                                                           {ErrorCode::kCorrupt, 500},
                                                           {ErrorCode::kUnsupportedFormat, 500},
                                                           {ErrorCode::kIoError, 500},
                                                           {ErrorCode::kInternal, 500},
                                                           {ErrorCode::kBusy, 503},
                                                           {ErrorCode::kLocked, 503},
                                                           {ErrorCode::kReadOnly, 503},
                                                           {ErrorCode::kDeadline, 504},
                                                           {ErrorCode::kFull, 507}};
  EXPECT_EQ(statuses.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
  for (const auto& [code, status] : statuses) {
    Response response;
    AnswerRefusal(Error{code, "m", {{"path", "/var/lib/calls"}}}, &response);
    EXPECT_EQ(response.status, status) << ErrorCodeName(code);
    const JsonValue body = JsonValue::Parse(response.body);
    EXPECT_EQ(body.Find("error_info")->Find("code")->text(), ErrorCodeName(code));
    const bool hidden = status >= 500 && code != ErrorCode::kDeadline;
    EXPECT_EQ(response.body.find("/var/lib") == std::string::npos, hidden) << ErrorCodeName(code);
    EXPECT_EQ(response.headers.empty(), code != ErrorCode::kBusy && status != 401);
  }
}

}  // namespace
}  // namespace callstore::http
