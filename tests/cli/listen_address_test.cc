#include "cli/listen_address.h"

#include <gtest/gtest.h>

#include <string>

namespace callstore::cli {
namespace {

TEST(ListenAddress, FormsOfPeopleAreRead) {
  struct Case {
    const char* text;
    const char* host;
    int port;
    const char* url;
    bool loopback;
  };
  for (const Case& c : {
           Case{"127.0.0.1:8080", "127.0.0.1", 8080, "http://127.0.0.1:8080", true},
           Case{"127.1.2.3:0", "127.1.2.3", 0, "http://127.1.2.3:0", true},
           Case{"localhost:80", "localhost", 80, "http://localhost:80", true},
           Case{":8080", "127.0.0.1", 8080, "http://127.0.0.1:8080", true},
           Case{"[::1]:65535", "::1", 65535, "http://[::1]:65535", true},
           Case{"0.0.0.0:8080", "0.0.0.0", 8080, "http://0.0.0.0:8080", false},
           Case{"[::]:8080", "::", 8080, "http://[::]:8080", false},
           Case{"127.0.0.1.example.org:1", "127.0.0.1.example.org", 1,
                "http://127.0.0.1.example.org:1", false},
           Case{"calls.example.org:443", "calls.example.org", 443, "http://calls.example.org:443",
                false},
       }) {
    const Result<ListenAddress> address = ParseListenAddress(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(address->host, c.host);
    EXPECT_EQ(address->port, c.port);
    EXPECT_EQ(UrlOf(*address), c.url);
    EXPECT_EQ(IsLoopback(*address), c.loopback) << c.text;
  }
}

TEST(ListenAddress, AnythingElseIsRefused) {
  for (const char* const text : {"",
                                 ":",
                                 "8080",
                                 "localhost",
                                 "localhost:",
                                 "localhost:x",
                                 "localhost:-1",
                                 "localhost:+1",
                                 "localhost: 80",
                                 "localhost:80 ",
                                 "localhost:65536",
                                 "localhost:000080",
                                 "::1:80",
                                 "[::1]",
                                 "[::1:80",
                                 "::1]:80",
                                 "[]:80",
                                 "[localhost]:80",
                                 "a:b:80",
                                 "http://localhost:80",
                                 "user@host:80",
                                 "my host:80"}) {
    const Result<ListenAddress> address = ParseListenAddress(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(address.error().Detail("value"), text);
    EXPECT_FALSE(address.error().Detail("valid").empty());
  }
}

}  // namespace
}  // namespace callstore::cli
