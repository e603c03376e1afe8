// response_head.h - the head of an answer as bytes.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_RESPONSE_HEAD_H_
#define CALLSTORE_SRC_HTTP_RESPONSE_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace callstore::http {

// How a client knows where the answer ends.
enum class Ending : std::uint8_t { kLength, kChunked, kClose };

struct ResponseFraming {
  Ending ending = Ending::kLength;
  std::size_t length = 0;
  // What the header Connection says; a client of HTTP/1.0 has to be told that it may go on.
  bool close = false;
  bool http10 = false;
};

// "Not Found" of 404; empty for a number that has no name here.
std::string_view ReasonOf(int status);
// Whether an answer of this status can have a body.
bool HasBody(int status);

// Appends the status line, the headers and the empty line. A header of the response whose text has
// a control in it is left out: it would be one more header, or the end of the head.
void AppendResponseHead(const Response& response, const ResponseFraming& framing, std::string* out);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_RESPONSE_HEAD_H_
