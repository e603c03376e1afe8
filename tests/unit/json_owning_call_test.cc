// Goal:   an owning Call is checked as strictly as its JSON, and the wrong field is named.
#include <gtest/gtest.h>

#include <limits>

#include "json_fixture.h"

namespace callstore::json {
namespace {

using test::Keep;

void ExpectRefused(const Call& call, std::string_view path) {
  const auto kept = Keep(call);
  ASSERT_FALSE(kept.has_value()) << path;
  EXPECT_EQ(kept.error().code, ErrorCode::kInvalidArgument) << kept.error().ToString();
  EXPECT_EQ(kept.error().Detail("path"), path) << kept.error().ToString();
}

TEST(JsonOwningCall, WrongValueIsRefusedByPath) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ExpectRefused({.id = std::string(513, 'x')}, "$.id");
  ExpectRefused({.id = "\xFF"}, "$.id");
  ExpectRefused({.call_id = ""}, "$.call_id");
  ExpectRefused({.agent_id = "a\xC0\x80"}, "$.agent_id");
  ExpectRefused({.call_duration = kNan}, "$.call_duration");
  ExpectRefused({.metadata_json = "[]"}, "$.metadata");
  ExpectRefused({.metadata_json = "{\"a\":{\"b\":tru}}"}, "$.metadata.a.b");
  ExpectRefused({.metadata_json = "{\"a\":\"\xFF\"}"}, "$.metadata");
  ExpectRefused({.events_json = "[{},1]"}, "$.events[1]");
  ExpectRefused({.transcript_object = {{{.role = "user", .content = "a"}, {.role = "\x80"}}}},
                "$.transcript_object[1].role");
  ExpectRefused({.transcript_object = {{{.role = "u", .words = {{{.word = "\xE2"}}}}}}},
                "$.transcript_object[0].words");
  ExpectRefused({.transcript_object = {{{.role = "u", .words = {{{.word = "a", .start = kNan}}}}}}},
                "$.transcript_object[0].words");
  ExpectRefused({.transcript_object = {{{.json = "{\"role\":1}"}}}}, "$.transcript_object[0].role");
  ExpectRefused({.transcript_with_tool_calls = {{OtherTurn{""}}}},
                "$.transcript_with_tool_calls[0]");
  ExpectRefused({.transcript_with_tool_calls = {{ToolCallInvocation{.name = "\xFF"}}}},
                "$.transcript_with_tool_calls[0].name");
  ExpectRefused({.latency = {{{"e2e", {.p50 = kInfinity}}}}}, "$.latency.e2e");
  ExpectRefused({.latency = {{{"e2e", {.values = {{kNan}}}}}}}, "$.latency.e2e.values");
  ExpectRefused({.latency = {{{"e2e", {}}, {"e2e", {}}}}}, "$.latency");
  ExpectRefused({.call_analysis = {{.custom_analysis_data_json = "{"}}},
                "$.call_analysis.custom_analysis_data");
  ExpectRefused({.call_cost = {{.combined_cost = kNan}}}, "$.call_cost.combined_cost");
  ExpectRefused({.extra_json = "{\"x\":1,\"x\":2}"}, "$");
}

TEST(JsonOwningCall, ExtraMayNotRepeatDocumentedMembers) {
  ExpectRefused({.extra_json = R"({"id":"x"})"}, "$");
  ExpectRefused({.extra_json = R"({"stored_at":1})"}, "$");
  ExpectRefused({.call_duration = 1.0, .extra_json = R"({"call_duration":1})"}, "$");
  ExpectRefused({.call_duration = 0.5, .extra_json = R"({"call_duration":0.10000000000000000001})"},
                "$");
  EXPECT_TRUE(Keep(
      Call{.call_duration = 0.1, .extra_json = R"({"call_duration":0.10000000000000000001})"}));
}

TEST(JsonOwningCall, DepthCountsFromTheCall) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(Keep(Call{.metadata_json = nested(62)}));
  EXPECT_EQ(Keep(Call{.metadata_json = nested(63)}).error().code, ErrorCode::kTooLarge);
}

TEST(JsonOwningCall, TextOverLimitIsTooLarge) {
  const std::string half((std::size_t{32} << 20) + 1, 'x');
  const auto kept = Keep(Call{.agent_id = half, .transcript = half});
  ASSERT_FALSE(kept.has_value());
  EXPECT_EQ(kept.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(kept.error().Detail("limit"), std::to_string(kMaxCallBytes));
}

TEST(JsonOwningCall, OddWordsAreKeptAsJson) {
  const Call call{.transcript_object = {
                      {{.role = "user",
                        .content = "a b",
                        .words = {{{.word = "a", .start = 0.0005, .end = 1.5}, {.end = -1}}}}}}};
  const auto kept = Keep(call);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->view().utterance(0).json(),
            R"({"role":"user","content":"a b","words":[{"word":"a","start":5e-04,"end":1.5},)"
            R"({"end":-1}]})");
  EXPECT_EQ(kept->view().utterance(0).content(), "a b");
}

TEST(JsonOwningCall, EmptyExtraIsNone) {
  const auto kept = Keep(Call{.extra_json = " { } "});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->view().extra_json(), "");
}

}  // namespace
}  // namespace callstore::json
