#include "http/listener.h"

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/thread.h"
#include "callstore/json.h"
#include "http/connection.h"
#include "http/connection_threads.h"
#include "http/failure.h"
#include "http/listening_socket.h"
#include "http/response_head.h"

namespace callstore::http {
namespace {

using std::chrono::milliseconds;

// How many refused connections are kept open, and for how long, so that their clients read why.
constexpr std::size_t kRefusedKept = 64;
constexpr milliseconds kRefusedTime{1000};

template <typename T>
Result<void> CheckRange(std::string_view field, T value, T least, T most) {
  if (value >= least && value <= most) return {};
  return Failure(ErrorCode::kInvalidArgument, "an option of the server is out of range",
                 {{"field", std::string(field)},
                  {"value", std::to_string(value)},
                  {"valid", std::to_string(least) + " to " + std::to_string(most)}});
}

Result<void> CheckTime(std::string_view field, milliseconds value) {
  constexpr milliseconds kDay = std::chrono::hours(24);
  return CheckRange<milliseconds::rep>(field, value.count(), 1, kDay.count());
}

Result<void> CheckOptions(const ServerOptions& options) {
  if (options.host.empty() || options.host.find('\0') != std::string::npos) {
    return Failure(ErrorCode::kInvalidArgument, "the host is neither an address nor a name",
                   {{"field", "host"}, {"valid", "127.0.0.1, ::1, 0.0.0.0, localhost, ..."}});
  }
  constexpr std::size_t kMaxConnections = 65536;
  constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 20;
  for (const Result<void>& checked :
       {CheckRange("port", options.port, 0, 65535),
        CheckRange<std::size_t>("max_connections", options.max_connections, 1, kMaxConnections),
        CheckRange<std::size_t>("max_header_bytes", options.max_header_bytes, 256, kMaxHeaderBytes),
        CheckTime("keep_alive_timeout", options.keep_alive_timeout),
        CheckTime("header_timeout", options.header_timeout),
        CheckTime("transfer_timeout", options.transfer_timeout)}) {
    if (!checked) return checked;
  }
  return {};
}

// The whole answer of a connection that is not served.
std::string RefusalText(std::size_t max_connections) {
  Response response;
  response.status = 503;
  response.headers = {{"Retry-After", "1"}};
  response.body = ToJson(Error{ErrorCode::kBusy,
                               "the server serves as many connections as it may",
                               {{"limit", std::to_string(max_connections)}}});
  std::string text;
  AppendResponseHead(response, {.length = response.body.size(), .close = true}, &text);
  // A date that was true once is worse than none.
  const std::size_t date = text.find("Date: ");
  text.erase(date, text.find("\r\n", date) + 2 - date);
  return text + response.body;
}

// Connections that were told to come again, until they have had the time to read it.
class RefusedConnections {
 public:
  explicit RefusedConnections(std::string text) : text_(std::move(text)) {}

