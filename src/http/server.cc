// server.cc - a store, its keys and a listener, joined.
#include "callstore/http/server.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "http/api.h"
#include "http/failure.h"
#include "http/listener.h"

namespace callstore::http {
namespace {

Result<void> CheckParts(const Store* store, const AccessKeys* keys, const ServerOptions& options) {
  if (store == nullptr || keys == nullptr) {
    return Failure(ErrorCode::kInvalidArgument, "a server needs a store and keys",
                   {{"field", store == nullptr ? "store" : "keys"}});
  }
  const auto check = [](std::string_view field, std::chrono::milliseconds value,
                        std::int64_t least) -> Result<void> {
    if (value.count() >= least) return {};
    return Failure(ErrorCode::kInvalidArgument, "the time is out of range",
                   {{"field", std::string(field)},
                    {"value", std::to_string(value.count())},
                    {"valid", "milliseconds, " + std::to_string(least) + " or more"}});
  };
  if (auto checked = check("deadline", options.deadline, 1); !checked) return checked;
  return check("max_lag", options.max_lag, 0);
}

}  // namespace

class Server::Impl {
 public:
  Impl(Store* store, AccessKeys* keys, const ServerOptions& options)
      : api_({.store = store,
              .find_access = [keys](std::string_view key,
                                    std::string_view secret) { return keys->Find(key, secret); },
              .listener_counts = [this] { return counts(); },
              .stop = stop_.get_token(),
              .options = options}) {}

  Result<void> Start(const ServerOptions& options) {
    auto listener =
        Listener::Start(options, [this](const Request& request, Body* body, Response* response) {
          api_.Handle(request, body, response);
        });
    if (!listener) return Forward(listener);
    listener_ = *std::move(listener);
    started_.store(listener_.get(), std::memory_order_release);
    return {};
  }

  int port() const { return listener_->port(); }

  // A second call may cut the time of the first one short.
  void Stop(std::chrono::milliseconds grace) {
    api_.Drain();
    const std::jthread breaker = BreakOffAfter(grace);
    listener_->Stop(grace);
  }

 private:
  // Queries that are still under way when the grace is over are broken off, so that the threads
  // that the listener waits for come to an end.
  std::jthread BreakOffAfter(std::chrono::milliseconds grace) {
    try {
      return std::jthread([this, grace](const std::stop_token& all_ended) {
        std::mutex mutex;
        std::unique_lock waiting(mutex);
        std::condition_variable_any().wait_for(waiting, all_ended, grace, [] { return false; });
        if (!all_ended.stop_requested()) stop_.request_stop();
      });
    } catch (const std::system_error&) {
      stop_.request_stop();  // no thread can be had to wait
      return {};
    }
  }

  // A request may come before Start has the listener in its hands.
  ListenerCounts counts() const {
    const Listener* const listener = started_.load(std::memory_order_acquire);
    return listener == nullptr ? ListenerCounts{} : listener->counts();
  }

  std::stop_source stop_;
  Api api_;
  std::atomic<const Listener*> started_{nullptr};
  std::unique_ptr<Listener> listener_;  // the first to go: its threads use all of the above
};

Result<std::unique_ptr<Server>> Server::Start(Store* store, AccessKeys* keys,
                                              const ServerOptions& options) {
  if (auto checked = CheckParts(store, keys, options); !checked) return Forward(checked);
  auto impl = std::make_unique<Impl>(store, keys, options);
  if (auto started = impl->Start(options); !started) return Forward(started);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { Stop(std::chrono::milliseconds(0)); }

int Server::port() const { return impl_->port(); }

void Server::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

}  // namespace callstore::http
