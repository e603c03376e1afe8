// access.h - what the library itself reads of a CallView beyond its public members.
// Views are made here from verified bytes; the JSON writer reads words and presence here.
//
// Ownership and lifetime: as CallView.
#ifndef CALLSTORE_SRC_RECORD_ACCESS_H_
#define CALLSTORE_SRC_RECORD_ACCESS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "callstore/call_view.h"

namespace callstore {

struct CallViewAccess {
  // A view of encoded records at 8-byte aligned addresses. `transcript` may be empty: the call has
  // none, or (transcript_loaded false) it was not read. REQUIRES: both verified, here or when
  // written.
  static CallView Make(std::string_view organization_id, std::string_view call,
                       std::string_view transcript, bool transcript_loaded);
  static StoredCall MakeStored(std::shared_ptr<const void> bytes, const CallView& view) {
    return StoredCall(std::move(bytes), view);
  }
  static const void* call(const CallView& view) { return view.call_; }
  static const void* transcript(const CallView& view) { return view.transcript_; }
  static const void* table(const UtteranceView& view) { return view.table_; }
};

}  // namespace callstore

namespace callstore::record {

// A word of the compact form: `length` bytes at `offset` of its utterance's content, which never
// overlap the next word's. kNoTime (draft.h) is an absent time.
struct StoredWord {
  std::uint32_t start_ms;
  std::uint32_t end_ms;
  std::uint16_t offset;
  std::uint16_t length;
};

std::span<const StoredWord> Words(const UtteranceView& utterance);
// `words` was given, empty or not.
bool HasWords(const UtteranceView& utterance);

enum class Member : std::uint8_t {
  kLatency,
  kCallAnalysis,
  kCallCost,
  kTelephonyIdentifier,
  kTranscriptObject,
  kTurns,
};
// The member was given, empty or not.
bool Has(const CallView& view, Member member);

// Further members, as a minified JSON object; empty: none.
std::string_view AnalysisExtra(const CallView& view);
std::string_view CostExtra(const CallView& view);
std::string_view TelephonyExtra(const CallView& view);

// `values` of latency(i) was given, empty or not.
bool HasLatencyValues(const CallView& view, std::size_t i);
std::span<const double> LatencyValues(const CallView& view, std::size_t i);

}  // namespace callstore::record

#endif  // CALLSTORE_SRC_RECORD_ACCESS_H_
