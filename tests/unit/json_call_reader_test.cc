// Goal:   every call is read as the contract says, and a wrong one is refused by name.
#include <gtest/gtest.h>

#include "json/call_reader.h"
#include "json_fixture.h"

namespace callstore::json {
namespace {

using record::Draft;
using record::DraftTurnKind;
using test::JsonValue;

// Keeps the reader that the draft's views point into.
struct Reading {
  CallReader reader;
  Draft draft;
  Result<void> result;
};

std::unique_ptr<Reading> Read(std::string_view text) {
  auto reading = std::make_unique<Reading>();
  reading->result = reading->reader.Read(text, &reading->draft);
  return reading;
}

TEST(JsonCallReader, EmptyObjectIsEmptyDraft) {
  const auto reading = Read("{}");
  ASSERT_TRUE(reading->result);
  EXPECT_FALSE(reading->draft.metadata || reading->draft.events || reading->draft.has_latency ||
               reading->draft.has_transcript_object || reading->draft.has_turns);
  EXPECT_EQ(reading->draft.extra, "");
}

TEST(JsonCallReader, NullIsAbsentForDocumentedFields) {
  const auto reading = Read(R"({"id":null,"call_id":null,"organization_id":null,"agent_id":null,
    "start_timestamp":null,"call_duration":null,"opt_out_sensitive_data_storage":null,
    "metadata":null,"events":null,"transcript":null,"transcript_object":null,
    "transcript_with_tool_calls":null,"latency":null,"call_analysis":null,"call_cost":null,
    "telephony_identifier":null,"stored_at":null})");
  ASSERT_TRUE(reading->result) << reading->result.error().ToString();
  const Draft& draft = reading->draft;
  EXPECT_TRUE(draft.id.empty() && !draft.call_id && !draft.agent_id && !draft.start_timestamp &&
              !draft.call_duration && !draft.metadata && !draft.events && !draft.transcript);
  EXPECT_FALSE(draft.has_transcript_object || draft.has_turns || draft.has_latency ||
               draft.has_call_analysis || draft.has_call_cost || draft.has_telephony);
  EXPECT_EQ(draft.extra, "");
}

TEST(JsonCallReader, NullIsAbsentInNestedFields) {
  const auto reading = Read(R"({"latency":{"e2e":{"p50":null,"values":null},"llm":null},
    "call_analysis":{"call_successful":null,"custom_analysis_data":null,"x":null},
    "call_cost":{"combined_cost":null},"metadata":{"a":null}})");
  ASSERT_TRUE(reading->result) << reading->result.error().ToString();
  const Draft& draft = reading->draft;
  ASSERT_EQ(draft.latency.size(), 1U);
  EXPECT_FALSE(draft.latency[0].p50 || draft.latency[0].has_values);
  EXPECT_EQ(draft.custom_analysis_data, "");
  EXPECT_EQ(draft.analysis_extra, R"({"x":null})");
  EXPECT_EQ(draft.metadata, R"({"a":null})");
  EXPECT_TRUE(draft.has_call_cost && !draft.combined_cost);
}

TEST(JsonCallReader, UnknownMembersAreKeptWhereTheyStand) {
  const auto reading = Read(R"({"id":"a", "x" : [1, "a b"], "\u0079":null,
    "latency":{"e2e":{"p50":1.5,"p42":2,"unit":"ms"},"new":{"max":1}},
    "call_cost":{"combined_cost":0.25,"total":{"a": 1}},
    "telephony_identifier":{"sip":true},"stored_at":12,"changed_at":-1.0})");
  ASSERT_TRUE(reading->result) << reading->result.error().ToString();
  const Draft& draft = reading->draft;
  EXPECT_EQ(draft.extra, R"({"x":[1,"a b"],"\u0079":null})");
  ASSERT_EQ(draft.latency.size(), 2U);
  EXPECT_EQ(draft.latency[0].extra, R"({"p42":2,"unit":"ms"})");
  EXPECT_EQ(draft.latency[1].component, "new");
  EXPECT_EQ(draft.cost_extra, R"({"total":{"a":1}})");
  EXPECT_EQ(draft.telephony_extra, R"({"sip":true})");
}

