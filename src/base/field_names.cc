#include "base/field_names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "base/utf8.h"

namespace callstore {
namespace {

struct FieldRow {
  FieldId id = FieldId::kId;
  FieldType type = FieldType::kText;
  std::string_view name;        // ends with a dot where a key follows
  std::string_view alias = {};  // the same

  bool has_key() const { return name.ends_with('.'); }
};

// In the order of FieldId.
constexpr FieldRow kFields[] = {
    {FieldId::kId, FieldType::kText, "id"},
    {FieldId::kCallId, FieldType::kText, "call_id"},
    {FieldId::kAgentId, FieldType::kText, "agent_id"},
    {FieldId::kFromNumber, FieldType::kText, "from_number"},
    {FieldId::kToNumber, FieldType::kText, "to_number"},
    {FieldId::kRecordingUrl, FieldType::kText, "recording_url"},
    {FieldId::kPublicLogUrl, FieldType::kText, "public_log_url"},
    {FieldId::kCallStatus, FieldType::kEnum, "call_status"},
    {FieldId::kCallType, FieldType::kEnum, "call_type"},
    {FieldId::kDirection, FieldType::kEnum, "direction"},
    {FieldId::kDisconnectionReason, FieldType::kEnum, "disconnection_reason"},
    {FieldId::kStartTimestamp, FieldType::kTime, "start_timestamp"},
    {FieldId::kEndTimestamp, FieldType::kTime, "end_timestamp"},
    {FieldId::kCreatedAt, FieldType::kTime, "created_at"},
    {FieldId::kUpdatedAt, FieldType::kTime, "updated_at"},
    {FieldId::kCallDuration, FieldType::kNumber, "call_duration", "duration_ms"},
    {FieldId::kOptOut, FieldType::kBoolean, "opt_out_sensitive_data_storage"},
    {FieldId::kCallSuccessful, FieldType::kBoolean, "call_analysis.call_successful",
     "call_successful"},
    {FieldId::kInVoicemail, FieldType::kBoolean, "call_analysis.in_voicemail", "in_voicemail"},
    {FieldId::kUserSentiment, FieldType::kEnum, "call_analysis.user_sentiment", "user_sentiment"},
    {FieldId::kCallSummary, FieldType::kText, "call_analysis.call_summary", "call_summary"},
    {FieldId::kCustomAnalysisData, FieldType::kAny, "call_analysis.custom_analysis_data.",
     "custom_analysis_data."},
    {FieldId::kCombinedCost, FieldType::kNumber, "call_cost.combined_cost", "combined_cost"},
    {FieldId::kLatency, FieldType::kNumber, "latency."},
    {FieldId::kCallSid, FieldType::kText, "telephony_identifier.call_sid", "call_sid"},
    {FieldId::kConferenceSid, FieldType::kText, "telephony_identifier.conference_sid",
     "conference_sid"},
    {FieldId::kMetadata, FieldType::kAny, "metadata."},
    {FieldId::kToolCallName, FieldType::kText, "tool_calls.name"},
    {FieldId::kToolCallSuccessful, FieldType::kBoolean, "tool_calls.successful"},
    {FieldId::kTranscriptSearch, FieldType::kWords, "transcript_search"},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kFields); ++i) {
    if (kFields[i].id != static_cast<FieldId>(i)) return false;
  }
  return true;
}
static_assert(IsInOrder());

constexpr std::string_view kStatistics[] = {"min", "max", "p50", "p90", "p95", "p99", "num"};
constexpr std::string_view kValues = "values";

// Aliases of a field with its key.
struct KeyAlias {
  std::string_view alias;
  FieldId id;
  std::string_view key;
};
constexpr KeyAlias kKeyAliases[] = {{"e2e_latency_p50", FieldId::kLatency, "e2e.p50"},
                                    {"batch_call_id", FieldId::kMetadata, "batch_call_id"}};

const FieldRow& RowOf(FieldId id) { return kFields[static_cast<std::size_t>(id)]; }

// COMPONENT.STAT
bool IsLatencyKey(std::string_view key, FieldUse use) {
  const std::size_t dot = key.find('.');
  if (dot == 0 || dot == std::string_view::npos) return false;
  const std::string_view statistic = key.substr(dot + 1);
  return std::ranges::find(kStatistics, statistic) != std::end(kStatistics) ||
         (use == FieldUse::kMetric && statistic == kValues);
}

// The field of a row where `name` begins with the row's name or alias and a key follows.
std::optional<NamedField> FieldWithKey(const FieldRow& row, std::string_view name, FieldUse use) {
  for (const std::string_view prefix : {row.name, row.alias}) {
    if (prefix.empty() || !name.starts_with(prefix)) continue;
    const std::string_view key = name.substr(prefix.size());
    if (key.empty()) continue;
    if (row.id == FieldId::kLatency && !IsLatencyKey(key, use)) continue;
    return NamedField{row.id, key};
  }
  return std::nullopt;
}

}  // namespace

std::optional<NamedField> FindFieldName(std::string_view name, FieldUse use) {
  if (name.empty() || !IsUtf8(name)) return std::nullopt;
  for (const FieldRow& row : kFields) {
    if (row.has_key()) {
      if (auto field = FieldWithKey(row, name, use)) return field;
    } else if (name == row.name || name == row.alias) {
      return NamedField{row.id, {}};
    }
  }
  for (const KeyAlias& known : kKeyAliases) {
    if (name == known.alias) return NamedField{known.id, known.key};
  }
  return std::nullopt;
}

std::string_view FieldName(FieldId id) { return RowOf(id).name; }

FieldType TypeOfField(FieldId id) { return RowOf(id).type; }

std::string ValidFieldNames(FieldUse use) {
  std::string names;
  for (const FieldRow& row : kFields) {
    names.append(names.empty() ? "" : ", ").append(row.name);
    if (row.id == FieldId::kLatency) {
      names += "COMPONENT.STAT [e2e_latency_p50] (STAT: min, max, p50, p90, p95, p99, num";
      names.append(use == FieldUse::kMetric ? ", values)" : ")");
    } else if (row.has_key()) {
      names += "KEY";
    }
    if (row.id == FieldId::kMetadata) names += " [batch_call_id]";
    if (!row.alias.empty()) {
      names.append(" [").append(row.alias).append(row.has_key() ? "KEY]" : "]");
    }
  }
  return names;
}

std::vector<std::string> CandidateFieldNames(std::string_view name, FieldUse use) {
  std::vector<std::string> names;
  for (const FieldRow& row : kFields) {
    if (row.has_key()) continue;
    names.emplace_back(row.name);
    if (!row.alias.empty()) names.emplace_back(row.alias);
  }
  for (const KeyAlias& known : kKeyAliases) names.emplace_back(known.alias);
  const std::size_t dot = name.find('.');
  const std::string rest(dot == std::string_view::npos ? "" : name.substr(dot + 1));
  if (rest.empty() || !IsUtf8(rest)) return names;
  names.push_back("metadata." + rest);
  names.push_back("custom_analysis_data." + rest);
  const std::string component = rest.substr(0, rest.find('.'));
  if (component.empty()) return names;
  const std::string prefix = "latency." + component + '.';
  for (const std::string_view statistic : kStatistics) {
    names.push_back(prefix + std::string(statistic));
  }
  if (use == FieldUse::kMetric) names.push_back(prefix + std::string(kValues));
  return names;
}

}  // namespace callstore
