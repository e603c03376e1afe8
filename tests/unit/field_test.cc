// Goal:   every documented name and alias is its field, and any other name is refused with help.
#include "query/field.h"

#include <gtest/gtest.h>

#include <array>

#include "base/nearest.h"

namespace callstore::query {
namespace {

using columns::ColumnId;

constexpr std::string_view kFilter = "filter_criteria";

FieldRef Find(std::string_view name) {
  const auto field = FindField(kFilter, name);
  EXPECT_TRUE(field) << name;
  return field.value_or(FieldRef{});
}

struct Documented {
  std::string_view name, alias;
  FieldRef field;
  FieldType type;
};

const Documented kDocumented[] = {
    {"id", "", {FieldId::kId}, FieldType::kText},
    {"call_id", "", {FieldId::kCallId}, FieldType::kText},
    {"agent_id", "", {FieldId::kAgentId}, FieldType::kText},
    {"from_number", "", {FieldId::kFromNumber}, FieldType::kText},
    {"to_number", "", {FieldId::kToNumber}, FieldType::kText},
    {"recording_url", "", {FieldId::kRecordingUrl}, FieldType::kText},
    {"public_log_url", "", {FieldId::kPublicLogUrl}, FieldType::kText},
    {"call_status", "", {FieldId::kCallStatus}, FieldType::kEnum},
    {"call_type", "", {FieldId::kCallType}, FieldType::kEnum},
    {"direction", "", {FieldId::kDirection}, FieldType::kEnum},
    {"disconnection_reason", "", {FieldId::kDisconnectionReason}, FieldType::kEnum},
    {"start_timestamp", "", {FieldId::kStartTimestamp}, FieldType::kTime},
    {"end_timestamp", "", {FieldId::kEndTimestamp}, FieldType::kTime},
    {"created_at", "", {FieldId::kCreatedAt}, FieldType::kTime},
    {"updated_at", "", {FieldId::kUpdatedAt}, FieldType::kTime},
    {"call_duration", "duration_ms", {FieldId::kCallDuration}, FieldType::kNumber},
    {"opt_out_sensitive_data_storage", "", {FieldId::kOptOut}, FieldType::kBoolean},
    {"call_analysis.call_successful",
     "call_successful",
     {FieldId::kCallSuccessful},
     FieldType::kBoolean},
    {"call_analysis.in_voicemail", "in_voicemail", {FieldId::kInVoicemail}, FieldType::kBoolean},
    {"call_analysis.user_sentiment", "user_sentiment", {FieldId::kUserSentiment}, FieldType::kEnum},
    {"call_analysis.call_summary", "call_summary", {FieldId::kCallSummary}, FieldType::kText},
    {"call_analysis.custom_analysis_data.a.b",
     "custom_analysis_data.a.b",
     {FieldId::kCustomAnalysisData, "a.b"},
     FieldType::kAny},
    {"call_cost.combined_cost", "combined_cost", {FieldId::kCombinedCost}, FieldType::kNumber},
    {"latency.e2e.p50", "e2e_latency_p50", {FieldId::kLatency, "e2e.p50"}, FieldType::kNumber},
    {"latency.my new one.num", "", {FieldId::kLatency, "my new one.num"}, FieldType::kNumber},
    {"telephony_identifier.call_sid", "call_sid", {FieldId::kCallSid}, FieldType::kText},
    {"telephony_identifier.conference_sid",
     "conference_sid",
     {FieldId::kConferenceSid},
     FieldType::kText},
    {"metadata.batch_call_id",
     "batch_call_id",
     {FieldId::kMetadata, "batch_call_id"},
     FieldType::kAny},
    {"metadata. .odd key", "", {FieldId::kMetadata, " .odd key"}, FieldType::kAny},
    {"tool_calls.name", "", {FieldId::kToolCallName}, FieldType::kText},
    {"tool_calls.successful", "", {FieldId::kToolCallSuccessful}, FieldType::kBoolean},
    {"transcript_search", "", {FieldId::kTranscriptSearch}, FieldType::kWords},
};

TEST(Field, DocumentedNameIsFoundAndSaidAgain) {
  for (const Documented& d : kDocumented) {
    EXPECT_EQ(Find(d.name), d.field) << d.name;
    EXPECT_EQ(FullName(d.field), d.name);
    EXPECT_EQ(TypeOf(d.field), d.type) << d.name;
    if (d.alias.empty()) continue;
    EXPECT_EQ(Find(d.alias), d.field) << d.alias;
  }
}

TEST(Field, EveryStatisticOfAnyComponentIsFound) {
  for (const std::string statistic : {"min", "max", "p50", "p90", "p95", "p99", "num"}) {
    EXPECT_EQ(Find("latency.llm." + statistic).key, "llm." + statistic);
  }
}

TEST(Field, LatencyValuesAreForMetricsAlone) {
  EXPECT_FALSE(FindField(kFilter, "latency.e2e.values"));
  EXPECT_FALSE(FindField("group_by", "latency.e2e.values"));
  const auto field = FindField("metrics", "latency.e2e.values");
  ASSERT_TRUE(field);
  EXPECT_EQ(FullName(*field), "latency.e2e.values");
  EXPECT_TRUE(NeedsTranscript(*field));
  EXPECT_FALSE(NeedsTranscript(Find("latency.e2e.max")));
}

TEST(Field, OtherNamesAreRefusedWithTheNearest) {
  struct Case {
    std::string_view name, nearest;
  };
  const Case cases[] = {
      {"agnt_id", "agent_id"},
      {"agentId", "agent_id"},
      {"Call_Status", "call_status"},
      {"duration_m", "duration_ms"},
      {"metadta.campaign", "metadata.campaign"},
      {"latency.e2e.p51", "latency.e2e.p50"},
      {"latancy.tts.p95", "latency.tts.p95"},
      {"latency.e2e", "latency.e2e.min"},
      {"latency..p50", ""},
      {"latency.a.b.p50", "latency.a.p50"},
      {"custom_analyses_data.k", "custom_analysis_data.k"},
      {"call_analysis.user_sentimant", "call_analysis.user_sentiment"},
      {"metadata", ""},
      {"metadata.", ""},
      {"custom_analysis_data.", ""},
      {"tool_calls.nme", "tool_calls.name"},
      {"colour", ""},
      {"", ""},
      {".", ""},
  };
  for (const Case& c : cases) {
    const auto field = FindField(kFilter, c.name);
    ASSERT_FALSE(field) << c.name;
    EXPECT_EQ(field.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(field.error().message, "there is no such field");
    EXPECT_EQ(field.error().Detail("field"), c.name);
    EXPECT_EQ(field.error().Detail("argument"), kFilter);
    EXPECT_EQ(field.error().Detail("nearest"), c.nearest) << c.name;
    EXPECT_NE(field.error().Detail("valid").find("call_cost.combined_cost [combined_cost]"),
              std::string_view::npos);
    EXPECT_NE(field.error().Detail("valid").find("metadata.KEY [batch_call_id]"),
              std::string_view::npos);
  }
}

TEST(Field, LongOrBrokenNameIsRefusedShort) {
  const auto longest = FindField(kFilter, std::string(1 << 20, 'x'));
  ASSERT_FALSE(longest);
  EXPECT_LE(longest.error().Detail("field").size(), 103U);
  const auto broken = FindField(kFilter, "metadata.\xFF");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().Detail("field"), "metadata.");
}

TEST(Field, ListsAreTold) {
  for (const std::string_view name :
       {"metadata.tags", "custom_analysis_data.x", "tool_calls.name", "tool_calls.successful"}) {
    EXPECT_TRUE(IsList(Find(name))) << name;
  }
  for (const std::string_view name :
       {"agent_id", "call_status", "call_duration", "transcript_search", "latency.e2e.p50"}) {
    EXPECT_FALSE(IsList(Find(name))) << name;
  }
}

TEST(Field, TranscriptIsNeededByItsFieldsAlone) {
  for (const Documented& d : kDocumented) {
    const bool needs = d.name.starts_with("tool_calls.") || d.name == "transcript_search";
    EXPECT_EQ(NeedsTranscript(d.field), needs) << d.name;
  }
}

TEST(Field, ColumnsHoldValuesOrPresence) {
  EXPECT_EQ(ColumnOf(Find("agent_id")), ColumnId::kAgentId);
  EXPECT_EQ(ColumnOf(Find("opt_out_sensitive_data_storage")), ColumnId::kOptOut);
  EXPECT_EQ(ColumnOf(Find("e2e_latency_p50")), ColumnId::kLatencyE2eP50);
  EXPECT_EQ(ColumnOf(Find("combined_cost")), ColumnId::kCombinedCost);
  for (const std::string_view name : {"id", "call_id", "start_timestamp", "latency.e2e.p90",
                                      "metadata.x", "call_summary", "transcript_search"}) {
    EXPECT_EQ(ColumnOf(Find(name)), std::nullopt) << name;
  }
  EXPECT_EQ(PresenceColumnOf(Find("call_id")), ColumnId::kHasCallId);
  EXPECT_EQ(PresenceColumnOf(Find("recording_url")), ColumnId::kHasRecordingUrl);
  EXPECT_EQ(PresenceColumnOf(Find("public_log_url")), ColumnId::kHasPublicLogUrl);
  EXPECT_EQ(PresenceColumnOf(Find("call_summary")), ColumnId::kHasCallSummary);
  EXPECT_EQ(PresenceColumnOf(Find("call_sid")), ColumnId::kHasCallSid);
  EXPECT_EQ(PresenceColumnOf(Find("conference_sid")), ColumnId::kHasConferenceSid);
  for (const std::string_view name : {"id", "agent_id", "start_timestamp", "metadata.x"}) {
    EXPECT_EQ(PresenceColumnOf(Find(name)), std::nullopt) << name;
  }
}

TEST(Field, KnownWordsComeInTheirSpelling) {
  EXPECT_EQ(CanonicalWord(Find("call_status"), "ended"), "ENDED");
  EXPECT_EQ(CanonicalWord(Find("call_type"), "Web_Call"), "WEB_CALL");
  EXPECT_EQ(CanonicalWord(Find("direction"), "inbound"), "INBOUND");
  EXPECT_EQ(CanonicalWord(Find("disconnection_reason"), "user_hangup"), "USER_HANGUP");
  EXPECT_EQ(CanonicalWord(Find("user_sentiment"), "POSITIVE"), "Positive");
  EXPECT_EQ(CanonicalWord(Find("user_sentiment"), "Mixed"), "Mixed");
  EXPECT_EQ(CanonicalWord(Find("call_status"), "inbound"), "inbound");
}

TEST(Nearest, FewestEditsWinAndFarNamesLose) {
  constexpr std::array<std::string_view, 3> kNames = {"limit", "page", "plan"};
  const auto nearest = [&](std::string_view name) { return Nearest(name, kNames); };
  EXPECT_EQ(nearest("limit"), "limit");
  EXPECT_EQ(nearest("limits"), "limit");
  EXPECT_EQ(nearest("Lmit"), "limit");
  EXPECT_EQ(nearest("pagn"), "page");
  EXPECT_EQ(nearest("plen"), "plan");
  EXPECT_EQ(nearest("cursor"), "");
  EXPECT_EQ(nearest(""), "");
  EXPECT_EQ(nearest(std::string(101, 'l')), "");
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace callstore::query
