// listener_fixture.h - a listener on a free port, with limits short enough for tests.
#ifndef CALLSTORE_TESTS_HTTP_LISTENER_FIXTURE_H_
#define CALLSTORE_TESTS_HTTP_LISTENER_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "http/listener.h"
#include "http/raw_client.h"
#include "json_value.h"

namespace callstore::http {

using std::chrono::milliseconds;

class ListenerTest : public ::testing::Test {
 protected:
  // Reads the body and says what it was asked for.
  static void Echo(const Request& request, Body* body, Response* response) {
    std::string text;
    const Result<void> read = body->Read(std::size_t{1} << 20, [&](std::string_view piece) {
      text += piece;
      return Result<void>();
    });
    response->content_type = "text/plain";
    response->body = request.method + " " + request.path;
    for (const auto& [name, value] : request.parameters) {
      response->body += " " + name + "=" + value;
    }
    if (!text.empty()) response->body += " [" + text + "]";
    if (!read) response->body += " " + std::string(ErrorCodeName(read.error().code));
  }

  void Start(const ServerOptions& options, Handler handler = Echo) {
    ServerOptions with_port = options;
    with_port.port = 0;
    auto started = Listener::Start(
        with_port, [this, handler](const Request& request, Body* body, Response* response) {
          ++handled_;
          handler(request, body, response);
        });
    ASSERT_TRUE(started) << started.error().ToString();
    listener_ = std::move(*started);
  }
  void Start(Handler handler = Echo) { Start({}, std::move(handler)); }

  RawClient Connect() { return RawClient(listener_->port()); }
  RawResponse Ask(std::string_view text) { return Connect().Ask(text); }

  // Waits until `holds`, for at most some seconds.
  static bool Eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }

  std::unique_ptr<Listener> listener_;
  std::atomic<int> handled_ = 0;  // requests that a handler saw
};

// The code of an error envelope; whatever else it is, a text that says so.
inline std::string ErrorCodeOf(const RawResponse& response) {
  if (response.Header("Content-Type") != "application/json") return "no JSON: " + response.body;
  const test::JsonValue envelope = test::JsonValue::Parse(response.body);
  const test::JsonValue* const info = envelope.Find("error_info");
  const test::JsonValue* const code = info == nullptr ? nullptr : info->Find("code");
  return code == nullptr ? "no envelope: " + response.body : code->text();
}

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_LISTENER_FIXTURE_H_
