#include "http/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace callstore::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLingerBytes = std::size_t{1} << 20;
constexpr milliseconds kLingerTime{1000};

// Waits for `events` until `deadline`; true: something is to be done, be it an error to be told.
bool WaitFor(int fd, short events, Clock::time_point deadline) {
  while (true) {
    // Rounded up, so that it never spins through the last millisecond.
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd waiter{fd, events, 0};
    const int ready =
        poll(&waiter, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;
    if (left <= 0) return false;
  }
}

// Bytes that were sent and that the peer did not take yet.
int UntakenBytes(int fd) {
  int bytes = 0;
  return ioctl(fd, TIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

// The system calls a socket writable once a third of its buffer is free; a slow peer that takes a
// little at a time is waited for nevertheless.
bool WaitToSend(int fd, milliseconds timeout) {
  int untaken = UntakenBytes(fd);
  while (!WaitFor(fd, POLLOUT, Clock::now() + timeout)) {
    const int now_untaken = UntakenBytes(fd);
    if (now_untaken >= untaken) return false;
    untaken = now_untaken;
  }
  return true;
}

// Drops the first `size` bytes of `parts`.
std::span<iovec> DropFront(std::span<iovec> parts, std::size_t size) {
  while (!parts.empty() && size >= parts.front().iov_len) {
    size -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (!parts.empty()) {
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + size;
    parts.front().iov_len -= size;
  }
  return parts;
}

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

void Socket::Configure(milliseconds idle_timeout) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto ms = idle_timeout.count();
  const timeval limit{ms / 1000, (ms % 1000) * 1000};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

Received Socket::Receive(std::span<char> into, Clock::time_point deadline) {
  while (true) {
    const ssize_t size = recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    if (size > 0) return {Io::kOk, static_cast<std::size_t>(size)};
    if (size < 0 && errno == EINTR) continue;
    if (size == 0 || !WouldBlock(errno)) return {Io::kClosed};
    if (!WaitFor(fd_, POLLIN, deadline)) return {Io::kTimeout};
  }
}

Received Socket::ReceiveIdle(std::span<char> into) {
  while (true) {
    const ssize_t size = recv(fd_, into.data(), into.size(), 0);
    if (size > 0) return {Io::kOk, static_cast<std::size_t>(size)};
    if (size == 0) return {Io::kClosed};
    if (errno != EINTR) return {WouldBlock(errno) ? Io::kTimeout : Io::kClosed};
  }
}

Io Socket::Send(std::span<iovec> parts, milliseconds timeout) {
  parts = DropFront(parts, 0);
  while (!parts.empty()) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t size = sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      parts = DropFront(parts, static_cast<std::size_t>(size));
    } else if (WouldBlock(errno)) {
      if (!WaitToSend(fd_, timeout)) return Io::kTimeout;
    } else if (errno != EINTR) {
      return Io::kClosed;
    }
  }
  return Io::kOk;
}

void Socket::ShutDown() { shutdown(fd_, SHUT_RDWR); }

void Socket::Linger() {
  if (shutdown(fd_, SHUT_WR) != 0) return;
  const Clock::time_point deadline = Clock::now() + kLingerTime;
  std::array<char, 1 << 14> discarded;
  for (std::size_t total = 0; total < kLingerBytes;) {
    const Received received = Receive(discarded, deadline);
    if (received.status != Io::kOk || Clock::now() >= deadline) return;
    total += received.size;
  }
}

void Socket::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace callstore::http
