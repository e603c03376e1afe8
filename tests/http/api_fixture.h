// api_fixture.h - the endpoint without sockets: a store, two organizations' key pairs, and requests
// handed to the handler as a listener would hand them.
#ifndef CALLSTORE_TESTS_HTTP_API_FIXTURE_H_
#define CALLSTORE_TESTS_HTTP_API_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/json.h"
#include "callstore/store.h"
#include "http/api.h"
#include "http/failure.h"
#include "http/message.h"
#include "json_value.h"
#include "scratch_folder.h"

namespace callstore::http {

using test::JsonValue;

inline constexpr const char* kOrg = "org-789";
inline constexpr const char* kOther = "org-other";

// What a client sends. The target's parameters are split at & and =, and taken as they stand.
struct Sent {
  std::string target = "/api/calls";
  std::string method = "GET";
  std::string body = {};
  std::string key = "ck_a";  // its secret is "cs_" and the same letter
  std::optional<std::string> secret = {};
  std::string content_type = {};
  std::string request_id = {};
  std::size_t piece_bytes = 1000;             // how the body comes
  std::optional<Error> body_fails_with = {};  // behind its last byte
};

struct Answer {
  int status = 0;
  std::string content_type;
  NamesAndValues headers;
  std::string body;
  bool streamed = false;

  JsonValue json() const { return JsonValue::Parse(body); }
  // At("data.pagination.page"): the value there; null where there is none.
  JsonValue At(std::string_view path) const {
    JsonValue value = json();
    while (!path.empty()) {
      const std::size_t dot = std::min(path.find('.'), path.size());
      const std::string_view name = path.substr(0, dot);
      path.remove_prefix(std::min(dot + 1, path.size()));
      if (value.kind() == JsonValue::Kind::kArray) {
        const auto i = static_cast<std::size_t>(std::stoul(std::string(name)));
        value = i < value.elements().size() ? JsonValue(value.elements()[i]) : JsonValue();
      } else {
        const JsonValue* const found = value.Find(name);
        value = found == nullptr ? JsonValue() : JsonValue(*found);
      }
    }
    return value;
  }
  std::string Text(std::string_view path) const { return At(path).text(); }
  std::string code() const { return Text("error_info.code"); }
  std::string detail(std::string_view name) const {
    return Text("error_info.details." + std::string(name));
  }
  std::string Header(std::string_view name) const {
    std::string joined;
    for (const auto& [key, value] : headers) {
      if (key == name) joined += (joined.empty() ? "" : ", ") + value;
    }
    return joined;
  }
};

// A body in pieces.
class PiecedBody : public Body {
 public:
  explicit PiecedBody(Sent sent) : sent_(std::move(sent)) {}
  Result<void> Read(std::size_t most, const Take& take) override {
    was_read_ = true;
    std::string_view left = sent_.body;
    std::size_t size = 0;
    while (!left.empty()) {
      const std::string_view piece = left.substr(0, sent_.piece_bytes);
      size += piece.size();
      if (size > most) {
        return Failure(ErrorCode::kTooLarge, "the body is too large",
                       {{"limit", std::to_string(most)}});
      }
      if (Result<void> taken = take(piece); !taken) return taken;
      left.remove_prefix(piece.size());
    }
    if (sent_.body_fails_with) return tl::unexpected<Error>(*sent_.body_fails_with);
    return {};
  }
  bool was_read() const { return was_read_; }

 private:
  Sent sent_;
  bool was_read_ = false;
};

class ApiTest : public testing::Test {
 protected:
  void SetUp() override { Open({}); }

  // Opens the store with these options, and an endpoint on it.
  void Open(StoreOptions options) {
    api_.reset();
    store_.reset();
    options.path = folder_.store();
    Result<Store> store = Store::Open(options);
    ASSERT_TRUE(store) << store.error().ToString();
    store_ = std::make_unique<Store>(*std::move(store));
    Serve();
  }

  void Serve(ServerOptions options = {}, std::stop_token stop = {}) {
    options.access_log = [this](std::string_view line) { lines_.emplace_back(line); };
    api_ = std::make_unique<Api>(
        Api::Parts{.store = store_.get(),
                   .find_access = [](std::string_view key,
                                     std::string_view secret) { return Find(key, secret); },
                   .listener_counts = [] { return ListenerCounts{.connections = 7}; },
                   .stop = std::move(stop),
                   .options = std::move(options)});
  }

  // ck_a and ck_r (which may only read) are of kOrg, ck_b is of kOther.
  static std::optional<Access> Find(std::string_view key, std::string_view secret) {
    const std::string wanted = key.size() == 4 ? "cs_" + std::string(key.substr(3)) : "";
    if (wanted.empty() || secret != wanted) return std::nullopt;
    if (key == "ck_a") return Access{.organization_id = kOrg};
    if (key == "ck_r") return Access{.organization_id = kOrg, .read_only = true};
    if (key == "ck_b") return Access{.organization_id = kOther};
    return std::nullopt;
  }

  Answer Send(const Sent& sent) {
    Request request = {.method = sent.method,
                       .path = sent.target.substr(0, sent.target.find('?')),
                       .key = sent.key,
                       .secret = sent.secret.value_or(
                           sent.key.size() > 3 ? "cs_" + sent.key.substr(3) : std::string()),
                       .content_type = sent.content_type,
                       .remote = "192.0.2.1",
                       .request_id = sent.request_id};
    if (request.path.size() < sent.target.size()) {
      std::string_view query = std::string_view(sent.target).substr(request.path.size() + 1);
      while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        request.parameters.emplace_back(pair.substr(0, equals),
                                        pair.substr(std::min(equals + 1, pair.size())));
      }
    }
    PiecedBody body(sent);
    Answer answer;
    {
      Response response;
      api_->Handle(request, &body, &response);
      answer = {.status = response.status,
                .content_type = response.content_type,
                .headers = response.headers,
                .body = response.body,
                .streamed = static_cast<bool>(response.more)};
      if (response.more) {
        for (std::string piece; response.more(&piece); piece.clear()) answer.body += piece;
      }
    }
    body_was_read_ = body.was_read();
    return answer;
  }
  Answer Get(const std::string& target, const std::string& key = "ck_a") {
    return Send({.target = target, .key = key});
  }

  // Stores `count` calls "c0", "c1", ... a second apart, the last the newest.
  void Fill(int count, const std::string& organization = kOrg, std::string more = "") {
    for (int i = 0; i < count; ++i) {
      const std::string text = R"({"id":"c)" + std::to_string(i) + R"(","call_id":"call-)" +
                               std::to_string(i) + R"(","agent_id":"agent-)" +
                               std::to_string(i % 2) + R"(","start_timestamp":)" +
                               std::to_string(1'700'000'000'000 + 1000 * i) +
                               R"(,"call_duration":)" + std::to_string(1000 * i) + more + "}";
      const auto put = store_->PutJson(organization, text);
      ASSERT_TRUE(put) << put.error().ToString();
    }
  }

  static std::vector<std::string> Ids(const Answer& answer) {
    std::vector<std::string> ids;
    const JsonValue calls = answer.At("data.calls");
    for (const JsonValue& call : calls.elements()) {
      ids.push_back(call.Find("id")->text());
    }
    return ids;
  }
  JsonValue LastLine() const { return JsonValue::Parse(lines_.back()); }

  test::ScratchFolder folder_;
  std::unique_ptr<Store> store_;
  std::vector<std::string> lines_;  // of the access log
  std::unique_ptr<Api> api_;
  bool body_was_read_ = false;
};

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_API_FIXTURE_H_
