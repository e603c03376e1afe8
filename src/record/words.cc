#include "record/words.h"

#include "base/ascii.h"
#include "base/known_words.h"
#include "callstore/call.h"

namespace callstore::record {
namespace {

constexpr std::string_view kRoleWords[] = {role::kAgent, role::kUser, role::kTransferTarget};
constexpr std::string_view kComponentWords[] = {
    "e2e", "llm", "tts", "asr", "s2s", "knowledge_base", "llm_websocket_network_rtt"};

}  // namespace

std::span<const std::string_view> WordsOf(WordSet set) {
  switch (set) {
    case WordSet::kCallStatus:
      return known_words::kCallStatus;
    case WordSet::kCallType:
      return known_words::kCallType;
    case WordSet::kDirection:
      return known_words::kDirection;
    case WordSet::kDisconnectionReason:
      return known_words::kDisconnectionReason;
    case WordSet::kUserSentiment:
      return known_words::kUserSentiment;
    case WordSet::kRole:
      return kRoleWords;
    case WordSet::kLatencyComponent:
      return kComponentWords;
  }
  return {};
}

std::uint8_t CodeOf(WordSet set, std::string_view word) {
  const bool to_the_letter = set == WordSet::kRole || set == WordSet::kLatencyComponent;
  const auto words = WordsOf(set);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() != word.size()) continue;
    if (to_the_letter ? words[i] == word : EqualIgnoringCase(words[i], word)) {
      return static_cast<std::uint8_t>(i + 1);
    }
  }
  return kOtherWord;
}

std::string_view WordOf(WordSet set, std::uint8_t code) {
  const auto words = WordsOf(set);
  return code >= 1 && code <= words.size() ? words[code - 1U] : std::string_view("");
}

}  // namespace callstore::record
