// listen_address.h - where a server listens, as people write it.
#ifndef CALLSTORE_SRC_CLI_LISTEN_ADDRESS_H_
#define CALLSTORE_SRC_CLI_LISTEN_ADDRESS_H_

#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::cli {

struct ListenAddress {
  std::string host = {};  // a name or an address, without brackets
  int port = 0;           // 0: any free one
};

// HOST:PORT, :PORT (on 127.0.0.1, not on every address), [IPV6]:PORT. invalid_argument.
Result<ListenAddress> ParseListenAddress(std::string_view text);

// "http://127.0.0.1:8080", "http://[::1]:8080".
std::string UrlOf(const ListenAddress& address);

// Whether only this machine reaches it. A name other than localhost counts as reached by all.
bool IsLoopback(const ListenAddress& address);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_LISTEN_ADDRESS_H_
