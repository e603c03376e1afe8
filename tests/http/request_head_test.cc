// Goal:   a head is understood in one way or refused.
// Method: tables of heads; the whole of them is cut at every byte for the scanner.
#include "http/request_head.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace callstore::http {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

// A head of these header lines.
std::string Get(std::string_view lines) {
  return "GET /a HTTP/1.1\r\nHost: x\r\n" + std::string(lines) + "\r\n";
}

int StatusOfHead(std::string_view text) {
  const Outcome<RequestHead> head = ParseHead(text);
  return head ? 200 : head.error().status;
}

TEST(RequestHead, OrdinaryHeadParsed) {
  const std::string text =
      "POST /api/calls?a=b HTTP/1.1\r\nhost: localhost:8080\r\nX-API-KEY:ck_1\r\n"
      "x-api-secret: \t a%41+b \r\nContent-Type: Application/JSON; charset=utf-8\r\n"
      "Content-Length: 18446744073709551615\r\nExpect: 100-Continue\r\nX-Request-Id: r-1\r\n"
      "Accept-Encoding: gzip, br\r\nRange: bytes=0-1\r\nX-Empty:\r\n\r\n";
  const RequestHead head = ParseHead(text).value();
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/api/calls?a=b");
  EXPECT_EQ(head.key, "ck_1");
  EXPECT_EQ(head.secret, "a%41+b");  // a header is no parameter: nothing in it is an escape
  EXPECT_EQ(head.content_type, "Application/JSON; charset=utf-8");
  EXPECT_EQ(head.content_length, 18446744073709551615U);
  EXPECT_EQ(head.request_id, "r-1");
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.http10);
  EXPECT_FALSE(head.chunked);
}

TEST(RequestHead, ConnectionHeaderDecidesWithVersion) {
  const auto keeps = [](std::string_view version, std::string_view lines) {
    const std::string text =
        "GET / " + std::string(version) + "\r\nHost: x\r\n" + std::string(lines) + "\r\n";
    return ParseHead(text).value().keep_alive;
  };
  EXPECT_TRUE(keeps("HTTP/1.1", ""));
  EXPECT_TRUE(keeps("HTTP/1.9", ""));
  EXPECT_FALSE(keeps("HTTP/1.0", ""));
  EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: x , CLOSE\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n"));
}

TEST(RequestHead, ExpectationWithoutBodyOrInHttp10Ignored) {
  EXPECT_FALSE(ParseHead(Get("Expect: 100-continue\r\n")).value().expects_continue);
  EXPECT_FALSE(ParseHead("PUT / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                   .value()
                   .expects_continue);
}

TEST(RequestHead, AmbiguousHeadIs400) {
  for (const std::string& text : {
           Get("Content-Length: 1\r\nContent-Length: 1\r\n"),
           Get("Content-Length: 1\r\nContent-Length: 2\r\n"),
           Get("Content-Length: 1, 1\r\n"),
           Get("Content-Length: -1\r\n"),
           Get("Content-Length: +1\r\n"),
           Get("Content-Length: 0x1\r\n"),
           Get("Content-Length: 1 2\r\n"),
           Get("Content-Length:\r\n"),
           Get("Content-Length: 18446744073709551616\r\n"),
           Get("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
           Get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
           Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
           "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"s,
           Get("Host: y\r\n"),
           "GET / HTTP/1.1\r\n\r\n"s,  // no Host
           Get("X-API-KEY: a\r\nX-Api-Key: b\r\n"),
           Get("X-API-SECRET: a\r\nX-API-SECRET: a\r\n"),
           Get("Content-Length : 1\r\n"),
           Get(" Content-Length: 1\r\n"),
           Get("X: a\r\n b\r\n"),  // a folded line
           Get("X\r\n"),
           Get(": a\r\n"),
           Get("X: a\0b\r\n"s),
           Get("X\0: a\r\n"s),
           Get("X: a\rb\r\n"),
           Get("X: a\r\r\n"),
           Get("X: a\x7F\r\n"),
           "GET /\r\nHost: x\r\n\r\n"s,
           "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"s,
           "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"s,
           "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"s,
           "GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n"s,
           "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"s,
           "GET / http/1.1\r\nHost: x\r\n\r\n"s,
           "GET / HTTP/1.10\r\nHost: x\r\n\r\n"s,
           "GET / HTTP/11\r\nHost: x\r\n\r\n"s,
           "G(T / HTTP/1.1\r\nHost: x\r\n\r\n"s,
           " GET / HTTP/1.1\r\nHost: x\r\n\r\n"s,
           std::string(33, 'G') + " / HTTP/1.1\r\nHost: x\r\n\r\n",
       }) {
    EXPECT_EQ(StatusOfHead(text), 400) << text;
  }
}

TEST(RequestHead, UnservedHeadHasItsStatus) {
  EXPECT_EQ(StatusOfHead("GET /" + std::string(8191, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
  EXPECT_EQ(StatusOfHead("GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 414);
  EXPECT_EQ(StatusOfHead("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(StatusOfHead(Get("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(StatusOfHead(Get("Expect: 200-ok\r\n")), 417);
  EXPECT_EQ(StatusOfHead(Get("Content-Encoding: br\r\n")), 415);
  EXPECT_EQ(StatusOfHead(Get("Content-Encoding: Identity\r\n")), 200);
  EXPECT_EQ(StatusOfHead(Get("Content-Type: Multipart/form-data; boundary=x\r\n")), 415);
}

// The error repeats a part of the value: it must be text whatever was sent.
TEST(RequestHead, RefusedValueIsShownShort) {
  const std::string value = "gzip" + std::string(5000, 'x');
  const Outcome<RequestHead> head = ParseHead(Get("Transfer-Encoding: " + value + "\r\n"));
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().error.Detail("value"), value.substr(0, 100));
  EXPECT_EQ(head.error().error.Detail("valid"), "chunked");
  const Outcome<RequestHead> bytes = ParseHead(Get("Transfer-Encoding: \xFF\xC3\r\n"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().error.Detail("value"), "");
}

TEST(HeadScanner, HeadFoundHoweverItComes) {
  const std::string text = Get("X: y\r\n");
  for (std::size_t step = 1; step <= text.size(); ++step) {
    HeadScanner scanner;
    for (std::size_t size = step; size < text.size(); size += step) {
      ASSERT_EQ(scanner.Scan(std::string_view(text).substr(0, size)), HeadScanner::Found::kMore);
    }
    EXPECT_EQ(scanner.Scan(text + "rest"), HeadScanner::Found::kHead) << step;
    EXPECT_EQ(scanner.head_bytes(), text.size());
  }
}

TEST(HeadScanner, BareLineFeedIsMalformedAtOnce) {
  for (const std::string_view text :
       {"GET / HTTP/1.1\n", "\n", "GET / HTTP/1.1\r\nA: b\n", "GET / HTTP/1.1\r\n\n"}) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.Scan(text), HeadScanner::Found::kMalformed) << text;
  }
}

}  // namespace
}  // namespace callstore::http
