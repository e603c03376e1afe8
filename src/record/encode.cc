#include "record/encode.h"

#include <cstddef>

#include "base/error.h"
#include "base/json_string.h"
#include "call_generated.h"
#include "record/access.h"
#include "record/words.h"

namespace callstore::record {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using Text = Offset<flatbuffers::String>;

static_assert(sizeof(StoredWord) == sizeof(fbs::Word));
static_assert(offsetof(StoredWord, offset) == 8 && offsetof(StoredWord, length) == 10);

constexpr std::uint32_t kOwnTurn = 0x80000000;

// A word may stand this far behind the end of the word before it (spaces, quotes, dashes).
constexpr std::size_t kMostGapBytes = 8;

// Makes a builder empty; one that a large call has grown does not keep its memory.
void Reuse(FlatBufferBuilder* builder) {
  constexpr std::size_t kMostKeptBytes = std::size_t{1} << 20;
  builder->GetSize() > kMostKeptBytes ? builder->Reset() : builder->Clear();
}

// Reads an optional scalar of a draft into the optional scalar of a table.
template <typename T>
flatbuffers::Optional<T> Scalar(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

struct Word {
  std::uint8_t code = 0;
  Text text;
};

}  // namespace

class Encoder::Impl {
 public:
  std::string_view EncodeCall(const Draft& draft, const Stamps& stamps);
  std::string_view EncodeTranscript(const Draft& draft);

  bool encoding = false;  // still: an exception ended it

 private:
  Text String(const OptionalText& text) { return text ? String(*text) : Text(); }
  Text String(std::string_view text) { return call_.CreateString(text.data(), text.size()); }
  Text Json(std::string_view json) { return json.empty() ? Text() : String(json); }
  Word EncodeWord(WordSet set, const OptionalText& word);
  Offset<flatbuffers::Vector<Offset<fbs::LatencyStats>>> EncodeLatency(const Draft& draft);

  Text Long(std::string_view text) { return transcript_.CreateString(text.data(), text.size()); }
  Text LongJson(std::string_view json) { return json.empty() ? Text() : Long(json); }
  Offset<fbs::Utterance> EncodeUtterance(const Draft& draft, const DraftUtterance& utterance);
  // Places the words in the content; false where one is not there.
  bool PlaceWords(const Draft& draft, const DraftUtterance& utterance);
  Offset<fbs::Turn> EncodeTurn(const Draft& draft, const DraftTurn& turn);
  void EncodeTurns(const Draft& draft);

  FlatBufferBuilder call_{4096};
  FlatBufferBuilder transcript_{64 << 10};
  std::vector<Offset<fbs::LatencyStats>> latency_;
  std::vector<Offset<fbs::LatencyValues>> values_;
  std::vector<Offset<fbs::Utterance>> utterances_;
  std::vector<Offset<fbs::Turn>> turns_;
  std::vector<std::uint32_t> turn_order_;
  std::vector<fbs::Word> words_;
};

Word Encoder::Impl::EncodeWord(WordSet set, const OptionalText& word) {
  if (!word) return {};
  const std::uint8_t code = CodeOf(set, *word);
  return {code, code == kOtherWord ? String(*word) : Text()};
}

Offset<flatbuffers::Vector<Offset<fbs::LatencyStats>>> Encoder::Impl::EncodeLatency(
    const Draft& draft) {
  if (!draft.has_latency) return {};
  latency_.clear();
  for (const DraftLatency& stats : draft.latency) {
    const Word component = EncodeWord(WordSet::kLatencyComponent, stats.component);
    latency_.push_back(fbs::CreateLatencyStats(
        call_, component.code, component.text, Scalar(stats.max), Scalar(stats.min),
        Scalar(stats.num), Scalar(stats.p50), Scalar(stats.p90), Scalar(stats.p95),
        Scalar(stats.p99), Json(stats.extra)));
  }
  return call_.CreateVector(latency_);
}

std::string_view Encoder::Impl::EncodeCall(const Draft& draft, const Stamps& stamps) {
  Reuse(&call_);
  const Text id = String(draft.id);
  const Text call_id = String(draft.call_id);
  const Text agent_id = String(draft.agent_id);
  const Word status = EncodeWord(WordSet::kCallStatus, draft.call_status);
  const Word type = EncodeWord(WordSet::kCallType, draft.call_type);
  const Word direction = EncodeWord(WordSet::kDirection, draft.direction);
  const Text from_number = String(draft.from_number);
  const Text to_number = String(draft.to_number);
  const Word reason = EncodeWord(WordSet::kDisconnectionReason, draft.disconnection_reason);
  const Text recording_url = String(draft.recording_url);
  const Text public_log_url = String(draft.public_log_url);
  const Text metadata = String(draft.metadata);
  const auto latency = EncodeLatency(draft);
  const Text summary = String(draft.call_summary);
  const Word sentiment = EncodeWord(WordSet::kUserSentiment, draft.user_sentiment);
  const Text custom = Json(draft.custom_analysis_data);
  const Text analysis_extra = Json(draft.analysis_extra);
  const Text cost_extra = Json(draft.cost_extra);
  const Text call_sid = String(draft.call_sid);
  const Text conference_sid = String(draft.conference_sid);
  const Text telephony_extra = Json(draft.telephony_extra);
  const Text extra = Json(draft.extra);
  const auto objects =
      static_cast<std::uint8_t>((draft.has_call_analysis ? 1U : 0U) |
                                (draft.has_call_cost ? 2U : 0U) | (draft.has_telephony ? 4U : 0U));
  fbs::FinishCallBuffer(
      call_, fbs::CreateCall(call_, id, call_id, agent_id, status.code, status.text, type.code,
                             type.text, direction.code, direction.text, from_number, to_number,
                             Scalar(draft.start_timestamp), Scalar(draft.end_timestamp),
                             Scalar(draft.call_duration), reason.code, reason.text, recording_url,
                             public_log_url, draft.opt_out, metadata, latency,
                             Scalar(draft.call_successful), summary, sentiment.code, sentiment.text,
                             Scalar(draft.in_voicemail), custom, analysis_extra,
                             Scalar(draft.combined_cost), cost_extra, call_sid, conference_sid,
                             telephony_extra, Scalar(draft.created_at), Scalar(draft.updated_at),
                             extra, objects, stamps.stored_at, stamps.changed_at));
  return {reinterpret_cast<const char*>(call_.GetBufferPointer()), call_.GetSize()};
}

bool Encoder::Impl::PlaceWords(const Draft& draft, const DraftUtterance& utterance) {
  words_.clear();
  const std::string_view content = utterance.content;
  if (content.size() > UINT16_MAX) return utterance.word_count == 0;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < utterance.word_count; ++i) {
    const DraftWord& word = draft.words[utterance.first_word + i];
    std::size_t gap = 0;
    while (content.compare(at + gap, word.word.size(), word.word) != 0) {
      if (++gap > kMostGapBytes || at + gap > content.size()) return false;
    }
    words_.emplace_back(word.start_ms, word.end_ms, static_cast<std::uint16_t>(at + gap),
                        static_cast<std::uint16_t>(word.word.size()));
    at += gap + word.word.size();
  }
  return true;
}

