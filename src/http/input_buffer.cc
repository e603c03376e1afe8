#include "http/input_buffer.h"

#include <cstring>

namespace callstore::http {
namespace {

constexpr std::size_t kKeptBytes = std::size_t{16} << 10;

}  // namespace

Io InputBuffer::Fill(std::size_t most, Clock::time_point deadline) {
  return Take(socket_->Receive(Room(most), deadline));
}

Io InputBuffer::FillIdle(std::size_t most) { return Take(socket_->ReceiveIdle(Room(most))); }

void InputBuffer::Shrink() {
  if (begin_ != end_ || bytes_.size() <= kKeptBytes) return;
  bytes_ = {};
  begin_ = end_ = 0;
}

std::span<char> InputBuffer::Room(std::size_t most) {
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (bytes_.size() < end_ + most) bytes_.resize(end_ + most);
  return std::span(bytes_).subspan(end_, most);
}

Io InputBuffer::Take(Received received) {
  end_ += received.size;
  return received.status;
}

}  // namespace callstore::http