TEST(JsonCallReader, InexactNumbersStandInExtraToo) {
  const auto reading = Read(R"({"call_duration":0.1234567890123456789,
    "call_cost":{"combined_cost":9007199254740993},
    "latency":{"e2e":{"max":1e-400,"min":1.5,"values":[1, 0.30000000000000000001]},
               "llm":{"values":[1,2.5]}}})");
  ASSERT_TRUE(reading->result) << reading->result.error().ToString();
  const Draft& draft = reading->draft;
  EXPECT_EQ(draft.extra, R"({"call_duration":0.1234567890123456789})");
  EXPECT_EQ(draft.call_duration, 0.1234567890123456789);
  EXPECT_EQ(draft.cost_extra, R"({"combined_cost":9007199254740993})");
  EXPECT_EQ(draft.latency[0].extra, R"({"max":1e-400,"values":[1,0.30000000000000000001]})");
  EXPECT_FALSE(draft.latency[0].has_values);
  EXPECT_TRUE(draft.latency[1].has_values);
  EXPECT_EQ(draft.values, (std::vector<double>{1, 2.5}));
}

TEST(JsonCallReader, TimestampsAreWholeNumbers) {
  const auto reading =
      Read(R"({"start_timestamp":1703097600000.0,"end_timestamp":1.7030982e12,"created_at":-5})");
  ASSERT_TRUE(reading->result);
  EXPECT_EQ(reading->draft.start_timestamp, 1703097600000);
  EXPECT_EQ(reading->draft.end_timestamp, 1703098200000);
  EXPECT_EQ(reading->draft.created_at, -5);
}

TEST(JsonCallReader, WrongValueIsRefusedByPath) {
  struct Case {
    std::string_view text, path, value;
  };
  const Case cases[] = {
      {R"([])", "$", "[]"},
      {R"("call")", "$", "\"call\""},
      {R"({"id":5})", "$.id", "5"},
      {R"({"id":""})", "$.id", "\"\""},
      {R"({"call_id":false})", "$.call_id", "false"},
      {R"({"start_timestamp":"1"})", "$.start_timestamp", "\"1\""},
      {R"({"start_timestamp":1.5})", "$.start_timestamp", "1.5"},
      {R"({"created_at":9223372036854775808})", "$.created_at", "9223372036854775808"},
      {R"({"stored_at":"now"})", "$.stored_at", "\"now\""},
      {R"({"call_duration":1e400})", "$.call_duration", "1e400"},
      {R"({"opt_out_sensitive_data_storage":1})", "$.opt_out_sensitive_data_storage", "1"},
      {R"({"metadata":[1]})", "$.metadata", "[1]}"},
      {R"({"events":{}})", "$.events", "{}}"},
      {R"({"events":[{},1]})", "$.events[1]", "1"},
      {R"({"transcript":{}})", "$.transcript", "{}}"},
      {R"({"latency":{"e2e":3}})", "$.latency.e2e", "3"},
      {R"({"latency":{"e2e":{"p50":"1"}}})", "$.latency.e2e.p50", "\"1\""},
      {R"({"latency":{"e2e":{"values":[1,null]}}})", "$.latency.e2e.values[1]", "null"},
      {R"({"call_analysis":{"in_voicemail":"no"}})", "$.call_analysis.in_voicemail", "\"no\""},
      {R"({"call_analysis":[]})", "$.call_analysis", "[]}"},
      {R"({"transcript_object":[{"role":"user","content":"a"},{"role":1}]})",
       "$.transcript_object[1].role", "1"},
      {R"({"transcript_object":[[]]})", "$.transcript_object[0]", "[]]}"},
      {R"({"transcript_object":[{"words":{}}]})", "$.transcript_object[0].words", "{}}]}"},
      {R"({"transcript_with_tool_calls":[{"role":"x","role":"y"}]})",
       "$.transcript_with_tool_calls[0]", "\"role\""},
      {R"({"transcript_with_tool_calls":["x"]})", "$.transcript_with_tool_calls[0]", "\"x\""},
      {R"({"id":"a","call\u005fid":"b","call_id":"c"})", "$", "\"call_id\""},
      {R"({"x":1,"y":2,"x":3})", "$", "\"x\""},
  };
  for (const Case& c : cases) {
    const auto reading = Read(c.text);
    ASSERT_FALSE(reading->result) << c.text;
    const Error& error = reading->result.error();
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << c.text;
    EXPECT_EQ(error.Detail("path"), c.path) << c.text;
    EXPECT_EQ(error.Detail("value"), c.value) << c.text;
    EXPECT_FALSE(error.Detail("valid").empty()) << c.text;
  }
}

