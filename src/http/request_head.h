// request_head.h - the head of a request: where it ends, and what it says.
// Strict (RFC 9112): what two readers could understand in two ways is an error, so that no proxy in
// front sees another request than this server does. Lines end in CR LF; the length of a body is
// given once; a header that decides something stands there once.
//
// Ownership:     a RequestHead's views live as long as the text that was parsed.
// Thread safety: values.
// Errors:        a Refusal has the status of the answer, after which the connection is of no use.
#ifndef CALLSTORE_SRC_HTTP_REQUEST_HEAD_H_
#define CALLSTORE_SRC_HTTP_REQUEST_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/answers.h"

namespace callstore::http {

// The longest target, that is path and parameters as they are sent.
inline constexpr std::size_t kMaxTargetBytes = 8192;

// Looks for the end of a head in text that grows. Each byte is looked at once.
class HeadScanner {
 public:
  enum class Found : std::uint8_t { kMore, kHead, kMalformed };

  // `input` begins where the head does, and has all of the text that an earlier call had.
  Found Scan(std::string_view input);
  // Whether the request line is there.
  bool has_line() const { return line_start_ > 0; }
  // Of kHead, with the empty line.
  std::size_t head_bytes() const { return scanned_; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
};

struct RequestHead {
  std::string_view method = {};
  std::string_view target = {};
  bool http10 = false;
  bool keep_alive = true;  // as the client wants it
  // Of the body; without either there is none.
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool expects_continue = false;
  std::string_view key = {};
  std::string_view secret = {};
  std::string_view content_type = {};  // as sent
  std::string_view request_id = {};
};

// `text` is a whole head as HeadScanner found it. 400; 414 (the target), 415 (a body that is
// compressed or in parts), 417, 501 (a transfer coding), 505.
Outcome<RequestHead> ParseHead(std::string_view text);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_REQUEST_HEAD_H_
