// A server in the process of its store: what it refuses to start with, and how it ends.
#include "callstore/http/server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "scratch_folder.h"

namespace callstore::http {
namespace {

using std::chrono::milliseconds;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Store> store = Store::Open({.path = folder_.store()});
    ASSERT_TRUE(store) << store.error().ToString();
    store_ = std::make_unique<Store>(*std::move(store));
    Result<std::unique_ptr<AccessKeys>> keys = AccessKeys::Open(KeysPath(folder_.store()));
    ASSERT_TRUE(keys) << keys.error().ToString();
    keys_ = *std::move(keys);
  }

  test::ScratchFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<AccessKeys> keys_;
};

TEST_F(ServerTest, StartRefusesWhatCannotServe) {
  const auto field = [&](Store* store, AccessKeys* keys, const ServerOptions& options) {
    const auto server = Server::Start(store, keys, options);
    if (server) return std::string("it started");
    EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
    return std::string(server.error().Detail("field"));
  };
  EXPECT_EQ(field(nullptr, keys_.get(), {}), "store");
  EXPECT_EQ(field(store_.get(), nullptr, {}), "keys");
  EXPECT_EQ(field(store_.get(), keys_.get(), {.deadline = milliseconds(0)}), "deadline");
  EXPECT_EQ(field(store_.get(), keys_.get(), {.max_lag = milliseconds(-1)}), "max_lag");
  EXPECT_EQ(field(store_.get(), keys_.get(), {.port = 65536}), "port");
}

TEST_F(ServerTest, PortInUseIsAnIoError) {
  const auto first = Server::Start(store_.get(), keys_.get(), {.port = 0});
  ASSERT_TRUE(first) << first.error().ToString();
  const auto second = Server::Start(store_.get(), keys_.get(), {.port = (*first)->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIoError);
}

TEST_F(ServerTest, KeyPairOpensItsOrganization) {
  const Result<KeyPair> pair = keys_->Create("org-1", false);
  ASSERT_TRUE(pair) << pair.error().ToString();
  const auto server = Server::Start(store_.get(), keys_.get(), {.port = 0});
  ASSERT_TRUE(server) << server.error().ToString();
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Get("/api/calls")->status, 401);
  const httplib::Headers headers = {{"X-API-KEY", pair->key}, {"X-API-SECRET", pair->secret}};
  ASSERT_TRUE(store_->PutJson("org-1", R"({"id":"c"})"));
  const auto answer = client.Get("/api/calls/c", headers);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << "the store may be used meanwhile";
  const std::string metrics = client.Get("/metrics")->body;
  EXPECT_NE(metrics.find("\ncallstore_http_connections_total "), std::string::npos);
  EXPECT_EQ(metrics.find("\ncallstore_http_connections_total 0\n"), std::string::npos)
      << "the listener's figures are there";
}

TEST_F(ServerTest, StopEndsAtOnceWhereNothingIsUnderWay) {
  const auto server = Server::Start(store_.get(), keys_.get(), {.port = 0});
  ASSERT_TRUE(server) << server.error().ToString();
  const int port = (*server)->port();
  httplib::Client idle("127.0.0.1", port);
  idle.set_keep_alive(true);
  ASSERT_EQ(idle.Get("/healthz")->status, 200);
  const auto begin = std::chrono::steady_clock::now();
  (*server)->Stop(std::chrono::minutes(10));
  (*server)->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(5))
      << "an idle connection is not waited for";
  EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/healthz"));
}

TEST_F(ServerTest, StopsFromSeveralThreadsAllReturn) {
  const auto server = Server::Start(store_.get(), keys_.get(), {.port = 0});
  ASSERT_TRUE(server) << server.error().ToString();
  {
    std::jthread one([&] { (*server)->Stop(); });
    std::jthread two([&] { (*server)->Stop(milliseconds(0)); });
  }
  EXPECT_FALSE(httplib::Client("127.0.0.1", (*server)->port()).Get("/healthz"));
}

}  // namespace
}  // namespace callstore::http
