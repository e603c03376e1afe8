// access_log.h - one JSON line a request: who asked which route, and how it was answered.
// No parameter, body, secret, id of a call or organization is in it.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_ACCESS_LOG_H_
#define CALLSTORE_SRC_HTTP_ACCESS_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore::http {

struct AccessEntry {
  std::int64_t time_ms = 0;      // when the request came, since the epoch
  std::string_view method = {};  // a known one, or OTHER
  std::string_view path = {};    // of the route: an id stands as {id}
  int status = 0;
  std::uint64_t sent_bytes = 0;  // of the answer's body
  std::int64_t micros = 0;       // until the answer was made; of a long one, until it was taken
  std::string key = {};          // the X-API-KEY; empty where the pair was not valid
  std::string remote = {};
  std::string request_id = {};
  std::string error = {};  // what went wrong inside of the server; empty: nothing
};

// {"time":"2026-01-02T03:04:05.678Z","method":"GET","path":"/api/calls","status":200,"bytes":812,
// "ms":1.234,"key":"ck_...","remote":"127.0.0.1","request_id":"..."}; `key` is null where there is
// none, `error` is there only where one is.
std::string FormatAccessLine(const AccessEntry& entry);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_ACCESS_LOG_H_
