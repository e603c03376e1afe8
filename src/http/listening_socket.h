// listening_socket.h - the address that a server is reached at.
//
// Ownership:     owns its descriptors.
// Thread safety: Accept in one thread; Wake from any; Close after the last Accept.
// Errors:        Open says which address could not be had, and why in the system's words.
#ifndef CALLSTORE_SRC_HTTP_LISTENING_SOCKET_H_
#define CALLSTORE_SRC_HTTP_LISTENING_SOCKET_H_

#include <chrono>
#include <optional>
#include <string>

#include "callstore/error.h"
#include "http/connection_threads.h"
#include "http/socket.h"

namespace callstore::http {

class ListeningSocket {
 public:
  // `host`: an address or a name, of which the first address that can be had is taken. `port`: 0
  // to 65535; 0: any free one. Connections are accepted into the system's queue from now on.
  static Result<ListeningSocket> Open(const std::string& host, int port);

  int port() const { return port_; }

  // Waits for the next connection, up to `most`. Nothing: the time is over, Wake was called, or the
  // system refuses, for instance since it has no descriptor left; then a while is waited.
  std::optional<Accepted> Accept(std::chrono::milliseconds most);
  // Ends the Accept of now and all later ones.
  void Wake();
  // Who tries to connect is refused from now on.
  void Close() { listener_ = Socket(); }

 private:
  Socket listener_;
  Socket waker_;  // an eventfd
  int port_ = 0;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_LISTENING_SOCKET_H_
