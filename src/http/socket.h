// socket.h - a connected TCP socket with deadlines: no call waits longer than it is told to.
//
// Ownership:     owns its descriptor.
// Thread safety: one thread uses it; ShutDown may come from another while the socket lives.
// Errors:        as the end of a transfer: Io::kClosed where the peer is gone, whatever the cause.
#ifndef CALLSTORE_SRC_HTTP_SOCKET_H_
#define CALLSTORE_SRC_HTTP_SOCKET_H_

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace callstore::http {

using Clock = std::chrono::steady_clock;

enum class Io : std::uint8_t { kOk, kClosed, kTimeout };

struct Received {
  Io status = Io::kOk;
  std::size_t size = 0;  // of kOk: at least 1
};

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  int fd() const { return fd_; }

  // Sends small pieces at once, and has ReceiveIdle wait for `idle_timeout`.
  void Configure(std::chrono::milliseconds idle_timeout);

  // Takes what is there, or waits for some until `deadline`.
  Received Receive(std::span<char> into, Clock::time_point deadline);
  // The same up to the idle timeout, in a single call of the system.
  Received ReceiveIdle(std::span<char> into);

  // Sends all of `parts`, which it changes; kTimeout where the peer takes nothing for `timeout`.
  Io Send(std::span<iovec> parts, std::chrono::milliseconds timeout);

  // Ends both directions: whoever waits on it, here or there, goes on.
  void ShutDown();
  // Says that nothing follows, then discards what still comes, for a moment: a socket closed with
  // unread bytes resets the connection, and the peer would lose the answer that it was sent.
  void Linger();
  // Has the peer see that the connection broke off, not that it ended.
  void Reset();

 private:
  int fd_ = -1;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_SOCKET_H_
