#include "callstore/call_view.h"

#include "call_generated.h"
#include "record/access.h"
#include "record/draft.h"
#include "record/words.h"

namespace callstore {
namespace {

using record::WordSet;

// What is absent. Not a null pointer: readers may copy 0 bytes from it.
constexpr std::string_view kNoText = "";

std::string_view TextOf(const flatbuffers::String* text) {
  return text == nullptr ? kNoText : std::string_view(text->data(), text->size());
}

std::optional<std::string_view> Optional(const flatbuffers::String* text) {
  if (text == nullptr) return std::nullopt;
  return TextOf(text);
}

template <typename T>
std::optional<T> Optional(const flatbuffers::Optional<T>& value) {
  return value.has_value() ? std::optional<T>(*value) : std::nullopt;
}

std::optional<std::string_view> OpenWord(WordSet set, std::uint8_t code,
                                         const flatbuffers::String* text) {
  if (code == 0) return std::nullopt;
  return code == record::kOtherWord ? TextOf(text) : record::WordOf(set, code);
}

template <typename T>
std::size_t SizeOf(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

const fbs::Utterance* UtteranceOf(const void* table) {
  return static_cast<const fbs::Utterance*>(table);
}
const fbs::Turn* TurnOf(const void* table) { return static_cast<const fbs::Turn*>(table); }
const fbs::Call* CallOf(const void* table) { return static_cast<const fbs::Call*>(table); }
const fbs::Transcript* TranscriptOf(const void* table) {
  return static_cast<const fbs::Transcript*>(table);
}

std::optional<double> Seconds(std::uint32_t ms) {
  if (ms == record::kNoTime) return std::nullopt;
  return ms / 1000.0;
}

std::string_view RoleOf(const fbs::Utterance* utterance) {
  return OpenWord(WordSet::kRole, utterance->role(), utterance->role_text()).value_or("");
}

}  // namespace

std::string_view UtteranceView::role() const { return RoleOf(UtteranceOf(table_)); }
std::string_view UtteranceView::content() const { return TextOf(UtteranceOf(table_)->content()); }
std::size_t UtteranceView::word_count() const { return SizeOf(UtteranceOf(table_)->words()); }
WordView UtteranceView::word(std::size_t i) const {
  const record::StoredWord& word = record::Words(*this)[i];
  return {content().substr(word.offset, word.length), Seconds(word.start_ms), Seconds(word.end_ms)};
}
std::string_view UtteranceView::json() const { return TextOf(UtteranceOf(table_)->json()); }

TurnKind TurnView::kind() const {
  if (utterance_ != nullptr) return TurnKind::kUtterance;
  switch (TurnOf(turn_)->kind()) {
    case 1:
      return TurnKind::kToolCallInvocation;
    case 2:
      return TurnKind::kToolCallResult;
    default:
      return TurnKind::kOther;
  }
}
std::string_view TurnView::role() const {
  switch (kind()) {
    case TurnKind::kUtterance:
      return RoleOf(UtteranceOf(utterance_));
    case TurnKind::kToolCallInvocation:
      return "tool_call_invocation";
    case TurnKind::kToolCallResult:
      return "tool_call_result";
    case TurnKind::kOther:
      break;
  }
  return TextOf(TurnOf(turn_)->role_text());
}
std::optional<UtteranceView> TurnView::utterance() const {
  if (utterance_ == nullptr) return std::nullopt;
  return UtteranceView(utterance_);
}
std::string_view TurnView::tool_call_id() const {
  return turn_ == nullptr ? kNoText : TextOf(TurnOf(turn_)->tool_call_id());
}
std::string_view TurnView::name() const {
  return turn_ == nullptr ? kNoText : TextOf(TurnOf(turn_)->name());
}
std::string_view TurnView::arguments() const {
  return turn_ == nullptr ? kNoText : TextOf(TurnOf(turn_)->arguments());
}
std::string_view TurnView::content() const {
  return turn_ == nullptr ? TextOf(UtteranceOf(utterance_)->content())
                          : TextOf(TurnOf(turn_)->content());
}
std::optional<bool> TurnView::successful() const {
  return turn_ == nullptr ? std::nullopt : Optional(TurnOf(turn_)->successful());
}
std::string_view TurnView::json() const {
  return turn_ == nullptr ? TextOf(UtteranceOf(utterance_)->json()) : TextOf(TurnOf(turn_)->json());
}

std::string_view CallView::id() const { return TextOf(CallOf(call_)->id()); }
std::optional<std::string_view> CallView::call_id() const {
  return Optional(CallOf(call_)->call_id());
}
std::optional<std::string_view> CallView::agent_id() const {
  return Optional(CallOf(call_)->agent_id());
}
std::optional<std::string_view> CallView::call_status() const {
  const fbs::Call* call = CallOf(call_);
  return OpenWord(WordSet::kCallStatus, call->call_status(), call->call_status_text());
}
std::optional<std::string_view> CallView::call_type() const {
  const fbs::Call* call = CallOf(call_);
  return OpenWord(WordSet::kCallType, call->call_type(), call->call_type_text());
}
std::optional<std::string_view> CallView::direction() const {
  const fbs::Call* call = CallOf(call_);
  return OpenWord(WordSet::kDirection, call->direction(), call->direction_text());
}
std::optional<std::string_view> CallView::from_number() const {
  return Optional(CallOf(call_)->from_number());
}
std::optional<std::string_view> CallView::to_number() const {
  return Optional(CallOf(call_)->to_number());
}
std::optional<std::int64_t> CallView::start_timestamp() const {
  return Optional(CallOf(call_)->start_timestamp());
}
std::optional<std::int64_t> CallView::end_timestamp() const {
  return Optional(CallOf(call_)->end_timestamp());
}
std::optional<double> CallView::call_duration() const {
  return Optional(CallOf(call_)->call_duration());
}
std::optional<std::string_view> CallView::disconnection_reason() const {
  const fbs::Call* call = CallOf(call_);
  return OpenWord(WordSet::kDisconnectionReason, call->disconnection_reason(),
                  call->disconnection_reason_text());
}
std::optional<std::string_view> CallView::recording_url() const {
  return Optional(CallOf(call_)->recording_url());
}
std::optional<std::string_view> CallView::public_log_url() const {
  return Optional(CallOf(call_)->public_log_url());
}
bool CallView::opt_out_sensitive_data_storage() const {
  return CallOf(call_)->opt_out_sensitive_data_storage();
}
std::optional<std::string_view> CallView::metadata_json() const {
  return Optional(CallOf(call_)->metadata());
}
std::size_t CallView::latency_count() const { return SizeOf(CallOf(call_)->latency()); }
LatencyView CallView::latency(std::size_t i) const {
  const fbs::LatencyStats* stats =
      CallOf(call_)->latency()->Get(static_cast<flatbuffers::uoffset_t>(i));
  return {
      .component = OpenWord(WordSet::kLatencyComponent, stats->component(), stats->component_text())
                       .value_or(""),
      .max = Optional(stats->max()),
      .min = Optional(stats->min()),
      .num = Optional(stats->num()),
      .p50 = Optional(stats->p50()),
      .p90 = Optional(stats->p90()),
      .p95 = Optional(stats->p95()),
      .p99 = Optional(stats->p99()),
      .extra_json = TextOf(stats->extra())};
}
std::optional<bool> CallView::call_successful() const {
  return Optional(CallOf(call_)->call_successful());
}
std::optional<std::string_view> CallView::call_summary() const {
  return Optional(CallOf(call_)->call_summary());
}
std::optional<std::string_view> CallView::user_sentiment() const {
  const fbs::Call* call = CallOf(call_);
  return OpenWord(WordSet::kUserSentiment, call->user_sentiment(), call->user_sentiment_text());
}
std::optional<bool> CallView::in_voicemail() const {
  return Optional(CallOf(call_)->in_voicemail());
}
std::optional<std::string_view> CallView::custom_analysis_data_json() const {
  return Optional(CallOf(call_)->custom_analysis_data());
}
std::optional<double> CallView::combined_cost() const {
  return Optional(CallOf(call_)->combined_cost());
}
std::optional<std::string_view> CallView::call_sid() const {
  return Optional(CallOf(call_)->call_sid());
}
std::optional<std::string_view> CallView::conference_sid() const {
  return Optional(CallOf(call_)->conference_sid());
}
std::optional<std::int64_t> CallView::created_at() const {
  return Optional(CallOf(call_)->created_at());
}
std::optional<std::int64_t> CallView::updated_at() const {
  return Optional(CallOf(call_)->updated_at());
}
std::string_view CallView::extra_json() const { return TextOf(CallOf(call_)->extra()); }
std::int64_t CallView::stored_at() const { return CallOf(call_)->stored_at(); }
std::int64_t CallView::changed_at() const { return CallOf(call_)->changed_at(); }
std::int64_t CallView::list_time() const {
  if (const auto start = start_timestamp()) return *start;
  return created_at().value_or(stored_at());
}

std::optional<std::string_view> CallView::transcript() const {
  return transcript_ == nullptr ? std::nullopt : Optional(TranscriptOf(transcript_)->transcript());
}
std::size_t CallView::utterance_count() const {
  return transcript_ == nullptr ? 0 : SizeOf(TranscriptOf(transcript_)->transcript_object());
}
UtteranceView CallView::utterance(std::size_t i) const {
  return UtteranceView(
      TranscriptOf(transcript_)->transcript_object()->Get(static_cast<flatbuffers::uoffset_t>(i)));
}
std::size_t CallView::turn_count() const {
  return transcript_ == nullptr ? 0 : SizeOf(TranscriptOf(transcript_)->turn_order());
}
TurnView CallView::turn(std::size_t i) const {
  const fbs::Transcript* transcript = TranscriptOf(transcript_);
  const std::uint32_t place = transcript->turn_order()->Get(static_cast<flatbuffers::uoffset_t>(i));
  if (place < 0x80000000) return TurnView(transcript->transcript_object()->Get(place), nullptr);
  const fbs::Turn* turn = transcript->turns()->Get(place - 0x80000000);
  if (turn->kind() == 0) return TurnView(turn->utterance(), nullptr);
  return TurnView(nullptr, turn);
}
std::optional<std::string_view> CallView::events_json() const {
  return transcript_ == nullptr ? std::nullopt : Optional(TranscriptOf(transcript_)->events());
}
std::size_t CallView::latency_value_count(std::size_t i) const {
  return record::LatencyValues(*this, i).size();
}
double CallView::latency_value(std::size_t i, std::size_t k) const {
  return record::LatencyValues(*this, i)[k];
}

CallView CallViewAccess::Make(std::string_view organization_id, std::string_view call,
                              std::string_view transcript, bool transcript_loaded) {
  CallView view;
  view.organization_id_ = organization_id;
  view.call_ = fbs::GetCall(call.data());
  view.transcript_ =
      transcript.empty() ? nullptr : flatbuffers::GetRoot<fbs::Transcript>(transcript.data());
  view.transcript_loaded_ = transcript_loaded;
  return view;
}

namespace record {

std::span<const StoredWord> Words(const UtteranceView& utterance) {
  const auto* words = UtteranceOf(CallViewAccess::table(utterance))->words();
  if (words == nullptr) return {};
  return {reinterpret_cast<const StoredWord*>(words->Data()), words->size()};
}

bool HasWords(const UtteranceView& utterance) {
  return UtteranceOf(CallViewAccess::table(utterance))->words() != nullptr;
}

bool Has(const CallView& view, Member member) {
  const fbs::Call* call = CallOf(CallViewAccess::call(view));
  const fbs::Transcript* transcript = TranscriptOf(CallViewAccess::transcript(view));
  switch (member) {
    case Member::kLatency:
      return call->latency() != nullptr;
    case Member::kCallAnalysis:
      return (call->objects() & 1) != 0;
    case Member::kCallCost:
      return (call->objects() & 2) != 0;
    case Member::kTelephonyIdentifier:
      return (call->objects() & 4) != 0;
    case Member::kTranscriptObject:
      return transcript != nullptr && transcript->transcript_object() != nullptr;
    case Member::kTurns:
      return transcript != nullptr && transcript->turn_order() != nullptr;
  }
  return false;
}

std::string_view AnalysisExtra(const CallView& view) {
  return TextOf(CallOf(CallViewAccess::call(view))->analysis_extra());
}
std::string_view CostExtra(const CallView& view) {
  return TextOf(CallOf(CallViewAccess::call(view))->cost_extra());
}
std::string_view TelephonyExtra(const CallView& view) {
  return TextOf(CallOf(CallViewAccess::call(view))->telephony_extra());
}

namespace {

const flatbuffers::Vector<double>* ValuesOf(const CallView& view, std::size_t i) {
  const fbs::Transcript* transcript = TranscriptOf(CallViewAccess::transcript(view));
  if (transcript == nullptr || transcript->latency_values() == nullptr ||
      i >= transcript->latency_values()->size()) {
    return nullptr;
  }
  return transcript->latency_values()->Get(static_cast<flatbuffers::uoffset_t>(i))->values();
}

}  // namespace

bool HasLatencyValues(const CallView& view, std::size_t i) { return ValuesOf(view, i) != nullptr; }

std::span<const double> LatencyValues(const CallView& view, std::size_t i) {
  const auto* values = ValuesOf(view, i);
  if (values == nullptr) return {};
  return {reinterpret_cast<const double*>(values->Data()), values->size()};
}

}  // namespace record
}  // namespace callstore
