// input_buffer.h - what came from a socket and is not used up yet.
//
// Ownership:     owns its bytes, not its socket.
// Thread safety: for one thread.
#ifndef CALLSTORE_SRC_HTTP_INPUT_BUFFER_H_
#define CALLSTORE_SRC_HTTP_INPUT_BUFFER_H_

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "http/socket.h"

namespace callstore::http {

class InputBuffer {
 public:
  // `socket` outlives it.
  explicit InputBuffer(Socket* socket) : socket_(socket) {}

  // Lives until the next Fill or Shrink.
  std::string_view data() const { return {bytes_.data() + begin_, end_ - begin_}; }
  // REQUIRES: size <= data().size()
  void Consume(std::size_t size) { begin_ += size; }

  // Adds what comes next: up to `most` bytes, until `deadline`, or by the idle timeout.
  Io Fill(std::size_t most, Clock::time_point deadline);
  Io FillIdle(std::size_t most);
  // Gives memory back where it is empty and has grown.
  void Shrink();

 private:
  std::span<char> Room(std::size_t most);
  Io Take(Received received);

  Socket* socket_;
  std::vector<char> bytes_ = {};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_INPUT_BUFFER_H_