namespace {

// The JSON of an utterance whose words cannot be placed in its content.
std::string JsonOf(const Draft& draft, const DraftUtterance& utterance) {
  std::string json = "{\"role\":";
  AppendJsonString(utterance.role, &json);
  json += ",\"content\":";
  AppendJsonString(utterance.content, &json);
  json += ",\"words\":[";
  for (std::uint32_t i = 0; i < utterance.word_count; ++i) {
    const DraftWord& word = draft.words[utterance.first_word + i];
    json += i == 0 ? "{\"word\":" : ",{\"word\":";
    AppendJsonString(word.word, &json);
    if (word.start_ms != kNoTime) AppendSeconds(word.start_ms, &(json += ",\"start\":"));
    if (word.end_ms != kNoTime) AppendSeconds(word.end_ms, &(json += ",\"end\":"));
    json += '}';
  }
  return json += "]}";
}

}  // namespace

Offset<fbs::Utterance> Encoder::Impl::EncodeUtterance(const Draft& draft,
                                                      const DraftUtterance& utterance) {
  const std::uint8_t role = CodeOf(WordSet::kRole, utterance.role);
  const Text role_text = role == kOtherWord ? Long(utterance.role) : Text();
  const Text content = Long(utterance.content);
  Text json = LongJson(utterance.json);
  Offset<flatbuffers::Vector<const fbs::Word*>> words;
  if (utterance.json.empty() && utterance.has_words) {
    if (PlaceWords(draft, utterance)) {
      words = transcript_.CreateVectorOfStructs(words_);
    } else {
      json = Long(JsonOf(draft, utterance));
    }
  }
  return fbs::CreateUtterance(transcript_, role, role_text, content, words, json);
}

Offset<fbs::Turn> Encoder::Impl::EncodeTurn(const Draft& draft, const DraftTurn& turn) {
  if (turn.kind == DraftTurnKind::kUtterance) {
    const auto utterance = EncodeUtterance(draft, draft.utterances[turn.utterance]);
    return fbs::CreateTurn(transcript_, 0, utterance);
  }
  const auto kind = static_cast<std::uint8_t>(turn.kind);
  if (turn.kind == DraftTurnKind::kOther) {
    const Text role = Long(turn.role);
    return fbs::CreateTurn(transcript_, kind, 0, role, 0, 0, 0, 0, flatbuffers::nullopt,
                           LongJson(turn.json));
  }
  const bool invocation = turn.kind == DraftTurnKind::kInvocation;
  const Text tool_call_id = Long(turn.tool_call_id);
  const Text name = invocation ? Long(turn.name) : Text();
  const Text arguments = invocation ? Long(turn.arguments) : Text();
  const Text content = invocation ? Text() : Long(turn.content);
  return fbs::CreateTurn(transcript_, kind, 0, 0, tool_call_id, name, arguments, content,
                         Scalar(turn.successful), 0);
}

