// Any bytes as what a client sends, and as the file of access keys: however they come, in one piece
// or in many, they are understood in one way or refused.
#include <algorithm>
#include <string>
#include <utility>

#include "callstore/json.h"
#include "fuzz/strict_json.h"
#include "fuzz/target.h"
#include "http/chunked.h"
#include "http/flat_json.h"
#include "http/key_format.h"
#include "http/request_head.h"
#include "http/target.h"
#include "http/utf8.h"
#include "json_value.h"

namespace callstore::fuzz {
namespace {

using http::ChunkedDecoder;
using http::HeadScanner;

constexpr std::string_view kSteps = "\x01\x02\x07\x40";

// How a scanner ends that sees the text grow by `step`, and what it takes for the head.
std::pair<HeadScanner::Found, std::size_t> Scan(std::string_view text, std::size_t step) {
  HeadScanner scanner;
  auto found = HeadScanner::Found::kMore;
  for (std::size_t size = 0; size < text.size() && found == HeadScanner::Found::kMore;) {
    size = std::min(size + step, text.size());
    found = scanner.Scan(text.substr(0, size));
  }
  return {found, found == HeadScanner::Found::kHead ? scanner.head_bytes() : 0};
}

void CheckTarget(std::string_view target) {
  std::string path;
  http::NamesAndValues parameters;
  if (const auto parsed = http::ParseTarget(target, &path, &parameters); !parsed) {
    Require(parsed.error().status == 400, "a target is refused with another status");
    return RequireGoodError(parsed.error().error);
  }
  Require(http::IsUtf8(path) && path.find('\0') == std::string::npos, "a path that is no text");
  Require(path == "*" || path.starts_with('/'), "a path from nowhere");
  for (const auto& [name, value] : parameters) {
    Require(http::IsUtf8(name) && http::IsUtf8(value), "a parameter that is no text");
  }
}

// Takes the head off the text, where there is one; false where none can be understood.
bool CheckHead(std::string_view* input) {
  std::string_view text = *input;
  const auto [found, size] = Scan(text, text.size());
  for (const char step : kSteps) {
    Require(Scan(text, static_cast<std::size_t>(step)) == std::pair(found, size),
            "a head in pieces is another one");
  }
  if (found != HeadScanner::Found::kHead) return false;
  const HeapBytes bytes(text.substr(0, size));
  Require(bytes.view().ends_with("\r\n\r\n") || bytes.view() == "\r\n", "a head without an end");
  for (std::size_t at = 0; (at = bytes.view().find('\n', at)) != std::string_view::npos; ++at) {
    Require(at > 0 && bytes.view()[at - 1] == '\r', "a line that others would not end here");
  }
  const auto head = http::ParseHead(bytes.view());
  input->remove_prefix(size);
  if (!head) {
    const int status = head.error().status;
    Require(status == 400 || status == 414 || status == 415 || status == 417 || status == 501 ||
                status == 505,
            "a head is refused with another status");
    Require(ReadStrictly(ToJson(http::ForClient(head.error().error))).has_value(),
            "a refusal that cannot be sent");
    return false;
  }
  Require(!head->method.empty() && !head->target.empty(), "a head that asks for nothing");
  Require(!head->chunked || head->content_length == 0, "a body of two lengths");
  for (const std::string_view value : {head->method, head->target, head->key, head->secret,
                                       head->content_type, head->request_id}) {
    Require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
            "a header with a line end in it");
  }
  CheckTarget(head->target);
  return true;
}

struct Decoded {
  ChunkedDecoder::Found end = ChunkedDecoder::Found::kMore;
  std::string body = {};
  std::size_t used = 0;

