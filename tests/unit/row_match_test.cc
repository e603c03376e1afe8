// Goal:   a condition on a row reads the field that it names, and what is not known without the
//         transcript is said to be so, and only then.
// Method: calls by way of their records; conditions and trees by hand.
#include "store/row_match.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_fixture.h"

namespace callstore::store {
namespace {

using query::Condition;
using query::FieldId;
using query::FieldRef;
using query::Node;
using query::Scalar;
using query::ValueView;
using test::KeptCall;

constexpr std::string_view kCall = R"({
  "id":"550e8400-e29b-41d4-a716-446655440000","call_id":"call-456","agent_id":"agent-123",
  "call_status":"ended","call_type":"PHONE_CALL","direction":"SIDEWAYS",
  "from_number":"+1","to_number":"+2","start_timestamp":1000,"end_timestamp":61000,
  "call_duration":600.25,"disconnection_reason":"user_hangup","recording_url":"https://r",
  "public_log_url":"","metadata":{"a.b":1,"a":{"b":2,"c":{"d":"deep"}},"none":null,
    "tags":["x","y"]},
  "transcript":"Good morning",
  "transcript_with_tool_calls":[
    {"role":"agent","content":"one moment"},
    {"role":"tool_call_invocation","tool_call_id":"t1","name":"look_up","arguments":"{}"},
    {"role":"tool_call_result","tool_call_id":"t1","content":"found","successful":true},
    {"role":"dtmf","name":"not_a_call","successful":false}],
  "latency":{"e2e":{"p50":150.5,"max":9,"num":3},"my.own":{"p99":7}},
  "call_analysis":{"call_successful":false,"call_summary":"done","user_sentiment":"positive",
    "in_voicemail":true,"custom_analysis_data":{"score":7.5}},
  "call_cost":{"combined_cost":0.25},
  "telephony_identifier":{"call_sid":"CA1","conference_sid":"CF1"},
  "created_at":-5,"updated_at":6})";

KeptCall Keep(std::string_view json) {
  auto kept = test::Keep(json);
  EXPECT_TRUE(kept) << kept.error().ToString();
  return *std::move(kept);
}

Node Leaf(Condition condition) {
  Node node;
  node.kind = Node::Kind::kCondition;
  node.condition = std::move(condition);
  return node;
}

Node Equal(FieldRef field, Scalar value) {
  Condition condition;
  condition.field = std::move(field);
  condition.one_of.push_back(std::move(value));
  return Leaf(std::move(condition));
}

Node Present(FieldRef field) {
  Condition condition;
  condition.field = std::move(field);
  condition.present = true;
  return Leaf(std::move(condition));
}

Node Search(std::string words) {
  Condition condition;
  condition.field.id = FieldId::kTranscriptSearch;
  condition.search = std::move(words);
  return Leaf(std::move(condition));
}

Node Join(Node::Kind kind, std::vector<Node> children) {
  Node node;
  node.kind = kind;
  node.children = std::move(children);
  return node;
}
Node And(std::vector<Node> children) { return Join(Node::Kind::kAnd, std::move(children)); }
Node Or(std::vector<Node> children) { return Join(Node::Kind::kOr, std::move(children)); }
Node Not(Node child) { return Join(Node::Kind::kNot, {std::move(child)}); }

const Node kYes;  // everything
const Node kNo = Join(Node::Kind::kOr, {});
const Node kOpen = Search("morning");

bool Matches(const Node& node, std::string_view json) {
  const KeptCall call = Keep(json);
  const Verdict verdict = MatchRow(node, call.view());
  EXPECT_NE(verdict, Verdict::kNeedsTranscript) << json;
  return verdict == Verdict::kYes;
}

