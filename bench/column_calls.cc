#include "bench/column_calls.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "bench/random.h"
#include "bench/workload.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kLines = 40;  // numbers that calls come from

// Which agent takes a call: the one at rank r with a weight of 1 / (r + 5), from 8 % to below 1 %.
std::uint8_t PickAgent(Random* random) {
  static const auto shares = [] {
    std::array<double, kAgents> sums{};
    double sum = 0;
    for (std::size_t rank = 0; rank < kAgents; ++rank) {
      sum += 1.0 / static_cast<double>(rank + 5);
      sums[rank] = sum;
    }
    for (double& share : sums) share /= sum;
    return sums;
  }();
  const double at = static_cast<double>(random->Below(1'000'000)) / 1e6;
  return static_cast<std::uint8_t>(std::ranges::upper_bound(shares, at) - shares.begin());
}

// A word by its share in percent; what the shares leave over goes to the last one.
std::uint8_t PickWord(std::span<const int> percent, Random* random) {
  std::int64_t at = random->Below(100);
  std::uint8_t word = 0;
  while (word + std::size_t{1} < percent.size() && at >= percent[word]) at -= percent[word++];
  return word;
}

// Log-normal with a median of 90 s, in whole ms, from 1 s to 2 h.
std::uint32_t PickDuration(Random* random) {
  double normal = -6;
  for (int i = 0; i < 12; ++i) normal += static_cast<double>(random->Next() >> 11) * 0x1p-53;
  const double ms = std::round(90'000 * std::exp(normal));
  return static_cast<std::uint32_t>(std::clamp(ms, 1'000.0, 7'200'000.0));
}

std::uint64_t NumberOf(std::uint64_t subscriber) {
  return 2'000'000'000 + Random(subscriber).Next() % 7'999'999'999;
}

void AddConnection(CallFacts* facts, Random* random) {
  constexpr int kReasons[] = {50, 35, 10, 5};
  constexpr int kSentiments[] = {30, 45, 15, 10};
  facts->duration_ms = PickDuration(random);
  facts->reason = PickWord(kReasons, random);
  facts->sentiment = PickWord(kSentiments, random);
  facts->cost_ten_thousandths = static_cast<std::uint32_t>(facts->duration_ms / 60'000.0 * 700);
  facts->latency_tenths = static_cast<std::uint16_t>(4'000 + random->Below(16'000));
}

std::string Word(std::span<const std::string_view> words, std::uint8_t word) {
  return std::string(words[word]);
}

std::string MakeMetadata(const CallFacts& facts) {
  return R"({"campaign":")" + ColumnCalls::Campaign(facts.campaign) + R"(","customer_id":"cust-)" +
         std::to_string(facts.customer) + R"(","plan":")" + Word(kPlanWords, facts.plan) + R"("})";
}

}  // namespace

std::int64_t ColumnCalls::StartTimestamp(std::int64_t i) const {
  const std::int64_t step_ms = std::max<std::int64_t>(kSpanMs / calls_, 1);
  Random random(seed_ + static_cast<std::uint64_t>(i) * 0x2545F4914F6CDD1D);
  return kFirstStart + i * step_ms + random.Below(step_ms);
}

CallFacts ColumnCalls::Facts(std::int64_t i) const {
  constexpr int kStatuses[] = {82, 7, 5, 3, 2, 1};
  Random random(seed_ * 0x9E3779B97F4A7C15 + static_cast<std::uint64_t>(i) * 0xD1342543DE82EF95);
  CallFacts facts{.start_timestamp = StartTimestamp(i)};
  facts.agent = PickAgent(&random);
  facts.status = PickWord(kStatuses, &random);
  facts.type = random.Below(100) < 85 ? 0 : 1;
  if (facts.type == 0) {
    facts.direction = random.Below(100) < 40 ? 0 : kOutbound;
    facts.from_number = NumberOf(static_cast<std::uint64_t>(random.Below(kLines)));
    facts.to_number =
        NumberOf(1'000'000 +
                 static_cast<std::uint64_t>(random.Below(std::max<std::int64_t>(calls_ / 2, 1))));
  }
  facts.campaign = static_cast<std::uint8_t>(random.Below(kCampaigns));
  facts.plan = static_cast<std::uint8_t>(random.Below(std::ssize(kPlanWords)));
  facts.customer = static_cast<std::uint32_t>(10'000'000 + random.Below(calls_));
  if (facts.status == kEnded || facts.status == kError) {
    AddConnection(&facts, &random);
  } else {
    facts.reason = static_cast<std::uint8_t>(4 + random.Below(3));
  }
  return facts;
}

std::string ColumnCalls::Id(std::int64_t i) const {
  Random random(seed_ ^ (static_cast<std::uint64_t>(i) << 8));
  const std::uint64_t a = random.Next();
  const std::uint64_t b = random.Next();
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-a%03x-%012llx", static_cast<unsigned>(a),
                static_cast<unsigned>(a >> 32) & 0xFFFF, static_cast<unsigned>(a >> 48) & 0xFFF,
                static_cast<unsigned>(b) & 0xFFF, static_cast<unsigned long long>(b >> 16));
  return text;
}

std::uint64_t ColumnCalls::Tie(std::int64_t i) const { return Hash64(Id(i)); }

std::string ColumnCalls::Agent(std::uint8_t agent) { return "agent-" + std::to_string(agent); }

std::string ColumnCalls::Campaign(std::uint8_t campaign) {
  return "campaign-" + std::to_string(campaign);
}

Call ColumnCalls::MakeCall(std::int64_t i) const {
  const CallFacts facts = Facts(i);
  Call call{.organization_id = kOrganization, .id = Id(i)};
  call.call_id = "call_" + call.id.substr(0, 8) + call.id.substr(24);
  call.agent_id = Agent(facts.agent);
  call.call_status = Word(kStatusWords, facts.status);
  call.call_type = Word(kTypeWords, facts.type);
  if (facts.direction != kAbsentWord) {
    call.direction = Word(kDirectionWords, facts.direction);
    call.from_number = PhoneNumber(facts.from_number);
    call.to_number = PhoneNumber(facts.to_number);
  }
  call.start_timestamp = facts.start_timestamp;
  call.disconnection_reason = Word(kReasonWords, facts.reason);
  call.metadata_json = MakeMetadata(facts);
  call.created_at = facts.start_timestamp - 1'500;
  call.updated_at = facts.start_timestamp + facts.duration_ms + 2'500;
  if (facts.connected()) {
    call.call_duration = static_cast<double>(facts.duration_ms);
    call.end_timestamp = facts.start_timestamp + facts.duration_ms;
    call.call_analysis = CallAnalysis{.call_successful = facts.sentiment != kNegative,
                                      .user_sentiment = Word(kSentimentWords, facts.sentiment)};
    call.call_cost =
        CallCost{.combined_cost = static_cast<double>(facts.cost_ten_thousandths) / 10'000};
    std::vector<std::pair<std::string, LatencyStats>> latency;
    latency.emplace_back("e2e",
                         LatencyStats{.p50 = static_cast<double>(facts.latency_tenths) / 10});
    call.latency = std::move(latency);
  }
  return call;
}

}  // namespace callstore::bench