TEST(JsonCallReader, IdLengthIsBounded) {
  const auto call = [](std::size_t size) { return "{\"id\":\"" + std::string(size, 'x') + "\"}"; };
  EXPECT_TRUE(Read(call(512))->result);
  EXPECT_FALSE(Read(call(513))->result);
}

TEST(JsonCallReader, DepthOverLimitIsTooLarge) {
  const auto call = [](std::size_t depth) {
    return "{\"metadata\":{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}}";
  };
  EXPECT_TRUE(Read(call(62))->result);
  const auto deep = Read(call(63));
  ASSERT_FALSE(deep->result);
  EXPECT_EQ(deep->result.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(deep->result.error().Detail("limit"), "64 levels");
}

TEST(JsonCallReader, UsualWordsBecomeMilliseconds) {
  const auto reading = Read(R"({"transcript_object":[{"role":"user","content":"Hi you","words":[
    {"word":"Hi","start":0.4,"end":0.659},{"word": "you", "end":3, "start":1e0}]},
    {"role":"agent","content":"x","words":[]},{"role":"agent","content":"y"},
    {"role":"agent","content":"z","words":[{"word":"z","start":null}]}]})");
  ASSERT_TRUE(reading->result) << reading->result.error().ToString();
  const Draft& draft = reading->draft;
  ASSERT_EQ(draft.transcript_object_count, 4U);
  ASSERT_EQ(draft.words.size(), 3U);
  EXPECT_EQ(draft.words[0].start_ms, 400U);
  EXPECT_EQ(draft.words[0].end_ms, 659U);
  EXPECT_EQ(draft.words[1].word, "you");
  EXPECT_EQ(draft.words[1].start_ms, 1000U);
  EXPECT_EQ(draft.words[1].end_ms, 3000U);
  EXPECT_EQ(draft.words[2].start_ms, record::kNoTime);
  EXPECT_TRUE(draft.utterances[1].has_words);
  EXPECT_FALSE(draft.utterances[2].has_words);
  for (const auto& utterance : draft.utterances) EXPECT_EQ(utterance.json, "");
}

TEST(JsonCallReader, OddUtteranceKeepsItsJson) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"role":"user","content":"a","mood":1})", R"({"role":"user","content":"a","mood":1})"},
      {R"({"role":"user"})", R"({"role":"user"})"},
      {R"({"role":null,"content":"a"})", R"({"content":"a"})"},
      {R"({"role":"user","content":"a","words":[{"word":"a","start":0.0005}]})",
       R"({"role":"user","content":"a","words":[{"word":"a","start":0.0005}]})"},
      {R"({"role":"user","content":"a","words":[{"word":"a","start":-1,"end":null}]})",
       R"({"role":"user","content":"a","words":[{"word":"a","start":-1}]})"},
      {R"({"role":"user","content":"a","words":[{"start": 1},null]})",
       R"({"role":"user","content":"a","words":[{"start":1},null]})"},
      {R"({"role":"user","content":"a","words":[{"word":7},{"word":"a","start":"1"}]})",
       R"({"role":"user","content":"a","words":[{"word":7},{"word":"a","start":"1"}]})"},
      {R"({"role":"user","content":"a","words":[{"word":"a","p":1}],"x":null})",
       R"({"role":"user","content":"a","words":[{"word":"a","p":1}],"x":null})"},
  };
  for (const auto& [text, json] : cases) {
    const auto reading = Read("{\"transcript_object\":[" + std::string(text) + "]}");
    ASSERT_TRUE(reading->result) << text << reading->result.error().ToString();
    ASSERT_EQ(reading->draft.utterances.size(), 1U);
    EXPECT_EQ(reading->draft.utterances[0].json, json);
    EXPECT_TRUE(reading->draft.words.empty());
  }
}

constexpr std::string_view kTurns = R"([{"role":"user","content":"a"},
    {"role":"tool_call_invocation","tool_call_id":"t","name":"n","arguments":"{\"k\":1}"},
    {"role":"agent","content":"b"},
    {"role":"tool_call_result","tool_call_id":"t","content":"c","successful":false},
    {"role":"tool_call_result","tool_call_id":"t","content":"c","successful":null},
    {"role":"tool_call_result","tool_call_id":"t","content":{}},
    {"role":"tool_call_invocation","tool_call_id":"t","name":"n","arguments":null},
    {"role":"dtmf","digit":"4","content":null},{"role":"user","content":"own","words":[]}])";

