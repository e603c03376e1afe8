#include "http/connection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "http/response_head.h"
#include "http/target.h"

namespace callstore::http {
namespace {

constexpr std::size_t kHeadReadBytes = 8192;

// "application/json" of "Application/JSON; charset=utf-8".
void AssignMediaType(std::string_view value, std::string* out) {
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  out->assign(value);
  std::ranges::transform(*out, out->begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
}

// "1a2b\r\n", what stands before a chunk.
void AppendChunkSize(std::size_t size, std::string* out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out->append(digits.data(), end).append("\r\n");
}

tl::unexpected<Refusal> HeadTooLarge(std::size_t limit) {
  return Refuse(431, ErrorCode::kTooLarge, "the headers are too large",
                {{"limit", std::to_string(limit)}});
}

}  // namespace

Connection::Connection(Socket socket, std::string remote, ConnectionSettings* settings)
    : socket_(std::move(socket)), settings_(settings), input_(&socket_) {
  request_.remote = std::move(remote);
}

void Connection::Serve() {
  try {
    socket_.Configure(settings_->options.keep_alive_timeout);
    while (ServeRequest()) {
    }
  } catch (...) {
    // No memory: there is none for an answer either.
    socket_.Reset();
  }
}

void Connection::CloseIfIdle() {
  State idle = State::kIdle;
  if (state_.compare_exchange_strong(idle, State::kClosed)) socket_.ShutDown();
}

void Connection::Break() { socket_.ShutDown(); }

bool Connection::ServeRequest() {
  const std::size_t head_bytes = ReadHead();
  if (head_bytes == 0 || !Begin()) return false;
  const Outcome<RequestHead> head = ParseHead(input_.data().substr(0, head_bytes));
  if (!head) return TurnAway(head.error());
  if (auto taken = TakeRequest(*head); !taken) return TurnAway(taken.error());
  input_.Consume(head_bytes);
  return Answer(*head) && End();
}

std::size_t Connection::ReadHead() {
  HeadScanner scanner;
  std::optional<Clock::time_point> deadline;
  if (std::exchange(first_, false)) deadline = Clock::now() + settings_->options.header_timeout;
  while (true) {
    const Outcome<HeadScanner::Found> found = CheckHead(&scanner);
    if (!found) {
      TurnAway(found.error());
      return 0;
    }
    if (*found == HeadScanner::Found::kHead) return scanner.head_bytes();
    const Io filled = FillHead(&deadline);
    if (filled == Io::kOk) continue;
    if (input_.data().empty()) return 0;  // no request was begun
    if (filled == Io::kTimeout) {
      TurnAway({408, Error{ErrorCode::kDeadline, "the headers came too slowly", {}}});
    } else {
      settings_->requests_malformed.fetch_add(1, std::memory_order_relaxed);
    }
    return 0;
  }
}

Outcome<HeadScanner::Found> Connection::CheckHead(HeadScanner* scanner) {
  using Found = HeadScanner::Found;
  // Some clients send an empty line behind a body.
  while (input_.data().starts_with("\r\n")) {
    input_.Consume(2);
    *scanner = {};
  }
  const std::string_view input = input_.data();
  if (input.empty()) return Found::kMore;
  const std::size_t limit = settings_->options.max_header_bytes;
  const Found found = scanner->Scan(input);
  // A TLS greeting, for one, has no lines at all: it is not waited for.
  const bool control = static_cast<unsigned char>(input.front()) < ' ' && input.front() != '\r';
  if (found == Found::kMalformed || control) {
    return Refuse(400, ErrorCode::kInvalidArgument, "this is no request of HTTP/1.1");
  }
  if (found == Found::kHead) {
    if (scanner->head_bytes() > limit) return HeadTooLarge(limit);
    return found;
  }
  // Room for the method and the version.
  if (!scanner->has_line() && input.size() > std::min(limit, kMaxTargetBytes + 64)) {
    return Refuse(414, ErrorCode::kTooLarge, "the path with its parameters is too long",
                  {{"limit", std::to_string(kMaxTargetBytes)}});
  }
  if (input.size() > limit) return HeadTooLarge(limit);
  return found;
}

// The time for a head begins with its first byte; that of the first one with the connection.
Io Connection::FillHead(std::optional<Clock::time_point>* deadline) {
  if (!*deadline && input_.data().empty()) return input_.FillIdle(kHeadReadBytes);
  if (!*deadline) *deadline = Clock::now() + settings_->options.header_timeout;
  return input_.Fill(kHeadReadBytes, **deadline);
}

bool Connection::Begin() {
  State idle = State::kIdle;
  return state_.compare_exchange_strong(idle, State::kBusy);
}

// Either this sees that the server stops, or the server sees that this is idle.
bool Connection::End() {
  input_.Shrink();
  state_.store(State::kIdle);
  return !settings_->stopping.load();
}

Outcome<void> Connection::TakeRequest(const RequestHead& head) {
  CALLSTORE_HTTP_TRY(ParseTarget(head.target, &request_.path, &request_.parameters));
  request_.method = head.method;
  request_.key = head.key;
  request_.secret = head.secret;
  request_.request_id = head.request_id;
  AssignMediaType(head.content_type, &request_.content_type);
  return {};
}

bool Connection::Answer(const RequestHead& head) {
  const RequestBody::Framing framing = {.chunked = head.chunked,
                                        .length = head.content_length,
                                        .expects_continue = head.expects_continue};
  const RequestBody::Pace pace = {.transfer_timeout = settings_->options.transfer_timeout,
                                  .min_rate = settings_->options.min_body_rate};
  const bool http10 = head.http10;
  const bool client_goes_on = head.keep_alive;
  RequestBody body(framing, pace, &socket_, &input_);
  Response response;
  Handle(&body, &response);

  const bool keep_alive = client_goes_on && body.discardable() && !settings_->stopping.load();
  const Wanted wanted = {
      .keep_alive = keep_alive, .http10 = http10, .head_only = request_.method == "HEAD"};
  if (!Send(wanted, &response)) {
    socket_.Reset();
    return false;
  }
  const bool closes = !keep_alive || (http10 && response.more);
  if (!closes) return body.Discard();
  if (client_goes_on || !body.finished()) socket_.Linger();
  return false;
}

void Connection::Handle(RequestBody* body, Response* response) {
  try {
    settings_->handler(request_, body, response);
  } catch (...) {
    *response = {};
    AnswerRefusal(Error{ErrorCode::kInternal, "the handler failed", {}}, response);
  }
}

bool Connection::TurnAway(const Refusal& refusal) {
  settings_->requests_malformed.fetch_add(1, std::memory_order_relaxed);
  Response response;
  AnswerRefusal(refusal, &response);
  if (Send({}, &response)) socket_.Linger();
  return false;
}

bool Connection::Send(const Wanted& wanted, Response* response) {
  ResponseFraming framing = {.ending = Ending::kLength,
                             .length = response->body.size(),
                             .close = !wanted.keep_alive,
                             .http10 = wanted.http10};
  if (response->more) {
    framing.ending = wanted.http10 ? Ending::kClose : Ending::kChunked;
    framing.close = framing.close || wanted.http10;
  }
  output_.clear();
  AppendResponseHead(*response, framing, &output_);
  if (wanted.head_only || !HasBody(response->status)) return SendParts(output_);
  if (!response->more) return SendParts(output_, response->body);
  return SendStream(framing.ending == Ending::kChunked, response);
}

// Behind the head, which is in output_ and goes out with the first piece.
bool Connection::SendStream(bool chunked, Response* response) {
  std::string piece = std::move(response->body);
  bool more = true;
  try {
    if (piece.empty()) more = response->more(&piece);
    while (true) {
      if (chunked && !piece.empty()) AppendChunkSize(piece.size(), &output_);
      const bool framed = chunked && !piece.empty();
      if (!SendParts(output_, piece, framed ? "\r\n" : "")) return false;
      output_.clear();
      if (!more) break;
      piece.clear();
      more = response->more(&piece);
    }
  } catch (...) {
    return false;  // the client sees an answer without an end
  }
  return !chunked || SendParts("0\r\n\r\n");
}

bool Connection::SendParts(std::string_view first, std::string_view second,
                           std::string_view third) {
  const auto part = [](std::string_view text) {
    return iovec{const_cast<char*>(text.data()), text.size()};
  };
  std::array<iovec, 3> parts = {part(first), part(second), part(third)};
  return socket_.Send(parts, settings_->options.transfer_timeout) == Io::kOk;
}

}  // namespace callstore::http
