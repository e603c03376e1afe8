#include "json/call_writer.h"

#include <array>
#include <cstddef>
#include <vector>

#include "json/extra_text.h"
#include "json/output.h"
#include "json/words_writer.h"
#include "record/access.h"

namespace callstore::json {
namespace {

using OptionalText = std::optional<std::string_view>;
using record::Member;

class CallWriter {
 public:
  CallWriter(const CallView& call, const JsonOptions& options, Presence presence, Output* out)
      : call_(call),
        stamps_(options.stamps),
        full_(options.view == View::kFull && call.transcript_loaded()),
        always_(presence == Presence::kDocumented),
        out_(out),
        object_(out) {}

  void Write();

 private:
  static void Text(ObjectOutput* object, std::string_view key, const OptionalText& value) {
    if (value) object->Key(key).PutString(*value);
  }
  static void Bool(ObjectOutput* object, std::string_view key, const std::optional<bool>& value) {
    if (value) object->Key(key).PutBool(*value);
  }
  // A number that stands in `extra` is printed from there.
  static void Number(ObjectOutput* object, std::string_view key, const std::optional<double>& value,
                     std::string_view extra) {
    if (value && !HasMember(extra, key)) object->Key(key).PutDouble(*value);
  }
  void Time(std::string_view key, const std::optional<std::int64_t>& value) {
    if (value) object_.Key(key).PutInt64(*value);
  }

  void WriteIdentity();
  void WriteLongParts();
  void WriteUtterance(const UtteranceView& utterance);
  void WriteTurn(const TurnView& turn);
  void WriteToolTurn(const TurnView& turn);
  void WriteLatency();
  void WriteComponent(std::size_t i);
  void WriteObjects();

  const CallView& call_;
  const bool stamps_;
  const bool full_;
  const bool always_;
  Output* out_;
  ObjectOutput object_;

  // Where the utterances of transcript_object stand in the output: turns that repeat them are
  // copied from there.
  struct Written {
    const void* table;
    std::size_t begin;
    std::size_t size;
  };
  std::vector<Written> written_;
  std::size_t next_ = 0;
};

void CallWriter::Write() {
  WriteIdentity();
  if (full_) WriteLongParts();
  WriteLatency();
  WriteObjects();
  Time("created_at", call_.created_at());
  Time("updated_at", call_.updated_at());
  if (stamps_) {
    Time("stored_at", call_.stored_at());
    Time("changed_at", call_.changed_at());
  }
  ForEachMember(call_.extra_json(),
                [&](std::string_view, std::string_view member) { object_.RawMember(member); });
  object_.End();
}

void CallWriter::WriteIdentity() {
  if (!call_.id().empty()) object_.Key("id").PutString(call_.id());
  Text(&object_, "call_id", call_.call_id());
  Text(&object_, "agent_id", call_.agent_id());
  if (!call_.organization_id().empty()) {
    object_.Key("organization_id").PutString(call_.organization_id());
  }
  Text(&object_, "call_status", call_.call_status());
  Text(&object_, "call_type", call_.call_type());
  Text(&object_, "direction", call_.direction());
  Text(&object_, "from_number", call_.from_number());
  Text(&object_, "to_number", call_.to_number());
  Time("start_timestamp", call_.start_timestamp());
  Time("end_timestamp", call_.end_timestamp());
  Number(&object_, "call_duration", call_.call_duration(), call_.extra_json());
  Text(&object_, "disconnection_reason", call_.disconnection_reason());
  Text(&object_, "recording_url", call_.recording_url());
  Text(&object_, "public_log_url", call_.public_log_url());
  const bool opt_out = call_.opt_out_sensitive_data_storage();
  if (opt_out || always_) object_.Key("opt_out_sensitive_data_storage").PutBool(opt_out);
  const OptionalText metadata = call_.metadata_json();
  if (metadata || always_) object_.Key("metadata").Put(metadata.value_or("{}"));
}

void CallWriter::WriteLongParts() {
  const OptionalText events = call_.events_json();
  if (events || always_) object_.Key("events").Put(events.value_or("[]"));
  Text(&object_, "transcript", call_.transcript());
  if (always_ || record::Has(call_, Member::kTranscriptObject)) {
    object_.Key("transcript_object").Put('[');
    const std::size_t count = call_.utterance_count();
    written_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out_->Put(',');
      const UtteranceView utterance = call_.utterance(i);
      const std::size_t begin = out_->size();
      WriteUtterance(utterance);
      written_.push_back({CallViewAccess::table(utterance), begin, out_->size() - begin});
    }
    out_->Put(']');
  }
  if (always_ || record::Has(call_, Member::kTurns)) {
    object_.Key("transcript_with_tool_calls").Put('[');
    const std::size_t count = call_.turn_count();
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out_->Put(',');
      WriteTurn(call_.turn(i));
    }
    out_->Put(']');
  }
}

