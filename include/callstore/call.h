// call.h - a call as a runtime fills it in.
// Every field of the documented shape is here under its documented name. An empty optional is an
// absent field. Words of open sets (status, type, direction, reason, sentiment, role) are text: a
// known word is stored compactly and comes out in the spelling below whatever case it came in; an
// unknown one comes out as it was given.
//
//   callstore::Call call{.organization_id = "org-789", .id = callstore::NewCallId()};
//   call.call_status = callstore::call_status::kOngoing;
//   call.start_timestamp = 1703097600000;
//   call.metadata_json = R"({"campaign":"summer-2024"})";
//
// Ownership:     values; a Call owns all its text.
// Thread safety: values.
// Errors:        none here; Store::Put checks every field and names the one that is wrong.
#ifndef CALLSTORE_CALL_H_
#define CALLSTORE_CALL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "callstore/export.h"

namespace callstore {

namespace call_status {
inline constexpr std::string_view kRegistered = "REGISTERED";
inline constexpr std::string_view kScheduled = "SCHEDULED";
inline constexpr std::string_view kQueued = "QUEUED";
inline constexpr std::string_view kRinging = "RINGING";
inline constexpr std::string_view kOngoing = "ONGOING";
inline constexpr std::string_view kNotConnected = "NOT_CONNECTED";
inline constexpr std::string_view kEnded = "ENDED";
inline constexpr std::string_view kError = "ERROR";
inline constexpr std::string_view kBusy = "BUSY";
inline constexpr std::string_view kNoAnswer = "NO_ANSWER";
inline constexpr std::string_view kCanceled = "CANCELED";
}  // namespace call_status

namespace call_type {
inline constexpr std::string_view kPhoneCall = "PHONE_CALL";
inline constexpr std::string_view kWebCall = "WEB_CALL";
}  // namespace call_type

namespace direction {
inline constexpr std::string_view kInbound = "INBOUND";
inline constexpr std::string_view kOutbound = "OUTBOUND";
}  // namespace direction

namespace role {
inline constexpr std::string_view kAgent = "agent";
inline constexpr std::string_view kUser = "user";
inline constexpr std::string_view kTransferTarget = "transfer_target";
}  // namespace role

// One spoken word. Times are seconds of audio time.
struct Word {
  std::optional<std::string> word = {};
  std::optional<double> start = {};
  std::optional<double> end = {};
};

// One thing that somebody said.
struct Utterance {
  std::string role = {};
  std::string content = {};
  std::optional<std::vector<Word>> words = {};
  // An utterance with more than the members above: its whole JSON object. It is what is stored and
  // printed; role and content are then for reading only, and filled from it.
  std::string json = {};
};

struct ToolCallInvocation {
  std::string tool_call_id = {};
  std::string name = {};
  std::string arguments = {};  // JSON in a string, as the model gave it
};

struct ToolCallResult {
  std::string tool_call_id = {};
  std::string content = {};
  std::optional<bool> successful = {};
};

// A turn of any other role (node_transition, dtmf, sms, ...), or of a known role with more members:
// its whole JSON object.
struct OtherTurn {
  std::string json = {};
};

using Turn = std::variant<Utterance, ToolCallInvocation, ToolCallResult, OtherTurn>;

// Latency of one component over a call, in milliseconds. `num` need not be the length of `values`.
struct LatencyStats {
  std::optional<double> max = {};
  std::optional<double> min = {};
  std::optional<double> num = {};
  std::optional<double> p50 = {};
  std::optional<double> p90 = {};
  std::optional<double> p95 = {};
  std::optional<double> p99 = {};
  std::optional<std::vector<double>> values = {};
  std::string extra_json = {};  // an object of further members; empty: none
};

struct CallAnalysis {
  std::optional<bool> call_successful = {};
  std::optional<std::string> call_summary = {};
  std::optional<std::string> user_sentiment = {};  // Positive, Negative, Neutral, Unknown
  std::optional<bool> in_voicemail = {};
  std::string custom_analysis_data_json = {};  // any JSON value; empty: absent
  std::string extra_json = {};
};

struct CallCost {
  std::optional<double> combined_cost = {};  // in the producer's unit
  std::string extra_json = {};
};

struct TelephonyIdentifier {
  std::optional<std::string> call_sid = {};
  std::optional<std::string> conference_sid = {};
  std::string extra_json = {};
};

// A member `..._json` holds JSON text; it is checked when the call is put. `extra_json` is an
// object whose members stand beside the documented ones, and may not repeat their names.
//
// Limits: organization_id, id and call_id are 1 to 512 bytes of UTF-8; a call is at most 64 MiB of
// JSON and 64 levels deep. Times are milliseconds since 1970-01-01T00:00:00Z.
struct Call {
  std::string organization_id = {};
  std::string id = {};  // empty: derived from call_id, the same every time
  std::optional<std::string> call_id = {};
  std::optional<std::string> agent_id = {};
  std::optional<std::string> call_status = {};
  std::optional<std::string> call_type = {};
  std::optional<std::string> direction = {};
  std::optional<std::string> from_number = {};
  std::optional<std::string> to_number = {};
  std::optional<std::int64_t> start_timestamp = {};
  std::optional<std::int64_t> end_timestamp = {};
  std::optional<double> call_duration = {};  // ms
  std::optional<std::string> disconnection_reason = {};
  std::optional<std::string> recording_url = {};
  std::optional<std::string> public_log_url = {};
  bool opt_out_sensitive_data_storage = false;
  std::string metadata_json = {};  // an object; empty: absent
  std::string events_json = {};    // an array of objects; empty: absent
  std::optional<std::string> transcript = {};
  std::optional<std::vector<Utterance>> transcript_object = {};
  std::optional<std::vector<Turn>> transcript_with_tool_calls = {};
  // Component (e2e, llm, tts, asr, s2s, knowledge_base, ...) and its figures.
  std::optional<std::vector<std::pair<std::string, LatencyStats>>> latency = {};
  std::optional<CallAnalysis> call_analysis = {};
  std::optional<CallCost> call_cost = {};
  std::optional<TelephonyIdentifier> telephony_identifier = {};
  std::optional<std::int64_t> created_at = {};
  std::optional<std::int64_t> updated_at = {};
  std::string extra_json = {};
};

// A new call id: a UUID of version 7 (RFC 9562, 5.7), so ids of one process sort by time of making.
// Thread safe. Cost: about a microsecond.
CALLSTORE_EXPORT std::string NewCallId();

}  // namespace callstore

#endif  // CALLSTORE_CALL_H_
