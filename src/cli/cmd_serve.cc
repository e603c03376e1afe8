// cmd_serve.cc - callstore serve: the documented endpoint, until a signal ends it.
#include <malloc.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/http/access_keys.h"
#include "callstore/http/server.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/follower.h"
#include "cli/listen_address.h"
#include "cli/retainer.h"
#include "cli/stop_signal.h"
#include "cli/terminal.h"

namespace callstore::cli {
namespace {

using http::AccessKeys;
using http::Server;
using http::ServerOptions;

struct ServedStore {
  Store store;
  bool follows = false;
};

Result<void> CheckRange(const char* option, const std::optional<std::int64_t>& value,
                        std::int64_t most) {
  if (!value || (*value >= 1 && *value <= most)) return {};
  return Failure(ErrorCode::kInvalidArgument, "the number is out of range",
                 {{"field", option},
                  {"value", std::to_string(*value)},
                  {"valid", "1 to " + std::to_string(most)}});
}

Result<ServerOptions> ServerOptionsOf(const ServeOptions& options) {
  constexpr std::int64_t kMostConnections = 65536;
  constexpr std::int64_t kMostDeadlineMs = std::int64_t{24} * 3600 * 1000;
  const Result<ListenAddress> address = ParseListenAddress(options.listen);
  if (!address) return Forward(address);
  for (const Result<void>& checked :
       {CheckRange("--max-connections", options.max_connections, kMostConnections),
        CheckRange("--deadline-ms", options.deadline_ms, kMostDeadlineMs)}) {
    if (!checked) return Forward(checked);
  }
  ServerOptions server = {.host = address->host, .port = address->port};
  if (options.max_connections) {
    server.max_connections = static_cast<std::size_t>(*options.max_connections);
  }
  if (options.deadline_ms) server.deadline = std::chrono::milliseconds(*options.deadline_ms);
  if (options.access_log) {
    server.access_log = [](std::string_view line) { WriteToStderr(std::string(line) + "\n"); };
  }
  return server;
}

// Messages of a store while it is not known whether it can be opened: that another process has it
// is no trouble here, and need not be told as one.
class HeldMessages {
 public:
  explicit HeldMessages(LogSink sink) : sink_(std::move(sink)) {}

  void Take(LogLevel level, std::string_view message) {
    const std::scoped_lock lock(mutex_);
    if (!held_) return sink_(level, message);
    messages_.emplace_back(level, message);
  }
  // Passes them on, those that were held and those to come.
  void Release() {
    const std::scoped_lock lock(mutex_);
    held_ = false;
    for (const auto& [level, message] : messages_) sink_(level, message);
    messages_.clear();
  }

 private:
  const LogSink sink_;
  std::mutex mutex_;
  bool held_ = true;
  std::vector<std::pair<LogLevel, std::string>> messages_;
};

// locked where another process writes to it.
Result<Store> OpenToWrite(const Session& session) {
  StoreOptions options = OptionsFor(session, OpenMode::kReadWrite, true);
  options.statistics = true;
  const auto messages = std::make_shared<HeldMessages>(options.log_sink);
  options.log_sink = [messages](LogLevel level, std::string_view message) {
    messages->Take(level, message);
  };
  Result<Store> store = Store::Open(options);
  if (store || store.error().code != ErrorCode::kLocked) messages->Release();
  return store;
}

// For writing where nobody else does, else behind the one who does.
Result<ServedStore> OpenToServe(bool follow, const Session& session) {
  if (!follow) {
    Result<Store> store = OpenToWrite(session);
    if (store) return ServedStore{.store = std::move(*store), .follows = false};
    if (store.error().code != ErrorCode::kLocked) return Forward(store);
  }
  StoreOptions options = OptionsFor(session, OpenMode::kFollow, false);
  options.statistics = true;
  Result<Store> store = Store::Open(options);
  if (!store) return Forward(store);
  return ServedStore{.store = std::move(*store), .follows = true};
}

// Tells all that there is to know; the line with the address comes last, when it can be reached.
void Announce(const ServerOptions& options, int port, bool follows, const std::string& keys_path,
              AccessKeys* keys, const Session& session) {
  const ListenAddress address = {.host = options.host, .port = port};
  if (!IsLoopback(address)) {
    Notice("warning: other machines reach " + address.host +
           ", and what is sent is not encrypted; TLS is the task of a proxy in front");
  }
  if (const Result<std::size_t> count = keys->Count(); count && *count == 0) {
    Notice("no access keys yet in " + keys_path +
           ", so nobody is let in; make a pair with callstore keys create");
  }
  Notice("listening on " + UrlOf(address) + ", store " + session.common.store + ": " +
         (follows ? "reads only, following the process that writes" : "reads and writes"));
}

// Each thread of a connection would get an arena of its own, with holes of its own: minutes of
// mixed requests kept several times the memory that is in use. Two made nothing slower. Comes
// before any thread.
void ShareArenas() {
#ifdef M_ARENA_MAX
  (void)mallopt(M_ARENA_MAX, 2);
#endif
}

// Returns when a signal asks to stop. Until then tells where the keys stop being readable: clients
// only hear that they are not let in.
void RunUntilSignal(AccessKeys* keys) {
  std::string trouble;
  while (!AwaitStopSignal(std::chrono::milliseconds(500))) {
    const Result<std::size_t> count = keys->Count();
    std::string now = count ? std::string() : count.error().ToString();
    if (now == trouble) continue;
    Notice(count ? "the access keys can be read again" : "nobody is let in: " + now);
    trouble = std::move(now);
  }
}

}  // namespace

Result<void> RunCommand(const ServeOptions& options, Session* session) {
  const Result<ServerOptions> server_options = ServerOptionsOf(options);
  if (!server_options) return Forward(server_options);
  ShareArenas();
  HoldStopSignals();
  const std::string keys_path =
      options.keys.empty() ? http::KeysPath(session->common.store) : options.keys;
  const Result<std::unique_ptr<AccessKeys>> keys = AccessKeys::Open(keys_path);
  if (!keys) return Forward(keys);
  Result<ServedStore> served = OpenToServe(options.follow, *session);
  if (!served) return Forward(served);
  std::optional<Follower> follower;
  std::optional<Retainer> retainer;  // retention is the task of the one who writes
  if (served->follows) {
    follower.emplace(&served->store);
  } else {
    retainer.emplace(&served->store);
  }

  const Result<std::unique_ptr<Server>> server =
      Server::Start(&served->store, keys->get(), *server_options);
  if (!server) return Forward(server);
  Announce(*server_options, (*server)->port(), served->follows, keys_path, keys->get(), *session);
  RunUntilSignal(keys->get());
  ReleaseStopSignals();
  Notice("stopping; another signal ends it at once");
  (*server)->Stop();
  follower.reset();
  retainer.reset();
  return served->store.Close();
}

}  // namespace callstore::cli
