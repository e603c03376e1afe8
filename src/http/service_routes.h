// service_routes.h - the routes for those who run the endpoint, served without a key pair: is it
// alive, is it of use, what does it do, what is it.
//
// Ownership:     refers to the store and the metrics, which outlive it.
// Thread safety: all members from any thread.
#ifndef CALLSTORE_SRC_HTTP_SERVICE_ROUTES_H_
#define CALLSTORE_SRC_HTTP_SERVICE_ROUTES_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "callstore/store.h"
#include "http/answers.h"
#include "http/listener.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/routes.h"

namespace callstore::http {

class ServiceRoutes {
 public:
  struct Parts {
    Store* store = nullptr;
    const Metrics* metrics = nullptr;
    std::function<ListenerCounts()> listener_counts = {};
    std::chrono::milliseconds max_lag = {};
  };
  explicit ServiceRoutes(Parts parts);

  // Answers /healthz, /readyz, /metrics and /openapi.json.
  Outcome<void> Serve(Route route, const Request& request, Response* response);

  // From now on /readyz says 503: the server is about to stop.
  void Drain() { draining_.store(true, std::memory_order_relaxed); }

 private:
  void AnswerReady(Response* response) const;
  void AnswerMetrics(Response* response);
  std::string StoreText();

  Parts parts_;
  std::string_view mode_;  // writer, follower or reader
  std::atomic<bool> draining_{false};

  std::mutex mutex_;
  std::string store_text_;                            // guarded by mutex_
  std::chrono::steady_clock::time_point store_at_{};  // of store_text_
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_SERVICE_ROUTES_H_
