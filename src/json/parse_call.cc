// A Draft to an owning Call.
#include "base/error.h"
#include "callstore/json.h"
#include "json/call_reader.h"

namespace callstore {
namespace {

using record::Draft;
using record::DraftLatency;
using record::DraftTurn;
using record::DraftTurnKind;
using record::DraftUtterance;
using record::DraftWord;

std::optional<std::string> Copy(const record::OptionalText& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<double> Seconds(std::uint32_t ms) {
  if (ms == record::kNoTime) return std::nullopt;
  return ms / 1000.0;
}

Utterance CopyUtterance(const Draft& draft, const DraftUtterance& from) {
  Utterance utterance{.role = std::string(from.role),
                      .content = std::string(from.content),
                      .words = std::nullopt,
                      .json = std::string(from.json)};
  if (!from.has_words) return utterance;
  auto& words = utterance.words.emplace();
  words.reserve(from.word_count);
  for (std::uint32_t i = 0; i < from.word_count; ++i) {
    const DraftWord& word = draft.words[from.first_word + i];
    words.push_back({std::string(word.word), Seconds(word.start_ms), Seconds(word.end_ms)});
  }
  return utterance;
}

Turn CopyTurn(const Draft& draft, const DraftTurn& from) {
  switch (from.kind) {
    case DraftTurnKind::kUtterance:
      return CopyUtterance(draft, draft.utterances[from.utterance]);
    case DraftTurnKind::kInvocation:
      return ToolCallInvocation{std::string(from.tool_call_id), std::string(from.name),
                                std::string(from.arguments)};
    case DraftTurnKind::kResult:
      return ToolCallResult{std::string(from.tool_call_id), std::string(from.content),
                            from.successful};
    case DraftTurnKind::kOther:
      break;
  }
  return OtherTurn{std::string(from.json)};
}

void CopyTranscript(const Draft& draft, Call* call) {
  if (draft.has_transcript_object) {
    auto& utterances = call->transcript_object.emplace();
    for (std::uint32_t i = 0; i < draft.transcript_object_count; ++i) {
      utterances.push_back(CopyUtterance(draft, draft.utterances[i]));
    }
  }
  if (draft.has_turns) {
    auto& turns = call->transcript_with_tool_calls.emplace();
    for (const DraftTurn& turn : draft.turns) turns.push_back(CopyTurn(draft, turn));
  }
}

LatencyStats CopyStats(const Draft& draft, const DraftLatency& from) {
  LatencyStats stats{.max = from.max,
                     .min = from.min,
                     .num = from.num,
                     .p50 = from.p50,
                     .p90 = from.p90,
                     .p95 = from.p95,
                     .p99 = from.p99,
                     .values = std::nullopt,
                     .extra_json = std::string(from.extra)};
  if (from.has_values) {
    const auto first = draft.values.begin() + from.first_value;
    stats.values.emplace(first, first + from.value_count);
  }
  return stats;
}

void CopyObjects(const Draft& draft, Call* call) {
  if (draft.has_latency) {
    auto& latency = call->latency.emplace();
    for (const DraftLatency& stats : draft.latency) {
      latency.emplace_back(std::string(stats.component), CopyStats(draft, stats));
    }
  }
  if (draft.has_call_analysis) {
    call->call_analysis = {.call_successful = draft.call_successful,
                           .call_summary = Copy(draft.call_summary),
                           .user_sentiment = Copy(draft.user_sentiment),
                           .in_voicemail = draft.in_voicemail,
                           .custom_analysis_data_json = std::string(draft.custom_analysis_data),
                           .extra_json = std::string(draft.analysis_extra)};
  }
  if (draft.has_call_cost) {
    call->call_cost = {.combined_cost = draft.combined_cost,
                       .extra_json = std::string(draft.cost_extra)};
  }
  if (draft.has_telephony) {
    call->telephony_identifier = {.call_sid = Copy(draft.call_sid),
                                  .conference_sid = Copy(draft.conference_sid),
                                  .extra_json = std::string(draft.telephony_extra)};
  }
}

}  // namespace

Result<Call> ParseCall(std::string_view json) {
  json::CallReader reader;
  Draft draft;
  CALLSTORE_RETURN_IF_ERROR(reader.Read(json, &draft));
  Call call{.organization_id = std::string(draft.organization_id),
            .id = std::string(draft.id),
            .call_id = Copy(draft.call_id),
            .agent_id = Copy(draft.agent_id),
            .call_status = Copy(draft.call_status),
            .call_type = Copy(draft.call_type),
            .direction = Copy(draft.direction),
            .from_number = Copy(draft.from_number),
            .to_number = Copy(draft.to_number),
            .start_timestamp = draft.start_timestamp,
            .end_timestamp = draft.end_timestamp,
            .call_duration = draft.call_duration,
            .disconnection_reason = Copy(draft.disconnection_reason),
            .recording_url = Copy(draft.recording_url),
            .public_log_url = Copy(draft.public_log_url),
            .opt_out_sensitive_data_storage = draft.opt_out,
            .metadata_json = std::string(draft.metadata.value_or("")),
            .events_json = std::string(draft.events.value_or("")),
            .transcript = Copy(draft.transcript),
            .created_at = draft.created_at,
            .updated_at = draft.updated_at,
            .extra_json = std::string(draft.extra)};
  CopyTranscript(draft, &call);
  CopyObjects(draft, &call);
  return call;
}

}  // namespace callstore
