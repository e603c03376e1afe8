// Goal:   bodies and answers of any size pass in pieces, and a peer that stalls is not waited for.
// Method: raw bytes, sent when and how a test wants; limits of some milliseconds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "http/listener_fixture.h"

namespace callstore::http {
namespace {

using ::testing::EndsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string Post(std::size_t length, std::string_view lines = "") {
  return "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n" +
         std::string(lines) + "\r\n";
}

constexpr std::string_view kChunked =
    "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

// Reads up to 10 bytes; says which error ended it.
void TakeTen(const Request&, Body* body, Response* response) {
  std::string text;
  const Result<void> read = body->Read(10, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  response->status = read ? 200 : 413;
  response->body = read ? text
                        : std::string(ErrorCodeName(read.error().code)) + " " +
                              std::string(read.error().Detail("limit"));
}

TEST_F(ListenerTest, BodyComesInPiecesAsItIsSent) {
  std::promise<void> first_taken;
  Start([&](const Request&, Body* body, Response* response) {
    bool first = true;
    const auto take = [&](std::string_view piece) {
      response->body += piece;
      if (std::exchange(first, false)) first_taken.set_value();
      return Result<void>();
    };
    EXPECT_TRUE(body->Read(100, take));
  });
  RawClient client = Connect();
  client.Send(Post(6) + "abc");
  first_taken.get_future().wait();
  client.Send("def");
  EXPECT_EQ(client.Read().body, "abcdef");
  EXPECT_TRUE(client.IsOpen());
}

TEST_F(ListenerTest, LargeBodyPassesWhole) {
  std::string text(5'000'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 % 251);
  std::string seen;
  Start([&](const Request&, Body* body, Response*) {
    EXPECT_TRUE(body->Read(text.size(), [&](std::string_view piece) {
      EXPECT_LE(piece.size(), std::size_t{64} << 10);
      seen += piece;
      return Result<void>();
    }));
  });
  RawClient client = Connect();
  client.Send(Post(text.size()) + text);
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(seen == text);
  seen.clear();
  client.Send(kChunked);
  for (std::size_t at = 0; at < text.size(); at += 1'250'000) {
    client.Send("1312D0\r\n" + text.substr(at, 1'250'000) + "\r\n");
  }
  client.Send("0\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(seen == text);
}

TEST_F(ListenerTest, BodyOverLimitIsTooLargeBeforeItIsRead) {
  Start(TakeTen);
  EXPECT_EQ(Ask(Post(10) + "0123456789").body, "0123456789");
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post(1'000'000'000'000)).body, "too_large 10");  // none of it was sent
}

TEST_F(ListenerTest, ChunksOverLimitAreTooLargeAndEndConnection) {
  Start(TakeTen);
  RawClient client = Connect();
  const RawResponse whole =
      client.Ask(std::string(kChunked) + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n");
  EXPECT_EQ(whole.body, "0123456789");
  const RawResponse cut = client.Ask(std::string(kChunked) + "5\r\n01234\r\n6\r\n567890\r\n");
  EXPECT_EQ(cut.body, "too_large 10");
  EXPECT_EQ(cut.Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, MalformedChunksAreInvalidAndEndConnection) {
  Start();
  RawClient client = Connect();
  const RawResponse response =
      client.Ask(std::string(kChunked) + "3\r\nabcd\r\n" + std::string(kGet));
  EXPECT_EQ(response.body, "POST /p [abc] invalid_argument");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, TakerEndsReading) {
  Start([](const Request&, Body* body, Response* response) {
    const Result<void> read = body->Read(100, [](std::string_view) -> Result<void> {
      return tl::unexpected<Error>(Error{ErrorCode::kConflict, "enough", {}});
    });
    ASSERT_FALSE(read);
    response->body = ErrorCodeName(read.error().code);
  });
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post(3) + "abc").body, "conflict");
  EXPECT_EQ(client.Ask(Post(30) + "abc").body, "conflict");  // the rest of it is still to come
  EXPECT_EQ(client.Ask(std::string(27, 'x') + Post(1) + "a").body, "conflict");
}

TEST_F(ListenerTest, UnreadBodyIsDiscardedWhereItIsSmall) {
  Start([](const Request& request, Body*, Response* response) { response->body = request.path; });
  RawClient client = Connect();
  // The answer comes before the body; what follows the body is the next request.
  EXPECT_EQ(client.Ask(Post(65536)).body, "/p");
  client.Send(std::string(65536, 'x') + std::string(kGet));
  EXPECT_EQ(client.Read().body, "/a");

  const RawResponse large = client.Ask(Post(65537));
  EXPECT_EQ(large.Header("Connection"), "close");
  client.Send(std::string(65537, 'x') + std::string(kGet));
  EXPECT_TRUE(client.IsClosed());

  RawClient chunked = Connect();
  EXPECT_EQ(chunked.Ask(kChunked).Header("Connection"), "close");
  EXPECT_TRUE(chunked.IsClosed());
}

// A client that goes on sending reads the refusal all the same: the connection is not reset.
TEST_F(ListenerTest, RefusedUploadReadsItsAnswer) {
  Start(TakeTen);
  RawClient client = Connect();
  client.Send(Post(900'000) + std::string(900'000, 'x'));
  EXPECT_EQ(client.Read().body, "too_large 10");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, ExpectationIsMetOnlyWhenBodyIsRead) {
  Start(TakeTen);
  RawClient client = Connect();
  client.Send(Post(3, "Expect: 100-continue\r\n"));
  const RawResponse interim = client.Read();
  EXPECT_EQ(interim.head, "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.Ask("abc").body, "abc");

  // Sent without waiting: nobody asks for it.
  EXPECT_EQ(client.Ask(Post(3, "Expect: 100-continue\r\n") + "def").body, "def");

  const RawResponse refused = client.Ask(Post(11, "Expect: 100-continue\r\n"));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ListenerTest, SilentBodyIsDeadline) {
  Start({.transfer_timeout = milliseconds(100)});
  for (const std::string& start : {Post(6) + "abc", std::string(kChunked) + "6\r\nabc"}) {
    RawClient client = Connect();
    const RawResponse response = client.Ask(start);
    EXPECT_EQ(response.body, "POST /p [abc] deadline");
    EXPECT_EQ(response.Header("Connection"), "close");
  }
}

TEST_F(ListenerTest, TricklingBodyIsDeadline) {
  Start({.transfer_timeout = milliseconds(200), .min_body_rate = 1000});
  RawClient client = Connect();
  client.Send(Post(1000));
  std::atomic<bool> answered = false;
  std::thread sender([&] {
    while (!answered && client.Send("x")) std::this_thread::sleep_for(milliseconds(10));
  });
  EXPECT_THAT(client.Read().body, EndsWith("deadline"));
  answered = true;
  sender.join();
}

// What the handler does with the pieces is not the client's time.
TEST_F(ListenerTest, SlowHandlerIsNotTheClientsFault) {
  std::atomic<int> taken = 0;
  Start({.transfer_timeout = milliseconds(200), .min_body_rate = 1'000'000},
        [&](const Request&, Body* body, Response* response) {
          const Result<void> read = body->Read(1000, [&](std::string_view piece) {
            response->body += piece;
            std::this_thread::sleep_for(milliseconds(150));
            ++taken;
            return Result<void>();
          });
          if (!read) response->body += " " + read.error().ToString();
        });
  RawClient client = Connect();
  client.Send(Post(8));
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(Eventually([&] { return taken == i; }));
    std::this_thread::sleep_for(milliseconds(10));  // it waits for more already
    client.Send("ab");
  }
  EXPECT_EQ(client.Read().body, "abababab");
}

TEST_F(ListenerTest, ClientGoneInBodyIsIoError) {
  std::promise<std::string> error;
  Start([&](const Request&, Body* body, Response*) {
    const Result<void> read = body->Read(100, [](std::string_view) { return Result<void>(); });
    error.set_value(read ? "none" : std::string(ErrorCodeName(read.error().code)));
  });
  RawClient client = Connect();
  client.Send(Post(6) + "abc");
  client.Reset();
  EXPECT_EQ(error.get_future().get(), "io_error");
}

TEST_F(ListenerTest, StreamIsSentPieceByPiece) {
  std::promise<void> first_seen;
  auto seen = first_seen.get_future().share();
  Start([seen](const Request&, Body*, Response* response) {
    response->body = "head ";
    response->more = [seen, count = 0](std::string* piece) mutable {
      if (++count == 2) seen.wait();  // the client has all that was made before
      if (count == 3) return true;    // nothing yet, but more to come
      if (count == 5) return false;
      *piece += "piece" + std::to_string(count) + " ";
      return true;
    };
  });
  RawClient client = Connect();
  client.Send(kGet);
  while (client.input().find("piece1") == std::string::npos) ASSERT_TRUE(client.Receive());
  first_seen.set_value();
  const RawResponse response = client.Read();
  EXPECT_TRUE(response.ended);
  EXPECT_EQ(response.body, "head piece1 piece2 piece4 ");
  EXPECT_TRUE(client.IsOpen());
}

TEST_F(ListenerTest, StreamToHttp10EndsWithConnection) {
  Start([](const Request&, Body*, Response* response) {
    response->more = [count = 0](std::string* piece) mutable {
      *piece = "abc";
      return ++count < 3;
    };
  });
  RawClient client = Connect();
  const RawResponse response = client.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(response.Header("Transfer-Encoding"), "");
  EXPECT_EQ(response.Header("Connection"), "close");
  EXPECT_EQ(response.body, "abcabcabc");
}

TEST_F(ListenerTest, StreamThatThrowsHasNoEnd) {
  Start([](const Request&, Body*, Response* response) {
    response->body = "abc";
    response->more = [](std::string*) -> bool { throw 1; };
  });
  RawClient client = Connect();
  const RawResponse response = client.Ask(kGet);
  EXPECT_FALSE(response.ended);
  EXPECT_EQ(Ask("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status, 200);
}

// Streams without end; `dropped` is set when the listener lets go of it.
Handler EndlessStream(std::promise<void>* dropped) {
  const std::shared_ptr<void> guard(nullptr, [dropped](void*) { dropped->set_value(); });
  auto shared = std::make_shared<std::shared_ptr<void>>(guard);
  return [shared](const Request&, Body*, Response* response) {
    response->more = [held = std::move(*shared)](std::string* piece) {
      piece->assign(100'000, 'x');
      return true;
    };
  };
}

TEST_F(ListenerTest, StreamIsDroppedWhenClientIsGone) {
  std::promise<void> dropped;
  Start(EndlessStream(&dropped));
  RawClient client = Connect();
  client.Send(kGet);
  ASSERT_TRUE(client.Receive());
  client.Reset();
  EXPECT_EQ(dropped.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(ListenerTest, StreamIsDroppedWhenClientTakesNothing) {
  std::promise<void> dropped;
  Start({.transfer_timeout = milliseconds(100)}, EndlessStream(&dropped));
  RawClient client = Connect();
  client.Send(kGet);
  EXPECT_EQ(dropped.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

// Slow, but never silent for long: all of it comes.
TEST_F(ListenerTest, SlowReaderGetsAllOfAnAnswer) {
  Start({.transfer_timeout = milliseconds(400)},
        [](const Request&, Body*, Response* response) { response->body.assign(8'000'000, 'x'); });
  RawClient client = Connect();
  client.Send(kGet);
  for (int i = 0; i < 12; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    for (int k = 0; k < 12; ++k) ASSERT_TRUE(client.Receive());
  }
  EXPECT_EQ(client.Read().body.size(), 8'000'000U);
}

}  // namespace
}  // namespace callstore::http
