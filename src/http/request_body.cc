#include "http/request_body.h"

#include <algorithm>
#include <array>
#include <string>

#include "http/failure.h"

namespace callstore::http {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
constexpr std::uint64_t kDiscardBytes = std::uint64_t{64} << 10;

tl::unexpected<Error> TooLarge(std::size_t most) {
  return Failure(ErrorCode::kTooLarge, "the body is too large",
                 {{"field", "body"}, {"limit", std::to_string(most)}});
}

tl::unexpected<Error> Unfinished(Io status) {
  if (status == Io::kTimeout) {
    return Failure(ErrorCode::kDeadline, "the body came too slowly", {{"field", "body"}});
  }
  return Failure(ErrorCode::kIoError, "the client went away before the end of the body",
                 {{"field", "body"}});
}

}  // namespace

RequestBody::RequestBody(Framing framing, Pace pace, Socket* socket, InputBuffer* input)
    : framing_(framing),
      pace_(pace),
      socket_(socket),
      input_(input),
      state_(framing.chunked || framing.length > 0 ? State::kUnread : State::kFinished) {}

Result<void> RequestBody::Read(std::size_t most, const Take& take) {
  if (state_ == State::kFinished) return {};
  if (!framing_.chunked && framing_.length > most) return TooLarge(most);
  if (auto said = SayContinue(); !said) return said;
  std::size_t taken = 0;
  while (true) {
    const Result<std::string_view> piece = Next();
    if (!piece) return Forward(piece);
    if (piece->empty()) return {};
    if (piece->size() > most - taken) {
      state_ = State::kBroken;
      return TooLarge(most);
    }
    taken += piece->size();
    if (auto took = take(*piece); !took) return took;
  }
}

bool RequestBody::discardable() const {
  if (state_ == State::kFinished) return true;
  const bool coming = state_ == State::kStarted || !framing_.expects_continue;
  return coming && state_ != State::kBroken && !framing_.chunked &&
         framing_.length <= kDiscardBytes;
}

bool RequestBody::Discard() {
  while (state_ != State::kFinished) {
    if (!Next()) return false;
  }
  return true;
}

// Who sends a body unasked need not be asked.
Result<void> RequestBody::SayContinue() {
  if (!framing_.expects_continue || !input_->data().empty()) return {};
  std::string line = "HTTP/1.1 100 Continue\r\n\r\n";
  std::array<iovec, 1> parts = {{{line.data(), line.size()}}};
  const Io sent = socket_->Send(parts, pace_.transfer_timeout);
  if (sent == Io::kOk) return {};
  state_ = State::kBroken;
  return Unfinished(sent);
}

Result<std::string_view> RequestBody::Next() {
  state_ = State::kStarted;
  auto piece = framing_.chunked ? NextOfChunks() : NextOfLength();
  if (!piece) state_ = State::kBroken;
  return piece;
}

Result<std::string_view> RequestBody::NextOfLength() {
  if (framing_.length == 0) {
    state_ = State::kFinished;
    return std::string_view();
  }
  if (input_->data().empty()) {
    if (auto filled = Fill(); !filled) return Forward(filled);
  }
  const std::string_view piece = input_->data().substr(0, framing_.length);
  input_->Consume(piece.size());
  framing_.length -= piece.size();
  return piece;
}

Result<std::string_view> RequestBody::NextOfChunks() {
  while (true) {
    std::string_view rest = input_->data();
    std::string_view piece;
    const ChunkedDecoder::Found found = decoder_.Next(&rest, &piece);
    input_->Consume(input_->data().size() - rest.size());
    switch (found) {
      case ChunkedDecoder::Found::kData:
        return piece;
      case ChunkedDecoder::Found::kEnd:
        state_ = State::kFinished;
        return std::string_view();
      case ChunkedDecoder::Found::kMalformed:
        return Failure(ErrorCode::kInvalidArgument, "the chunks of the body are malformed",
                       {{"field", "body"}});
      case ChunkedDecoder::Found::kMore:
        break;
    }
    if (auto filled = Fill(); !filled) return Forward(filled);
  }
}

Result<void> RequestBody::Fill() {
  const Clock::time_point start = Clock::now();
  Clock::duration may_wait = pace_.transfer_timeout;
  if (pace_.min_rate > 0) {
    const std::chrono::seconds earned(received_bytes_ / pace_.min_rate);
    may_wait = std::min(may_wait, pace_.transfer_timeout + earned - waited_);
  }
  const std::size_t before = input_->data().size();
  const Io status = input_->Fill(kReadBytes, start + may_wait);
  waited_ += Clock::now() - start;
  received_bytes_ += input_->data().size() - before;
  if (status != Io::kOk) return Unfinished(status);
  return {};
}

}  // namespace callstore::http