  bool operator==(const Decoded&) const = default;
};

Decoded Decode(std::string_view text, std::size_t step) {
  ChunkedDecoder decoder;
  Decoded decoded;
  for (std::size_t at = 0; at < text.size(); at += step) {
    const HeapBytes bytes(text.substr(at, step));
    std::string_view input = bytes.view();
    std::string_view piece;
    while ((decoded.end = decoder.Next(&input, &piece)) == ChunkedDecoder::Found::kData) {
      Require(!piece.empty(), "an empty piece");
      decoded.body += piece;
    }
    decoded.used = at + bytes.view().size() - input.size();
    if (decoded.end != ChunkedDecoder::Found::kMore) break;
  }
  return decoded;
}

bool CheckChunked(std::string_view text) {
  const Decoded whole = Decode(text, text.size() + 1);
  Require(whole.body.size() <= text.size(), "a body out of nothing");
  for (const char step : kSteps) {
    Require(Decode(text, static_cast<std::size_t>(step)) == whole, "a body in pieces is another");
  }
  // Any text, sent as it should be, comes out.
  if (text.empty()) return false;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string sent;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view chunk = rest.substr(0, 15);
    sent += kHex[chunk.size()];
    sent.append("\r\n").append(chunk).append("\r\n");
    rest.remove_prefix(chunk.size());
  }
  const Decoded decoded = Decode(sent + "0\r\n\r\nGET", 11);
  Require(decoded.end == ChunkedDecoder::Found::kEnd && decoded.body == text &&
              decoded.used == sent.size() + 5,
          "a body that was sent does not come out");
  return whole.end == ChunkedDecoder::Found::kEnd;
}

bool CheckFlatJson(std::string_view text) {
  const auto object = http::ParseFlatObject(text);
  const auto strict = ReadStrictly(text);
  Require(!object || strict, "what is no JSON is an object");
  if (!object) return false;
  const auto value = test::JsonValue::Parse(strict->plain);
  Require(value.members().size() == object->members.size(), "an object of other members");
  for (const auto& [name, member] : value.members()) {
    const auto* const text_value = object->Find<std::string>(name);
    const auto* const number = object->Find<std::int64_t>(name);
    const auto* const flag = object->Find<bool>(name);
    const bool same = (text_value != nullptr && member == test::JsonValue::Text(*text_value)) ||
                      (number != nullptr && member == test::JsonValue::Number(*number)) ||
                      (flag != nullptr && member == test::JsonValue::Bool(*flag));
    Require(same, "a member has another value");
  }
  return true;
}

bool CheckKeys(std::string_view text) {
  const auto records = http::ParseKeys(text);
  if (!records) {
    RequireGoodError(records.error());
    return false;
  }
  const std::string printed = http::FormatKeys(*records);
  const auto again = http::ParseKeys(printed);
  Require(again.has_value() && *again == *records, "keys that were written cannot be read");
  return true;
}

bool Run(std::string_view input) {
  std::string_view rest = input;
  const bool taken[] = {CheckHead(&rest), CheckChunked(rest), CheckFlatJson(input),
                        CheckKeys(input)};
  CheckTarget(input);
  return std::ranges::find(taken, true) != std::end(taken);
}

std::vector<std::string_view> Words() {
  return {"\r\n",
          "\r\n\r\n",
          "GET ",
          " HTTP/1.1\r\n",
          " HTTP/1.0\r\n",
          "Host: x\r\n",
          "Content-Length: 5\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Expect: 100-continue\r\n",
          "Connection: close, keep-alive\r\n",
          "X-API-KEY: k\r\n",
          "http://h/",
          "%2F",
          "%2e%2e/",
          "%C3%A9",
          "?a=b&c",
          "0\r\n\r\n",
          "5;x=y\r\nhello\r\n",
          "fffffffffffffff\r\n",
          "ffffffffffffffff\r\n",
          "{\"format\":\"callstore-keys\",\"version\":1}\n",
          "\"read_only\":true",
          "\"a\":\"b\",",
          "\"n\":1,",
          "\\ud83d\\ude00",
          "-9223372036854775808",
          "9223372036854775808",
          "\t",
          std::string_view("\0", 1),
          "\x7F",
          "\xFF"};
}

const bool kRegistered = Register({.name = "http", .run = Run, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
