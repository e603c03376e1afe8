// Goal:   what goes in as JSON comes out as JSON: every field, every number, every unknown member.
// Method: JSON -> draft -> records -> view -> JSON, compared by a parser of the tests' own.
#include <gtest/gtest.h>

#include <random>

#include "json_fixture.h"

namespace callstore::json {
namespace {

using test::JsonValue;
using test::Keep;
using test::Normal;

constexpr std::string_view kFullCall = R"({"id":"i","call_id":"c","agent_id":"a",
  "call_status":"ENDED","call_type":"PHONE_CALL","direction":"OUTBOUND","from_number":"+1",
  "to_number":"+2","start_timestamp":1703097600000,"end_timestamp":1703098200000,
  "call_duration":600000,"disconnection_reason":"USER_HANGUP","recording_url":"https://x/\\y",
  "public_log_url":"","opt_out_sensitive_data_storage":true,
  "metadata":{"n":1.10,"deep":{"a":[null,{"b":"\u0001"}]}},
  "events":[{"type":"x","timestamp":1,"data":null}],
  "transcript":"User: \"hi\"\nAgent: \\o/ \u0007 é 漢字",
  "transcript_object":[{"role":"user","content":"Say \"hi\", é","words":[
     {"word":"Say","start":0,"end":0.05},{"word":"\"hi\",","start":1.2,"end":123.456},{"word":"é"}]},
    {"role":"narrator","content":"one two three four five six seven eight nine","words":[
     {"word":"one two three four five","start":1000.5,"end":4294967.294},{"word":"nine","end":7}]},
    {"role":"agent","content":"","words":[]},
    {"role":"agent","content":"b","mood":0.1234567890123456789}],
  "transcript_with_tool_calls":[{"role":"user","content":"Say \"hi\", é","words":[
     {"word":"Say","start":0,"end":0.05},{"word":"\"hi\",","start":1.2,"end":123.456},{"word":"é"}]},
    {"role":"tool_call_invocation","tool_call_id":"t","name":"n","arguments":"{\"k\":\"\\n\"}"},
    {"role":"tool_call_result","tool_call_id":"t","content":"ok","successful":true},
    {"role":"tool_call_result","tool_call_id":"t","content":"?"},
    {"role":"agent","content":"b","mood":0.1234567890123456789},
    {"role":"node_transition","former":{"id":1}},{"role":"user","content":"only here"}],
  "latency":{"e2e":{"max":350.1,"min":120.5,"num":12,"p50":150.5,"p90":280.2,"p95":320.8,
     "p99":345.30000000000000000001,"values":[120.5,1e-7,0.30000000000000004,-3],"x":[]},
     "zzz":{"values":[0.1000000000000000055]},"tts":{}},
  "call_analysis":{"call_successful":true,"call_summary":"ok","user_sentiment":"Positive",
     "in_voicemail":false,"custom_analysis_data":{"k":[1e400]},"score":5},
  "call_cost":{"combined_cost":0.25,"parts":[1]},
  "telephony_identifier":{"call_sid":"CA","conference_sid":"CF","trunk":null},
  "created_at":-1,"updated_at":1703098200001,"unknown":{"a":18446744073709551616},"b":null})";

TEST(JsonRoundTrip, FullCallIsUnchanged) {
  const auto kept = Keep(kFullCall);
  ASSERT_TRUE(kept.has_value()) << kept.error().ToString();
  EXPECT_EQ(Normal(JsonValue::Parse(kept->Print())), Normal(JsonValue::Parse(kFullCall)));
  // And once more: what was printed gives the same records.
  EXPECT_TRUE(Keep(kept->Print())->records == kept->records);
}

TEST(JsonRoundTrip, OwningCallGivesTheSameRecords) {
  const auto kept = Keep(kFullCall);
  const auto call = ParseCall(kFullCall);
  ASSERT_TRUE(kept && call);
  const auto from_call = Keep(*call);
  ASSERT_TRUE(from_call.has_value()) << from_call.error().ToString();
  EXPECT_TRUE(from_call->records == kept->records);
  const auto from_view = Keep(kept->view().ToCall());
  ASSERT_TRUE(from_view.has_value()) << from_view.error().ToString();
  EXPECT_TRUE(from_view->records == kept->records);
}

