#include "http/request_id.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

namespace callstore::http {
namespace {

constexpr std::size_t kMostBytes = 64;

bool MayStand(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

std::uint64_t Seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) ^ device();
}

}  // namespace

std::string RequestIdFor(std::string_view sent) {
  if (!sent.empty() && sent.size() <= kMostBytes && std::ranges::all_of(sent, MayStand)) {
    return std::string(sent);
  }
  static constexpr std::string_view kHex = "0123456789abcdef";
  thread_local std::mt19937_64 numbers(Seed());
  std::uint64_t number = numbers();
  std::string id(16, '0');
  for (char& digit : id) {
    digit = kHex[number & 15U];
    number >>= 4U;
  }
  return id;
}

}  // namespace callstore::http
