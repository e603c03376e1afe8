#include "http/listening_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "http/failure.h"

namespace callstore::http {
namespace {

using std::chrono::milliseconds;

// How long to leave a system alone that cannot accept just now.
constexpr milliseconds kRestTime{50};

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

tl::unexpected<Error> CannotListen(const std::string& host, int port, const std::string& cause) {
  return Failure(ErrorCode::kIoError, "the server cannot listen at this address",
                 {{"host", host}, {"port", std::to_string(port)}, {"cause", cause}});
}

std::string TextOf(int error) { return std::generic_category().message(error); }

Result<Addresses> Resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed == 0) return Addresses(found, &freeaddrinfo);
  return CannotListen(host, port, failed == EAI_SYSTEM ? TextOf(errno) : gai_strerror(failed));
}

// A listening socket; of none, errno says why.
Socket Listen(const addrinfo& address) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0) return socket;
  // The address of a server that just ended may be taken, that of a running one may not.
  const int on = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(socket.fd(), address.ai_addr, address.ai_addrlen) == 0 &&
      listen(socket.fd(), SOMAXCONN) == 0) {
    return socket;
  }
  const int error = errno;
  socket = Socket();
  errno = error;
  return {};
}

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

// "127.0.0.1", "2001:db8::1"; a client of IPv4 looks the same through a socket of IPv6.
std::string AddressText(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  int family = address.ss_family;
  if (family == AF_INET6) {
    const in6_addr& ip6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&ip6);
    bytes = mapped ? &ip6.s6_addr[12] : &ip6.s6_addr[0];
    family = mapped ? AF_INET : AF_INET6;
  }
  const char* printed = inet_ntop(family, bytes, text.data(), text.size());
  return printed == nullptr ? std::string() : printed;
}

}  // namespace

Result<ListeningSocket> ListeningSocket::Open(const std::string& host, int port) {
  const Result<Addresses> addresses = Resolve(host, port);
  if (!addresses) return Forward(addresses);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses->get(); address; address = address->ai_next) {
    ListeningSocket opened;
    opened.listener_ = Listen(*address);
    if (opened.listener_.fd() >= 0) opened.waker_ = Socket(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    error = errno;
    if (opened.listener_.fd() < 0 || opened.waker_.fd() < 0) continue;
    opened.port_ = PortOf(opened.listener_.fd());
    return opened;
  }
  return CannotListen(host, port, TextOf(error));
}

std::optional<Accepted> ListeningSocket::Accept(milliseconds most) {
  std::array<pollfd, 2> waiters = {{{waker_.fd(), POLLIN, 0}, {listener_.fd(), POLLIN, 0}}};
  if (poll(waiters.data(), waiters.size(), static_cast<int>(most.count())) <= 0) return {};
  if (waiters[0].revents != 0) return {};
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  Socket socket(
      accept4(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC));
  if (socket.fd() >= 0) return Accepted{std::move(socket), AddressText(address)};
  // What the peer did is over. For anything else the connection still waits, and poll would
  // return at once.
  const bool over = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
  if (!over) poll(waiters.data(), 1, static_cast<int>(kRestTime.count()));
  return {};
}

void ListeningSocket::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(waker_.fd(), &one, sizeof one);
}

}  // namespace callstore::http
