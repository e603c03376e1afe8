// An owning copy of a stored call.
#include "callstore/call_view.h"
#include "record/access.h"

namespace callstore {
namespace {

std::optional<std::string> Copy(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

Utterance CopyUtterance(const UtteranceView& view) {
  Utterance utterance{.role = std::string(view.role()),
                      .content = std::string(view.content()),
                      .words = std::nullopt,
                      .json = std::string(view.json())};
  if (!record::HasWords(view)) return utterance;
  std::vector<Word>& words = utterance.words.emplace();
  words.reserve(view.word_count());
  for (std::size_t i = 0; i < view.word_count(); ++i) {
    const WordView word = view.word(i);
    words.push_back({std::string(word.word), word.start, word.end});
  }
  return utterance;
}

Turn CopyTurn(const TurnView& view) {
  switch (view.kind()) {
    case TurnKind::kUtterance:
      return CopyUtterance(*view.utterance());
    case TurnKind::kToolCallInvocation:
      return ToolCallInvocation{std::string(view.tool_call_id()), std::string(view.name()),
                                std::string(view.arguments())};
    case TurnKind::kToolCallResult:
      return ToolCallResult{std::string(view.tool_call_id()), std::string(view.content()),
                            view.successful()};
    case TurnKind::kOther:
      break;
  }
  return OtherTurn{std::string(view.json())};
}

void CopyLatency(const CallView& view, Call* call) {
  if (!record::Has(view, record::Member::kLatency)) return;
  auto& latency = call->latency.emplace();
  for (std::size_t i = 0; i < view.latency_count(); ++i) {
    const LatencyView stats = view.latency(i);
    LatencyStats copy{.max = stats.max,
                      .min = stats.min,
                      .num = stats.num,
                      .p50 = stats.p50,
                      .p90 = stats.p90,
                      .p95 = stats.p95,
                      .p99 = stats.p99,
                      .values = std::nullopt,
                      .extra_json = std::string(stats.extra_json)};
    if (record::HasLatencyValues(view, i)) {
      const auto values = record::LatencyValues(view, i);
      copy.values.emplace(values.begin(), values.end());
    }
    latency.emplace_back(std::string(stats.component), std::move(copy));
  }
}

void CopyObjects(const CallView& view, Call* call) {
  if (record::Has(view, record::Member::kCallAnalysis)) {
    call->call_analysis = {
        .call_successful = view.call_successful(),
        .call_summary = Copy(view.call_summary()),
        .user_sentiment = Copy(view.user_sentiment()),
        .in_voicemail = view.in_voicemail(),
        .custom_analysis_data_json = std::string(view.custom_analysis_data_json().value_or("")),
        .extra_json = std::string(record::AnalysisExtra(view))};
  }
  if (record::Has(view, record::Member::kCallCost)) {
    call->call_cost = {.combined_cost = view.combined_cost(),
                       .extra_json = std::string(record::CostExtra(view))};
  }
  if (record::Has(view, record::Member::kTelephonyIdentifier)) {
    call->telephony_identifier = {.call_sid = Copy(view.call_sid()),
                                  .conference_sid = Copy(view.conference_sid()),
                                  .extra_json = std::string(record::TelephonyExtra(view))};
  }
}

void CopyTranscript(const CallView& view, Call* call) {
  call->transcript = Copy(view.transcript());
  call->events_json = view.events_json().value_or("");
  if (record::Has(view, record::Member::kTranscriptObject)) {
    auto& utterances = call->transcript_object.emplace();
    for (std::size_t i = 0; i < view.utterance_count(); ++i) {
      utterances.push_back(CopyUtterance(view.utterance(i)));
    }
  }
  if (record::Has(view, record::Member::kTurns)) {
    auto& turns = call->transcript_with_tool_calls.emplace();
    for (std::size_t i = 0; i < view.turn_count(); ++i) turns.push_back(CopyTurn(view.turn(i)));
  }
}

}  // namespace

Call CallView::ToCall() const {
  Call call{.organization_id = std::string(organization_id()),
            .id = std::string(id()),
            .call_id = Copy(call_id()),
            .agent_id = Copy(agent_id()),
            .call_status = Copy(call_status()),
            .call_type = Copy(call_type()),
            .direction = Copy(direction()),
            .from_number = Copy(from_number()),
            .to_number = Copy(to_number()),
            .start_timestamp = start_timestamp(),
            .end_timestamp = end_timestamp(),
            .call_duration = call_duration(),
            .disconnection_reason = Copy(disconnection_reason()),
            .recording_url = Copy(recording_url()),
            .public_log_url = Copy(public_log_url()),
            .opt_out_sensitive_data_storage = opt_out_sensitive_data_storage(),
            .metadata_json = std::string(metadata_json().value_or("")),
            .created_at = created_at(),
            .updated_at = updated_at(),
            .extra_json = std::string(extra_json())};
  CopyLatency(*this, &call);
  CopyObjects(*this, &call);
  CopyTranscript(*this, &call);
  return call;
}

}  // namespace callstore
