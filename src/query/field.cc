#include "query/field.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/error.h"
#include "base/known_words.h"
#include "base/nearest.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

using columns::ColumnId;

constexpr ColumnId kNone{};

struct FieldRow {
  FieldId id = FieldId::kId;
  FieldType type = FieldType::kText;
  std::string_view name;   // ends with a dot where a key follows
  std::string_view alias;  // the same
  ColumnId column = kNone;
  bool presence_only = false;  // of `column`: it has the presence, not the values

  bool has_key() const { return name.ends_with('.'); }
};

// In the order of FieldId.
constexpr FieldRow kFields[] = {
    {FieldId::kId, FieldType::kText, "id", ""},
    {FieldId::kCallId, FieldType::kText, "call_id", "", ColumnId::kHasCallId, true},
    {FieldId::kAgentId, FieldType::kText, "agent_id", "", ColumnId::kAgentId},
    {FieldId::kFromNumber, FieldType::kText, "from_number", "", ColumnId::kFromNumber},
    {FieldId::kToNumber, FieldType::kText, "to_number", "", ColumnId::kToNumber},
    {FieldId::kRecordingUrl, FieldType::kText, "recording_url", "", ColumnId::kHasRecordingUrl,
     true},
    {FieldId::kPublicLogUrl, FieldType::kText, "public_log_url", "", ColumnId::kHasPublicLogUrl,
     true},
    {FieldId::kCallStatus, FieldType::kEnum, "call_status", "", ColumnId::kCallStatus},
    {FieldId::kCallType, FieldType::kEnum, "call_type", "", ColumnId::kCallType},
    {FieldId::kDirection, FieldType::kEnum, "direction", "", ColumnId::kDirection},
    {FieldId::kDisconnectionReason, FieldType::kEnum, "disconnection_reason", "",
     ColumnId::kDisconnectionReason},
    {FieldId::kStartTimestamp, FieldType::kTime, "start_timestamp", ""},
    {FieldId::kEndTimestamp, FieldType::kTime, "end_timestamp", "", ColumnId::kEndTimestamp},
    {FieldId::kCreatedAt, FieldType::kTime, "created_at", "", ColumnId::kCreatedAt},
    {FieldId::kUpdatedAt, FieldType::kTime, "updated_at", "", ColumnId::kUpdatedAt},
    {FieldId::kCallDuration, FieldType::kNumber, "call_duration", "duration_ms",
     ColumnId::kCallDuration},
    {FieldId::kOptOut, FieldType::kBoolean, "opt_out_sensitive_data_storage", "",
     ColumnId::kOptOut},
    {FieldId::kCallSuccessful, FieldType::kBoolean, "call_analysis.call_successful",
     "call_successful", ColumnId::kCallSuccessful},
    {FieldId::kInVoicemail, FieldType::kBoolean, "call_analysis.in_voicemail", "in_voicemail",
     ColumnId::kInVoicemail},
    {FieldId::kUserSentiment, FieldType::kEnum, "call_analysis.user_sentiment", "user_sentiment",
     ColumnId::kUserSentiment},
    {FieldId::kCallSummary, FieldType::kText, "call_analysis.call_summary", "call_summary",
     ColumnId::kHasCallSummary, true},
    {FieldId::kCustomAnalysisData, FieldType::kAny, "call_analysis.custom_analysis_data.",
     "custom_analysis_data."},
    {FieldId::kCombinedCost, FieldType::kNumber, "call_cost.combined_cost", "combined_cost",
     ColumnId::kCombinedCost},
    {FieldId::kLatency, FieldType::kNumber, "latency.", ""},
    {FieldId::kCallSid, FieldType::kText, "telephony_identifier.call_sid", "call_sid",
     ColumnId::kHasCallSid, true},
    {FieldId::kConferenceSid, FieldType::kText, "telephony_identifier.conference_sid",
     "conference_sid", ColumnId::kHasConferenceSid, true},
    {FieldId::kMetadata, FieldType::kAny, "metadata.", ""},
    {FieldId::kToolCallName, FieldType::kText, "tool_calls.name", ""},
    {FieldId::kToolCallSuccessful, FieldType::kBoolean, "tool_calls.successful", ""},
    {FieldId::kTranscriptSearch, FieldType::kWords, "transcript_search", ""},
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

const FieldRow& RowOf(const FieldRef& field) { return kFields[static_cast<std::size_t>(field.id)]; }

bool TakesValues(std::string_view argument) { return argument == "metrics"; }

// COMPONENT.STAT
bool IsLatencyKey(std::string_view key, bool with_values) {
  const std::size_t dot = key.find('.');
  if (dot == 0 || dot == std::string_view::npos) return false;
  const std::string_view statistic = key.substr(dot + 1);
  return std::ranges::find(kStatistics, statistic) != std::end(kStatistics) ||
         (with_values && statistic == kValues);
}

// The field of a row where `name` begins with the row's name or alias and a key follows.
std::optional<FieldRef> FieldWithKey(const FieldRow& row, std::string_view name, bool with_values) {
  for (const std::string_view prefix : {row.name, row.alias}) {
    if (prefix.empty() || !name.starts_with(prefix)) continue;
    const std::string_view key = name.substr(prefix.size());
    if (key.empty()) continue;
    if (row.id == FieldId::kLatency && !IsLatencyKey(key, with_values)) continue;
    return FieldRef{row.id, std::string(key)};
  }
  return std::nullopt;
}

std::optional<FieldRef> Lookup(std::string_view name, bool with_values) {
  if (!IsUtf8(name)) return std::nullopt;
  for (const FieldRow& row : kFields) {
    if (row.has_key()) {
      if (auto field = FieldWithKey(row, name, with_values)) return field;
    } else if (name == row.name || (name == row.alias && !name.empty())) {
      return FieldRef{row.id, {}};
    }
  }
  for (const KeyAlias& known : kKeyAliases) {
    if (name == known.alias) return FieldRef{known.id, std::string(known.key)};
  }
  return std::nullopt;
}

std::string ValidNames(bool with_values) {
  std::string names;
  for (const FieldRow& row : kFields) {
    names.append(names.empty() ? "" : ", ").append(row.name);
    if (row.id == FieldId::kLatency) {
      names += "COMPONENT.STAT [e2e_latency_p50] (STAT: min, max, p50, p90, p95, p99, num";
      names.append(with_values ? ", values)" : ")");
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

// The names that `name` may have been meant for: all of them, and the rest of it behind each prefix
// that takes a key.
std::string NearestField(std::string_view name, bool with_values) {
  std::vector<std::string> names;
  for (const FieldRow& row : kFields) {
    if (row.has_key()) continue;
    names.emplace_back(row.name);
    if (!row.alias.empty()) names.emplace_back(row.alias);
  }
  for (const KeyAlias& known : kKeyAliases) names.emplace_back(known.alias);
  const std::string rest(name.substr(std::min(name.find('.'), name.size() - 1) + 1));
  if (!rest.empty() && IsUtf8(rest)) {
    names.push_back("metadata." + rest);
    names.push_back("custom_analysis_data." + rest);
    const std::string component = rest.substr(0, rest.find('.'));
    const std::string prefix = "latency." + component + '.';
    for (const std::string_view statistic : kStatistics) {
      if (!component.empty()) names.push_back(prefix + std::string(statistic));
    }
    if (with_values && !component.empty()) names.push_back(prefix + std::string(kValues));
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(Nearest(name, views));
}

std::span<const std::string_view> KnownWords(FieldId id) {
  switch (id) {
    case FieldId::kCallStatus:
      return known_words::kCallStatus;
    case FieldId::kCallType:
      return known_words::kCallType;
    case FieldId::kDirection:
      return known_words::kDirection;
    case FieldId::kDisconnectionReason:
      return known_words::kDisconnectionReason;
    case FieldId::kUserSentiment:
      return known_words::kUserSentiment;
    default:
      return {};
  }
}

}  // namespace

FieldType TypeOf(const FieldRef& field) { return RowOf(field).type; }

bool IsList(const FieldRef& field) {
  return TypeOf(field) == FieldType::kAny || field.id == FieldId::kToolCallName ||
         field.id == FieldId::kToolCallSuccessful;
}

bool NeedsTranscript(const FieldRef& field) {
  switch (field.id) {
    case FieldId::kToolCallName:
    case FieldId::kToolCallSuccessful:
    case FieldId::kTranscriptSearch:
      return true;
    case FieldId::kLatency:
      return field.key.ends_with(".values");
    default:
      return false;
  }
}

std::string FullName(const FieldRef& field) { return std::string(RowOf(field).name) + field.key; }

std::optional<ColumnId> ColumnOf(const FieldRef& field) {
  if (field.id == FieldId::kLatency && field.key == "e2e.p50") return ColumnId::kLatencyE2eP50;
  const FieldRow& row = RowOf(field);
  if (row.column == kNone || row.presence_only) return std::nullopt;
  return row.column;
}

std::optional<ColumnId> PresenceColumnOf(const FieldRef& field) {
  const FieldRow& row = RowOf(field);
  if (!row.presence_only) return std::nullopt;
  return row.column;
}

Result<FieldRef> FindField(std::string_view argument, std::string_view name) {
  const bool with_values = TakesValues(argument);
  if (auto field = Lookup(name, with_values)) return *std::move(field);
  Details details = {{"field", Excerpt(Utf8Prefix(name))},
                     {"argument", std::string(argument)},
                     {"valid", ValidNames(with_values)}};
  std::string nearest = NearestField(name, with_values);
  if (!nearest.empty()) details.emplace_back("nearest", std::move(nearest));
  return Fail(ErrorCode::kInvalidArgument, "there is no such field", std::move(details));
}

std::string_view CanonicalWord(const FieldRef& field, std::string_view word) {
  for (const std::string_view known : KnownWords(field.id)) {
    if (EqualIgnoringCase(known, word)) return known;
  }
  return word;
}

}  // namespace callstore::query
