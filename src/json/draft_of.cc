// An owning Call to a checked Draft, by the rules of the JSON form.
#include <algorithm>
#include <array>

#include "base/error.h"
#include "json/call_reader.h"
#include "json/checker.h"
#include "json/transcript_checker.h"

namespace callstore::json {
namespace {

using record::Draft;
using record::DraftLatency;
using record::OptionalText;
using Number = Checker::Number;

constexpr std::string_view kCallNames[] = {
    "id",
    "call_id",
    "agent_id",
    "organization_id",
    "call_status",
    "call_type",
    "direction",
    "from_number",
    "to_number",
    "start_timestamp",
    "end_timestamp",
    "call_duration",
    "disconnection_reason",
    "recording_url",
    "public_log_url",
    "opt_out_sensitive_data_storage",
    "metadata",
    "events",
    "transcript",
    "transcript_object",
    "transcript_with_tool_calls",
    "latency",
    "call_analysis",
    "call_cost",
    "telephony_identifier",
    "created_at",
    "updated_at",
    "stored_at",
    "changed_at",
};
constexpr std::string_view kStatsNames[] = {"max", "min", "num", "p50",
                                            "p90", "p95", "p99", "values"};
constexpr std::string_view kAnalysisNames[] = {"call_successful", "call_summary", "user_sentiment",
                                               "in_voicemail", "custom_analysis_data"};
constexpr std::string_view kCostNames[] = {"combined_cost"};
constexpr std::string_view kTelephonyNames[] = {"call_sid", "conference_sid"};

Result<void> CheckIds(const Call& call, Checker* checker, Draft* draft) {
  draft->organization_id = call.organization_id;
  draft->id = call.id;
  if (!call.organization_id.empty()) {
    CALLSTORE_RETURN_IF_ERROR(checker->CheckId({"$.organization_id"}, call.organization_id));
  }
  if (!call.id.empty()) CALLSTORE_RETURN_IF_ERROR(checker->CheckId({"$.id"}, call.id));
  if (!call.call_id) return {};
  draft->call_id = *call.call_id;
  return checker->CheckId({"$.call_id"}, *call.call_id);
}

Result<void> CheckScalars(const Call& call, Checker* checker, Draft* draft) {
  struct Field {
    const char* path;
    const std::optional<std::string>& text;
    OptionalText* field;
  };
  const Field fields[] = {
      {"$.agent_id", call.agent_id, &draft->agent_id},
      {"$.call_status", call.call_status, &draft->call_status},
      {"$.call_type", call.call_type, &draft->call_type},
      {"$.direction", call.direction, &draft->direction},
      {"$.from_number", call.from_number, &draft->from_number},
      {"$.to_number", call.to_number, &draft->to_number},
      {"$.disconnection_reason", call.disconnection_reason, &draft->disconnection_reason},
      {"$.recording_url", call.recording_url, &draft->recording_url},
      {"$.public_log_url", call.public_log_url, &draft->public_log_url},
      {"$.transcript", call.transcript, &draft->transcript},
  };
  for (const Field& field : fields) {
    CALLSTORE_RETURN_IF_ERROR(checker->CheckText({field.path}, field.text, field.field));
  }
  draft->start_timestamp = call.start_timestamp;
  draft->end_timestamp = call.end_timestamp;
  draft->created_at = call.created_at;
  draft->updated_at = call.updated_at;
  draft->opt_out = call.opt_out_sensitive_data_storage;
  draft->call_duration = call.call_duration;
  return Checker::CheckNumber({"$.call_duration"}, call.call_duration);
}

Result<void> CheckAnalysis(const CallAnalysis& analysis, Checker* checker, Draft* draft) {
  draft->has_call_analysis = true;
  draft->call_successful = analysis.call_successful;
  draft->in_voicemail = analysis.in_voicemail;
  CALLSTORE_RETURN_IF_ERROR(checker->CheckText({"$.call_analysis.call_summary"},
                                               analysis.call_summary, &draft->call_summary));
  CALLSTORE_RETURN_IF_ERROR(checker->CheckText({"$.call_analysis.user_sentiment"},
                                               analysis.user_sentiment, &draft->user_sentiment));
  if (!analysis.custom_analysis_data_json.empty()) {
    std::string_view* const custom = &draft->custom_analysis_data;
    CALLSTORE_RETURN_IF_ERROR(checker->CheckJson({"$.call_analysis.custom_analysis_data"}, 2,
                                                 analysis.custom_analysis_data_json, custom));
    if (*custom == "null") *custom = {};
  }
  return checker->CheckExtra({"$.call_analysis"}, 1, {kAnalysisNames}, analysis.extra_json,
                             &draft->analysis_extra);
}

Result<void> CheckCost(const CallCost& cost, Checker* checker, Draft* draft) {
  draft->has_call_cost = true;
  draft->combined_cost = cost.combined_cost;
  CALLSTORE_RETURN_IF_ERROR(
      Checker::CheckNumber({"$.call_cost.combined_cost"}, cost.combined_cost));
  const Number number{"combined_cost", cost.combined_cost};
  return checker->CheckExtra({"$.call_cost"}, 1, {kCostNames, {&number, 1}}, cost.extra_json,
                             &draft->cost_extra);
}

Result<void> CheckTelephony(const TelephonyIdentifier& telephony, Checker* checker, Draft* draft) {
  draft->has_telephony = true;
  CALLSTORE_RETURN_IF_ERROR(checker->CheckText({"$.telephony_identifier.call_sid"},
                                               telephony.call_sid, &draft->call_sid));
  CALLSTORE_RETURN_IF_ERROR(checker->CheckText({"$.telephony_identifier.conference_sid"},
                                               telephony.conference_sid, &draft->conference_sid));
  return checker->CheckExtra({"$.telephony_identifier"}, 1, {kTelephonyNames}, telephony.extra_json,
                             &draft->telephony_extra);
}

Result<void> CheckStats(const LatencyStats& stats, Checker* checker, Draft* draft,
                        DraftLatency* out) {
  const std::array<Number, 7> numbers = {{{"max", stats.max},
                                          {"min", stats.min},
                                          {"num", stats.num},
                                          {"p50", stats.p50},
                                          {"p90", stats.p90},
                                          {"p95", stats.p95},
                                          {"p99", stats.p99}}};
  const Place place{.member = "$.latency", .key = out->component};
  for (const auto& [name, value] : numbers) {
    CALLSTORE_RETURN_IF_ERROR(Checker::CheckNumber(place, value));
  }
  out->max = stats.max;
  out->min = stats.min;
  out->num = stats.num;
  out->p50 = stats.p50;
  out->p90 = stats.p90;
  out->p95 = stats.p95;
  out->p99 = stats.p99;
  std::span<const std::string_view> names = kStatsNames;
  if (stats.values) {
    // A digit and a comma each, at the least.
    CALLSTORE_RETURN_IF_ERROR(
        checker->CountBytes(place.Field(".values"), 2 * stats.values->size()));
    out->has_values = true;
    out->first_value = static_cast<std::uint32_t>(draft->values.size());
    out->value_count = static_cast<std::uint32_t>(stats.values->size());
    for (const double value : *stats.values) {
      CALLSTORE_RETURN_IF_ERROR(Checker::CheckNumber(place.Field(".values"), {value}));
      draft->values.push_back(value);
    }
  } else {
    names = names.first(numbers.size());  // inexact values stand in extra_json alone
  }
  return checker->CheckExtra(place, 2, {names, numbers}, stats.extra_json, &out->extra);
}

Result<void> CheckLatency(const Call& call, Checker* checker, Draft* draft) {
  if (!call.latency) return {};
  draft->has_latency = true;
  for (const auto& [component, stats] : *call.latency) {
    CALLSTORE_RETURN_IF_ERROR(checker->CheckText({"$.latency"}, component));
    if (std::ranges::find(draft->latency, component, &DraftLatency::component) !=
        draft->latency.end()) {
      return Fail(
          ErrorCode::kInvalidArgument, "a latency component is given twice",
          {{"path", "$.latency"}, {"value", Excerpt(component)}, {"valid", "each one once"}});
    }
    DraftLatency out;
    out.component = component;
    CALLSTORE_RETURN_IF_ERROR(CheckStats(stats, checker, draft, &out));
    draft->latency.push_back(out);
  }
  return {};
}

Result<void> CheckObjects(const Call& call, Checker* checker, Draft* draft) {
  if (!call.metadata_json.empty()) {
    CALLSTORE_RETURN_IF_ERROR(
        checker->CheckObject({"$.metadata"}, 1, call.metadata_json, &draft->metadata.emplace()));
  }
  if (!call.events_json.empty()) {
    CALLSTORE_RETURN_IF_ERROR(
        checker->CheckObjects({"$.events"}, 1, call.events_json, &draft->events.emplace()));
  }
  if (call.call_analysis) {
    CALLSTORE_RETURN_IF_ERROR(CheckAnalysis(*call.call_analysis, checker, draft));
  }
  if (call.call_cost) CALLSTORE_RETURN_IF_ERROR(CheckCost(*call.call_cost, checker, draft));
  if (!call.telephony_identifier) return {};
  return CheckTelephony(*call.telephony_identifier, checker, draft);
}

}  // namespace

Result<void> DraftOf(const Call& call, Draft* draft) {
  draft->Clear();
  static thread_local Checker checker;  // keeps its buffers
  checker.Begin(&draft->own);
  CALLSTORE_RETURN_IF_ERROR(CheckIds(call, &checker, draft));
  CALLSTORE_RETURN_IF_ERROR(CheckScalars(call, &checker, draft));
  CALLSTORE_RETURN_IF_ERROR(CheckObjects(call, &checker, draft));
  CALLSTORE_RETURN_IF_ERROR(CheckLatency(call, &checker, draft));
  TranscriptChecker transcript(&checker, draft);
  CALLSTORE_RETURN_IF_ERROR(transcript.Check(call));
  const Number duration{"call_duration", call.call_duration};
  return checker.CheckExtra({"$"}, 0, {kCallNames, {&duration, 1}}, call.extra_json, &draft->extra);
}

}  // namespace callstore::json
