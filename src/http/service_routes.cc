#include "http/service_routes.h"

#include <algorithm>
#include <utility>

#include "http/exchange.h"
#include "http/json_text.h"
#include "http/openapi.h"

namespace callstore::http {
namespace {

// The store's figures look at every organization and file; anybody may ask for them at any rate.
constexpr std::chrono::seconds kStoreTextAge(1);

std::string_view ModeOf(Store* store) {
  if (store->Following()) return "follower";
  // No call has an empty id: a store that takes writes says so, another says that it takes none.
  const Result<void> written = store->Delete({}, {});
  return !written && written.error().code == ErrorCode::kReadOnly ? "reader" : "writer";
}

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

ServiceRoutes::ServiceRoutes(Parts parts) : parts_(std::move(parts)), mode_(ModeOf(parts_.store)) {}

Outcome<void> ServiceRoutes::Serve(Route route, const Request& request, Response* response) {
  CALLSTORE_HTTP_TRY(CheckParameters(request, {}));
  switch (route) {
    case Route::kReady:
      AnswerReady(response);
      break;
    case Route::kMetrics:
      AnswerMetrics(response);
      break;
    case Route::kOpenApi:
      AnswerJson(200, std::string(OpenApiJson()), response);
      break;
    default:
      AnswerJson(200, R"({"status":"ok"})", response);
  }
  return {};
}

void ServiceRoutes::AnswerReady(Response* response) const {
  std::int64_t lag_ms = 0;
  bool ready = !draining_.load(std::memory_order_relaxed);
  if (const auto following = parts_.store->Following(); following) {
    lag_ms = std::max<std::int64_t>(NowMs() - following->caught_up_at, 0);
    ready = ready && lag_ms <= parts_.max_lag.count();
  }
  std::string body = "{";
  AppendTextMember("status", ready ? "ready" : "not_ready", &body);
  AppendTextMember("mode", mode_, &body);
  AppendCountMember("lag_ms", lag_ms, &body);
  body += '}';
  AnswerJson(ready ? 200 : 503, std::move(body), response);
}

void ServiceRoutes::AnswerMetrics(Response* response) {
  response->status = 200;
  response->content_type = "text/plain; version=0.0.4; charset=utf-8";
  response->body.clear();
  const ListenerCounts counts =
      parts_.listener_counts ? parts_.listener_counts() : ListenerCounts{};
  parts_.metrics->AppendEndpoint(counts, &response->body);
  response->body += StoreText();
}

std::string ServiceRoutes::StoreText() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (store_at_ != decltype(store_at_){} && now - store_at_ < kStoreTextAge) return store_text_;
  store_at_ = now;
  store_text_.clear();
  // Where the store cannot say, its figures are absent: old ones would hide that.
  if (const auto stats = parts_.store->Stats(); stats) AppendStoreMetrics(*stats, &store_text_);
  return store_text_;
}

}  // namespace callstore::http
