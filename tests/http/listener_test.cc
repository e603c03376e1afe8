// Goal:   requests reach the handler as they were meant, answers go out whole, and what is no
//         request is answered with the envelope and ends the connection.
// Method: a client that sends raw bytes, and one that is not ours (cpp-httplib).
#include "http/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "http/listener_fixture.h"

namespace callstore::http {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(ListenerTest, RequestReachesHandlerAsMeant) {
  Request seen;
  Start([&](const Request& request, Body*, Response*) { seen = request; });
  const RawResponse response =
      Ask("PUT /api/calls/a%2Fb+c?z=1&a=x+y&z=%26 HTTP/1.1\r\nhost: x\r\nx-api-key: ck_1\r\n"
          "X-Api-Secret: cs%41+\r\ncontent-type: Application/JSON ; charset=utf-8\r\n"
          "X-Request-Id: r1\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.path, "/api/calls/a/b+c");
  EXPECT_EQ(seen.parameters, (NamesAndValues{{"z", "1"}, {"a", "x y"}, {"z", "&"}}));
  EXPECT_EQ(seen.key, "ck_1");
  EXPECT_EQ(seen.secret, "cs%41+");
  EXPECT_EQ(seen.content_type, "application/json");
  EXPECT_EQ(seen.request_id, "r1");
  EXPECT_EQ(seen.remote, "127.0.0.1");
}

TEST_F(ListenerTest, NothingOfARequestStaysForTheNext) {
  Start([](const Request& request, Body*, Response* response) {
    response->body = request.key + request.secret + request.content_type + request.request_id +
                     std::to_string(request.parameters.size());
  });
  RawClient client = Connect();
  client.Ask(
      "GET /?a=b HTTP/1.1\r\nHost: x\r\nX-API-KEY: k\r\nX-API-SECRET: s\r\n"
      "Content-Type: a/b\r\nX-Request-Id: r\r\n\r\n");
  EXPECT_EQ(client.Ask(kGet).body, "0");
}

TEST_F(ListenerTest, AnswerHasHeadAndBody) {
  Start([](const Request&, Body*, Response* response) {
    response->status = 404;
    response->content_type = "text/x";
    response->headers = {{"X-Good", "1"}, {"X-Bad", "a\r\nX-Planted: 1"}, {"X\nBad", "2"}};
    response->body = "none";
  });
  const RawResponse response = Ask(kGet);
  EXPECT_THAT(response.head, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_EQ(response.Header("Content-Type"), "text/x");
  EXPECT_EQ(response.Header("Content-Length"), "4");
  EXPECT_EQ(response.Header("X-Good"), "1");
  EXPECT_THAT(response.Header("Date"),
              MatchesRegex("[A-Z][a-z][a-z], [0-9]+ [A-Z][a-z][a-z] 20[0-9]+ [0-9:]+ GMT"));
  EXPECT_THAT(response.head, Not(HasSubstr("Planted")));
  EXPECT_THAT(response.head, Not(HasSubstr("Bad")));
  EXPECT_EQ(response.body, "none");
}

TEST_F(ListenerTest, AnswerIsNeverCompressedNorCut) {
  Start([](const Request&, Body*, Response* response) { response->body.assign(100'000, 'a'); });
  const RawResponse response =
      Ask("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nRange: bytes=0-9\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("Content-Encoding"), "");
  EXPECT_EQ(response.body, std::string(100'000, 'a'));
}

TEST_F(ListenerTest, ConnectionServesManyRequests) {
  Start();
  RawClient client = Connect();
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.Ask(kGet).body, "GET /a");
  EXPECT_EQ(listener_->counts().connections, 1U);
  EXPECT_EQ(listener_->counts().open_connections, 1U);
}

TEST_F(ListenerTest, PipelinedRequestsAnsweredInOrder) {
  Start();
  RawClient client = Connect();
  client.Send(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\r\n"  // and an empty line
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n0\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\n");
  EXPECT_EQ(client.Read().body, "POST /1 [abc]");
  EXPECT_EQ(client.Read().body, "POST /2 [d]");
  EXPECT_EQ(client.Read().body, "GET /3");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, HeadComesByteByByte) {
  Start();
  RawClient client = Connect();
  for (const char c : kGet) client.Send({&c, 1});
  EXPECT_EQ(client.Read().body, "GET /a");
}

TEST_F(ListenerTest, ClientDecidesOnKeepingTheConnection) {
  Start();
  RawClient closing = Connect();
  const RawResponse closed = closing.Ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(closed.Header("Connection"), "close");
  EXPECT_TRUE(closing.IsClosed());

  RawClient old = Connect();
  EXPECT_EQ(old.Ask("GET / HTTP/1.0\r\n\r\n").Header("Connection"), "close");
  EXPECT_TRUE(old.IsClosed());

  RawClient kept = Connect();
  const RawResponse answer = kept.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  EXPECT_EQ(kept.Ask(kGet).status, 200);
}

TEST_F(ListenerTest, ClientThatEndsItsSideIsAnswered) {
  Start();
  RawClient client = Connect();
  client.Send(kGet);
  client.EndSending();
  EXPECT_EQ(client.Read().body, "GET /a");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, AnyMethodReachesHandler) {
  Start();
  for (const std::string method :
       {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X"}) {
    EXPECT_EQ(Ask(method + " /a HTTP/1.1\r\nHost: x\r\n\r\n").body, method + " /a");
  }
  EXPECT_EQ(Ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").body, "OPTIONS *");
}

TEST_F(ListenerTest, HeadIsAnsweredWithoutBody) {
  Start([](const Request& request, Body*, Response* response) {
    response->body = "12345";
    if (request.path == "/stream") response->more = [](std::string*) { return false; };
  });
  RawClient client = Connect();
  client.Send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read(true).Header("Content-Length"), "5");
  EXPECT_EQ(client.Read(true).Header("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(client.IsOpen());
}

TEST_F(ListenerTest, StatusWithoutBodyHasNone) {
  Start([](const Request&, Body*, Response* response) {
    response->status = 204;
    response->body = "not to be sent";
  });
  RawClient client = Connect();
  const RawResponse response = client.Ask(kGet);
  EXPECT_EQ(response.Header("Content-Length"), "");
  EXPECT_EQ(response.Header("Content-Type"), "");
  EXPECT_TRUE(client.IsOpen());
}

TEST_F(ListenerTest, HandlerThatThrowsIs500AndServerGoesOn) {
  Start([](const Request& request, Body*, Response* response) {
    response->body = "half of an answer";
    response->headers = {{"X-Half", "1"}};
    if (request.path == "/std") throw std::runtime_error("secret cause");
    if (request.path == "/int") throw 1;
  });
  RawClient client = Connect();
  for (const std::string path : {"/std", "/int"}) {
    const RawResponse response = client.Ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(ErrorCodeOf(response), "internal");
    EXPECT_THAT(response.body, Not(HasSubstr("cause")));
    EXPECT_EQ(response.Header("X-Half"), "");
  }
  EXPECT_EQ(client.Ask(kGet).status, 200);
}

// Behind each of them a second request is smuggled, which nobody may see.
TEST_F(ListenerTest, MalformedRequestIsEnvelopeAndEnd) {
  Start();
  struct Case {
    std::string head;
    int status;
    std::string code = "invalid_argument";
  };
  const std::vector<Case> cases = {
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501},
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"s, 400},
      {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /%C3 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"PUT / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
      {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n\r\n", 415},
      {"PUT / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n", 415},
      {"GET /" + std::string(8200, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "too_large"},
      {"GET /" + std::string(70'000, '('), 414, "too_large"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n", 431,
       "too_large"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(70'000, 'a'), 431, "too_large"},
  };
  for (const Case& malformed : cases) {
    RawClient client = Connect();
    client.Send(malformed.head + std::string(kGet));
    const RawResponse response = client.Read();
    EXPECT_EQ(response.status, malformed.status) << malformed.head.substr(0, 100);
    EXPECT_EQ(ErrorCodeOf(response), malformed.code) << response.body;
    EXPECT_EQ(response.Header("Connection"), "close");
    EXPECT_TRUE(client.IsClosed());
  }
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(listener_->counts().requests_malformed, cases.size());
}

// It has no lines, so that one could wait for its first one until the time is over.
TEST_F(ListenerTest, GreetingOfTlsIs400AtOnce) {
  Start({.header_timeout = std::chrono::hours(1)});
  EXPECT_EQ(Ask("\x16\x03\x01\x02").status, 400);
}

TEST_F(ListenerTest, HeaderBytesAreLimitedByOption) {
  Start({.max_header_bytes = 300}, Echo);
  const auto ask = [&](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    return Ask(start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n").status;
  };
  EXPECT_EQ(ask(300), 200);
  EXPECT_EQ(ask(301), 431);
}

TEST_F(ListenerTest, AnotherClientUnderstandsUs) {
  Start([](const Request& request, Body* body, Response* response) {
    Echo(request, body, response);
    if (request.path != "/stream") return;
    response->more = [left = 3](std::string* piece) mutable {
      *piece += " piece";
      return --left > 0;
    };
  });
  httplib::Client client("127.0.0.1", listener_->port());
  client.set_keep_alive(true);
  EXPECT_EQ(client.Get("/a b?c=d e")->body, "GET /a b c=d e");
  EXPECT_EQ(client.Post("/p", "text", "text/plain")->body, "POST /p [text]");
  EXPECT_EQ(client.Delete("/d")->body, "DELETE /d");
  EXPECT_EQ(client.Head("/h")->status, 200);
  EXPECT_EQ(client.Get("/stream")->body, "GET /stream piece piece piece");
  const auto chunks = [](std::size_t offset, httplib::DataSink& sink) {
    if (offset >= 6) {
      sink.done();
    } else {
      sink.write("abc", 3);
    }
    return true;
  };
  EXPECT_EQ(client.Put("/c", chunks, "text/plain")->body, "PUT /c [abcabc]");
  EXPECT_EQ(listener_->counts().connections, 1U);
}

}  // namespace
}  // namespace callstore::http
