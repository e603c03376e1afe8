// Goal:   clients cost a listener only so many threads for so long; it stops when it is told to.
// Method: more clients, slower ones and fewer descriptors than there should be.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/listener_fixture.h"

namespace callstore::http {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
using Clock = std::chrono::steady_clock;
constexpr milliseconds kLong = std::chrono::seconds(30);

// A handler that says when it runs, and goes on when it is told to.
class Gate {
 public:
  Handler handler() {
    return [this](const Request&, Body*, Response* response) {
      ++waiting_;
      open_.wait(false);
      response->body = "through";
    };
  }
  bool AwaitWaiting(int count) {
    for (int i = 0; i < 2000 && waiting_ < count; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    return waiting_ == count;
  }
  void Open() {
    open_ = true;
    open_.notify_all();
  }

 private:
  std::atomic<int> waiting_ = 0;
  std::atomic<bool> open_ = false;
};

std::size_t Threads() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ++count;
  }
  return count;
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The state of the one thread beside this one, to be read with IsRunning.
int OpenStatOfOtherThread() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(getpid())) continue;
    return open((task.path() / "stat").c_str(), O_RDONLY | O_CLOEXEC);
  }
  return -1;
}

// "123 (name) R ...": it runs, or would if there were a processor for it.
bool IsRunning(int stat) {
  std::array<char, 256> text{};
  const ssize_t size = pread(stat, text.data(), text.size(), 0);
  const std::string_view line(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::size_t name_end = line.rfind(") ");
  return name_end != std::string_view::npos && line.substr(name_end + 2, 1) == "R";
}

TEST_F(ListenerTest, TricklingHeadIs408InTime) {
  Start({.header_timeout = milliseconds(200)});
  RawClient client = Connect();
  const Clock::time_point start = Clock::now();
  std::thread sender([&] {
    client.Send("GET / HTTP/1.1\r\nA: ");
    for (int i = 0; i < 100 && client.Send("x"); ++i) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  const RawResponse response = client.Read();
  EXPECT_LT(SecondsSince(start), 1.5);
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(ErrorCodeOf(response), "deadline");
  sender.join();
  EXPECT_EQ(listener_->counts().requests_malformed, 1U);
}

TEST_F(ListenerTest, SilentConnectionIsClosedWithoutAnswer) {
  Start({.keep_alive_timeout = kLong, .header_timeout = milliseconds(100)});
  EXPECT_TRUE(Connect().IsClosed());
  // Empty lines are no request, and no reason to wait longer.
  RawClient client = Connect();
  client.Send("\r\n\r\n");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, IdleConnectionIsClosedAfterKeepAlive) {
  Start({.keep_alive_timeout = milliseconds(500), .header_timeout = kLong});
  RawClient client = Connect();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(client.Ask(kGet).status, 200);
    std::this_thread::sleep_for(milliseconds(200));
  }
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, ConnectionOverCapIs503AtOnce) {
  Gate gate;
  Start({.max_connections = 2}, gate.handler());
  std::vector<RawClient> served;
  for (int i = 0; i < 2; ++i) {
    served.push_back(Connect());
    served.back().Send(kGet);
  }
  ASSERT_TRUE(gate.AwaitWaiting(2));
  for (int i = 0; i < 100; ++i) {  // more than are kept open
    const RawResponse refused = Ask(kGet);
    ASSERT_EQ(refused.status, 503);
    ASSERT_EQ(ErrorCodeOf(refused), "busy");
    ASSERT_EQ(refused.Header("Retry-After"), "1");
    ASSERT_EQ(refused.Header("Connection"), "close");
  }
  EXPECT_EQ(listener_->counts().connections_refused, 100U);
  EXPECT_EQ(listener_->counts().open_connections, 2U);
  gate.Open();
  for (RawClient& client : served) {
    EXPECT_EQ(client.Read().body, "through");
    client.Close();
  }
  ASSERT_TRUE(Eventually([&] { return listener_->counts().open_connections == 0; }));
  EXPECT_EQ(Ask(kGet).body, "through");
}

TEST_F(ListenerTest, ThreadsAreUsedAgainAndGoneInTheEnd) {
  // A sanitizer makes a thread of its own with the first one.
  std::thread([] {}).join();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::size_t before = Threads();
  Start();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(Ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status, 200);
    ASSERT_TRUE(Eventually([&] { return listener_->counts().open_connections == 0; }));
  }
  // One accepts, one serves.
  EXPECT_TRUE(Eventually([&] { return Threads() == before + 2; })) << Threads();
  listener_.reset();
  EXPECT_TRUE(Eventually([&] { return Threads() == before; })) << Threads();
}

TEST_F(ListenerTest, StopClosesIdleConnectionsAtOnce) {
  Start({.keep_alive_timeout = kLong, .header_timeout = kLong});
  RawClient asked = Connect();
  EXPECT_EQ(asked.Ask(kGet).status, 200);
  RawClient silent = Connect();
  RawClient begun = Connect();
  begun.Send("GET / HT");
  ASSERT_TRUE(Eventually([&] { return listener_->counts().open_connections == 3; }));
  const Clock::time_point start = Clock::now();
  listener_->Stop(kLong);
  EXPECT_LT(SecondsSince(start), 5);
  for (RawClient* client : {&asked, &silent, &begun}) EXPECT_EQ(client->ReadToEnd(), "");
  EXPECT_EQ(listener_->counts().open_connections, 0U);
}

TEST_F(ListenerTest, StopLetsRequestsFinishAndTakesNoMore) {
  Gate gate;
  Start({}, gate.handler());
  RawClient client = Connect();
  client.Send(kGet);
  ASSERT_TRUE(gate.AwaitWaiting(1));
  const int port = listener_->port();
  std::thread stopper([&] { listener_->Stop(kLong); });
  // Nobody listens there any more, though the request is still under way.
  EXPECT_TRUE(Eventually([&] { return !RawClient().TryConnect(port); }));
  gate.Open();
  const RawResponse response = client.Read();
  EXPECT_EQ(response.body, "through");
  EXPECT_EQ(response.Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
  client.Close();
  stopper.join();
}

// It is answered already, and not idle yet.
TEST_F(ListenerTest, StopWaitsForUnreadBodyAndNoLonger) {
  Start({.keep_alive_timeout = kLong, .transfer_timeout = kLong},
        [](const Request&, Body*, Response*) {});
  RawClient client = Connect();
  EXPECT_EQ(client.Ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n").status, 200);
  const int port = listener_->port();
  const Clock::time_point start = Clock::now();
  std::thread stopper([&] { listener_->Stop(kLong); });
  EXPECT_TRUE(Eventually([&] { return !RawClient().TryConnect(port); }));
  client.Send("abc");
  EXPECT_TRUE(client.IsClosed());
  stopper.join();
  EXPECT_LT(SecondsSince(start), 10);
}

TEST_F(ListenerTest, StopBreaksOffAfterGrace) {
  std::promise<std::string> error;
  Start({.transfer_timeout = kLong}, [&](const Request&, Body* body, Response*) {
    const Result<void> read = body->Read(100, [](std::string_view) { return Result<void>(); });
    error.set_value(read ? "none" : std::string(ErrorCodeName(read.error().code)));
  });
  RawClient client = Connect();
  client.Send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
  ASSERT_TRUE(Eventually([&] { return handled_ == 1; }));
  const Clock::time_point start = Clock::now();
  listener_->Stop(milliseconds(200));
  EXPECT_GT(SecondsSince(start), 0.19);
  EXPECT_LT(SecondsSince(start), 5);
  EXPECT_EQ(error.get_future().get(), "io_error");
  listener_->Stop(kLong);  // again: nothing is left to do
}

TEST_F(ListenerTest, SecondStopCutsTheFirstShort) {
  Start({.transfer_timeout = kLong}, Echo);
  RawClient client = Connect();
  client.Send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
  ASSERT_TRUE(Eventually([&] { return handled_ == 1; }));
  const Clock::time_point start = Clock::now();
  std::thread patient([&] { listener_->Stop(kLong); });
  std::this_thread::sleep_for(milliseconds(50));
  listener_->Stop(milliseconds(0));
  patient.join();
  EXPECT_LT(SecondsSince(start), 5);
}

TEST_F(ListenerTest, AddressInUseIsIoErrorThatNamesIt) {
  Start();
  const auto second = Listener::Start({.port = listener_->port()}, Echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIoError);
  EXPECT_EQ(second.error().Detail("host"), "127.0.0.1");
  EXPECT_EQ(second.error().Detail("port"), std::to_string(listener_->port()));
  EXPECT_EQ(second.error().Detail("cause"), "Address already in use");
}

TEST_F(ListenerTest, PortOfStoppedListenerCanBeTakenAgain) {
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(kGet).status, 200);
  const int port = listener_->port();
  listener_.reset();  // leaves the client's connection in TIME_WAIT here
  const auto second = Listener::Start({.port = port}, Echo);
  ASSERT_TRUE(second) << second.error().ToString();
  EXPECT_EQ((*second)->port(), port);
}

TEST_F(ListenerTest, UnusableHostIsIoError) {
  for (const std::string host : {"203.0.113.1", "no.such.host.invalid", "not a host"}) {
    const auto started = Listener::Start({.host = host, .port = 0}, Echo);
    ASSERT_FALSE(started) << host;
    EXPECT_EQ(started.error().code, ErrorCode::kIoError);
    EXPECT_EQ(started.error().Detail("host"), host);
    EXPECT_NE(started.error().Detail("cause"), "");
  }
}

TEST_F(ListenerTest, NameAndIpv6AreAddressesToo) {
  const auto by_name = Listener::Start({.host = "localhost", .port = 0}, Echo);
  ASSERT_TRUE(by_name) << by_name.error().ToString();
  EXPECT_GT((*by_name)->port(), 0);
  std::string remote;
  auto any =
      Listener::Start({.host = "::", .port = 0},
                      [&](const Request& request, Body*, Response*) { remote = request.remote; });
  if (!any) GTEST_SKIP() << "no IPv6 here: " << any.error().ToString();
  EXPECT_EQ(RawClient((*any)->port()).Ask(kGet).status, 200);
  EXPECT_EQ(remote, "127.0.0.1");
}

TEST_F(ListenerTest, OptionOutOfRangeIsNamed) {
  const auto field = [](const ServerOptions& options) {
    const auto started = Listener::Start(options, Echo);
    return started ? "none" : std::string(started.error().Detail("field"));
  };
  EXPECT_EQ(field({.host = "", .port = 0}), "host");
  EXPECT_EQ(field({.port = -1}), "port");
  EXPECT_EQ(field({.port = 65536}), "port");
  EXPECT_EQ(field({.port = 0, .max_connections = 0}), "max_connections");
  EXPECT_EQ(field({.port = 0, .max_header_bytes = 1}), "max_header_bytes");
  EXPECT_EQ(field({.port = 0, .keep_alive_timeout = milliseconds(0)}), "keep_alive_timeout");
  EXPECT_EQ(field({.port = 0, .header_timeout = milliseconds(-1)}), "header_timeout");
  EXPECT_EQ(field({.port = 0, .transfer_timeout = std::chrono::hours(25)}), "transfer_timeout");
}

// With no descriptor left a connection cannot be accepted; the listener rests, and goes on when
// there are some again.
TEST_F(ListenerTest, NoDescriptorsLeftIsWaitedFor) {
  Start();
  RawClient client;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int stat = OpenStatOfOtherThread();
  ASSERT_GE(stat, 0);
  const int lowest_free = dup(0);
  close(lowest_free);
  const rlimit none = {static_cast<rlim_t>(lowest_free), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  client.Connect(listener_->port());
  client.Send(kGet);
  int seen_running = 0;
  for (int i = 0; i < 40; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
    seen_running += IsRunning(stat) ? 1 : 0;
  }
  const std::uint64_t accepted = listener_->counts().connections;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  close(stat);
  EXPECT_EQ(accepted, 0U);
  EXPECT_LT(seen_running, 20);
  EXPECT_EQ(client.Read().body, "GET /a");
}

// Clients of all kinds while the listener stops: nothing hangs, and answers are whole or none.
TEST_F(ListenerTest, ThreadsOfManyClientsWhileItStops) {
  for (int round = 0; round < 5; ++round) {
    Start({.max_connections = 6});
    const int port = listener_->port();
    std::atomic<int> answered = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&, i] {
        for (int k = 0; k < 20; ++k) {
          RawClient client;
          if (!client.TryConnect(port)) return;
          while (client.Send(i % 2 == 0
                                 ? std::string(kGet)
                                 : "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
            const RawResponse response = client.Read();
            if (response.status != 200) break;
            EXPECT_EQ(response.body, i % 2 == 0 ? "GET /a" : "PUT /a [abc]");
            ++answered;
            if (response.Header("Connection") == "close") return;
            if (i % 3 == 0 && answered % 7 == 0) break;
          }
        }
      });
    }
    EXPECT_TRUE(Eventually([&] { return answered > 50; }));
    listener_->Stop(milliseconds(round % 2 == 0 ? 1000 : 0));
    EXPECT_EQ(listener_->counts().open_connections, 0U);
    for (std::thread& client : clients) client.join();
  }
}

}  // namespace
}  // namespace callstore::http
