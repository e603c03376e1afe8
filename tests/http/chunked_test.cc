// Goal:   chunks come out whole however they come in, and nothing malformed passes.
// Method: each text is fed in pieces of every size.
#include "http/chunked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace callstore::http {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using Found = ChunkedDecoder::Found;

struct Decoded {
  Found end = Found::kMore;
  std::string body = {};
  std::string rest = {};  // behind the body
};

Decoded Decode(std::string_view text, std::size_t step) {
  ChunkedDecoder decoder;
  Decoded decoded;
  for (std::size_t at = 0; at < text.size(); at += step) {
    std::string_view input = text.substr(at, step);
    while (true) {
      std::string_view piece;
      decoded.end = decoder.Next(&input, &piece);
      if (decoded.end != Found::kData) break;
      EXPECT_FALSE(piece.empty());
      decoded.body += piece;
    }
    if (decoded.end == Found::kMore) continue;
    decoded.rest = std::string(input) + std::string(text.substr(std::min(at + step, text.size())));
    break;
  }
  return decoded;
}

void ExpectDecoded(const std::string& text, const Decoded& expected) {
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const Decoded decoded = Decode(text, step);
    ASSERT_EQ(decoded.end, expected.end) << text << " by " << step;
    ASSERT_EQ(decoded.body, expected.body) << text << " by " << step;
    ASSERT_EQ(decoded.rest, expected.rest) << text << " by " << step;
  }
}

TEST(Chunked, BodyComesOutWhole) {
  ExpectDecoded("0\r\n\r\n", {Found::kEnd, "", ""});
  ExpectDecoded("3\r\nabc\r\n0\r\n\r\nGET", {Found::kEnd, "abc", "GET"});
  ExpectDecoded("1\r\na\r\n00a\r\n0123456789\r\n0\r\n\r\n", {Found::kEnd, "a0123456789", ""});
  ExpectDecoded("A;x=y\r\n\r\n\r\n\r\n\r\n\r\n\r\n0 ;z\r\n\r\n",
                {Found::kEnd, "\r\n\r\n\r\n\r\n\r\n", ""});
  ExpectDecoded("0\r\nTrailer: x\r\nY: z\r\n\r\nrest", {Found::kEnd, "", "rest"});
}

TEST(Chunked, CutBodyWaitsForMore) {
  const std::string text = "3;e\r\nabc\r\n0\r\nT: x\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(Decode(std::string_view(text).substr(0, size), 1).end, Found::kMore) << size;
  }
}

TEST(Chunked, MalformedIsSeen) {
  for (const std::string& text : {
           "\r\n"s,
           "g\r\n"s,
           "-1\r\n"s,
           "0x1\r\n"s,
           " 1\r\n"s,
           "1\n"s,
           "1\ra"s,
           "1\r\nab\r\n"s,
           "1\r\na\n"s,
           "1\r\na\rb"s,
           "1;\nx"s,
           "1;\0\r\n"s,
           "0\r\n\n"s,
           "0\r\nT: x\n"s,
           "0\r\nT\0: x\r\n"s,
           "0\r\nT: x\rz"s,
           "1000000000000000\r\n"s,  // 16 digits
           "0000000000000001\r\n"s,
           "1;" + std::string(300, 'x') + "\r\n",
           "0\r\n" + std::string(9000, 'x'),
       }) {
    EXPECT_EQ(Decode(text, 1).end, Found::kMalformed) << text;
    EXPECT_EQ(Decode(text, text.size()).end, Found::kMalformed) << text;
  }
}

}  // namespace
}  // namespace callstore::http
