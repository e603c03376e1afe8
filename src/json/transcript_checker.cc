#include "json/transcript_checker.h"

#include <cmath>

#include "base/error.h"
#include "json/output.h"

namespace callstore::json {
namespace {

using record::DraftTurn;
using record::DraftTurnKind;
using record::DraftUtterance;
using record::DraftWord;

// Seconds as whole milliseconds, where the shortest decimal has at most three places.
bool ToMilliseconds(const std::optional<double>& seconds, std::uint32_t* ms) {
  *ms = record::kNoTime;
  if (!seconds) return true;
  const double rounded = std::nearbyint(*seconds * 1000);
  if (!(rounded >= 0 && rounded < record::kNoTime && rounded / 1000 == *seconds)) return false;
  *ms = static_cast<std::uint32_t>(rounded);
  return true;
}

}  // namespace

Result<void> TranscriptChecker::Check(const Call& call) {
  draft_->has_transcript_object = call.transcript_object.has_value();
  if (call.transcript_object) {
    Place place{"$.transcript_object", 0};
    for (const Utterance& utterance : *call.transcript_object) {
      CALLSTORE_RETURN_IF_ERROR(CheckUtterance(place, utterance));
      ++place.index;
    }
  }
  draft_->transcript_object_count = static_cast<std::uint32_t>(draft_->utterances.size());
  draft_->has_turns = call.transcript_with_tool_calls.has_value();
  if (call.transcript_with_tool_calls) {
    Place place{"$.transcript_with_tool_calls", 0};
    for (const Turn& turn : *call.transcript_with_tool_calls) {
      CALLSTORE_RETURN_IF_ERROR(CheckTurn(place, turn));
      ++place.index;
    }
  }
  return {};
}

std::string_view TranscriptChecker::JsonOf(const Utterance& utterance) {
  std::string json;
  {
    Output out(&json);
    ObjectOutput object(&out);
    object.Key("role").PutString(utterance.role);
    object.Key("content").PutString(utterance.content);
    object.Key("words").Put('[');
    bool first = true;
    for (const Word& word : *utterance.words) {
      if (!first) out.Put(',');
      first = false;
      ObjectOutput member(&out);
      if (word.word) member.Key("word").PutString(*word.word);
      if (word.start) member.Key("start").PutDouble(*word.start);
      if (word.end) member.Key("end").PutDouble(*word.end);
      member.End();
    }
    out.Put(']');
    object.End();
  }
  return draft_->own.Copy(json);
}

Result<void> TranscriptChecker::CheckWords(const Place& place, const Utterance& utterance,
                                           bool* odd) {
  *odd = false;
  for (const Word& word : *utterance.words) {
    DraftWord& draft = draft_->words.emplace_back();
    if (word.word) {
      if (!checker_.TakeShortAscii(*word.word)) [[unlikely]] {
        CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".words"), *word.word));
      }
      draft.word = *word.word;
    }
    const bool fits =
        ToMilliseconds(word.start, &draft.start_ms) && ToMilliseconds(word.end, &draft.end_ms);
    if (word.word && fits) continue;
    *odd = true;
    CALLSTORE_RETURN_IF_ERROR(Checker::CheckNumber(place.Field(".words"), word.start));
    CALLSTORE_RETURN_IF_ERROR(Checker::CheckNumber(place.Field(".words"), word.end));
  }
  return {};
}

Result<void> TranscriptChecker::CheckUtterance(const Place& place, const Utterance& utterance) {
  if (!utterance.json.empty()) {
    CALLSTORE_RETURN_IF_ERROR(checker_.StartWalk(place, 2, utterance.json));
    reader_.Start(&checker_.walker(), draft_);
    return checker_.EndWalk(reader_.ReadUtterance());
  }
  DraftUtterance draft;
  CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".role"), utterance.role));
  CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".content"), utterance.content));
  draft.role = utterance.role;
  draft.content = utterance.content;
  draft.first_word = static_cast<std::uint32_t>(draft_->words.size());
  if (utterance.words) {
    bool odd = false;
    CALLSTORE_RETURN_IF_ERROR(CheckWords(place, utterance, &odd));
    if (odd) {
      draft_->words.resize(draft.first_word);
      draft.json = JsonOf(utterance);
      CALLSTORE_RETURN_IF_ERROR(checker_.CountBytes(place, draft.json.size()));
    }
    draft.has_words = !odd;
    draft.word_count = static_cast<std::uint32_t>(draft_->words.size()) - draft.first_word;
  }
  draft_->utterances.push_back(draft);
  return {};
}

Result<void> TranscriptChecker::CheckTurn(const Place& place, const Turn& turn) {
  if (const auto* other = std::get_if<OtherTurn>(&turn)) {
    CALLSTORE_RETURN_IF_ERROR(checker_.StartWalk(place, 2, other->json));
    reader_.Start(&checker_.walker(), draft_);
    return checker_.EndWalk(reader_.ReadTurn());
  }
  DraftTurn draft;
  if (const auto* utterance = std::get_if<Utterance>(&turn)) {
    draft.kind = DraftTurnKind::kUtterance;
    draft.utterance = static_cast<std::uint32_t>(draft_->utterances.size());
    CALLSTORE_RETURN_IF_ERROR(CheckUtterance(place, *utterance));
  } else if (const auto* invocation = std::get_if<ToolCallInvocation>(&turn)) {
    draft.kind = DraftTurnKind::kInvocation;
    draft.role = "tool_call_invocation";
    draft.tool_call_id = invocation->tool_call_id;
    draft.name = invocation->name;
    draft.arguments = invocation->arguments;
  } else {
    const auto& result = std::get<ToolCallResult>(turn);
    draft.kind = DraftTurnKind::kResult;
    draft.role = "tool_call_result";
    draft.tool_call_id = result.tool_call_id;
    draft.content = result.content;
    draft.successful = result.successful;
  }
  draft_->turns.push_back(draft);
  return CheckToolTurn(place, draft);
}

Result<void> TranscriptChecker::CheckToolTurn(const Place& place, const DraftTurn& turn) {
  CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".tool_call_id"), turn.tool_call_id));
  CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".name"), turn.name));
  CALLSTORE_RETURN_IF_ERROR(checker_.CheckText(place.Field(".arguments"), turn.arguments));
  return checker_.CheckText(place.Field(".content"), turn.content);
}

}  // namespace callstore::json
