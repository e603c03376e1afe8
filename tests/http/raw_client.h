// raw_client.h - a client that sends whatever bytes a test wants, and reads answers strictly.
#ifndef CALLSTORE_TESTS_HTTP_RAW_CLIENT_H_
#define CALLSTORE_TESTS_HTTP_RAW_CLIENT_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace callstore::http {

struct RawResponse {
  int status = 0;         // 0: there was no whole answer
  std::string head = {};  // with the empty line
  std::string body = {};  // without the chunks' framing
  bool ended = false;     // of a chunked body: the last chunk was there

  // Of the header NAME, as the listener spells it; empty: there is none.
  std::string Header(std::string_view name) const {
    const std::string start = "\r\n" + std::string(name) + ": ";
    const std::size_t at = head.find(start);
    if (at == std::string::npos) return {};
    const std::size_t value = at + start.size();
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

class RawClient {
 public:
  explicit RawClient(int port) : fd_(MakeSocket()) { Connect(port); }
  // A socket that is connected later.
  RawClient() : fd_(MakeSocket()) {}
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(input_, other.input_);
    return *this;
  }
  ~RawClient() { Close(); }

  void Connect(int port) { EXPECT_TRUE(TryConnect(port)); }
  bool TryConnect(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  // Closes with a reset, as a client that died does.
  void Reset() {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    Close();
  }
  void EndSending() { shutdown(fd_, SHUT_WR); }

  // False: the server is gone.
  bool Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer. That of a HEAD request has no body.
  RawResponse Read(bool head_only = false) {
    RawResponse response;
    while (input_.find("\r\n\r\n") == std::string::npos) {
      if (!Receive()) return response;
    }
    response.head = Cut(input_.find("\r\n\r\n") + 4);
    response.status = std::stoi(response.head.substr(9, 3));
    if (head_only || response.status < 200 || response.status == 204) return response;
    if (response.Header("Transfer-Encoding") == "chunked") {
      ReadChunks(&response);
    } else if (const std::string length = response.Header("Content-Length"); !length.empty()) {
      while (input_.size() < std::stoul(length) && Receive()) {
      }
      response.body = Cut(std::stoul(length));
    } else {
      response.body = ReadToEnd();
    }
    return response;
  }
  RawResponse Ask(std::string_view text) {
    EXPECT_TRUE(Send(text));
    return Read();
  }

  // What else comes until the server ends the connection.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return std::exchange(input_, {});
  }
  // Whether the server ended the connection, or does so in time, without another byte and without
  // a reset, which could have cost the client its answer.
  bool IsClosed() { return input_.empty() && !Receive() && ended_; }
  // Whether it is open and silent for a moment.
  bool IsOpen() {
    pollfd waiter{fd_, POLLIN, 0};
    return input_.empty() && poll(&waiter, 1, 50) == 0;
  }

  bool Receive() {
    pollfd waiter{fd_, POLLIN, 0};
    if (poll(&waiter, 1, 10'000) == 0) {
      ADD_FAILURE() << "nothing came; so far: " << input_.substr(0, 200);
      return false;
    }
    std::array<char, 1 << 14> bytes;
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    ended_ = size == 0;
    if (size <= 0) return false;
    input_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
  }
  // Drops one byte, if there is one: 1; 0: the connection is at its end; -1: nothing came yet.
  int ReceiveByte() {
    char byte = 0;
    const ssize_t got = recv(fd_, &byte, 1, MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
    return static_cast<int>(got);
  }
  // What came and was not read as an answer.
  const std::string& input() const { return input_; }

 private:
  static int MakeSocket() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd, 0);
    return fd;
  }

  std::string Cut(std::size_t size) {
    const std::string text = input_.substr(0, size);
    input_.erase(0, size);
    return text;
  }

  void ReadChunks(RawResponse* response) {
    while (true) {
      while (input_.find("\r\n") == std::string::npos) {
        if (!Receive()) return;
      }
      const std::string line = Cut(input_.find("\r\n") + 2);
      const std::size_t size = std::stoul(line, nullptr, 16);
      while (input_.size() < size + 2) {
        if (!Receive()) return;
      }
      response->body += Cut(size);
      EXPECT_EQ(Cut(2), "\r\n");
      if (size == 0) {
        response->ended = true;
        return;
      }
    }
  }

  int fd_;
  std::string input_ = {};
  bool ended_ = false;
};

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_RAW_CLIENT_H_
