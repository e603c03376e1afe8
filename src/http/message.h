// message.h - a request and its answer, free of what carries them: handlers see only these.
#ifndef CALLSTORE_SRC_HTTP_MESSAGE_H_
#define CALLSTORE_SRC_HTTP_MESSAGE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/error.h"

namespace callstore::http {

using NamesAndValues = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = {};  // as sent: "GET"
  std::string path = {};    // with its percent signs resolved, without parameters; valid UTF-8
  NamesAndValues parameters = {};  // resolved, in the order sent
  std::string key = {};            // X-API-KEY
  std::string secret = {};         // X-API-SECRET
  std::string content_type = {};   // in lower case, without parameters such as charset
  std::string remote = {};         // the client's address
  std::string request_id = {};     // X-Request-Id; empty: none
};

// The body of one request, read once, piece by piece, as it comes.
class Body {
 public:
  virtual ~Body() = default;
  // Takes the pieces; an error ends the reading and is returned.
  using Take = std::function<Result<void>(std::string_view piece)>;
  // too_large (`limit`) beyond `most` bytes, deadline where the client is too slow, io_error where
  // it went away, invalid_argument where what it sends is no HTTP. REQUIRES: called once at most.
  virtual Result<void> Read(std::size_t most, const Take& take) = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  NamesAndValues headers = {};
  std::string body = {};
  // Where it is set, the answer goes on behind `body`: it appends the next piece, and returns false
  // once there is none. It may be called until false, or dropped before.
  std::function<bool(std::string* piece)> more = {};
};

// Answers one request; called from many threads. It must not throw.
using Handler = std::function<void(const Request& request, Body* body, Response* response)>;

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_MESSAGE_H_
