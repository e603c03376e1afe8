// server.h - the documented endpoint, served from a store in this process.
//
//   auto keys = callstore::http::AccessKeys::Open(callstore::http::KeysPath("calls"));
//   auto server = callstore::http::Server::Start(&*store, keys->get(), {.port = 8080});
//   ... (*server)->port() ...
//   (*server)->Stop();
//
// Routes (the key pair of the headers X-API-KEY and X-API-SECRET names the organization):
//   GET, POST /api/calls          list (query parameters, or the JSON body)
//   GET /api/calls/aggregate      figures (parameters); POST the same as a body
//   GET /api/calls/ID             one call by id, else by call_id (as all of these); ?view=summary
//   PUT /api/calls/ID             stores the body, merged into what is there; 201 where it is new
//   PATCH /api/calls/ID           a JSON Merge Patch
//   DELETE /api/calls/ID
//   POST /api/calls/import        JSON Lines in; counts, and the errors of the first bad lines, out
//   GET /healthz, /readyz, /metrics, /openapi.json   without a key pair
// Every answer under /api is the documented envelope, errors too. A call whose id is "aggregate" or
// "import" is reached by the list alone.
//
// Ownership:     a server refers to its store and keys, which outlive it.
// Thread safety: all members from any thread. The store may be used meanwhile.
// Errors:        only Start has some; a request's error is its answer.
#ifndef CALLSTORE_HTTP_SERVER_H_
#define CALLSTORE_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/http/access_keys.h"
#include "callstore/store.h"

namespace callstore::http {

// Takes one line a request, without its newline: a JSON object {time, method, path, status, bytes,
// ms, key, remote, request_id}, and `error` where something went wrong inside of the server, which
// the client is told in general words alone. No parameter, body, secret or organization is in it.
// `path` is the route's, with {id} in the place of an id. Called from many threads.
using AccessLog = std::function<void(std::string_view line)>;

struct ServerOptions {
  std::string host = "127.0.0.1";  // an address or a name
  int port = 8080;                 // 0: any free one
  // Connections served at once, each by a thread of its own; the next ones get a 503 at once.
  std::size_t max_connections = 256;
  // Of a request. A larger body is 413, larger or more headers 431.
  std::size_t max_body_bytes = std::size_t{65} << 20;
  std::size_t max_import_bytes = std::size_t{4} << 30;
  std::size_t max_header_bytes = std::size_t{64} << 10;
  // How long a connection may wait for its next request; for the headers of a request, all told;
  // and between two pieces of a body or of an answer that the client takes.
  std::chrono::milliseconds keep_alive_timeout = std::chrono::seconds(15);
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds transfer_timeout = std::chrono::seconds(15);
  // The slowest that a body may come, beyond transfer_timeout: bytes a second over all of it.
  std::size_t min_body_rate = 1024;
  // Requests may ask for less; none gets more. Then a list is not complete, and the others are 504.
  std::chrono::milliseconds deadline = std::chrono::seconds(30);
  // How far a store that follows a writer may lag before /readyz says 503.
  std::chrono::milliseconds max_lag = std::chrono::seconds(10);
  AccessLog access_log = {};
};

class CALLSTORE_EXPORT Server {
 public:
  // Serves from when it returns. invalid_argument (an option), io_error (the address is in use or
  // not to be had).
  static Result<std::unique_ptr<Server>> Start(Store* store, AccessKeys* keys,
                                               const ServerOptions& options = {});
  ~Server();  // stops

  int port() const;

  // Accepts no more, lets requests under way finish for up to `grace`, then breaks them off.
  // Idempotent; a second call with less time cuts the first one short.
  void Stop(std::chrono::milliseconds grace = std::chrono::seconds(10));

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_HTTP_SERVER_H_
