// column_calls.h - generated calls for what asks about values: filters, orders, figures.
// Every field that has a column has a value here, with the skew of a real archive: a few agents
// take most calls, most calls ended, durations spread as a log-normal, phone numbers and customers
// hardly repeat. Call i is the same every time. Calls rise in time with their number and span a
// year however many there are, so that 90 days are a quarter of them.
//
// Ownership:     values.
// Thread safety: const; share freely.
#ifndef CALLSTORE_BENCH_COLUMN_CALLS_H_
#define CALLSTORE_BENCH_COLUMN_CALLS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/position.h"
#include "callstore/call.h"

namespace callstore::bench {

// A field with few values is the number of its word; this stands for an absent one.
inline constexpr std::uint8_t kAbsentWord = 255;

// What is random in a call; the rest follows from it.
struct CallFacts {
  std::int64_t start_timestamp = 0;
  std::uint32_t duration_ms = 0;  // 0: absent, and with it what only a connected call has
  std::uint8_t agent = 0;
  std::uint8_t status = 0;
  std::uint8_t type = 0;
  std::uint8_t direction = kAbsentWord;  // absent, as both numbers, from web calls
  std::uint8_t reason = 0;
  std::uint8_t sentiment = kAbsentWord;
  std::uint8_t campaign = 0;
  std::uint8_t plan = 0;
  std::uint32_t customer = 0;
  std::uint64_t from_number = 0;  // 0: absent
  std::uint64_t to_number = 0;
  std::uint32_t cost_ten_thousandths = 0;
  std::uint16_t latency_tenths = 0;  // of a ms

  bool connected() const { return duration_ms != 0; }
};

class ColumnCalls {
 public:
  // Raised whenever the same seed makes other calls: what was built of older ones is built anew.
  static constexpr int kVersion = 1;
  static constexpr std::int64_t kSpanMs = std::int64_t{365} * 24 * 60 * 60 * 1000;
  static constexpr std::int64_t kFirstStart = 1'700'000'000'000;

  // REQUIRES: 0 < calls < 10^9.
  ColumnCalls(std::int64_t calls, std::uint64_t seed) : calls_(calls), seed_(seed) {}

  std::int64_t size() const { return calls_; }
  std::uint64_t seed() const { return seed_; }
  // Calls from size() on are newer than all others: what is put into the archive of the rest.
  CallFacts Facts(std::int64_t i) const;
  std::string Id(std::int64_t i) const;
  std::uint64_t Tie(std::int64_t i) const;
  Position PositionOf(std::int64_t i) const { return {StartTimestamp(i), Tie(i)}; }
  Call MakeCall(std::int64_t i) const;

  static std::string Agent(std::uint8_t agent);
  static std::string Campaign(std::uint8_t campaign);
  static std::string PhoneNumber(std::uint64_t number) { return "+1" + std::to_string(number); }

 private:
  std::int64_t StartTimestamp(std::int64_t i) const;

  std::int64_t calls_;
  std::uint64_t seed_;
};

inline constexpr std::size_t kAgents = 50;
inline constexpr std::size_t kCampaigns = 20;
inline constexpr std::array<std::string_view, 6> kStatusWords = {
    "ENDED", "NOT_CONNECTED", "NO_ANSWER", "BUSY", "ERROR", "CANCELED"};
inline constexpr std::array<std::string_view, 2> kTypeWords = {"PHONE_CALL", "WEB_CALL"};
inline constexpr std::array<std::string_view, 2> kDirectionWords = {"INBOUND", "OUTBOUND"};
inline constexpr std::array<std::string_view, 4> kSentimentWords = {"Positive", "Neutral",
                                                                    "Negative", "Unknown"};
inline constexpr std::array<std::string_view, 7> kReasonWords = {
    "USER_HANGUP",    "AGENT_HANGUP", "INACTIVITY", "VOICEMAIL_REACHED",
    "DIAL_NO_ANSWER", "DIAL_BUSY",    "DIAL_FAILED"};
inline constexpr std::array<std::string_view, 4> kPlanWords = {"free", "basic", "pro",
                                                               "enterprise"};
inline constexpr std::uint8_t kEnded = 0;
inline constexpr std::uint8_t kError = 4;
inline constexpr std::uint8_t kOutbound = 1;
inline constexpr std::uint8_t kNegative = 2;

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COLUMN_CALLS_H_
