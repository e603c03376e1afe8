// connection.h - one client: its requests are read, answered and answered in order, until either
// side ends it. A slow, silent or hostile client costs it this thread for a limited time and memory
// for a limited number of bytes.
//
// HTTP/1.1 is read and written here, not by cpp-httplib: what must hold (a deadline over a whole
// head, refusal of what can be read in two ways, bodies read while they are handled, an interim
// answer only if a body is wanted, one system call an answer) is decided byte by byte, and that
// library decides it otherwise. It resolves escapes in headers, skips lines that end in a bare LF,
// and stops for good when one connection is aborted while it is accepted.
//
// Ownership:     owns its socket; refers to its server's settings, which outlive it.
// Thread safety: Serve runs in one thread; CloseIfIdle and Break may come from others meanwhile.
#ifndef CALLSTORE_SRC_HTTP_CONNECTION_H_
#define CALLSTORE_SRC_HTTP_CONNECTION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "callstore/http/server.h"
#include "http/answers.h"
#include "http/input_buffer.h"
#include "http/message.h"
#include "http/request_body.h"
#include "http/request_head.h"
#include "http/socket.h"

namespace callstore::http {

// What all connections of a listener share.
struct ConnectionSettings {
  ServerOptions options = {};
  Handler handler = {};
  // Set: answers say that the connection ends, and it does.
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> requests_malformed = 0;
};

class Connection {
 public:
  // `remote`: the client's address, as handlers see it.
  Connection(Socket socket, std::string remote, ConnectionSettings* settings);

  // Answers requests until the connection ends. Never throws.
  void Serve();

  // Ends it where no request is under way; then none is begun.
  void CloseIfIdle();
  // Ends it whatever it does; a handler that runs finds its body, then its answer, broken off.
  void Break();

 private:
  // A request is under way from when its head is there until its answer is sent.
  enum class State : std::uint8_t { kIdle, kBusy, kClosed };

  // How the client of a request wants its answer.
  struct Wanted {
    bool keep_alive = false;
    bool http10 = false;
    bool head_only = false;
  };

  // All of these: false, or 0, where the connection is over.
  bool ServeRequest();
  std::size_t ReadHead();
  // What is wrong with a head of which this much is there.
  Outcome<HeadScanner::Found> CheckHead(HeadScanner* scanner);
  Io FillHead(std::optional<Clock::time_point>* deadline);
  bool Begin();
  bool End();

  Outcome<void> TakeRequest(const RequestHead& head);
  bool Answer(const RequestHead& head);
  void Handle(RequestBody* body, Response* response);
  // Answers what is no request, or none that is served, and ends the connection.
  bool TurnAway(const Refusal& refusal);

  bool Send(const Wanted& wanted, Response* response);
  bool SendStream(bool chunked, Response* response);
  bool SendParts(std::string_view first, std::string_view second = {}, std::string_view third = {});

  Socket socket_;
  ConnectionSettings* settings_;
  InputBuffer input_;
  Request request_ = {};
  std::string output_ = {};
  bool first_ = true;
  std::atomic<State> state_ = State::kIdle;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_CONNECTION_H_