  // Never waits: what the client does not take at once it does not get.
  void Add(Socket socket) {
    send(socket.fd(), text_.data(), text_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(socket.fd(), SHUT_WR);
    if (kept_.size() >= kRefusedKept) kept_.pop_front();
    kept_.emplace_back(std::move(socket), Clock::now() + kRefusedTime);
  }
  void CloseOld() {
    const Clock::time_point now = Clock::now();
    while (!kept_.empty() && kept_.front().until <= now) kept_.pop_front();
  }
  bool empty() const { return kept_.empty(); }

 private:
  // Bytes that are unread when a socket is closed would take the answer with them.
  struct Kept {
    Kept(Socket kept, Clock::time_point end) : socket(std::move(kept)), until(end) {}
    Kept(Kept&&) = default;
    Kept& operator=(Kept&&) = default;
    ~Kept() {
      std::array<char, 1 << 14> discarded;
      for (int i = 0; i < 4 && socket.fd() >= 0; ++i) {
        if (recv(socket.fd(), discarded.data(), discarded.size(), MSG_DONTWAIT) <= 0) return;
      }
    }
    Socket socket;
    Clock::time_point until;
  };

  const std::string text_;
  std::deque<Kept> kept_;
};

}  // namespace

class Listener::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler, ListeningSocket socket)
      : socket_(std::move(socket)),
        refused_(RefusalText(options.max_connections)),
        threads_(options.max_connections,
                 [this](Accepted accepted) { Serve(std::move(accepted)); }) {
    settings_.options = options;
    settings_.handler = std::move(handler);
    accepter_ = StartThread([this] { Accept(); });
  }
  ~Impl() { Stop(milliseconds(0)); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int port() const { return socket_.port(); }

  ListenerCounts counts() const {
    return {.connections = accepted_.load(std::memory_order_relaxed),
            .connections_refused = refused_count_.load(std::memory_order_relaxed),
            .requests_malformed = settings_.requests_malformed.load(std::memory_order_relaxed),
            .open_connections = threads_.open()};
  }

  // A second call, with less time to wait, cuts the first one's short.
  void Stop(milliseconds grace) {
    settings_.stopping.store(true);
    {
      const std::lock_guard lock(stop_mutex_);
      if (accepter_.joinable()) {
        socket_.Wake();
        accepter_.join();
        socket_.Close();
      }
    }
    ForEachConnection(&Connection::CloseIfIdle);
    if (grace > milliseconds(0) && threads_.WaitUntilNone(grace)) return;
    ForEachConnection(&Connection::Break);
    // Handlers cannot be broken off: they end at their own deadline, or at their next read.
    while (!threads_.WaitUntilNone(std::chrono::hours(1))) {
    }
  }

 private:
  void Accept() {
    while (!settings_.stopping.load()) {
      try {
        AcceptOne();
      } catch (const std::bad_alloc&) {
        // That one is lost; the next may find some memory.
      }
    }
  }

  void AcceptOne() {
    constexpr milliseconds kForever = std::chrono::hours(1);
    std::optional<Accepted> accepted = socket_.Accept(refused_.empty() ? kForever : kRefusedTime);
    refused_.CloseOld();
    if (!accepted) return;
    accepted_.fetch_add(1, std::memory_order_relaxed);
    if (threads_.Give(&*accepted)) return;
    refused_count_.fetch_add(1, std::memory_order_relaxed);
    refused_.Add(std::move(accepted->socket));
  }

  void Serve(Accepted accepted) {
    Connection connection(std::move(accepted.socket), std::move(accepted.remote), &settings_);
    if (!Register(&connection)) return;
    connection.Serve();
    const std::lock_guard lock(connections_mutex_);
    connections_.erase(&connection);
  }

  // Whoever stops finds the connection in the set, or the connection sees that all stops.
  bool Register(Connection* connection) {
    const std::lock_guard lock(connections_mutex_);
    if (settings_.stopping.load()) return false;
    try {
      connections_.insert(connection);
    } catch (const std::bad_alloc&) {
      return false;
    }
    return true;
  }

  void ForEachConnection(void (Connection::*call)()) {
    const std::lock_guard lock(connections_mutex_);
    for (Connection* connection : connections_) (connection->*call)();
  }

  ListeningSocket socket_;
  ConnectionSettings settings_;
  RefusedConnections refused_;
  std::atomic<std::uint64_t> accepted_ = 0;
  std::atomic<std::uint64_t> refused_count_ = 0;
  std::mutex connections_mutex_;
  std::unordered_set<Connection*> connections_;
  std::mutex stop_mutex_;
  ConnectionThreads threads_;
  std::thread accepter_;  // last: it uses all of the others
};

Result<std::unique_ptr<Listener>> Listener::Start(const ServerOptions& options, Handler handler) {
  if (auto checked = CheckOptions(options); !checked) return Forward(checked);
  Result<ListeningSocket> socket = ListeningSocket::Open(options.host, options.port);
  if (!socket) return Forward(socket);
  try {
    return std::unique_ptr<Listener>(
        new Listener(std::make_unique<Impl>(options, std::move(handler), std::move(*socket))));
  } catch (const std::system_error& error) {
    return Failure(ErrorCode::kIoError, "no thread can be started",
                   {{"cause", error.code().message()}});
  }
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;
int Listener::port() const { return impl_->port(); }
ListenerCounts Listener::counts() const { return impl_->counts(); }
void Listener::Stop(milliseconds grace) { impl_->Stop(grace); }

}  // namespace callstore::http
