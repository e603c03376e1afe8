// words.h - the known words of the open sets, and the codes that stand for them on disk.
// Code 0 is "absent", 1.. are the words of a table in its order, kOtherWord is a word that the
// table does not have, kept as text. Tables are only ever appended to: a code is never given a new
// meaning.
#ifndef CALLSTORE_SRC_RECORD_WORDS_H_
#define CALLSTORE_SRC_RECORD_WORDS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace callstore::record {

inline constexpr std::uint8_t kOtherWord = 255;

enum class WordSet : std::uint8_t {
  kCallStatus,
  kCallType,
  kDirection,
  kDisconnectionReason,
  kUserSentiment,
  kRole,              // of utterances; matched to the letter
  kLatencyComponent,  // matched to the letter
};

// The words of a set: code i + 1 is element i.
std::span<const std::string_view> WordsOf(WordSet set);

// The code of `word`; kOtherWord when the set lacks it. Letter case does not matter, but for roles
// and latency components.
std::uint8_t CodeOf(WordSet set, std::string_view word);

// The word of a code; empty for 0, kOtherWord and codes that this version does not know.
std::string_view WordOf(WordSet set, std::uint8_t code);

}  // namespace callstore::record

#endif  // CALLSTORE_SRC_RECORD_WORDS_H_
