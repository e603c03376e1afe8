#include "query/field.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/error.h"
#include "base/field_names.h"
#include "base/known_words.h"
#include "base/nearest.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

using columns::ColumnId;

struct FieldColumn {
  FieldId field;
  ColumnId column;
};
constexpr FieldColumn kValueColumns[] = {
    {FieldId::kAgentId, ColumnId::kAgentId},
    {FieldId::kFromNumber, ColumnId::kFromNumber},
    {FieldId::kToNumber, ColumnId::kToNumber},
    {FieldId::kCallStatus, ColumnId::kCallStatus},
    {FieldId::kCallType, ColumnId::kCallType},
    {FieldId::kDirection, ColumnId::kDirection},
    {FieldId::kDisconnectionReason, ColumnId::kDisconnectionReason},
    {FieldId::kEndTimestamp, ColumnId::kEndTimestamp},
    {FieldId::kCreatedAt, ColumnId::kCreatedAt},
    {FieldId::kUpdatedAt, ColumnId::kUpdatedAt},
    {FieldId::kCallDuration, ColumnId::kCallDuration},
    {FieldId::kOptOut, ColumnId::kOptOut},
    {FieldId::kCallSuccessful, ColumnId::kCallSuccessful},
    {FieldId::kInVoicemail, ColumnId::kInVoicemail},
    {FieldId::kUserSentiment, ColumnId::kUserSentiment},
    {FieldId::kCombinedCost, ColumnId::kCombinedCost},
};
// They have the presence of a field, not its values.
constexpr FieldColumn kPresenceColumns[] = {
    {FieldId::kCallId, ColumnId::kHasCallId},
    {FieldId::kRecordingUrl, ColumnId::kHasRecordingUrl},
    {FieldId::kPublicLogUrl, ColumnId::kHasPublicLogUrl},
    {FieldId::kCallSummary, ColumnId::kHasCallSummary},
    {FieldId::kCallSid, ColumnId::kHasCallSid},
    {FieldId::kConferenceSid, ColumnId::kHasConferenceSid},
};

std::optional<ColumnId> FindColumn(std::span<const FieldColumn> columns, FieldId field) {
  const auto found = std::ranges::find(columns, field, &FieldColumn::field);
  if (found == columns.end()) return std::nullopt;
  return found->column;
}

// The names that an argument can use.
FieldUse UseOf(std::string_view argument) {
  return argument == "metrics" ? FieldUse::kMetric : FieldUse::kFilter;
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

FieldType TypeOf(const FieldRef& field) { return TypeOfField(field.id); }

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

std::string FullName(const FieldRef& field) {
  return std::string(FieldName(field.id)).append(field.key);
}

std::optional<ColumnId> ColumnOf(const FieldRef& field) {
  if (field.id == FieldId::kLatency && field.key == "e2e.p50") return ColumnId::kLatencyE2eP50;
  return FindColumn(kValueColumns, field.id);
}

std::optional<ColumnId> PresenceColumnOf(const FieldRef& field) {
  return FindColumn(kPresenceColumns, field.id);
}

Result<FieldRef> FindField(std::string_view argument, std::string_view name) {
  const FieldUse use = UseOf(argument);
  if (const auto field = FindFieldName(name, use)) {
    return FieldRef{field->id, std::string(field->key)};
  }
  Details details = {{"field", Excerpt(Utf8Prefix(name))}, {"argument", std::string(argument)}};
  const std::vector<std::string> candidates = CandidateFieldNames(name, use);
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  // Before what is valid, which is long.
  const std::string_view nearest = Nearest(name, views);
  if (!nearest.empty()) details.emplace_back("nearest", nearest);
  details.emplace_back("valid", ValidFieldNames(use));
  return Fail(ErrorCode::kInvalidArgument, "there is no such field", std::move(details));
}

std::string_view CanonicalWord(const FieldRef& field, std::string_view word) {
  for (const std::string_view known : KnownWords(field.id)) {
    if (EqualIgnoringCase(known, word)) return known;
  }
  return word;
}

}  // namespace callstore::query
