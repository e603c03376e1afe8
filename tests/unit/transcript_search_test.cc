// Goal:   a search finds words where they were said, whole and in any letter case, and knows when.
// Method: calls by way of their records.
#include "callstore/transcript_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "json_fixture.h"

namespace callstore {

bool operator==(const TranscriptHit& a, const TranscriptHit& b) {
  return a.utterance == b.utterance && a.offset_bytes == b.offset_bytes &&
         a.size_bytes == b.size_bytes && a.start == b.start && a.end == b.end;
}

void PrintTo(const TranscriptHit& hit, std::ostream* out) {
  *out << "utterance " << hit.utterance << " at " << hit.offset_bytes << "+" << hit.size_bytes
       << " from " << hit.start.value_or(-1) << " to " << hit.end.value_or(-1);
}

namespace {

using test::KeptCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

KeptCall CallOf(std::string_view members) {
  auto kept = test::Keep(R"({"id":"x",)" + std::string(members) + "}");
  EXPECT_TRUE(kept) << kept.error().ToString();
  return *std::move(kept);
}

constexpr std::string_view kTalk = R"("transcript_object":[
  {"role":"agent","content":"Hello, don't hang up!","words":[
    {"word":"Hello,","start":0.5,"end":0.9},{"word":"don't","start":1,"end":1.25},
    {"word":"hang","start":1.5},{"word":"up!","end":2}]},
  {"role":"user","content":"¿QUÉ? hello"},
  {"role":"user","content":"wellhello there","words":[
    {"word":"well","start":3,"end":3.5},{"word":"hello","start":3.5,"end":4},
    {"word":"there","start":4,"end":5}]}])";

TEST(TranscriptHas, AllWordsInAnyOrderAndCaseAreNeeded) {
  const KeptCall call = CallOf(R"("transcript":"Agent: Good Morning, straße.\nUser: morning")");
  for (const char* const words : {"morning", "MORNING good", "Straße", "STRASSE", "user agent",
                                  "good good good", "  morning,,  "}) {
    EXPECT_TRUE(TranscriptHas(call.view(), words)) << words;
  }
  for (const char* const words :
       {"mornin", "mornings", "good evening", "morning evening", "strase"}) {
    EXPECT_FALSE(TranscriptHas(call.view(), words)) << words;
  }
}

TEST(TranscriptHas, TextWithoutWordsMatchesNothing) {
  const KeptCall call = CallOf(R"("transcript":"a ?!")");
  EXPECT_FALSE(TranscriptHas(call.view(), ""));
  EXPECT_FALSE(TranscriptHas(call.view(), " ?! "));
}

TEST(TranscriptHas, UtterancesStandInForAnAbsentTranscript) {
  const KeptCall talk = CallOf(kTalk);
  EXPECT_TRUE(TranscriptHas(talk.view(), "qué there up")) << "words of several utterances";
  EXPECT_FALSE(TranscriptHas(talk.view(), "well")) << "a part of a word";
  EXPECT_FALSE(TranscriptHas(talk.view(), "helloh")) << "no word goes on in the next utterance";
  const KeptCall both = CallOf(R"("transcript":"something else",)" + std::string(kTalk));
  EXPECT_TRUE(TranscriptHas(both.view(), "something"));
  EXPECT_FALSE(TranscriptHas(both.view(), "hello"));
}

TEST(TranscriptHas, CallWithoutTranscriptOrNotLoadedMatchesNothing) {
  EXPECT_FALSE(TranscriptHas(CallOf(R"("agent_id":"hello")").view(), "hello"));
  const KeptCall talk = CallOf(kTalk);
  EXPECT_FALSE(TranscriptHas(talk.view(false), "hello"));
  EXPECT_THAT(FindInTranscript(talk.view(false), "hello"), IsEmpty());
}

TEST(FindInTranscript, HitsAreInOrderWithTheTimesOfTheirWords) {
  const KeptCall talk = CallOf(kTalk);
  EXPECT_THAT(FindInTranscript(talk.view(), "HELLO there"),
              ElementsAre(TranscriptHit{0, 0, 5, 0.5, 0.9}, TranscriptHit{1, 8, 5},
                          TranscriptHit{2, 10, 5, 4, 5}));
  EXPECT_THAT(FindInTranscript(talk.view(), "t don"),
              ElementsAre(TranscriptHit{0, 7, 3, 1, 1.25}, TranscriptHit{0, 11, 1, 1, 1.25}))
      << "both are in the word don't";
  EXPECT_THAT(FindInTranscript(talk.view(), "wellhello"), ElementsAre(TranscriptHit{2, 0, 9, 3, 4}))
      << "two words as they were stored";
  EXPECT_THAT(FindInTranscript(talk.view(), "qué"), ElementsAre(TranscriptHit{1, 2, 4}));
}

