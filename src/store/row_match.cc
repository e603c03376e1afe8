#include "store/row_match.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/minified_json.h"
#include "callstore/transcript_search.h"

namespace callstore::store {
namespace {

using query::Condition;
using query::FieldId;
using query::Node;
using query::ValueView;

template <typename T>
std::optional<ValueView> Value(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return ValueView(*value);
}

Verdict Settle(bool matches) { return matches ? Verdict::kYes : Verdict::kNo; }

// What a turn tells of a tool call.
struct ToolTurn {
  std::optional<std::string_view> name = {};  // of an invocation
  std::optional<bool> successful = {};        // of a result
};

// `buffer` keeps a name that had to be unescaped.
ToolTurn ToolTurnOf(const TurnView& turn, std::string* buffer) {
  const std::string_view role = turn.role();
  const bool invocation = role == "tool_call_invocation";
  if (!invocation && role != "tool_call_result") return {};
  const std::string_view json = turn.json();
  if (json.empty()) {
    if (turn.kind() == TurnKind::kToolCallInvocation) return {.name = turn.name()};
    return {.successful = turn.successful()};
  }
  // A turn with more or less than its documented members.
  const auto member = FindJsonMember(json, invocation ? "name" : "successful");
  if (!member) return {};
  if (invocation) {
    if (!member->starts_with('"')) return {};
    return {.name = JsonText(*member, buffer)};
  }
  if (*member != "true" && *member != "false") return {};
  return {.successful = *member == "true"};
}

bool MatchToolCalls(const Condition& condition, const CallView& call) {
  const bool by_name = condition.field.id == FieldId::kToolCallName;
  std::string buffer;
  for (std::size_t i = 0; i < call.turn_count(); ++i) {
    const ToolTurn turn = ToolTurnOf(call.turn(i), &buffer);
    const auto value = by_name ? Value(turn.name) : Value(turn.successful);
    if (value && query::Matches(condition, *value)) return true;
  }
  return false;
}

Verdict MatchCondition(const Condition& condition, const CallView& call) {
  switch (condition.field.id) {
    case FieldId::kToolCallName:
    case FieldId::kToolCallSuccessful:
      if (!call.transcript_loaded()) return Verdict::kNeedsTranscript;
      return Settle(MatchToolCalls(condition, call));
    case FieldId::kTranscriptSearch:
      if (!call.transcript_loaded()) return Verdict::kNeedsTranscript;
      return Settle(TranscriptHas(call, condition.search));
    case FieldId::kMetadata:
    case FieldId::kCustomAnalysisData: {
      const auto json = JsonOf(condition.field, call);
      return Settle(json && query::MatchesJson(condition, *json));
    }
    default: {
      const auto value = ValueOf(condition.field, call);
      return Settle(value && query::Matches(condition, *value));
    }
  }
}

// `decisive` is what one child settles the whole with: no for and, yes for or.
Verdict MatchAll(const Node& node, const CallView& call, Verdict decisive) {
  bool open = false;
  for (const Node& child : node.children) {
    const Verdict verdict = MatchRow(child, call);
    if (verdict == decisive) return decisive;
    open = open || verdict == Verdict::kNeedsTranscript;
  }
  if (open) return Verdict::kNeedsTranscript;
  return Settle(decisive == Verdict::kNo);
}

// "e2e.p50": a component, which may have dots itself, and a figure.
std::optional<double> LatencyOf(std::string_view key, const CallView& call) {
  const std::size_t dot = key.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view component = key.substr(0, dot);
  const std::string_view figure = key.substr(dot + 1);
  for (std::size_t i = 0; i < call.latency_count(); ++i) {
    const LatencyView latency = call.latency(i);
    if (latency.component != component) continue;
    if (figure == "max") return latency.max;
    if (figure == "min") return latency.min;
    if (figure == "num") return latency.num;
    if (figure == "p50") return latency.p50;
    if (figure == "p90") return latency.p90;
    if (figure == "p95") return latency.p95;
    if (figure == "p99") return latency.p99;
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Verdict MatchRow(const Node& node, const CallView& call) {
  switch (node.kind) {
    case Node::Kind::kEverything:
      return Verdict::kYes;
    case Node::Kind::kCondition:
      return MatchCondition(node.condition, call);
    case Node::Kind::kAnd:
      return MatchAll(node, call, Verdict::kNo);
    case Node::Kind::kOr:
      return MatchAll(node, call, Verdict::kYes);
    case Node::Kind::kNot:
      break;
  }
  const Verdict verdict = MatchRow(node.children.front(), call);
  if (verdict == Verdict::kNeedsTranscript) return verdict;
  return Settle(verdict == Verdict::kNo);
}

Verdict MatchRow(const query::NormalFilter& filter, const CallView& call) {
  if (filter.bounded) {
    const auto start = call.start_timestamp();
    if (!start || *start < filter.least_start || *start > filter.most_start) return Verdict::kNo;
  }
  return MatchRow(filter.root, call);
}

std::optional<double> EffectiveDuration(const CallView& call) {
  if (const auto duration = call.call_duration()) return duration;
  const auto start = call.start_timestamp();
  const auto end = call.end_timestamp();
  if (!start || !end) return std::nullopt;
  std::int64_t duration = 0;
  if (__builtin_sub_overflow(*end, *start, &duration)) {
    return static_cast<double>(*end) - static_cast<double>(*start);
  }
  return static_cast<double>(duration);
}

std::optional<ValueView> ValueOf(const query::FieldRef& field, const CallView& call) {
  switch (field.id) {
    case FieldId::kId:
      return ValueView(call.id());
    case FieldId::kCallId:
      return Value(call.call_id());
    case FieldId::kAgentId:
      return Value(call.agent_id());
    case FieldId::kFromNumber:
      return Value(call.from_number());
    case FieldId::kToNumber:
      return Value(call.to_number());
    case FieldId::kRecordingUrl:
      return Value(call.recording_url());
    case FieldId::kPublicLogUrl:
      return Value(call.public_log_url());
    case FieldId::kCallStatus:
      return Value(call.call_status());
    case FieldId::kCallType:
      return Value(call.call_type());
    case FieldId::kDirection:
      return Value(call.direction());
    case FieldId::kDisconnectionReason:
      return Value(call.disconnection_reason());
    case FieldId::kStartTimestamp:
      return Value(call.start_timestamp());
    case FieldId::kEndTimestamp:
      return Value(call.end_timestamp());
    case FieldId::kCreatedAt:
      return Value(call.created_at());
    case FieldId::kUpdatedAt:
      return Value(call.updated_at());
    case FieldId::kCallDuration:
      return Value(EffectiveDuration(call));
    case FieldId::kOptOut:
      return ValueView(call.opt_out_sensitive_data_storage());
    case FieldId::kCallSuccessful:
      return Value(call.call_successful());
    case FieldId::kInVoicemail:
      return Value(call.in_voicemail());
    case FieldId::kUserSentiment:
      return Value(call.user_sentiment());
    case FieldId::kCallSummary:
      return Value(call.call_summary());
    case FieldId::kCombinedCost:
      return Value(call.combined_cost());
    case FieldId::kLatency:
      return Value(LatencyOf(field.key, call));
    case FieldId::kCallSid:
      return Value(call.call_sid());
    case FieldId::kConferenceSid:
      return Value(call.conference_sid());
    case FieldId::kMetadata:
    case FieldId::kCustomAnalysisData:
    case FieldId::kToolCallName:
    case FieldId::kToolCallSuccessful:
    case FieldId::kTranscriptSearch:
      break;
  }
  return std::nullopt;
}

std::optional<std::string_view> JsonOf(const query::FieldRef& field, const CallView& call) {
  const auto json =
      field.id == FieldId::kMetadata ? call.metadata_json() : call.custom_analysis_data_json();
  // Custom analysis may be any JSON; only an object has keys.
  if (!json || !json->starts_with('{')) return std::nullopt;
  return FindJsonPath(*json, field.key);
}

}  // namespace callstore::store
