// listener.h - HTTP/1.1 on a socket: takes requests in, has a handler answer them, and holds the
// limits of connections, bytes and time whatever a client does.
//
// Ownership:     owns its threads and sockets.
// Thread safety: all members from any thread; the handler is called from many.
#ifndef CALLSTORE_SRC_HTTP_LISTENER_H_
#define CALLSTORE_SRC_HTTP_LISTENER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "callstore/error.h"
#include "callstore/http/server.h"
#include "http/message.h"

namespace callstore::http {

// Figures of the transport alone, since the start.
struct ListenerCounts {
  std::uint64_t connections = 0;          // accepted
  std::uint64_t connections_refused = 0;  // over the cap: answered 503 and closed
  std::uint64_t requests_malformed = 0;   // answered 4xx, or closed, before any handler saw them
  std::uint64_t open_connections = 0;     // now
};

class Listener {
 public:
  // Of the options, those of the address, connections, sizes and times. io_error, invalid_argument.
  // What is wrong before a request is one (its line, its headers, their size) is answered here, as
  // an error envelope.
  static Result<std::unique_ptr<Listener>> Start(const ServerOptions& options, Handler handler);
  ~Listener();  // stops at once

  int port() const;
  ListenerCounts counts() const;

  // Accepts no more; waits for requests under way, up to `grace`; closes idle connections at once.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_LISTENER_H_
