#include <cstdint>

#include "base/error.h"
#include "call_generated.h"
#include "record/encode.h"
#include "record/words.h"

namespace callstore::record {
namespace {

// A record of 64 MiB of JSON has at most about this many tables.
constexpr flatbuffers::uoffset_t kMostTables = 64 << 20;
constexpr flatbuffers::uoffset_t kMostDepth = 16;

bool WordsFit(const fbs::Utterance* utterance) {
  if (utterance == nullptr || utterance->words() == nullptr) return true;
  const std::size_t size = utterance->content() == nullptr ? 0 : utterance->content()->size();
  std::size_t at = 0;
  for (const fbs::Word* word : *utterance->words()) {
    if (word->offset() < at) return false;
    at = std::size_t{word->offset()} + word->length();
    if (at > size) return false;
  }
  return true;
}

// Each utterance stands among the turns once at most, so that a record says no more than it has.
bool TurnsFit(const fbs::Transcript& transcript) {
  if (transcript.turn_order() == nullptr) return true;
  const std::uint32_t utterances =
      transcript.transcript_object() == nullptr ? 0 : transcript.transcript_object()->size();
  const std::uint32_t turns = transcript.turns() == nullptr ? 0 : transcript.turns()->size();
  std::uint32_t next_utterance = 0;
  std::uint32_t next_turn = 0;
  for (const std::uint32_t place : *transcript.turn_order()) {
    const bool own = place >= 0x80000000;
    const std::uint32_t index = own ? place - 0x80000000 : place;
    std::uint32_t& next = own ? next_turn : next_utterance;
    if (index < next || index >= (own ? turns : utterances)) return false;
    next = index + 1;
  }
  return true;
}

// The values are read in place, and the verifier looks at the alignment of a vector's length alone.
bool ValuesFit(const fbs::Transcript& transcript) {
  if (transcript.latency_values() == nullptr) return true;
  for (const fbs::LatencyValues* of_component : *transcript.latency_values()) {
    const auto* const values = of_component->values();
    if (values == nullptr || values->size() == 0) continue;
    if (reinterpret_cast<std::uintptr_t>(values->Data()) % alignof(double) != 0) return false;
  }
  return true;
}

bool TranscriptFits(const fbs::Transcript& transcript) {
  if (transcript.transcript_object() != nullptr) {
    for (const fbs::Utterance* utterance : *transcript.transcript_object()) {
      if (!WordsFit(utterance)) return false;
    }
  }
  if (transcript.turns() != nullptr) {
    for (const fbs::Turn* turn : *transcript.turns()) {
      if (!WordsFit(turn->utterance())) return false;
      if (turn->kind() == 0 && turn->utterance() == nullptr) return false;
    }
  }
  return TurnsFit(transcript) && ValuesFit(transcript);
}

}  // namespace

Result<void> VerifyCall(std::string_view bytes) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                                 kMostDepth, kMostTables);
  if (!fbs::VerifyCallBuffer(verifier)) {
    return Fail(ErrorCode::kCorrupt, "a stored call is damaged", {{"record", "call"}});
  }
  return {};
}

Result<void> VerifyTranscript(std::string_view bytes) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                                 kMostDepth, kMostTables);
  if (!verifier.VerifyBuffer<fbs::Transcript>(kTranscriptIdentifier) ||
      !TranscriptFits(*flatbuffers::GetRoot<fbs::Transcript>(bytes.data()))) {
    return Fail(ErrorCode::kCorrupt, "a stored call is damaged", {{"record", "transcript"}});
  }
  return {};
}

}  // namespace callstore::record
