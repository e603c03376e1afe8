#include "fuzz/call_form.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "fuzz/target.h"
#include "json/call_reader.h"
#include "record/access.h"

namespace callstore::fuzz {
namespace {

using test::JsonValue;

void EraseNulls(JsonValue* object) {
  std::erase_if(object->members(), [](const auto& member) { return member.second.is_null(); });
}

// Of these members alone.
void EraseNulls(std::initializer_list<std::string_view> names, JsonValue* object) {
  std::erase_if(object->members(), [&](const auto& member) {
    return member.second.is_null() && std::ranges::find(names, member.first) != names.end();
  });
}

void LowerCase(std::string_view name, JsonValue* object) {
  JsonValue* const value = object->Find(name);
  if (value == nullptr || value->kind() != JsonValue::Kind::kText) return;
  std::string text = value->text();
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  *value = JsonValue::Text(text);
}

void EraseNullsOfTurns(JsonValue* turns) {
  if (turns == nullptr) return;
  for (JsonValue& turn : turns->elements()) {
    EraseNulls({"role", "content", "words", "tool_call_id", "name", "arguments", "successful"},
               &turn);
    JsonValue* const words = turn.Find("words");
    if (words == nullptr) continue;
    for (JsonValue& word : words->elements()) EraseNulls({"word", "start", "end"}, &word);
  }
}

// Keeps a sum of what it was shown.
class Tally {
 public:
  void operator()(std::string_view text) {
    for (const char c : text) sum_ += static_cast<unsigned char>(c);
  }
  void operator()(bool value) { sum_ += value ? 1 : 0; }
  void operator()(std::int64_t value) { sum_ += static_cast<std::size_t>(value); }
  void operator()(double value) { sum_ += value > 0 ? 1 : 0; }
  template <typename T>
  void operator()(const std::optional<T>& value) {
    if (value) (*this)(*value);
  }
  std::size_t sum() const { return sum_; }

 private:
  std::size_t sum_ = 0;
};

void ReadUtterance(const UtteranceView& utterance, Tally* tally) {
  (*tally)(utterance.role());
  (*tally)(utterance.content());
  (*tally)(utterance.json());
  for (std::size_t i = 0; i < utterance.word_count(); ++i) {
    const WordView word = utterance.word(i);
    (*tally)(word.word);
    (*tally)(word.start);
    (*tally)(word.end);
  }
}

void ReadLongParts(const CallView& view, Tally* tally) {
  (*tally)(view.transcript());
  (*tally)(view.events_json());
  for (std::size_t i = 0; i < view.utterance_count(); ++i) ReadUtterance(view.utterance(i), tally);
  for (std::size_t i = 0; i < view.turn_count(); ++i) {
    const TurnView turn = view.turn(i);
    (*tally)(turn.kind() == TurnKind::kOther);
    for (const std::string_view text : {turn.role(), turn.tool_call_id(), turn.name(),
                                        turn.arguments(), turn.content(), turn.json()}) {
      (*tally)(text);
    }
    (*tally)(turn.successful());
    if (const auto utterance = turn.utterance()) ReadUtterance(*utterance, tally);
  }
}

void ReadLatency(const CallView& view, Tally* tally) {
  for (std::size_t i = 0; i < view.latency_count(); ++i) {
    const LatencyView stats = view.latency(i);
    (*tally)(stats.component);
    (*tally)(stats.extra_json);
    for (const auto& figure :
         {stats.max, stats.min, stats.num, stats.p50, stats.p90, stats.p95, stats.p99}) {
      (*tally)(figure);
    }
    for (std::size_t k = 0; k < view.latency_value_count(i); ++k) {
      (*tally)(view.latency_value(i, k));
    }
  }
}

}  // namespace

record::Records Encode(const record::Draft& draft) {
  record::Encoder encoder;
  const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 2});
  Require(record::VerifyCall(encoded.call).has_value(), "an encoded call does not verify");
  Require(encoded.transcript.empty() || record::VerifyTranscript(encoded.transcript).has_value(),
          "an encoded transcript does not verify");
  // A string of so many bytes is on the heap, where views want it: aligned.
  Require(encoded.call.size() > sizeof(std::string), "a record that small");
  return {std::string(encoded.call), std::string(encoded.transcript)};
}

record::Records RecordsOf(std::string_view json) {
  json::CallReader reader;
  record::Draft draft;
  const auto read = reader.Read(json, &draft);
  if (!read) throw Violation("not a call: " + read.error().ToString() + "\n  " + std::string(json));
  return Encode(draft);
}

CallView ViewOf(const record::Records& records) {
  return CallViewAccess::Make(kOrganization, records.call, records.transcript, true);
}

std::string Print(const CallView& view, const JsonOptions& options, json::Presence presence) {
  std::string text;
  json::WriteCall(view, options, presence, &text);
  return text;
}

JsonValue Meaning(JsonValue call) {
  for (const char* name : {"organization_id", "stored_at", "changed_at"}) call.Erase(name);
  EraseNulls(&call);
  EraseNullsOfTurns(call.Find("transcript_object"));
  EraseNullsOfTurns(call.Find("transcript_with_tool_calls"));
  for (const char* name :
       {"metadata", "events", "transcript_object", "transcript_with_tool_calls"}) {
    if (const JsonValue* value = call.Find(name); value && value->empty()) call.Erase(name);
  }
  constexpr std::string_view kFlag = "opt_out_sensitive_data_storage";
  if (const JsonValue* flag = call.Find(kFlag); flag && !flag->is_true()) call.Erase(kFlag);
  for (const char* name : {"call_analysis", "call_cost", "telephony_identifier", "latency"}) {
    if (JsonValue* object = call.Find(name)) EraseNulls(object);
  }
  if (JsonValue* latency = call.Find("latency")) {
    for (auto& member : latency->members()) EraseNulls(&member.second);
  }
  for (const char* name : {"call_status", "call_type", "direction", "disconnection_reason"}) {
    LowerCase(name, &call);
  }
  if (JsonValue* analysis = call.Find("call_analysis")) LowerCase("user_sentiment", analysis);
  return call;
}

std::size_t ReadAll(const CallView& view) {
  Tally tally;
  tally(view.id());
  tally(view.extra_json());
  for (const auto& text :
       {view.call_id(), view.agent_id(), view.call_status(), view.call_type(), view.direction(),
        view.from_number(), view.to_number(), view.disconnection_reason(), view.recording_url(),
        view.public_log_url(), view.metadata_json(), view.call_summary(), view.user_sentiment(),
        view.custom_analysis_data_json(), view.call_sid(), view.conference_sid()}) {
    tally(text);
  }
  for (const auto& time :
       {view.start_timestamp(), view.end_timestamp(), view.created_at(), view.updated_at()}) {
    tally(time);
  }
  for (const std::int64_t time : {view.stored_at(), view.changed_at(), view.list_time()}) {
    tally(time);
  }
  for (const auto& number : {view.call_duration(), view.combined_cost()}) tally(number);
  tally(view.opt_out_sensitive_data_storage());
  tally(view.call_successful());
  tally(view.in_voicemail());
  ReadLatency(view, &tally);
  if (view.transcript_loaded()) ReadLongParts(view, &tally);
  return tally.sum();
}

}  // namespace callstore::fuzz
