#include "cli/listen_address.h"

#include <charconv>

#include "cli/failure.h"

namespace callstore::cli {
namespace {

constexpr const char* kLoopback = "127.0.0.1";
constexpr const char* kValid = "HOST:PORT, :PORT (on 127.0.0.1), [IPV6]:PORT; a port is 0 to 65535";

tl::unexpected<Error> NotAnAddress(std::string_view text) {
  return Failure(ErrorCode::kInvalidArgument, "the address to listen on cannot be read",
                 {{"field", "--listen"}, {"value", std::string(text)}, {"valid", kValid}});
}

// Digits alone, 0 to 65535; else -1.
int ParsePort(std::string_view text) {
  constexpr std::size_t kMostDigits = 5;
  constexpr int kMostPort = 65535;
  int port = -1;
  if (text.empty() || text.size() > kMostDigits) return -1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end && port >= 0 && port <= kMostPort ? port : -1;
}

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NotAnAddress(text);
  const int port = ParsePort(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string_view::npos;
  const bool strange = host.find_first_of("[]/@ \t\r\n") != std::string_view::npos ||
                       host.find('\0') != std::string_view::npos;
  if (port < 0 || bracketed != has_colon || strange) return NotAnAddress(text);
  return ListenAddress{.host = std::string(host.empty() ? kLoopback : host), .port = port};
}

std::string UrlOf(const ListenAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + address.host + "]" : address.host;
  return "http://" + host + ":" + std::to_string(address.port);
}

bool IsLoopback(const ListenAddress& address) {
  const std::string_view host = address.host;
  const bool is_v4 = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (is_v4 && host.starts_with("127."));
}

}  // namespace callstore::cli
