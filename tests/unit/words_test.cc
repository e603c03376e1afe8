// Goal:   a code on disk means one word for ever, and every word comes back.
#include "record/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace callstore::record {
namespace {

constexpr WordSet kSets[] = {WordSet::kCallStatus,      WordSet::kCallType,
                             WordSet::kDirection,       WordSet::kDisconnectionReason,
                             WordSet::kUserSentiment,   WordSet::kRole,
                             WordSet::kLatencyComponent};

bool CaseMatters(WordSet set) { return set == WordSet::kRole || set == WordSet::kLatencyComponent; }

std::string Changed(std::string_view word, int (*change)(int)) {
  std::string changed(word);
  for (char& c : changed) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return changed;
}

TEST(Words, EveryWordHasItsOwnCode) {
  for (const WordSet set : kSets) {
    std::set<std::string> lower;
    const auto words = WordsOf(set);
    ASSERT_FALSE(words.empty());
    ASSERT_LT(words.size(), kOtherWord);
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_TRUE(lower.insert(Changed(words[i], std::tolower)).second) << words[i] << " twice";
      EXPECT_EQ(CodeOf(set, words[i]), i + 1);
      EXPECT_EQ(WordOf(set, static_cast<std::uint8_t>(i + 1)), words[i]);
    }
  }
}

TEST(Words, LetterCaseMattersForRolesAndComponentsAlone) {
  for (const WordSet set : kSets) {
    for (const std::string_view word : WordsOf(set)) {
      const std::string upper = Changed(word, std::toupper);
      const std::string lower = Changed(word, std::tolower);
      const std::string& other = upper == word ? lower : upper;
      EXPECT_EQ(CodeOf(set, other), CaseMatters(set) ? kOtherWord : CodeOf(set, word)) << other;
    }
  }
}

TEST(Words, UnknownWordHasNoCodeOfItsOwn) {
  for (const WordSet set : kSets) {
    for (const std::string_view word : {"", "E", "ENDED ", "WARPED", "\xC3\xBC", "ENDE"}) {
      EXPECT_EQ(CodeOf(set, word), kOtherWord) << word;
    }
    EXPECT_EQ(WordOf(set, 0), "");
    EXPECT_EQ(WordOf(set, kOtherWord), "");
    EXPECT_EQ(WordOf(set, static_cast<std::uint8_t>(WordsOf(set).size() + 1)), "");
  }
}

// Codes are on disk: a word may be added at the end, never moved.
TEST(Words, CodesAreFixed) {
  EXPECT_EQ(WordOf(WordSet::kCallStatus, 1), "REGISTERED");
  EXPECT_EQ(WordOf(WordSet::kCallStatus, 5), "ONGOING");
  EXPECT_EQ(WordOf(WordSet::kCallStatus, 7), "ENDED");
  EXPECT_EQ(WordOf(WordSet::kCallStatus, 11), "CANCELED");
  EXPECT_EQ(WordOf(WordSet::kCallType, 2), "WEB_CALL");
  EXPECT_EQ(WordOf(WordSet::kDirection, 1), "INBOUND");
  EXPECT_EQ(WordOf(WordSet::kDisconnectionReason, 1), "USER_HANGUP");
  EXPECT_EQ(WordOf(WordSet::kDisconnectionReason, 9), "DIAL_NO_ANSWER");
  EXPECT_EQ(WordOf(WordSet::kDisconnectionReason, 28), "REGISTERED_CALL_TIMEOUT");
  EXPECT_EQ(WordOf(WordSet::kUserSentiment, 3), "Neutral");
  EXPECT_EQ(WordOf(WordSet::kRole, 3), "transfer_target");
  EXPECT_EQ(WordOf(WordSet::kLatencyComponent, 7), "llm_websocket_network_rtt");
}

}  // namespace
}  // namespace callstore::record