void CallWriter::WriteUtterance(const UtteranceView& utterance) {
  if (const std::string_view json = utterance.json(); !json.empty()) {
    out_->Put(json);
    return;
  }
  ObjectOutput object(out_);
  object.Key("role").PutString(utterance.role());
  object.Key("content").Put('"');
  const std::size_t content = out_->size();
  const bool escaped = out_->PutEscaped(utterance.content());
  out_->Put('"');
  if (record::HasWords(utterance)) {
    object.Key("words");
    if (escaped) {
      WriteWords(record::Words(utterance), utterance.content(), out_);
    } else {
      WriteWordsOfCopy(record::Words(utterance), content, utterance.content().size(), out_);
    }
  }
  object.End();
}

void CallWriter::WriteTurn(const TurnView& turn) {
  if (turn.kind() != TurnKind::kUtterance) {
    WriteToolTurn(turn);
    return;
  }
  const UtteranceView utterance = *turn.utterance();
  const void* const table = CallViewAccess::table(utterance);
  if (next_ < written_.size() && written_[next_].table == table) {
    const Written& written = written_[next_++];
    char* const at = out_->Room(written.size);
    std::memcpy(at, out_->data() + written.begin, written.size);
    out_->Wrote(at + written.size);
    return;
  }
  WriteUtterance(utterance);
}

void CallWriter::WriteToolTurn(const TurnView& turn) {
  if (turn.kind() == TurnKind::kOther) {
    out_->Put(turn.json());
    return;
  }
  ObjectOutput object(out_);
  object.Key("role").PutString(turn.role());
  object.Key("tool_call_id").PutString(turn.tool_call_id());
  if (turn.kind() == TurnKind::kToolCallInvocation) {
    object.Key("name").PutString(turn.name());
    object.Key("arguments").PutString(turn.arguments());
  } else {
    object.Key("content").PutString(turn.content());
    Bool(&object, "successful", turn.successful());
  }
  object.End();
}

void CallWriter::WriteLatency() {
  if (!record::Has(call_, Member::kLatency)) return;
  object_.Key("latency");
  const std::size_t count = call_.latency_count();
  for (std::size_t i = 0; i < count; ++i) {
    out_->Put(i == 0 ? '{' : ',');
    WriteComponent(i);
  }
  out_->Put(count == 0 ? std::string_view("{}") : std::string_view("}"));
}

void CallWriter::WriteComponent(std::size_t i) {
  const LatencyView stats = call_.latency(i);
  const std::string_view extra = stats.extra_json;
  out_->PutString(stats.component);
  out_->Put(':');
  ObjectOutput object(out_);
  Number(&object, "max", stats.max, extra);
  Number(&object, "min", stats.min, extra);
  Number(&object, "num", stats.num, extra);
  Number(&object, "p50", stats.p50, extra);
  Number(&object, "p90", stats.p90, extra);
  Number(&object, "p95", stats.p95, extra);
  Number(&object, "p99", stats.p99, extra);
  if (full_ && record::HasLatencyValues(call_, i)) {
    object.Key("values").Put('[');
    bool first = true;
    for (const double value : record::LatencyValues(call_, i)) {
      if (!first) out_->Put(',');
      first = false;
      out_->PutDouble(value);
    }
    out_->Put(']');
  }
  ForEachMember(extra, [&](std::string_view key, std::string_view member) {
    if (full_ || key != "\"values\"") object.RawMember(member);
  });
  object.End();
}

void CallWriter::WriteObjects() {
  const auto put_extra = [](std::string_view extra, ObjectOutput* object) {
    ForEachMember(extra,
                  [&](std::string_view, std::string_view member) { object->RawMember(member); });
    object->End();
  };
  if (record::Has(call_, Member::kCallAnalysis)) {
    object_.Key("call_analysis");
    ObjectOutput object(out_);
    Bool(&object, "call_successful", call_.call_successful());
    Text(&object, "call_summary", call_.call_summary());
    Text(&object, "user_sentiment", call_.user_sentiment());
    Bool(&object, "in_voicemail", call_.in_voicemail());
    if (const auto json = call_.custom_analysis_data_json()) {
      object.Key("custom_analysis_data").Put(*json);
    }
    put_extra(record::AnalysisExtra(call_), &object);
  }
  if (record::Has(call_, Member::kCallCost)) {
    object_.Key("call_cost");
    ObjectOutput object(out_);
    const std::string_view extra = record::CostExtra(call_);
    Number(&object, "combined_cost", call_.combined_cost(), extra);
    put_extra(extra, &object);
  }
  if (record::Has(call_, Member::kTelephonyIdentifier)) {
    object_.Key("telephony_identifier");
    ObjectOutput object(out_);
    Text(&object, "call_sid", call_.call_sid());
    Text(&object, "conference_sid", call_.conference_sid());
    put_extra(record::TelephonyExtra(call_), &object);
  }
}

}  // namespace

void WriteCall(const CallView& call, const JsonOptions& options, Presence presence,
               std::string* out) {
  Output output(out);
  CallWriter(call, options, presence, &output).Write();
}

}  // namespace callstore::json