TEST(ValueOf, EveryFieldReadsItsOwnMember) {
  const KeptCall kept = Keep(kCall);
  const CallView call = kept.view(false);
  const std::vector<std::pair<FieldRef, ValueView>> expected = {
      {{FieldId::kId}, "550e8400-e29b-41d4-a716-446655440000"},
      {{FieldId::kCallId}, "call-456"},
      {{FieldId::kAgentId}, "agent-123"},
      {{FieldId::kFromNumber}, "+1"},
      {{FieldId::kToNumber}, "+2"},
      {{FieldId::kRecordingUrl}, "https://r"},
      {{FieldId::kPublicLogUrl}, ""},
      {{FieldId::kCallStatus}, "ENDED"},
      {{FieldId::kCallType}, "PHONE_CALL"},
      {{FieldId::kDirection}, "SIDEWAYS"},
      {{FieldId::kDisconnectionReason}, "USER_HANGUP"},
      {{FieldId::kStartTimestamp}, std::int64_t{1000}},
      {{FieldId::kEndTimestamp}, std::int64_t{61000}},
      {{FieldId::kCreatedAt}, std::int64_t{-5}},
      {{FieldId::kUpdatedAt}, std::int64_t{6}},
      {{FieldId::kCallDuration}, 600.25},
      {{FieldId::kOptOut}, false},
      {{FieldId::kCallSuccessful}, false},
      {{FieldId::kInVoicemail}, true},
      {{FieldId::kUserSentiment}, "Positive"},
      {{FieldId::kCallSummary}, "done"},
      {{FieldId::kCombinedCost}, 0.25},
      {{FieldId::kLatency, "e2e.p50"}, 150.5},
      {{FieldId::kLatency, "e2e.max"}, 9.0},
      {{FieldId::kLatency, "e2e.num"}, 3.0},
      {{FieldId::kLatency, "my.own.p99"}, 7.0},
      {{FieldId::kCallSid}, "CA1"},
      {{FieldId::kConferenceSid}, "CF1"},
  };
  for (const auto& [field, value] : expected) {
    const auto read = ValueOf(field, call);
    ASSERT_TRUE(read) << static_cast<int>(field.id) << " " << field.key;
    EXPECT_EQ(*read, value) << static_cast<int>(field.id) << " " << field.key;
  }
}

TEST(ValueOf, AbsentFieldIsNothing) {
  const KeptCall bare = Keep(R"({"id":"x"})");
  for (int id = 0; id <= static_cast<int>(FieldId::kTranscriptSearch); ++id) {
    FieldRef field{static_cast<FieldId>(id)};
    if (field.id == FieldId::kLatency) field.key = "e2e.p50";
    const bool always = field.id == FieldId::kId || field.id == FieldId::kOptOut;
    EXPECT_EQ(ValueOf(field, bare.view()).has_value(), always) << id;
  }
  const KeptCall call = Keep(kCall);
  for (const char* const key : {"e2e.min", "llm.p50", "e2e", "e2e.values", "", "own.p99"}) {
    EXPECT_FALSE(ValueOf({FieldId::kLatency, key}, call.view())) << key;
  }
}

TEST(EffectiveDuration, IsAsGivenElseEndLessStart) {
  const auto duration = [](std::string_view members) {
    return EffectiveDuration(Keep(R"({"id":"x")" + std::string(members) + "}").view());
  };
  EXPECT_EQ(duration(R"(,"call_duration":5,"start_timestamp":1,"end_timestamp":9)"), 5.0);
  EXPECT_EQ(duration(R"(,"start_timestamp":1,"end_timestamp":9)"), 8.0);
  EXPECT_EQ(duration(R"(,"start_timestamp":9,"end_timestamp":1)"), -8.0);
  EXPECT_EQ(duration(R"(,"start_timestamp":9)"), std::nullopt);
  EXPECT_EQ(duration(R"(,"end_timestamp":9)"), std::nullopt);
  EXPECT_EQ(
      duration(R"(,"start_timestamp":-9223372036854775808,"end_timestamp":9223372036854775807)"),
      std::ldexp(1, 64));
}

TEST(JsonOf, LiteralKeyComesBeforeThePath) {
  const KeptCall kept = Keep(kCall);
  const CallView call = kept.view(false);
  EXPECT_EQ(JsonOf({FieldId::kMetadata, "a.b"}, call), "1");
  EXPECT_EQ(JsonOf({FieldId::kMetadata, "a.c.d"}, call), "\"deep\"");
  EXPECT_EQ(JsonOf({FieldId::kMetadata, "none"}, call), "null");
  EXPECT_EQ(JsonOf({FieldId::kMetadata, "score"}, call), std::nullopt);
  EXPECT_EQ(JsonOf({FieldId::kCustomAnalysisData, "score"}, call), "7.5");
  EXPECT_EQ(JsonOf({FieldId::kCustomAnalysisData, "a.b"}, call), std::nullopt);
}

