// draft.h - a call on its way into a record: views of its fields, checked but not yet encoded.
// JSON text and the public Call both become a Draft; Encode turns a Draft into the two records. A
// Draft is reused from call to call, so that its vectors keep their memory.
//
// Ownership:     string_views point into the text or the Call that the Draft was made from, or into
//                `own`, which keeps what had to be unescaped or minified.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_RECORD_DRAFT_H_
#define CALLSTORE_SRC_RECORD_DRAFT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::record {

// Text that a Draft's views point into. Addresses stay valid until Clear.
class TextArena {
 public:
  // Room for `size` bytes; valid until Clear.
  char* Allocate(std::size_t size);
  // Gives back the end of the last Allocate, whose first `used` bytes stay.
  void Shrink(char* allocated, std::size_t used);
  std::string_view Copy(std::string_view text);
  void Clear();

 private:
  std::vector<std::string> blocks_;  // each reserved once, on the heap, never grown
  std::size_t block_ = 0;            // the one being filled
};

using OptionalText = std::optional<std::string_view>;

struct DraftWord {
  std::string_view word;
  std::uint32_t start_ms = 0;  // kNoTime: absent
  std::uint32_t end_ms = 0;
};
inline constexpr std::uint32_t kNoTime = 0xFFFFFFFF;

struct DraftUtterance {
  std::string_view role;
  std::string_view content;
  bool has_words = false;
  std::uint32_t first_word = 0;  // in Draft::words
  std::uint32_t word_count = 0;
  // Not empty: the whole utterance as minified JSON, because the members above do not say all of it
  // (an odd time, a further member, a missing role or content, a word without text).
  std::string_view json;
};

enum class DraftTurnKind : std::uint8_t { kUtterance, kInvocation, kResult, kOther };

struct DraftTurn {
  DraftTurnKind kind = DraftTurnKind::kOther;
  // kUtterance: index in Draft::utterances. Below transcript_object_count: that very utterance.
  std::uint32_t utterance = 0;
  std::string_view role;  // kOther: as given, for reading; may be empty
  std::string_view tool_call_id;
  std::string_view name;
  std::string_view arguments;
  std::string_view content;
  std::optional<bool> successful;
  std::string_view json;  // kOther: the whole turn as minified JSON
};

struct DraftLatency {
  std::string_view component;
  std::optional<double> max, min, num, p50, p90, p95, p99;
  bool has_values = false;
  std::uint32_t first_value = 0;  // in Draft::values
  std::uint32_t value_count = 0;
  std::string_view extra;
};

struct Draft {
  std::string_view organization_id;  // empty: not given
  std::string_view id;               // empty: not given
  OptionalText call_id, agent_id, call_status, call_type, direction, from_number, to_number;
  std::optional<std::int64_t> start_timestamp, end_timestamp;
  std::optional<double> call_duration;
  OptionalText disconnection_reason, recording_url, public_log_url;
  bool opt_out = false;
  OptionalText metadata;  // a minified JSON object
  OptionalText events;    // a minified JSON array of objects
  OptionalText transcript;

  bool has_transcript_object = false;
  bool has_turns = false;
  // The first transcript_object_count utterances are transcript_object; further ones belong to
  // turns.
  std::uint32_t transcript_object_count = 0;
  std::vector<DraftUtterance> utterances;
  std::vector<DraftWord> words;
  std::vector<DraftTurn> turns;

  bool has_latency = false;
  std::vector<DraftLatency> latency;
  std::vector<double> values;

  bool has_call_analysis = false;
  std::optional<bool> call_successful, in_voicemail;
  OptionalText call_summary, user_sentiment;
  std::string_view custom_analysis_data, analysis_extra;  // JSON; empty: absent
  bool has_call_cost = false;
  std::optional<double> combined_cost;
  std::string_view cost_extra;
  bool has_telephony = false;
  OptionalText call_sid, conference_sid;
  std::string_view telephony_extra;
  std::optional<std::int64_t> created_at, updated_at;
  // Unknown members: a minified JSON object, empty when there are none. A documented number that a
  // double does not hold exactly stands here too, under its own name; the field then has the
  // nearest double, and the writer prints the one from here. So it is for the extras of nested
  // objects.
  std::string_view extra;

  TextArena own;

  // Back to an empty draft that keeps its memory (up to a bound, so that one large call does not
  // hold on to memory for ever).
  void Clear();
};

// Reduces a JSON array of events to the type and the time of each; the result lives in the arena.
using KeepEvents = std::string_view (*)(std::string_view events, TextArena* arena);

// Removes what an opted-out call must not keep (ids, agent, status, type, direction, times,
// duration, reason, latency, cost, success, voicemail, sentiment, metadata, and of events type and
// time stay). Returns whether anything was removed.
bool Redact(bool drop_metadata, KeepEvents keep_events, Draft* draft);

}  // namespace callstore::record

#endif  // CALLSTORE_SRC_RECORD_DRAFT_H_
