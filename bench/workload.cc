#include "bench/workload.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "bench/random.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kFirstStart = 1'700'000'000'000;
constexpr std::int64_t kStepMs = 1'000;

constexpr std::array<std::string_view, 96> kWords = {
    "the",       "appointment", "for",     "tomorrow",  "morning",  "please",  "confirm",
    "your",      "number",      "and",     "name",      "we",       "can",     "offer",
    "another",   "time",        "is",      "there",     "anything", "else",    "today",
    "thank",     "you",         "calling", "account",   "balance",  "payment", "order",
    "arrives",   "delivery",    "on",      "monday",    "address",  "street",  "caf\u00e9",
    "insurance", "claim",       "status",  "would",     "like",     "to",      "speak",
    "with",      "a",           "manager", "about",     "my",       "invoice", "doctor",
    "has",       "an",          "opening", "at",        "half",     "past",    "nine",
    "could",     "repeat",      "that",    "slowly",    "yes",      "correct", "sorry",
    "no",        "let",         "me",      "check",     "one",      "moment",  "hotel",
    "room",      "two",         "nights",  "breakfast", "included", "flight",  "leaves",
    "from",      "gate",        "twelve",  "refund",    "within",   "five",    "days",
    "card",      "ending",      "in",      "service",   "internet", "router",  "restart",
    "light",     "green",       "working", "again",     "goodbye"};
constexpr std::array<std::string_view, 6> kReasons = {"USER_HANGUP",    "AGENT_HANGUP",
                                                      "USER_HANGUP",    "INACTIVITY",
                                                      "DIAL_NO_ANSWER", "VOICEMAIL_REACHED"};
constexpr std::array<std::string_view, 4> kSentiments = {"Positive", "Neutral", "Negative",
                                                         "Unknown"};
constexpr std::array<std::string_view, 3> kCampaigns = {"spring-renewal", "summer-2024",
                                                        "win-back"};

template <typename List>
std::string Pick(const List& list, Random* random) {
  return std::string(list[static_cast<std::size_t>(random->Below(std::ssize(list)))]);
}

std::string Hex(std::uint64_t number, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return std::string(text + 16 - digits);
}

std::string PhoneNumber(Random* random) {
  return "+1" + std::to_string(2'000'000'000 + random->Below(7'999'999'999));
}

std::string Sentence(std::int64_t words, Random* random) {
  std::string text;
  for (std::int64_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += Pick(kWords, random);
  }
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + '.';
}

// Ms with one decimal, as producers give latencies.
double Tenths(std::int64_t most_ms, Random* random) {
  return static_cast<double>(random->Below(most_ms * 10)) / 10;
}

LatencyStats MakeLatency(bool values, Random* random) {
  std::vector<double> all;
  for (int i = 0; i < 12; ++i) all.push_back(300 + Tenths(900, random));
  std::vector<double> sorted = all;
  std::ranges::sort(sorted);
  LatencyStats stats{.max = sorted.back(),
                     .min = sorted.front(),
                     .num = static_cast<double>(sorted.size()),
                     .p50 = sorted[sorted.size() / 2],
                     .p90 = sorted[sorted.size() - 2],
                     .p95 = sorted.back(),
                     .p99 = sorted.back()};
  if (values) stats.values = std::move(all);
  return stats;
}

// One utterance that begins at *clock_ms of audio time and moves it on.
Utterance MakeUtterance(bool agent, std::int64_t* clock_ms, Random* random) {
  Utterance utterance{.role = std::string(agent ? role::kAgent : role::kUser)};
  utterance.content = Sentence(6 + random->Below(14), random);
  std::vector<Word> words;
  for (std::size_t at = 0; at < utterance.content.size();) {
    const std::size_t end = std::min(utterance.content.find(' ', at), utterance.content.size());
    const std::int64_t start_ms = *clock_ms;
    *clock_ms += 120 + random->Below(400);
    words.push_back({.word = utterance.content.substr(at, end - at),
                     .start = static_cast<double>(start_ms) / 1000,
                     .end = static_cast<double>(*clock_ms) / 1000});
    *clock_ms += 20;
    at = end + 1;
  }
  utterance.words = std::move(words);
  *clock_ms += 600;
  return utterance;
}

void AddToolCall(std::vector<Turn>* turns, Random* random) {
  const std::string id = "tool_call_" + Hex(random->Next(), 6);
  turns->push_back(ToolCallInvocation{
      .tool_call_id = id,
      .name = "FindAppointment",
      .arguments = R"({"city": "Springfield", "day": ")" + Pick(kWords, random) + R"("})"});
  turns->push_back(
      ToolCallResult{.tool_call_id = id,
                     .content = R"([{"time": "09:30", "note": ")" + Sentence(20, random) + R"("}])",
                     .successful = true});
}

