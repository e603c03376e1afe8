#include "http/chunked.h"

#include <algorithm>

namespace callstore::http {
namespace {

constexpr std::size_t kMaxDigits = 15;  // of a size: any of them fits into 64 bits
constexpr std::size_t kMaxExtensionBytes = 256;
constexpr std::size_t kMaxTrailerBytes = 8192;

bool IsControl(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F; }

}  // namespace

ChunkedDecoder::Found ChunkedDecoder::Next(std::string_view* input, std::string_view* piece) {
  while (!input->empty()) {
    if (state_ == State::kData) {
      *piece = input->substr(0, left_);
      input->remove_prefix(piece->size());
      left_ -= piece->size();
      if (left_ == 0) state_ = State::kDataCr;
      return Found::kData;
    }
    state_ = Step(input->front());
    if (state_ == State::kMalformed) return Found::kMalformed;
    input->remove_prefix(1);
    if (state_ == State::kEnd) return Found::kEnd;
  }
  return Found::kMore;
}

ChunkedDecoder::State ChunkedDecoder::Step(char c) {
  switch (state_) {
    case State::kSize:
      return StepSize(c);
    case State::kExtension:
      return StepExtension(c);
    case State::kSizeEnd:
      line_bytes_ = digits_ = 0;
      if (c != '\n') return State::kMalformed;
      return left_ > 0 ? State::kData : State::kTrailer;
    case State::kDataCr:
      return c == '\r' ? State::kDataLf : State::kMalformed;
    case State::kDataLf:
      return c == '\n' ? State::kSize : State::kMalformed;
    case State::kTrailer:
      return StepTrailer(c);
    case State::kTrailerEnd: {
      const bool empty_line = line_bytes_ == 0;
      line_bytes_ = 0;
      if (c != '\n') return State::kMalformed;
      return empty_line ? State::kEnd : State::kTrailer;
    }
    default:
      return State::kMalformed;
  }
}

ChunkedDecoder::State ChunkedDecoder::StepSize(char c) {
  int value = -1;
  if (c >= '0' && c <= '9') value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  if (value >= 0) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return ++digits_ > kMaxDigits ? State::kMalformed : State::kSize;
  }
  if (digits_ == 0) return State::kMalformed;
  return StepExtension(c);
}

ChunkedDecoder::State ChunkedDecoder::StepExtension(char c) {
  if (c == '\r') return State::kSizeEnd;
  // A size ends at a semicolon, or blanks before one, and nothing else.
  const bool starts_well = line_bytes_ > 0 || c == ';' || c == ' ' || c == '\t';
  if (!starts_well || IsControl(c) || ++line_bytes_ > kMaxExtensionBytes) return State::kMalformed;
  return State::kExtension;
}

ChunkedDecoder::State ChunkedDecoder::StepTrailer(char c) {
  if (c == '\r') return State::kTrailerEnd;
  ++line_bytes_;
  if (IsControl(c) || ++between_bytes_ > kMaxTrailerBytes) return State::kMalformed;
  return State::kTrailer;
}

}  // namespace callstore::http