void CheckTurns(const Draft& draft) {
  const auto& turns = draft.turns;
  ASSERT_EQ(turns.size(), 9U);
  ASSERT_EQ(draft.transcript_object_count, 2U);
  EXPECT_EQ(turns[0].kind, DraftTurnKind::kUtterance);
  EXPECT_EQ(turns[0].utterance, 0U);
  EXPECT_EQ(turns[1].kind, DraftTurnKind::kInvocation);
  EXPECT_EQ(turns[1].arguments, R"({"k":1})");
  EXPECT_EQ(turns[2].utterance, 1U);
  EXPECT_EQ(turns[3].kind, DraftTurnKind::kResult);
  EXPECT_EQ(turns[3].successful, false);
  EXPECT_EQ(turns[4].kind, DraftTurnKind::kResult);
  EXPECT_EQ(turns[4].successful, std::nullopt);
  EXPECT_EQ(turns[5].json, R"({"role":"tool_call_result","tool_call_id":"t","content":{}})");
  EXPECT_EQ(turns[6].json, R"({"role":"tool_call_invocation","tool_call_id":"t","name":"n"})");
  EXPECT_EQ(turns[6].role, "tool_call_invocation");
  EXPECT_EQ(turns[7].kind, DraftTurnKind::kOther);
  EXPECT_EQ(turns[7].json, R"({"role":"dtmf","digit":"4","content":null})");
  EXPECT_EQ(turns[8].utterance, 2U);
  EXPECT_EQ(draft.utterances[2].content, "own");
}

TEST(JsonCallReader, TurnsReferToUtterancesInEitherOrder) {
  const std::string utterances =
      R"("transcript_object":[{"role":"user","content":"a"},{"role":"agent","content":"b"}])";
  const std::string turns = "\"transcript_with_tool_calls\":" + std::string(kTurns);
  for (const std::string& text :
       {"{" + utterances + "," + turns + "}", "{" + turns + ",\"x\":\"\\n\"," + utterances + "}"}) {
    const auto reading = Read(text);
    ASSERT_TRUE(reading->result) << reading->result.error().ToString();
    CheckTurns(reading->draft);
  }
}

TEST(JsonCallReader, RepeatedTurnIsNotTakenForAnother) {
  // The second utterance equals the first turn, but is not the next one to be repeated.
  const auto reading = Read(R"({"transcript_object":[{"role":"user","content":"a"},
    {"role":"user","content":"ab"}],"transcript_with_tool_calls":[{"role":"user","content":"ab"},
    {"role":"user","content":"a"}]})");
  ASSERT_TRUE(reading->result);
  EXPECT_EQ(reading->draft.utterances[reading->draft.turns[0].utterance].content, "ab");
  EXPECT_EQ(reading->draft.turns[1].utterance, 0U);
}

TEST(JsonCallReader, ReaderIsGoodAfterFaultAndLargeCall) {
  CallReader reader;
  Draft draft;
  EXPECT_FALSE(reader.Read("{\"id\":", &draft));
  ASSERT_TRUE(reader.Read("{\"transcript\":\"" + std::string(3 << 20, 'x') + "\"}", &draft));
  EXPECT_EQ(draft.transcript->size(), 3U << 20);
  ASSERT_TRUE(reader.Read(R"({"id":"a\n"})", &draft));
  EXPECT_EQ(draft.id, "a\n");
  EXPECT_FALSE(draft.transcript);
}

TEST(JsonCallReader, EveryTruncationOfACallIsRefused) {
  const std::string text =
      "{\"transcript_object\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"agent\","
      "\"content\":\"b c\",\"words\":[{\"word\":\"b\",\"start\":1.25,\"end\":2},{\"word\":\"c\","
      "\"start\":3,\"end\":4.5}]}],\"transcript_with_tool_calls\":" +
      std::string(kTurns) + ",\"latency\":{\"e2e\":{\"values\":[1.5]}},\"x\":{\"y\":[1]}}";
  ASSERT_TRUE(Read(text)->result) << Read(text)->result.error().ToString();
  for (std::size_t size = 0; size < text.size(); ++size) {
    // Of its own size on the heap, so that a sanitizer sees every read beyond it.
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(Read({cut.data(), cut.size()})->result) << size;
  }
}

}  // namespace
}  // namespace callstore::json
