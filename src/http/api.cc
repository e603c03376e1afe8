#include "http/api.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "http/access_log.h"
#include "http/calls_routes.h"
#include "http/exchange.h"
#include "http/import_route.h"
#include "http/request_id.h"

namespace callstore::http {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t WallMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Counts the bytes of a body on their way through.
class CountedBody : public Body {
 public:
  explicit CountedBody(Body* body) : body_(body) {}

  Result<void> Read(std::size_t most, const Take& take) override {
    return body_->Read(most, [&](std::string_view piece) {
      size_bytes_ += piece.size();
      return take(piece);
    });
  }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Body* body_;
  std::uint64_t size_bytes_ = 0;
};

Outcome<void> CheckRoute(Route route, Method method, Response* response) {
  if (route == Route::kNone) return Refuse(ErrorCode::kNotFound, "there is no such route");
  if (Allows(route, method)) return {};
  const std::string allow(InfoOf(route).allow);
  response->headers.emplace_back("Allow", allow);
  return Refuse(
      405, ErrorCode::kInvalidArgument, "the route does not know this method",
      {{"field", "method"}, {"value", std::string(MethodName(method))}, {"valid", allow}});
}

// The answer to OPTIONS.
void AnswerOptions(Route route, Response* response) {
  response->status = 204;
  response->content_type.clear();
  response->headers.emplace_back("Allow", InfoOf(route).allow);
}

}  // namespace

// A request on its way: what is known of it for the figures and the access line.
struct Api::Answering {
  Answering(Body* of, const Request& sent) : body(of), request(sent) {}

  CountedBody body;
  const Request& request;  // while the handler runs
  Clock::time_point began = Clock::now();
  Observation observation = {};
  AccessEntry entry = {};
};

Api::Api(Parts parts)
    : parts_(std::move(parts)),
      service_({.store = parts_.store,
                .metrics = &metrics_,
                .listener_counts = parts_.listener_counts,
                .max_lag = parts_.options.max_lag}) {}

Outcome<Access> Api::LetIn(const RouteMatch& match, Method method, Answering* answering) const {
  const Request& request = answering->request;
  std::optional<Access> access = parts_.find_access(request.key, request.secret);
  if (!access) return Refuse(ErrorCode::kUnauthorized, "the key pair is missing or not valid");
  answering->entry.key = request.key;
  if (access->read_only && Writes(match.route, method)) {
    return Refuse(ErrorCode::kForbidden, "the key pair may only read");
  }
  return *std::move(access);
}

Outcome<void> Api::Answer(const RouteMatch& match, Method method, Answering* answering,
                          Response* response) {
  CALLSTORE_HTTP_TRY(CheckRoute(match.route, method, response));
  if (method == Method::kOptions) {
    AnswerOptions(match.route, response);
    return {};
  }
  if (InfoOf(match.route).open) return service_.Serve(match.route, answering->request, response);
  const Outcome<Access> access = LetIn(match, method, answering);
  CALLSTORE_HTTP_TRY(access);
  const Exchange exchange = {.store = *parts_.store,
                             .options = parts_.options,
                             .stop = parts_.stop,
                             .request = answering->request,
                             .method = method,
                             .body = answering->body,
                             .access = *access,
                             .id = match.id};
  switch (match.route) {
    case Route::kCalls:
      return ListCalls(exchange, response);
    case Route::kAggregate:
      return AggregateCalls(exchange, response);
    case Route::kImport:
      return ImportCalls(exchange, response);
    default:
      return ServeCall(exchange, response);
  }
}

void Api::Handle(const Request& request, Body* body, Response* response) noexcept {
  metrics_.Begin();
  try {
    const auto answering = std::make_shared<Answering>(body, request);
    const RouteMatch match = FindRoute(request.path);
    const Method method = ParseMethod(request.method);
    const std::string request_id = RequestIdFor(request.request_id);
    answering->observation = {.route = match.route, .method = method};
    answering->entry = {.time_ms = parts_.options.access_log ? WallMs() : 0,
                        .method = MethodName(method),
                        .path = InfoOf(match.route).path,
                        .remote = request.remote,
                        .request_id = request_id};
    Outcome<void> answered = [&]() -> Outcome<void> {
      try {
        return Answer(match, method, answering.get(), response);
      } catch (const std::exception& exception) {
        return Refuse(ErrorCode::kInternal, "the handler failed", {{"cause", exception.what()}});
      }
    }();
    if (!answered) {
      AnswerRefusal(answered.error(), response);
      const auto& [status, error, facts] = answered.error();
      // What the client is not told; a deadline is no trouble of the server's.
      if (status >= 500 && error.code != ErrorCode::kDeadline) {
        answering->entry.error = error.ToString();
      }
    }
    response->headers.emplace_back("Cache-Control", "no-store");
    response->headers.emplace_back("X-Content-Type-Options", "nosniff");
    response->headers.emplace_back("X-Request-Id", request_id);
    RecordAtEnd(answering, response);
  } catch (...) {
    // Not even memory for an answer.
    response->status = 500;
    response->body.clear();
    response->more = {};
    metrics_.End({.status = 500});
  }
}

void Api::RecordAtEnd(const std::shared_ptr<Answering>& answering, Response* response) {
  answering->observation.status = response->status;
  answering->observation.received_bytes = answering->body.size_bytes();
  if (answering->observation.method != Method::kHead) {
    answering->observation.sent_bytes = response->body.size();
  }
  if (!response->more) return Record(*answering);
  // The copies of a function share one record; it is written when the last of them goes.
  const std::shared_ptr<Answering> recorded(answering.get(),
                                            [this, answering](Answering*) { Record(*answering); });
  response->more = [recorded, more = std::move(response->more)](std::string* piece) {
    const std::size_t before = piece->size();
    const bool any = more(piece);
    recorded->observation.sent_bytes += piece->size() - before;
    return any;
  };
}

void Api::Record(const Answering& answering) noexcept {
  Observation observation = answering.observation;
  observation.micros =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - answering.began).count();
  metrics_.End(observation);
  if (!parts_.options.access_log) return;
  try {
    AccessEntry entry = answering.entry;
    entry.status = observation.status;
    entry.sent_bytes = observation.sent_bytes;
    entry.micros = observation.micros;
    parts_.options.access_log(FormatAccessLine(entry));
  } catch (...) {
    // A line is lost; the answer is not.
  }
}

}  // namespace callstore::http