TEST(JsonRoundTrip, DocumentedOrderAndEmptyParts) {
  const auto kept = Keep(R"({"x":1,"call_cost":{},"id":"i","call_id":"c"})");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->Print(),
            R"({"id":"i","call_id":"c","organization_id":"org-1",)"
            R"("opt_out_sensitive_data_storage":false,"metadata":{},"events":[],)"
            R"("transcript_object":[],"transcript_with_tool_calls":[],"call_cost":{},"x":1})");
  EXPECT_EQ(kept->Print({.stamps = true}, Presence::kGiven),
            R"({"id":"i","call_id":"c","organization_id":"org-1","call_cost":{},)"
            R"("stored_at":1,"changed_at":2,"x":1})");
}

TEST(JsonRoundTrip, SummaryLeavesLongPartsOut) {
  const auto kept = Keep(kFullCall);
  ASSERT_TRUE(kept);
  std::string not_loaded;
  WriteCall(kept->view(false), {}, Presence::kDocumented, &not_loaded);
  const std::string summary = kept->Print({.view = View::kSummary});
  EXPECT_EQ(summary, not_loaded);
  const JsonValue call = JsonValue::Parse(summary);
  for (const char* name :
       {"events", "transcript", "transcript_object", "transcript_with_tool_calls"}) {
    EXPECT_EQ(call.Find(name), nullptr) << name;
  }
  EXPECT_NE(call.Find("metadata"), nullptr);
  for (const auto& [component, stats] : call.Find("latency")->members()) {
    EXPECT_EQ(stats.Find("values"), nullptr) << component;
  }
}

TEST(JsonRoundTrip, InexactNumberIsPrintedOnce) {
  const auto kept = Keep(R"({"call_duration":0.10000000000000000001,"x":{"call_duration":2}})");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->Print({}, Presence::kGiven),
            R"({"organization_id":"org-1","call_duration":0.10000000000000000001,)"
            R"("x":{"call_duration":2}})");
}

// Texts of all lengths with special characters in all places, since escaping goes by blocks.
TEST(JsonRoundTrip, AnyTextIsEscapedRight) {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    Call call{.id = "i"};
    std::string text(random() % 40, 'a');
    for (int k = 0; k < static_cast<int>(random() % 4) && !text.empty(); ++k) {
      text[random() % text.size()] = static_cast<char>(random() % 128);
    }
    call.transcript = text;
    const auto kept = Keep(call);
    ASSERT_TRUE(kept);
    const std::string json = kept->Print();
    ASSERT_EQ(JsonValue::Parse(json).Find("transcript")->text(), text);
    ASSERT_EQ(Keep(json)->view().transcript(), text);
  }
}

TEST(JsonRoundTrip, CorpusIsUnchanged) {
  const std::vector<std::string> lines = test::CorpusLines();
  if (lines.empty()) GTEST_SKIP() << "no corpus at ../shared/corpus";
  ASSERT_EQ(lines.size(), 2000U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto kept = Keep(lines[i]);
    ASSERT_TRUE(kept.has_value()) << "line " << i + 1 << ": " << kept.error().ToString();
    if (i % 4 != 0) continue;
    const std::string printed = kept->Print();
    ASSERT_EQ(Normal(JsonValue::Parse(printed)), Normal(JsonValue::Parse(lines[i])))
        << "line " << i + 1;
    if (i % 20 != 0) continue;
    const std::string given = kept->Print({}, Presence::kGiven);
    ASSERT_TRUE(Keep(given)->records == kept->records) << "line " << i + 1;
    const auto owned = Keep(kept->view().ToCall());
    ASSERT_TRUE(owned.has_value()) << owned.error().ToString();
    ASSERT_TRUE(owned->records == kept->records) << "line " << i + 1;
  }
}

}  // namespace
}  // namespace callstore::json
