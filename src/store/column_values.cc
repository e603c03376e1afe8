#include "store/column_values.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/minified_json.h"
#include "columns/column.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using columns::ColumnId;
using columns::RowValuesWriter;
using Text = std::optional<std::string_view>;

void AddText(ColumnId id, const Text& text, RowValuesWriter* values) {
  if (text) values->AddText(id, *text);
}

void AddTime(ColumnId id, const std::optional<std::int64_t>& time, RowValuesWriter* values) {
  if (time) values->AddInteger(id, *time);
}

void AddNumber(ColumnId id, const std::optional<double>& number, RowValuesWriter* values) {
  if (number) values->AddNumber(id, *number);
}

void AddFlag(ColumnId id, const std::optional<bool>& flag, RowValuesWriter* values) {
  if (flag) values->AddFlag(id, *flag);
}

// That the field is there is all that the column says.
void AddPresence(ColumnId id, bool present, RowValuesWriter* values) {
  if (present) values->AddFlag(id, true);
}

std::optional<double> EndToEndMedian(const CallView& call) {
  for (std::size_t i = 0; i < call.latency_count(); ++i) {
    const LatencyView latency = call.latency(i);
    if (latency.component == "e2e") return latency.p50;
  }
  return std::nullopt;
}

void AddMetadata(std::string_view metadata, RowValuesWriter* values) {
  // Keys with escapes are rare: only they are copied.
  std::vector<std::string> unescaped;
  std::vector<std::pair<std::string_view, std::string_view>> members;
  for (JsonMembers member(metadata); member.Next();) {
    const std::string_view raw = member.raw_key();
    if (raw.find('\\') == std::string_view::npos && raw.size() >= 2) {
      members.emplace_back(raw.substr(1, raw.size() - 2), member.value());
    } else {
      unescaped.emplace_back(member.key());
    }
  }
  if (!unescaped.empty()) {
    std::size_t next = 0;
    for (JsonMembers member(metadata); member.Next();) {
      if (member.raw_key().find('\\') == std::string_view::npos) continue;
      members.emplace_back(unescaped[next++], member.value());
    }
  }
  std::ranges::sort(members);
  // No call that was checked has a key twice. Of a damaged one the row is still to be found.
  members.erase(std::unique(members.begin(), members.end(),
                            [](const auto& a, const auto& b) { return a.first == b.first; }),
                members.end());
  for (const auto& [key, value] : members) values->AddMetadata(key, value);
}

}  // namespace

void AppendColumnValues(const CallView& call, std::string* out) {
  RowValuesWriter values(out);
  AddTime(ColumnId::kEndTimestamp, call.end_timestamp(), &values);
  AddTime(ColumnId::kCreatedAt, call.created_at(), &values);
  AddTime(ColumnId::kUpdatedAt, call.updated_at(), &values);
  AddNumber(ColumnId::kCallDuration, EffectiveDuration(call), &values);
  AddNumber(ColumnId::kCombinedCost, call.combined_cost(), &values);
  AddNumber(ColumnId::kLatencyE2eP50, EndToEndMedian(call), &values);
  AddText(ColumnId::kAgentId, call.agent_id(), &values);
  AddText(ColumnId::kCallStatus, call.call_status(), &values);
  AddText(ColumnId::kCallType, call.call_type(), &values);
  AddText(ColumnId::kDirection, call.direction(), &values);
  AddText(ColumnId::kDisconnectionReason, call.disconnection_reason(), &values);
  AddText(ColumnId::kUserSentiment, call.user_sentiment(), &values);
  AddText(ColumnId::kFromNumber, call.from_number(), &values);
  AddText(ColumnId::kToNumber, call.to_number(), &values);
  AddPresence(ColumnId::kOptOut, call.opt_out_sensitive_data_storage(), &values);
  AddFlag(ColumnId::kCallSuccessful, call.call_successful(), &values);
  AddFlag(ColumnId::kInVoicemail, call.in_voicemail(), &values);
  AddPresence(ColumnId::kHasCallId, call.call_id().has_value(), &values);
  AddPresence(ColumnId::kHasRecordingUrl, call.recording_url().has_value(), &values);
  AddPresence(ColumnId::kHasPublicLogUrl, call.public_log_url().has_value(), &values);
  AddPresence(ColumnId::kHasCallSummary, call.call_summary().has_value(), &values);
  AddPresence(ColumnId::kHasCallSid, call.call_sid().has_value(), &values);
  AddPresence(ColumnId::kHasConferenceSid, call.conference_sid().has_value(), &values);
  if (const auto metadata = call.metadata_json()) AddMetadata(*metadata, &values);
}

}  // namespace callstore::store
