#include "http/metrics.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace callstore::http {
namespace {

struct Bound {
  std::int64_t micros;
  std::string_view seconds;
};

// Of the histogram. A list from memory takes some 50 us, the longest query half a minute.
constexpr std::array<Bound, 16> kBounds = {{{100, "0.0001"},
                                            {250, "0.00025"},
                                            {500, "0.0005"},
                                            {1'000, "0.001"},
                                            {2'500, "0.0025"},
                                            {5'000, "0.005"},
                                            {10'000, "0.01"},
                                            {25'000, "0.025"},
                                            {50'000, "0.05"},
                                            {100'000, "0.1"},
                                            {250'000, "0.25"},
                                            {500'000, "0.5"},
                                            {1'000'000, "1"},
                                            {2'500'000, "2.5"},
                                            {10'000'000, "10"},
                                            {30'000'000, "30"}}};

std::uint64_t Load(const std::atomic<std::uint64_t>& count) {
  return count.load(std::memory_order_relaxed);
}

void Add(std::atomic<std::uint64_t>* count, std::uint64_t more) {
  count->fetch_add(more, std::memory_order_relaxed);
}

std::string_view PathOf(std::size_t route) { return InfoOf(static_cast<Route>(route)).path; }

// # HELP and # TYPE, which stand once before all samples of a name.
void AppendHead(std::string_view name, std::string_view type, std::string_view help,
                std::string* text) {
  for (const std::string_view part :
       {std::string_view("# HELP "), name, std::string_view(" "), help,
        std::string_view("\n# TYPE "), name, std::string_view(" "), type, std::string_view("\n")}) {
    *text += part;
  }
}

// name{labels} value
void AppendSample(std::string_view name, std::string_view labels, std::string_view value,
                  std::string* text) {
  *text += name;
  if (!labels.empty()) (((*text += '{') += labels) += '}');
  ((*text += ' ') += value) += '\n';
}

void AppendNumber(std::string_view name, std::string_view type, std::string_view help,
                  std::int64_t value, std::string* text) {
  AppendHead(name, type, help, text);
  AppendSample(name, {}, std::to_string(value), text);
}

std::string Label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

// Exact: micros have six digits behind the point.
std::string Seconds(std::uint64_t micros) {
  std::string rest = std::to_string(micros % 1'000'000);
  rest.insert(0, 6 - rest.size(), '0');
  return std::to_string(micros / 1'000'000) + "." + rest;
}

std::int64_t Signed(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

void Metrics::End(const Observation& observation) {
  static_assert(kBounds.size() == kBuckets);
  PerRoute& route = routes_[static_cast<std::size_t>(observation.route)];
  const int status_class = std::clamp(observation.status / 100, 1, static_cast<int>(kClasses));
  Add(&route.requests[static_cast<std::size_t>(observation.method)]
                     [static_cast<std::size_t>(status_class - 1)],
      1);
  const auto bucket = std::ranges::lower_bound(kBounds, observation.micros, {}, &Bound::micros);
  Add(&route.durations[static_cast<std::size_t>(bucket - kBounds.begin())], 1);
  Add(&route.micros, static_cast<std::uint64_t>(std::max<std::int64_t>(observation.micros, 0)));
  Add(&route.received_bytes, observation.received_bytes);
  Add(&route.sent_bytes, observation.sent_bytes);
  in_progress_.fetch_sub(1, std::memory_order_relaxed);
}

void Metrics::AppendRequests(std::string* text) const {
  constexpr std::string_view kName = "callstore_http_requests_total";
  AppendHead(kName, "counter", "Requests answered, by route, method and class of status.", text);
  for (std::size_t i = 0; i < kRoutes; ++i) {
    for (std::size_t method = 0; method < kMethods; ++method) {
      for (std::size_t status = 0; status < kClasses; ++status) {
        const std::uint64_t count = Load(routes_[i].requests[method][status]);
        if (count == 0) continue;
        AppendSample(kName,
                     Label("route", PathOf(i)) + "," +
                         Label("method", MethodName(static_cast<Method>(method))) + "," +
                         Label("status", std::to_string(status + 1) + "xx"),
                     std::to_string(count), text);
      }
    }
  }
}

void Metrics::AppendDurations(std::string* text) const {
  constexpr std::string_view kName = "callstore_http_request_duration_seconds";
  AppendHead(kName, "histogram", "Time from a request to the end of its answer.", text);
  const std::string bucket_name = std::string(kName) + "_bucket";
  for (std::size_t i = 0; i < kRoutes; ++i) {
    const PerRoute& route = routes_[i];
    const std::string label = Label("route", PathOf(i));
    std::array<std::uint64_t, kBuckets + 1> sums{};
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = sum += Load(route.durations[k]);
    if (sum == 0) continue;
    for (std::size_t k = 0; k < kBuckets; ++k) {
      AppendSample(bucket_name, label + "," + Label("le", kBounds[k].seconds),
                   std::to_string(sums[k]), text);
    }
    AppendSample(bucket_name, label + "," + Label("le", "+Inf"), std::to_string(sum), text);
    AppendSample(std::string(kName) + "_sum", label, Seconds(Load(route.micros)), text);
    AppendSample(std::string(kName) + "_count", label, std::to_string(sum), text);
  }
}

void Metrics::AppendBytes(std::string* text) const {
  constexpr std::string_view kReceived = "callstore_http_received_bytes_total";
  constexpr std::string_view kSent = "callstore_http_sent_bytes_total";
  const auto append = [&](std::string_view name, Count PerRoute::*count) {
    for (std::size_t i = 0; i < kRoutes; ++i) {
      if (const std::uint64_t bytes = Load(routes_[i].*count); bytes > 0) {
        AppendSample(name, Label("route", PathOf(i)), std::to_string(bytes), text);
      }
    }
  };
  AppendHead(kReceived, "counter", "Bytes of request bodies.", text);
  append(kReceived, &PerRoute::received_bytes);
  AppendHead(kSent, "counter", "Bytes of answer bodies.", text);
  append(kSent, &PerRoute::sent_bytes);
}

void Metrics::AppendEndpoint(const ListenerCounts& listener, std::string* text) const {
  AppendRequests(text);
  AppendDurations(text);
  AppendBytes(text);
  AppendNumber("callstore_http_requests_in_progress", "gauge", "Requests under way.",
               in_progress_.load(std::memory_order_relaxed), text);
  AppendNumber("callstore_http_connections_total", "counter", "Connections accepted.",
               Signed(listener.connections), text);
  AppendNumber("callstore_http_connections_refused_total", "counter",
               "Connections over the limit, which were refused.",
               Signed(listener.connections_refused), text);
  AppendNumber("callstore_http_connections_open", "gauge", "Connections open now.",
               Signed(listener.open_connections), text);
  AppendNumber("callstore_http_requests_malformed_total", "counter",
               "Requests that were refused before they had a route.",
               Signed(listener.requests_malformed), text);
}

void AppendStoreMetrics(const StoreStats& stats, std::string* text) {
  AppendNumber("callstore_organizations", "gauge", "Organizations that ever had a call.",
               stats.organizations, text);
  AppendNumber("callstore_calls", "gauge", "Calls stored.", stats.calls, text);
  AppendNumber("callstore_size_bytes", "gauge", "Size of the store's files.", stats.size_bytes,
               text);
  AppendNumber("callstore_cache_used_bytes", "gauge", "Block cache in use.", stats.cache_used_bytes,
               text);
  for (const auto& [name, value] : stats.counters) {
    AppendNumber("callstore_" + name + "_total", "counter", "Of the store, since it was opened.",
                 value, text);
  }
  for (const auto& [name, value] : stats.gauges) {
    AppendNumber("callstore_" + name, "gauge", "Of the store, now.", value, text);
  }
}

}  // namespace callstore::http
