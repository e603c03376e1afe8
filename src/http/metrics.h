// metrics.h - what the endpoint did, as figures in the text format of Prometheus (0.0.4).
// Counting is a handful of relaxed atomic additions; each route has memory of its own. No name of
// an organization, key or call is ever a label.
//
// Thread safety: all members from any thread.
#ifndef CALLSTORE_SRC_HTTP_METRICS_H_
#define CALLSTORE_SRC_HTTP_METRICS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "callstore/store.h"
#include "http/listener.h"
#include "http/routes.h"

namespace callstore::http {

// One request that was answered.
struct Observation {
  Route route = Route::kNone;
  Method method = Method::kGet;
  int status = 200;
  std::int64_t micros = 0;
  std::uint64_t received_bytes = 0;  // of bodies
  std::uint64_t sent_bytes = 0;
};

class Metrics {
 public:
  void Begin() { in_progress_.fetch_add(1, std::memory_order_relaxed); }
  void End(const Observation& observation);

  // Of the endpoint and its listener.
  void AppendEndpoint(const ListenerCounts& listener, std::string* text) const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::size_t kClasses = 5;  // 1xx to 5xx
  static constexpr std::size_t kBuckets = 16;

  struct alignas(64) PerRoute {
    std::array<std::array<Count, kClasses>, kMethods> requests{};
    std::array<Count, kBuckets + 1> durations{};  // the last: longer than every bound
    Count micros{0};
    Count received_bytes{0};
    Count sent_bytes{0};
  };

  void AppendRequests(std::string* text) const;
  void AppendDurations(std::string* text) const;
  void AppendBytes(std::string* text) const;

  std::array<PerRoute, kRoutes> routes_{};
  alignas(64) std::atomic<std::int64_t> in_progress_{0};
};

// Of the store.
void AppendStoreMetrics(const StoreStats& stats, std::string* text);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_METRICS_H_
