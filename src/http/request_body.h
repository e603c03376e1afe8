// request_body.h - the body of a request as it comes from a socket.
//
// Ownership:     refers to the connection's buffer and socket, which outlive it.
// Thread safety: for one thread.
#ifndef CALLSTORE_SRC_HTTP_REQUEST_BODY_H_
#define CALLSTORE_SRC_HTTP_REQUEST_BODY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/chunked.h"
#include "http/input_buffer.h"
#include "http/message.h"
#include "http/socket.h"

namespace callstore::http {

class RequestBody final : public Body {
 public:
  struct Framing {
    bool chunked = false;
    std::uint64_t length = 0;  // where it is not chunked
    // The client waits for a word before it sends the body.
    bool expects_continue = false;
  };
  // A body may take transfer_timeout between two pieces, and in all that plus a second for each
  // min_rate bytes. What the taker does with the pieces is not counted.
  struct Pace {
    std::chrono::milliseconds transfer_timeout;
    std::size_t min_rate;  // bytes a second; 0: any
  };

  RequestBody(Framing framing, Pace pace, Socket* socket, InputBuffer* input);

  Result<void> Read(std::size_t most, const Take& take) override;

  // Whether what follows in the input is the next request.
  bool finished() const { return state_ == State::kFinished; }
  // Whether little enough is unread that reading it is cheaper than a new connection.
  bool discardable() const;
  // Reads what is left. REQUIRES: discardable().
  bool Discard();

 private:
  enum class State : std::uint8_t { kUnread, kStarted, kFinished, kBroken };

  Result<void> SayContinue();
  // The next piece; empty: there is none. It lives until the next call.
  Result<std::string_view> Next();
  Result<std::string_view> NextOfLength();
  Result<std::string_view> NextOfChunks();
  Result<void> Fill();

  Framing framing_;
  Pace pace_;
  Socket* socket_;
  InputBuffer* input_;
  State state_;
  ChunkedDecoder decoder_ = {};
  std::uint64_t received_bytes_ = 0;
  Clock::duration waited_ = {};
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_REQUEST_BODY_H_