TEST(JsonOf, AnalysisThatIsNoObjectHasNoKeys) {
  for (const char* const data : {"7", "[{\"a\":1}]", "\"a\"", "null"}) {
    const KeptCall call =
        Keep(R"({"id":"x","call_analysis":{"custom_analysis_data":)" + std::string(data) + "}}");
    EXPECT_EQ(JsonOf({FieldId::kCustomAnalysisData, "a"}, call.view()), std::nullopt) << data;
  }
}

TEST(MatchRow, ConditionsAreTestedOnTheirField) {
  EXPECT_TRUE(Matches(Equal({FieldId::kAgentId}, "agent-123"), kCall));
  EXPECT_FALSE(Matches(Equal({FieldId::kAgentId}, "agent-12"), kCall));
  EXPECT_FALSE(Matches(Equal({FieldId::kCallId}, "agent-123"), kCall));
  EXPECT_TRUE(Matches(Equal({FieldId::kMetadata, "tags"}, "y"), kCall)) << "any element";
  EXPECT_FALSE(Matches(Equal({FieldId::kMetadata, "tags"}, "z"), kCall));
  EXPECT_TRUE(Matches(Equal({FieldId::kCustomAnalysisData, "score"}, 7.5), kCall));
}

TEST(MatchRow, AbsentFieldMatchesOnlyNegation) {
  const Node condition = Equal({FieldId::kAgentId}, "agent-123");
  EXPECT_FALSE(Matches(condition, R"({"id":"x"})"));
  EXPECT_TRUE(Matches(Not(condition), R"({"id":"x"})"));
  EXPECT_FALSE(Matches(Not(condition), kCall));
  EXPECT_FALSE(Matches(Present({FieldId::kMetadata, "a"}), R"({"id":"x"})"));
  EXPECT_TRUE(Matches(Present({FieldId::kMetadata, "a"}), kCall));
}

TEST(MatchRow, OptOutIsAlwaysPresent) {
  EXPECT_TRUE(Matches(Present({FieldId::kOptOut}), R"({"id":"x"})"));
  EXPECT_TRUE(Matches(Equal({FieldId::kOptOut}, false), R"({"id":"x"})"));
  EXPECT_FALSE(Matches(Equal({FieldId::kOptOut}, true), R"({"id":"x"})"));
  EXPECT_TRUE(Matches(Equal({FieldId::kOptOut}, true),
                      R"({"id":"x","opt_out_sensitive_data_storage":true})"));
}

TEST(MatchRow, AnyToolCallMayPass) {
  EXPECT_TRUE(Matches(Equal({FieldId::kToolCallName}, "look_up"), kCall));
  EXPECT_FALSE(Matches(Equal({FieldId::kToolCallName}, "not_a_call"), kCall));
  EXPECT_TRUE(Matches(Equal({FieldId::kToolCallSuccessful}, true), kCall));
  EXPECT_FALSE(Matches(Equal({FieldId::kToolCallSuccessful}, false), kCall));
  EXPECT_TRUE(Matches(Present({FieldId::kToolCallName}), kCall));
  EXPECT_FALSE(Matches(Present({FieldId::kToolCallName}), R"({"id":"x"})"));
}

TEST(MatchRow, ToolCallsKeptAsJsonCount) {
  constexpr std::string_view kOdd = R"({"id":"x","transcript_with_tool_calls":[
    {"role":"tool_call_invocation","name":"look\u005fup","more":1},
    {"role":"tool_call_invocation","tool_call_id":"t","name":7,"arguments":""},
    {"role":"tool_call_result","tool_call_id":"t","content":"","successful":false,"took_ms":5},
    {"role":"tool_call_result","tool_call_id":"t","content":"","successful":"true"}]})";
  EXPECT_TRUE(Matches(Equal({FieldId::kToolCallName}, "look_up"), kOdd));
  EXPECT_FALSE(Matches(Equal({FieldId::kToolCallName}, "7"), kOdd));
  EXPECT_FALSE(Matches(Present({FieldId::kToolCallName}),
                       R"({"id":"x","transcript_with_tool_calls":[
                           {"role":"tool_call_invocation","name":7}]})"));
  EXPECT_TRUE(Matches(Equal({FieldId::kToolCallSuccessful}, false), kOdd));
  EXPECT_FALSE(Matches(Equal({FieldId::kToolCallSuccessful}, true), kOdd));
}

