// call_view.h - a stored call, read in place.
// A CallView points at the bytes of its record: reading a field costs nanoseconds and copies
// nothing. An empty optional is an absent field. The long parts (transcript, transcript_object,
// transcript_with_tool_calls, events, latency values) are a record of their own: in a summary they
// are not loaded, which `transcript_loaded()` tells from absent.
//
// Ownership:     none: a CallView, and every view that it gives out, lives as long as its Page or
//                StoredCall.
// Thread safety: immutable; share freely.
// Errors:        none: the bytes were verified when they were written, and block checksums guard
// them.
#ifndef CALLSTORE_CALL_VIEW_H_
#define CALLSTORE_CALL_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "callstore/call.h"
#include "callstore/export.h"

namespace callstore {

struct WordView {
  std::string_view word;
  std::optional<double> start;  // seconds of audio time
  std::optional<double> end;
};

// One utterance of transcript_object, or of a turn.
class CALLSTORE_EXPORT UtteranceView {
 public:
  std::string_view role() const;
  std::string_view content() const;
  // Words of the compact form; 0 where `json()` holds them.
  std::size_t word_count() const;
  WordView word(std::size_t i) const;  // REQUIRES: i < word_count()
  // The whole utterance as JSON, where it did not fit the compact form; else empty.
  std::string_view json() const;

 private:
  friend class CallView;
  friend class TurnView;
  friend struct CallViewAccess;
  explicit UtteranceView(const void* table) : table_(table) {}
  const void* table_;
};

enum class TurnKind : std::uint8_t { kUtterance, kToolCallInvocation, kToolCallResult, kOther };

// One element of transcript_with_tool_calls. A member of another kind is empty.
class CALLSTORE_EXPORT TurnView {
 public:
  TurnKind kind() const;
  std::string_view role() const;
  std::optional<UtteranceView> utterance() const;  // kUtterance
  std::string_view tool_call_id() const;           // kToolCallInvocation, kToolCallResult
  std::string_view name() const;                   // kToolCallInvocation
  std::string_view arguments() const;              // kToolCallInvocation: JSON in a string
  std::string_view content() const;                // kToolCallResult, kUtterance
  std::optional<bool> successful() const;          // kToolCallResult
  // The whole turn as JSON, where it did not fit the compact form; else empty.
  std::string_view json() const;

 private:
  friend class CallView;
  TurnView(const void* utterance, const void* turn) : utterance_(utterance), turn_(turn) {}
  const void* utterance_;
  const void* turn_;
};

// Latency of one component, in milliseconds; its values are with the transcript.
struct LatencyView {
  std::string_view component;
  std::optional<double> max, min, num, p50, p90, p95, p99;
  std::string_view extra_json;
};

class CALLSTORE_EXPORT CallView {
 public:
  std::string_view organization_id() const { return organization_id_; }
  std::string_view id() const;
  std::optional<std::string_view> call_id() const;
  std::optional<std::string_view> agent_id() const;
  std::optional<std::string_view> call_status() const;
  std::optional<std::string_view> call_type() const;
  std::optional<std::string_view> direction() const;
  std::optional<std::string_view> from_number() const;
  std::optional<std::string_view> to_number() const;
  std::optional<std::int64_t> start_timestamp() const;  // ms since the epoch, as all times
  std::optional<std::int64_t> end_timestamp() const;
  std::optional<double> call_duration() const;  // ms, as given
  std::optional<std::string_view> disconnection_reason() const;
  std::optional<std::string_view> recording_url() const;
  std::optional<std::string_view> public_log_url() const;
  bool opt_out_sensitive_data_storage() const;
  std::optional<std::string_view> metadata_json() const;  // a minified object
  std::size_t latency_count() const;
  LatencyView latency(std::size_t i) const;  // REQUIRES: i < latency_count()
  std::optional<bool> call_successful() const;
  std::optional<std::string_view> call_summary() const;
  std::optional<std::string_view> user_sentiment() const;
  std::optional<bool> in_voicemail() const;
  std::optional<std::string_view> custom_analysis_data_json() const;
  std::optional<double> combined_cost() const;
  std::optional<std::string_view> call_sid() const;
  std::optional<std::string_view> conference_sid() const;
  std::optional<std::int64_t> created_at() const;  // the producer's, verbatim
  std::optional<std::int64_t> updated_at() const;
  std::string_view extra_json() const;  // unknown fields: a minified object; empty: none

  std::int64_t stored_at() const;   // when the store first took the call
  std::int64_t changed_at() const;  // when the store last changed it
  // The call's place in time: start_timestamp, else created_at, else stored_at.
  std::int64_t list_time() const;

  // True when the long parts were read. The members below are empty when it is false.
  bool transcript_loaded() const { return transcript_loaded_; }
  std::optional<std::string_view> transcript() const;
  std::size_t utterance_count() const;  // of transcript_object
  UtteranceView utterance(std::size_t i) const;
  std::size_t turn_count() const;  // of transcript_with_tool_calls
  TurnView turn(std::size_t i) const;
  std::optional<std::string_view> events_json() const;  // a minified array
  // The values of latency(i), or nothing where there are none.
  std::size_t latency_value_count(std::size_t i) const;
  double latency_value(std::size_t i, std::size_t k) const;

  // An owning copy. Cost: proportional to the call.
  Call ToCall() const;

 private:
  friend struct CallViewAccess;
  CallView() = default;

  std::string_view organization_id_;
  const void* call_ = nullptr;
  const void* transcript_ = nullptr;  // null: absent, or not loaded
  bool transcript_loaded_ = false;
};

// One call together with the bytes that it points into.
class StoredCall {
 public:
  const CallView& view() const { return view_; }
  const CallView& operator*() const { return view_; }
  const CallView* operator->() const { return &view_; }

 private:
  friend struct CallViewAccess;
  StoredCall(std::shared_ptr<const void> bytes, const CallView& view)
      : bytes_(std::move(bytes)), view_(view) {}

  std::shared_ptr<const void> bytes_;
  CallView view_;
};

}  // namespace callstore

#endif  // CALLSTORE_CALL_VIEW_H_
