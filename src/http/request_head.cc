#include "http/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace callstore::http {
namespace {

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::size_t kMaxShownBytes = 100;  // of a value that an error repeats

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// `lower` is in lower case.
bool IsWord(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return LowerCase(a) == b; });
}

bool IsTokenCharacter(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

// Controls are never part of a value: a bare CR or NUL is where readers differ.
bool IsControl(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F; }

std::string_view Trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the first line off `text`, which has one.
std::string_view CutLine(std::string_view* text) {
  const std::size_t end = text->find("\r\n");
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end + 2);
  return line;
}

tl::unexpected<Refusal> Malformed(std::string_view message) {
  return Refuse(400, ErrorCode::kInvalidArgument, message);
}

tl::unexpected<Refusal> Unserved(int status, std::string_view message, std::string_view value,
                                 std::string_view valid) {
  const bool shown = std::ranges::none_of(value, [](char c) { return c < ' ' || c > '~'; });
  return Refuse(status, ErrorCode::kInvalidArgument, message,
                {{"value", std::string(shown ? value.substr(0, kMaxShownBytes) : "")},
                 {"valid", std::string(valid)}});
}

class HeadParser {
 public:
  Outcome<RequestHead> Parse(std::string_view text) {
    CALLSTORE_HTTP_TRY(ParseRequestLine(CutLine(&text)));
    while (true) {
      const std::string_view line = CutLine(&text);
      if (line.empty()) break;
      CALLSTORE_HTTP_TRY(ParseHeader(line));
    }
    CALLSTORE_HTTP_TRY(CheckTogether());
    return head_;
  }

 private:
  // The headers that decide something.
  enum Header : std::uint8_t {
    kHost,
    kContentLength,
    kTransferEncoding,
    kContentType,
    kContentEncoding,
    kExpect,
    kKey,
    kSecret,
    kRequestId,
    kConnection,
    kOther,
  };
  struct Name {
    std::string_view lower;
    Header header;
  };

  static Header HeaderOf(std::string_view name) {
    static constexpr std::array kNames = {
        Name{"host", kHost},
        Name{"content-length", kContentLength},
        Name{"transfer-encoding", kTransferEncoding},
        Name{"content-type", kContentType},
        Name{"content-encoding", kContentEncoding},
        Name{"expect", kExpect},
        Name{"x-api-key", kKey},
        Name{"x-api-secret", kSecret},
        Name{"x-request-id", kRequestId},
        Name{"connection", kConnection},
    };
    for (const Name& known : kNames) {
      if (IsWord(name, known.lower)) return known.header;
    }
    return kOther;
  }