namespace {

bool SameUtterance(const Draft& draft, const DraftUtterance& a, const DraftUtterance& b) {
  if (a.role != b.role || a.content != b.content || a.has_words != b.has_words ||
      a.word_count != b.word_count || a.json != b.json) {
    return false;
  }
  for (std::uint32_t i = 0; i < a.word_count; ++i) {
    const DraftWord& x = draft.words[a.first_word + i];
    const DraftWord& y = draft.words[b.first_word + i];
    if (x.start_ms != y.start_ms || x.end_ms != y.end_ms || x.word != y.word) return false;
  }
  return true;
}

}  // namespace

// A turn that repeats the next utterance of transcript_object, or a later one, is kept as its
// number alone.
void Encoder::Impl::EncodeTurns(const Draft& draft) {
  turns_.clear();
  turn_order_.clear();
  std::uint32_t next = 0;
  for (const DraftTurn& turn : draft.turns) {
    if (turn.kind == DraftTurnKind::kUtterance) {
      const bool repeated =
          turn.utterance >= next && turn.utterance < draft.transcript_object_count;
      const bool equal =
          !repeated && next < draft.transcript_object_count &&
          SameUtterance(draft, draft.utterances[turn.utterance], draft.utterances[next]);
      if (repeated || equal) {
        const std::uint32_t utterance = repeated ? turn.utterance : next;
        turn_order_.push_back(utterance);
        next = utterance + 1;
        continue;
      }
    }
    turn_order_.push_back(kOwnTurn + static_cast<std::uint32_t>(turns_.size()));
    turns_.push_back(EncodeTurn(draft, turn));
  }
}

std::string_view Encoder::Impl::EncodeTranscript(const Draft& draft) {
  bool any_values = false;
  for (const DraftLatency& stats : draft.latency) any_values |= stats.has_values;
  if (!draft.transcript && !draft.has_transcript_object && !draft.has_turns && !draft.events &&
      !any_values) {
    return {};
  }
  Reuse(&transcript_);
  Text transcript;
  if (draft.transcript) transcript = Long(*draft.transcript);
  Offset<flatbuffers::Vector<Offset<fbs::Utterance>>> utterances;
  if (draft.has_transcript_object) {
    utterances_.clear();
    for (std::uint32_t i = 0; i < draft.transcript_object_count; ++i) {
      utterances_.push_back(EncodeUtterance(draft, draft.utterances[i]));
    }
    utterances = transcript_.CreateVector(utterances_);
  }
  Offset<flatbuffers::Vector<std::uint32_t>> order;
  Offset<flatbuffers::Vector<Offset<fbs::Turn>>> turns;
  if (draft.has_turns) {
    EncodeTurns(draft);
    if (!turns_.empty()) turns = transcript_.CreateVector(turns_);
    order = transcript_.CreateVector(turn_order_);
  }
  Text events;
  if (draft.events) events = Long(*draft.events);
  Offset<flatbuffers::Vector<Offset<fbs::LatencyValues>>> values;
  if (any_values) {
    values_.clear();
    for (const DraftLatency& stats : draft.latency) {
      Offset<flatbuffers::Vector<double>> of_component;
      if (stats.has_values) {
        of_component =
            transcript_.CreateVector(draft.values.data() + stats.first_value, stats.value_count);
      }
      values_.push_back(fbs::CreateLatencyValues(transcript_, of_component));
    }
    values = transcript_.CreateVector(values_);
  }
  transcript_.Finish(
      fbs::CreateTranscript(transcript_, transcript, utterances, order, turns, events, values),
      kTranscriptIdentifier);
  return {reinterpret_cast<const char*>(transcript_.GetBufferPointer()), transcript_.GetSize()};
}

Encoder::Encoder() : impl_(std::make_unique<Impl>()) {}
Encoder::~Encoder() = default;

Encoder::Encoded Encoder::Encode(const Draft& draft, const Stamps& stamps) {
  // A builder that ran out of memory holds nothing that can be built upon, or be cleared.
  if (impl_->encoding) impl_ = std::make_unique<Impl>();
  impl_->encoding = true;
  const Encoded encoded{impl_->EncodeCall(draft, stamps), impl_->EncodeTranscript(draft)};
  impl_->encoding = false;
  return encoded;
}

void SetChangedAt(std::int64_t changed_at, std::string* call) {
  flatbuffers::GetMutableRoot<flatbuffers::Table>(call->data())
      ->SetField<std::int64_t>(fbs::Call::VT_CHANGED_AT, changed_at, 0);
}

}  // namespace callstore::record