TEST(FindInTranscript, NeighboursThatOnlyTouchLendNoTimes) {
  const KeptCall call = CallOf(R"("transcript_object":[
    {"role":"user","content":"well,hello","words":[{"word":"well","start":1,"end":2},
      {"word":",","start":3,"end":4},{"word":"hello","start":5,"end":6}]},
    {"role":"user","content":"ab","words":[{"word":"a","start":1,"end":2},
      {"word":"","start":8,"end":9}]}])");
  ASSERT_EQ(call.view().utterance(0).json(), "");
  ASSERT_EQ(call.view().utterance(1).json(), "");
  EXPECT_THAT(FindInTranscript(call.view(), "hello well ab"),
              ElementsAre(TranscriptHit{0, 0, 4, 1, 2}, TranscriptHit{0, 5, 5, 5, 6},
                          TranscriptHit{1, 0, 2, 1, 2}));
}

TEST(FindInTranscript, AbsentTimeIsAbsent) {
  const KeptCall talk = CallOf(kTalk);
  EXPECT_THAT(FindInTranscript(talk.view(), "hang up"),
              ElementsAre(TranscriptHit{0, 13, 4, 1.5, std::nullopt},
                          TranscriptHit{0, 18, 2, std::nullopt, 2.0}));
}

TEST(FindInTranscript, HitsAreInTheUtterancesWhateverTheTranscriptIs) {
  const KeptCall both = CallOf(R"("transcript":"something else",)" + std::string(kTalk));
  EXPECT_THAT(FindInTranscript(both.view(), "something"), IsEmpty());
  EXPECT_THAT(FindInTranscript(both.view(), "hello"), SizeIs(2));
}

TEST(FindInTranscript, LimitEndsTheSearch) {
  const KeptCall talk = CallOf(kTalk);
  EXPECT_THAT(FindInTranscript(talk.view(), "hello there up", 1),
              ElementsAre(TranscriptHit{0, 0, 5, 0.5, 0.9}));
  EXPECT_THAT(FindInTranscript(talk.view(), "hello there up", 3),
              ElementsAre(TranscriptHit{0, 0, 5, 0.5, 0.9},
                          TranscriptHit{0, 18, 2, std::nullopt, 2.0}, TranscriptHit{1, 8, 5}));
  EXPECT_THAT(FindInTranscript(talk.view(), "hello", 0), IsEmpty());
  EXPECT_THAT(FindInTranscript(talk.view(), "?"), IsEmpty());
}

TEST(FindInTranscript, UtteranceKeptAsJsonHasTheTimesOfItsWords) {
  const KeptCall odd = CallOf(R"("transcript_object":[{"role":"user","mood":1,
    "content":"yes yes \"sure\" thing","words":[{"word":"yes","start":0.12345},
    {"word":"nowhere","start":7,"end":8},{"word":"yes","start":1.5,"end":2},{"start":9},7,
    {"word":"\"sure\"","start":"late","end":1e400},{"word":"thing","end":4}]}])");
  ASSERT_NE(odd.view().utterance(0).json(), "");
  EXPECT_THAT(
      FindInTranscript(odd.view(), "yes sure thing"),
      ElementsAre(TranscriptHit{0, 0, 3, 0.12345, std::nullopt}, TranscriptHit{0, 4, 3, 1.5, 2.0},
                  TranscriptHit{0, 9, 4}, TranscriptHit{0, 15, 5, std::nullopt, 4.0}));
}

TEST(FindInTranscript, WordsFarFromTheirUtteranceHaveNoPlace) {
  const std::string far(100, '.');
  const KeptCall odd = CallOf(R"("transcript_object":[{"role":"user","content":"a )" + far +
                              R"( b","words":[{"word":"a","start":1},{"word":"b","start":2}]}])");
  EXPECT_THAT(FindInTranscript(odd.view(), "a b"),
              ElementsAre(TranscriptHit{0, 0, 1, 1.0, std::nullopt}, TranscriptHit{0, 103, 1}));
}

TEST(FindInTranscript, UtteranceWithoutContentOrWordsHasNoTimes) {
  const KeptCall bare = CallOf(R"("transcript_object":[{"content":"hello","words":[5]},
    {"role":"user"},{"role":"user","content":"hello","words":[]},{"content":"hello"}])");
  EXPECT_THAT(FindInTranscript(bare.view(), "hello"),
              ElementsAre(TranscriptHit{0, 0, 5}, TranscriptHit{2, 0, 5}, TranscriptHit{3, 0, 5}));
}

}  // namespace
}  // namespace callstore
