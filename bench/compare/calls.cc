#include "bench/compare/calls.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "bench/random.h"

namespace callstore::bench {

std::string NumberCalled(std::int64_t i) {
  constexpr std::int64_t kNumbers = 50'000;
  Random random(static_cast<std::uint64_t>(i) + 0x9876);
  return "+1555" + std::to_string(1'000'000 + random.Below(kNumbers));
}

std::string OrganizationName(std::int64_t number, std::int64_t organizations) {
  if (organizations == 1) return kOrganization;
  return "org-" + std::to_string(100'000 + number);
}

std::vector<PeerCall> MakePeerCalls(const CallRange& range) {
  std::vector<PeerCall> calls;
  calls.reserve(static_cast<std::size_t>(range.count));
  for (std::int64_t i = range.first; i < range.first + range.count; ++i) {
    Call call = range.workload->MakeCall(i);
    call.organization_id = OrganizationName(i % range.organizations, range.organizations);
    if (call.to_number) call.to_number = NumberCalled(i);
    calls.push_back(MakePeerCall(std::move(call)));
  }
  return calls;
}

Call CallAt(std::size_t moment, const Call& call) {
  Call at = call;
  if (moment + 1 == kMoments) return at;
  at.call_analysis.reset();
  at.call_cost.reset();
  at.updated_at = *call.end_timestamp;
  if (moment == 2) return at;
  at.call_status = moment == 0 ? call_status::kRegistered : call_status::kOngoing;
  at.end_timestamp.reset();
  at.call_duration.reset();
  at.disconnection_reason.reset();
  at.recording_url.reset();
  at.public_log_url.reset();
  at.latency.reset();
  at.transcript.reset();
  at.transcript_object.reset();
  at.transcript_with_tool_calls.reset();
  at.events_json.clear();
  at.updated_at = *call.start_timestamp;
  // Not answered yet: listed by the time at which it was made, and moved when it starts.
  if (moment == 0) {
    at.start_timestamp.reset();
    at.updated_at = *call.created_at;
  }
  return at;
}

std::vector<std::string> ExpectedIds(const Workload& workload, std::int64_t calls,
                                     const PeerList& list) {
  // Calls rise in time with their number, so the first one at or after before_ms is found by
  // halves.
  std::int64_t low = 0;
  std::int64_t high = calls;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (workload.StartTimestamp(middle) < list.before_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<std::string> ids;
  for (std::int64_t i = low - 1 - list.skip; i >= 0 && std::ssize(ids) < list.limit; --i) {
    ids.push_back(workload.Id(i));
  }
  return ids;
}

PeerFilter SentimentFilter(std::int64_t i) {
  static constexpr std::array<const char*, kSentimentFilters> kSentiments = {"Positive", "Neutral",
                                                                             "Negative", "Unknown"};
  return {.user_sentiment = kSentiments[static_cast<std::size_t>(i % kSentimentFilters)]};
}

PeerFilter AgentFilter(std::int64_t i) {
  return {.agent_id = "agent-" + std::to_string(i % kAgentFilters)};
}

PeerFilter TripleFilter(std::int64_t i) {
  PeerFilter filter = SentimentFilter(i / kAgentFilters);
  filter.agent_id = AgentFilter(i).agent_id;
  const bool inbound = i / (kAgentFilters * kSentimentFilters) % 2 == 0;
  filter.direction = inbound ? direction::kInbound : direction::kOutbound;
  return filter;
}

}  // namespace callstore::bench