TEST(MatchRow, ToolCallThatRepeatsAnUtteranceCounts) {
  constexpr std::string_view kTurn =
      R"({"role":"tool_call_invocation","tool_call_id":"t","name":"look_up","arguments":""})";
  const std::string turns = "[" + std::string(kTurn) + "]";
  const std::string json = R"({"id":"x","transcript_object":)" + turns +
                           R"(,"transcript_with_tool_calls":)" + turns + "}";
  EXPECT_TRUE(Matches(Equal({FieldId::kToolCallName}, "look_up"), json));
  EXPECT_FALSE(Matches(Equal({FieldId::kToolCallName}, "look_up"),
                       R"({"id":"x","transcript_object":)" + turns + "}"));
}

TEST(MatchRow, TranscriptConditionsAreOpenWithoutIt) {
  const KeptCall call = Keep(kCall);
  for (const Node& node :
       {Search("morning"), Search("evening"), Equal({FieldId::kToolCallName}, "look_up"),
        Equal({FieldId::kToolCallSuccessful}, false)}) {
    EXPECT_EQ(MatchRow(node, call.view(false)), Verdict::kNeedsTranscript);
  }
  EXPECT_EQ(MatchRow(Search("morning good"), call.view()), Verdict::kYes);
  EXPECT_EQ(MatchRow(Search("evening"), call.view()), Verdict::kNo);
  EXPECT_EQ(MatchRow(Search("morning"), Keep(R"({"id":"x"})").view()), Verdict::kNo);
}

TEST(MatchRow, TreesUseWhatIsKnown) {
  const KeptCall kept = Keep(kCall);
  const CallView call = kept.view(false);
  constexpr Verdict kUnknown = Verdict::kNeedsTranscript;
  const std::vector<std::pair<Node, Verdict>> expected = {
      {And({}), Verdict::kYes},
      {Or({}), Verdict::kNo},
      {And({kYes, kYes}), Verdict::kYes},
      {And({kYes, kNo}), Verdict::kNo},
      {Or({kNo, kNo}), Verdict::kNo},
      {Or({kNo, kYes}), Verdict::kYes},
      {Not(kYes), Verdict::kNo},
      {Not(kNo), Verdict::kYes},
      {And({kOpen, kYes}), kUnknown},
      {And({kOpen, kNo}), Verdict::kNo},
      {And({kNo, kOpen}), Verdict::kNo},
      {Or({kOpen, kNo}), kUnknown},
      {Or({kOpen, kYes}), Verdict::kYes},
      {Or({kYes, kOpen}), Verdict::kYes},
      {Not(kOpen), kUnknown},
      {Not(And({kOpen, kNo})), Verdict::kYes},
      {Or({And({kOpen, kYes}), Not(Or({kOpen, kYes}))}), kUnknown},
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(MatchRow(expected[i].first, call), expected[i].second) << "tree " << i;
  }
}

TEST(MatchRow, BoundsWantACallThatStarted) {
  const auto verdict = [](std::int64_t least, std::int64_t most, std::string_view json) {
    query::NormalFilter filter;
    filter.bounded = true;
    filter.least_start = least;
    filter.most_start = most;
    return MatchRow(filter, Keep(json).view());
  };
  EXPECT_EQ(verdict(1000, 1000, kCall), Verdict::kYes);
  EXPECT_EQ(verdict(1001, INT64_MAX, kCall), Verdict::kNo);
  EXPECT_EQ(verdict(INT64_MIN, 999, kCall), Verdict::kNo);
  EXPECT_EQ(verdict(INT64_MIN, INT64_MAX, R"({"id":"x","created_at":5})"), Verdict::kNo);
  query::NormalFilter filter;
  EXPECT_EQ(MatchRow(filter, Keep(R"({"id":"x"})").view()), Verdict::kYes);
  filter.root = kOpen;
  filter.bounded = true;
  filter.least_start = 1001;
  EXPECT_EQ(MatchRow(filter, Keep(kCall).view(false)), Verdict::kNo) << "whatever the transcript";
}

}  // namespace
}  // namespace callstore::store
