// transcript_search.h - words in what was said, and where.
// A word is a run of letters, marks and digits (Unicode categories L, M, N); words are compared
// whole, case-folded (Unicode full case folding, as of utf8proc; no normalization). Order does not
// matter.
//
// Ownership, thread safety: free functions on values.
#ifndef CALLSTORE_TRANSCRIPT_SEARCH_H_
#define CALLSTORE_TRANSCRIPT_SEARCH_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "callstore/call_view.h"
#include "callstore/export.h"

namespace callstore {

// One searched word in one utterance.
struct TranscriptHit {
  std::size_t utterance = 0;     // its number in transcript_object
  std::size_t offset_bytes = 0;  // of the word in the utterance's content
  std::size_t size_bytes = 0;
  std::optional<double> start = {};  // seconds of audio time, where the word has its times
  std::optional<double> end = {};
};

// Whether all of `words` are in the transcript, or, without one, in the utterances. False for text
// without words, and where the transcript was not loaded. Cost: a pass over the text.
CALLSTORE_EXPORT bool TranscriptHas(const CallView& call, std::string_view words);

// Every place of one of `words` in the utterances, in their order. At most `limit`.
CALLSTORE_EXPORT std::vector<TranscriptHit> FindInTranscript(const CallView& call,
                                                             std::string_view words,
                                                             std::size_t limit = 1000);

}  // namespace callstore

#endif  // CALLSTORE_TRANSCRIPT_SEARCH_H_