  Outcome<void> ParseRequestLine(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
      return Malformed("the request line is not METHOD TARGET VERSION");
    }
    head_.method = line.substr(0, first);
    head_.target = line.substr(first + 1, last - first - 1);
    if (!IsToken(head_.method) || head_.method.size() > kMaxMethodBytes) {
      return Malformed("the method is not a word");
    }
    if (head_.target.size() > kMaxTargetBytes) {
      return Refuse(414, ErrorCode::kTooLarge, "the path with its parameters is too long",
                    {{"limit", std::to_string(kMaxTargetBytes)}});
    }
    const bool blank = std::ranges::any_of(
        head_.target, [](char c) { return IsControl(c) || c == ' ' || c == '\t'; });
    if (head_.target.empty() || blank) return Malformed("the path has a blank or a control in it");
    return ParseVersion(line.substr(last + 1));
  }

  Outcome<void> ParseVersion(std::string_view version) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
        version[6] != '.' || !is_digit(version[7])) {
      return Malformed("the request line does not end in a version of HTTP");
    }
    if (version[5] != '1') {
      return Unserved(505, "this version of HTTP is not served", version, "HTTP/1.1, HTTP/1.0");
    }
    head_.http10 = version[7] == '0';
    head_.keep_alive = !head_.http10;
    return {};
  }

  Outcome<void> ParseHeader(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
      return Malformed("a header is not NAME: VALUE");
    }
    const std::string_view value = Trim(line.substr(colon + 1));
    if (std::ranges::any_of(value, IsControl)) return Malformed("a header has a control in it");
    const Header header = HeaderOf(line.substr(0, colon));
    if (header == kOther) return {};
    if (header == kConnection) return ParseConnection(value);
    if (seen_[header]) {
      return Refuse(400, ErrorCode::kInvalidArgument, "a header is there more than once",
                    {{"field", std::string(line.substr(0, colon))}});
    }
    seen_[header] = true;
    return ParseKnown(header, value);
  }

  Outcome<void> ParseKnown(Header header, std::string_view value) {
    switch (header) {
      case kContentLength:
        return ParseLength(value);
      case kTransferEncoding:
        if (!IsWord(value, "chunked")) {
          return Unserved(501, "this transfer coding is not served", value, "chunked");
        }
        head_.chunked = true;
        return {};
      case kContentEncoding:
        if (value.empty() || IsWord(value, "identity")) return {};
        return Unserved(415, "a compressed body is not taken", value, "identity");
      case kExpect:
        if (!IsWord(value, "100-continue")) {
          return Unserved(417, "this expectation cannot be met", value, "100-continue");
        }
        head_.expects_continue = true;
        return {};
      case kContentType:
        if (IsWord(value.substr(0, 10), "multipart/")) {
          return Unserved(415, "a body in parts is not taken", value, "application/json");
        }
        head_.content_type = value;
        return {};
      case kKey:
        head_.key = value;
        return {};
      case kSecret:
        head_.secret = value;
        return {};
      case kRequestId:
        head_.request_id = value;
        return {};
      default:
        return {};
    }
  }

  Outcome<void> ParseLength(std::string_view value) {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), head_.content_length);
    if (value.empty() || error != std::errc() || end != value.data() + value.size()) {
      return Unserved(400, "Content-Length is not a number of bytes", value, "0 to 2^64 - 1");
    }
    return {};
  }

  Outcome<void> ParseConnection(std::string_view value) {
    while (!value.empty()) {
      const std::size_t end = std::min(value.find(','), value.size());
      const std::string_view word = Trim(value.substr(0, end));
      value.remove_prefix(std::min(end + 1, value.size()));
      if (IsWord(word, "close")) closes_ = true;
      if (IsWord(word, "keep-alive")) head_.keep_alive = true;
    }
    return {};
  }

  Outcome<void> CheckTogether() {
    if (closes_) head_.keep_alive = false;
    if (!head_.http10 && !seen_[kHost]) return Malformed("the header Host is missing");
    if (head_.chunked && seen_[kContentLength]) {
      return Malformed("Content-Length and Transfer-Encoding exclude each other");
    }
    if (head_.chunked && head_.http10) {
      return Malformed("HTTP/1.0 has no Transfer-Encoding");
    }
    // A client of HTTP/1.0 would take the interim answer for the answer.
    const bool has_body = head_.chunked || head_.content_length > 0;
    head_.expects_continue = head_.expects_continue && has_body && !head_.http10;
    return {};
  }

  RequestHead head_ = {};
  std::array<bool, kOther> seen_ = {};
  bool closes_ = false;
};

}  // namespace

HeadScanner::Found HeadScanner::Scan(std::string_view input) {
  while (true) {
    const std::size_t feed = input.find('\n', scanned_);
    if (feed == std::string_view::npos) {
      scanned_ = input.size();
      return Found::kMore;
    }
    if (feed == 0 || input[feed - 1] != '\r') return Found::kMalformed;
    const bool empty_line = feed - 1 == line_start_;
    scanned_ = line_start_ = feed + 1;
    if (empty_line) return Found::kHead;
  }
}

Outcome<RequestHead> ParseHead(std::string_view text) { return HeadParser().Parse(text); }

}  // namespace callstore::http
