#include "base/uuid.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>

#include "base/bytes.h"
#include "base/hash.h"
#include "callstore/call.h"

namespace callstore {
namespace {

constexpr unsigned kCounterBits = 12;
constexpr std::uint64_t kCounterMask = (1U << kCounterBits) - 1;
constexpr std::uint64_t kStartMask = kCounterMask >> 1;  // leaves half of the counter to count
constexpr std::int64_t kMostMs = (std::int64_t{1} << 48) - 1;

// `high` and `low` as a UUID of this version; they lose the bits of version and variant.
std::string FormatUuid(std::uint64_t high, std::uint64_t low, std::uint64_t version) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  high = (high & ~std::uint64_t{0xF000}) | version << 12;
  low = (low & (UINT64_MAX >> 2)) | std::uint64_t{1} << 63;
  std::string text;
  text.reserve(36);
  for (unsigned i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text.push_back('-');
    const std::uint64_t half = i < 16 ? high : low;
    text.push_back(kDigits[half >> (60 - i % 16 * 4) & 15U]);
  }
  return text;
}

// Where the system has no random numbers, no two calls of this process get the same, and other
// processes hardly ever do.
std::uint64_t FallbackRandom() {
  static std::atomic<std::uint64_t> count{0};
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::string seed;
  AppendLittle(static_cast<std::int64_t>(now), &seed);
  AppendLittle(static_cast<std::int64_t>(getpid()), &seed);
  AppendLittle(reinterpret_cast<std::uintptr_t>(&seed), &seed);
  AppendLittle(count.fetch_add(1, std::memory_order_relaxed), &seed);
  return Hash64(seed);
}

std::array<std::uint64_t, 2> Random() {
  std::array<std::uint64_t, 2> random{};
  // Up to 256 bytes come whole or not at all.
  if (getrandom(random.data(), sizeof random, GRND_NONBLOCK) !=
      static_cast<ssize_t>(sizeof random)) {
    random = {FallbackRandom(), FallbackRandom()};
  }
  return random;
}

std::int64_t SystemMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::uint64_t NextUuidTick(std::uint64_t previous, std::int64_t now_ms, std::uint64_t random) {
  const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(now_ms, 0, kMostMs));
  if (ms <= previous >> kCounterBits) return previous + 1;
  return ms << kCounterBits | (random & kStartMask);
}

std::string FormatUuid7(std::uint64_t tick, std::uint64_t random) {
  const std::uint64_t high = tick >> kCounterBits << 16 | (tick & kCounterMask);
  return FormatUuid(high, random, 7);
}

std::string NewCallId() {
  static std::atomic<std::uint64_t> last{0};
  const std::array<std::uint64_t, 2> random = Random();
  const std::int64_t now_ms = SystemMs();
  std::uint64_t previous = last.load(std::memory_order_relaxed);
  std::uint64_t tick = NextUuidTick(previous, now_ms, random[0]);
  while (!last.compare_exchange_weak(previous, tick, std::memory_order_relaxed)) {
    tick = NextUuidTick(previous, now_ms, random[0]);
  }
  return FormatUuid7(tick, random[1]);
}

std::string DerivedId(std::string_view call_id) {
  const std::array<std::uint64_t, 2> hash = Hash128(call_id);
  return FormatUuid(hash[0], hash[1], 8);
}

}  // namespace callstore