void AddTranscript(Call* call, Random* random) {
  std::vector<Utterance> utterances;
  std::vector<Turn> turns;
  std::string text;
  std::int64_t clock_ms = 400;
  const std::int64_t count = 12 + random->Below(5);
  for (std::int64_t i = 0; i < count; ++i) {
    Utterance utterance = MakeUtterance(i % 2 == 0, &clock_ms, random);
    text += (i % 2 == 0 ? "Agent: " : "User: ") + utterance.content + '\n';
    turns.emplace_back(utterance);
    utterances.push_back(std::move(utterance));
    if (i % 6 == 3) AddToolCall(&turns, random);
  }
  call->transcript = std::move(text);
  call->transcript_object = std::move(utterances);
  call->transcript_with_tool_calls = std::move(turns);
  call->events_json =
      R"([{"type":"call_started","timestamp":)" + std::to_string(*call->start_timestamp) +
      R"(},{"type":"call_ended","timestamp":)" + std::to_string(*call->end_timestamp) + "}]";
}

void AddOutcome(bool full, Call* call, Random* random) {
  std::vector<std::pair<std::string, LatencyStats>> latency;
  for (const char* component : {"e2e", "llm", "tts"}) {
    latency.emplace_back(component, MakeLatency(full, random));
  }
  call->latency = std::move(latency);
  call->call_analysis = CallAnalysis{.call_successful = random->Below(4) != 0,
                                     .call_summary = Sentence(16, random),
                                     .user_sentiment = Pick(kSentiments, random),
                                     .in_voicemail = false};
  call->call_cost = CallCost{.combined_cost = static_cast<double>(random->Below(20'000)) / 10'000};
}

}  // namespace

const char* SizeName(Size size) { return size == Size::kSmall ? "small" : "full"; }

std::string Workload::Id(std::int64_t i) const {
  Random random(seed_ ^ (static_cast<std::uint64_t>(i) << 8));
  const std::uint64_t a = random.Next();
  const std::uint64_t b = random.Next();
  return Hex(a, 8) + '-' + Hex(a >> 32, 4) + "-4" + Hex(a >> 48, 3) + "-a" + Hex(b, 3) + '-' +
         Hex(b >> 16, 12);
}

std::int64_t Workload::StartTimestamp(std::int64_t i) const {
  Random random(seed_ + static_cast<std::uint64_t>(i) * 0x2545F4914F6CDD1D);
  return kFirstStart + i * kStepMs + random.Below(kStepMs);
}

Position Workload::PositionOf(std::int64_t i) const { return {StartTimestamp(i), Hash64(Id(i))}; }

Call Workload::MakeCall(std::int64_t i) const {
  Random random(seed_ * 0x9E3779B97F4A7C15 + static_cast<std::uint64_t>(i));
  const bool full = size_ == Size::kFull;
  const bool phone = random.Below(4) != 0;
  const std::string name = "call_" + Hex(random.Next(), 16) + Hex(random.Next(), 8);
  Call call{.organization_id = kOrganization, .id = Id(i), .call_id = name};
  call.agent_id = "agent-" + std::to_string(random.Below(40));
  call.call_status = call_status::kEnded;
  call.call_type = phone ? call_type::kPhoneCall : call_type::kWebCall;
  if (phone) {
    call.direction = random.Below(2) == 0 ? direction::kInbound : direction::kOutbound;
    call.from_number = PhoneNumber(&random);
    call.to_number = PhoneNumber(&random);
    call.telephony_identifier =
        TelephonyIdentifier{.call_sid = "CA" + Hex(random.Next(), 16) + Hex(random.Next(), 16)};
  }
  const std::int64_t duration_ms = 20'000 + random.Below(280'000);
  call.start_timestamp = StartTimestamp(i);
  call.end_timestamp = *call.start_timestamp + duration_ms;
  call.call_duration = static_cast<double>(duration_ms);
  call.disconnection_reason = Pick(kReasons, &random);
  call.recording_url = "https://recordings.example.com/" + name + ".wav";
  call.public_log_url = "https://logs.example.com/" + name + ".txt";
  call.metadata_json = R"({"customer_id":"cust-)" + std::to_string(random.Below(5'000)) +
                       R"(","campaign":")" + Pick(kCampaigns, &random) + R"(","attempt":)" +
                       std::to_string(1 + random.Below(3)) + '}';
  call.created_at = *call.start_timestamp - 1'500;
  call.updated_at = *call.end_timestamp + 2'500;
  AddOutcome(full, &call, &random);
  if (full) AddTranscript(&call, &random);
  return call;
}

}  // namespace callstore::bench
