// field_names.h - the fields that a filter, a group or a metric can name: names, aliases and types.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_BASE_FIELD_NAMES_H_
#define CALLSTORE_SRC_BASE_FIELD_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callstore {

enum class FieldId : std::uint8_t {
  kId,
  kCallId,
  kAgentId,
  kFromNumber,
  kToNumber,
  kRecordingUrl,
  kPublicLogUrl,
  kCallStatus,
  kCallType,
  kDirection,
  kDisconnectionReason,
  kStartTimestamp,
  kEndTimestamp,
  kCreatedAt,
  kUpdatedAt,
  kCallDuration,
  kOptOut,
  kCallSuccessful,
  kInVoicemail,
  kUserSentiment,
  kCallSummary,
  kCustomAnalysisData,  // with a key
  kCombinedCost,
  kLatency,  // key "e2e.p50": component, statistic; "e2e.values" in metrics alone
  kCallSid,
  kConferenceSid,
  kMetadata,  // with a key
  kToolCallName,
  kToolCallSuccessful,
  kTranscriptSearch,
};

enum class FieldType : std::uint8_t { kText, kEnum, kTime, kNumber, kBoolean, kAny, kWords };

struct NamedField {
  FieldId id = FieldId::kId;
  std::string_view key = {};  // points into the name that was looked up, or is a literal
};

// Which names there are: metrics have latency.COMPONENT.values, too.
enum class FieldUse : std::uint8_t { kFilter, kMetric };

// A field by its name or alias.
std::optional<NamedField> FindFieldName(std::string_view name, FieldUse use = FieldUse::kFilter);
// The name of a field; ends with a dot where a key follows.
std::string_view FieldName(FieldId id);
FieldType TypeOfField(FieldId id);

// All names with their aliases in brackets: "id, ..., metadata.KEY [batch_call_id], ...".
std::string ValidFieldNames(FieldUse use = FieldUse::kFilter);
// The names that `name` may have been meant for: all of them, and the rest of it behind each prefix
// that takes a key.
std::vector<std::string> CandidateFieldNames(std::string_view name,
                                             FieldUse use = FieldUse::kFilter);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_FIELD_NAMES_H_
