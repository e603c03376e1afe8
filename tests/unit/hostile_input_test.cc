// Goal:   a call in whatever form is taken whole or refused with an error that says what is wrong;
// a
//         refused one leaves nothing behind.
// Method: tables of bad calls through every way in; everything that the store lists, before and
// after.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "hostile_fixture.h"
#include "json_value.h"

namespace callstore {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using test::kTarget;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using HostileInputTest = test::HostileTest;

std::string Nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

struct BadJson {
  const char* what;
  std::string text;
  ErrorCode code = ErrorCode::kInvalidArgument;
};

std::vector<BadJson> BadTexts() {
  std::vector<BadJson> bad = {
      {"nothing", ""},
      {"a space", " "},
      {"NUL", "\0"s},
      {"cut", R"({"id":"n","agent_id":"x)"},
      {"cut in an escape", "{\"id\":\"n\\"},
      {"no object", "[]"},
      {"text behind", R"({"id":"n"} x)"},
      {"NUL behind", "{\"id\":\"n\"}\0"s},
      {"two values", R"({"id":"n"}{"id":"m"})"},
      {"a BOM", "\xEF\xBB\xBF{\"id\":\"n\"}"},
      {"a NUL in a text", "{\"id\":\"n\",\"agent_id\":\"\0\"}"s},
      {"a bare control", "{\"id\":\"n\",\"agent_id\":\"a\nb\"}"},
      {"not UTF-8", "{\"id\":\"n\",\"agent_id\":\"\xFF\"}"},
      {"not UTF-8 in a key", "{\"id\":\"n\",\"\xC3\":1}"},
      {"a surrogate in UTF-8", "{\"id\":\"n\",\"agent_id\":\"\xED\xA0\x80\"}"},
      {"a lone high surrogate", R"({"id":"n","agent_id":"\ud83d"})"},
      {"a lone low surrogate", R"({"id":"n","x":{"y":"\ude00"}})"},
      {"surrogates the wrong way", R"({"id":"n","x":"\ude00\ud83d"})"},
      {"a lone surrogate in a key", R"({"id":"n","\ud83d":1})"},
      {"a bad escape", R"({"id":"n","x":"\x41"})"},
      {"a key twice", R"({"id":"n","id":"m"})"},
      {"a key twice, escaped", R"({"id":"n","x":{"a":1,"\u0061":2}})"},
      {"an unknown key twice", R"({"id":"n","zz":1,"zz":1})"},
      {"a trailing comma", R"({"id":"n",})"},
      {"a comment", R"({"id":"n"/**/})"},
      {"deep", R"({"id":"n","x":)" + Nested(10'000) + "}", ErrorCode::kTooLarge},
      {"a deep event", R"({"id":"n","events":[{"data":)" + Nested(10'000) + "}]}",
       ErrorCode::kTooLarge},
      {"a deep key", std::string(10'000, '{'), ErrorCode::kInvalidArgument},
      {"organization of another", R"({"id":"n","organization_id":"org-7"})"},
  };
  for (const char* const number : {"NaN", "Infinity", "-Infinity", "1e999", "-1e999", "0x10", "01",
                                   "+1", ".5", "1.", "1e", "--1", "1_000", "\"1\"", "true"}) {
    bad.push_back({number, R"({"id":"n","call_duration":)"s + number + "}"});
    bad.push_back({number, R"({"id":"n","call_cost":{"combined_cost":)"s + number + "}}"});
    bad.push_back({number, R"({"id":"n","latency":{"e2e":{"values":[)"s + number + "]}}}"});
  }
  for (const char* const time : {"1.5", "9223372036854775808", "-9223372036854775809", "1e19",
                                 "\"2023-12-20\"", "NaN", "[]"}) {
    bad.push_back({time, R"({"id":"n","start_timestamp":)"s + time + "}"});
  }
  return bad;
}

TEST_F(HostileInputTest, BadJsonChangesNothing) {
  for (const BadJson& bad : BadTexts()) {
    ExpectRefused(bad.what, bad.code, [&] { return store().PutJson(kTarget, bad.text); });
    ExpectRefused(bad.what, bad.code, [&] {
      return store().PutJson(kTarget, bad.text, {.on_existing = OnExisting::kMerge});
    });
    if (HasFatalFailure()) return;
  }
}

TEST_F(HostileInputTest, BadPatchChangesNothing) {
  for (const BadJson& bad : BadTexts()) {
    // As a patch of the call "n", which there is.
    ASSERT_TRUE(store().PutJson(kTarget, R"({"id":"n","agent_id":"y"})"));
    ExpectRefused(bad.what, bad.code, [&] { return store().Update(kTarget, "n", bad.text); });
    if (HasFatalFailure()) return;
  }
}

TEST_F(HostileInputTest, BadCallInABatchHoldsUpNobody) {
  std::vector<std::string_view> texts;
  const std::vector<BadJson> bad = BadTexts();
  const std::string good = R"({"id":"good","agent_id":"z"})";
  for (const BadJson& text : bad) texts.push_back(text.text);
  texts.push_back(good);
  const auto put = store().PutJsonBatch(kTarget, texts);
  ASSERT_TRUE(put) << put.error().ToString();
  for (std::size_t i = 0; i < bad.size(); ++i) {
    ASSERT_FALSE((*put)[i].has_value()) << bad[i].what;
    EXPECT_EQ((*put)[i].error().code, bad[i].code) << bad[i].what;
  }
  ASSERT_TRUE(put->back().has_value());
  EXPECT_EQ(store().Count(kTarget).value(), 3);
}

// What a number field refuses, free JSON keeps to the letter.
TEST_F(HostileInputTest, OddNumbersComeOutAsTheyWentIn) {
  ASSERT_TRUE(store().PutJson(
      kTarget, R"({"id":"n","call_duration":-0,"call_cost":{"combined_cost":-0.0},"x":[-0,1e999,)"
               R"(-1e-999,123456789012345678901234567890,0.1000000000000000055511151231257827]})"));
  const auto call = store().Get(kTarget, "n");
  ASSERT_TRUE(call);
  const auto json = test::JsonValue::Parse(ToJson(**call));
  EXPECT_EQ(json.Find("x")->Print(),
            "[-0,1e999,-1e-999,123456789012345678901234567890,"
            "0.1000000000000000055511151231257827]");
  EXPECT_EQ(*json.Find("call_duration"), test::JsonValue::Number(0));
  EXPECT_EQ(store().Count(kTarget, Field("call_duration") == 0).value(), 1);
  EXPECT_EQ(store().Count(kTarget, Field("call_duration") < 0).value(), 0);
}

Utterance Spoken(const std::string& word, double start) {
  return {.role = "user", .content = "a", .words = std::vector<Word>{{word, start, 1.0}}};
}

using Spoiler = std::pair<const char*, std::function<void(Call*)>>;

// Each makes a good call bad in one way.
std::vector<Spoiler> Spoilers() {
  std::vector<Spoiler> spoilers = {
      {"agent_id not UTF-8", [](Call* call) { call->agent_id = "\xFF"; }},
      {"transcript not UTF-8", [](Call* call) { call->transcript = "a\xC3"; }},
      {"metadata no object", [](Call* call) { call->metadata_json = "[]"; }},
      {"metadata no JSON", [](Call* call) { call->metadata_json = "{"; }},
      {"metadata and more", [](Call* call) { call->metadata_json = "{},\"id\":\"m\""; }},
      {"metadata with a NUL", [](Call* call) { call->metadata_json = "{}\0"s; }},
      {"metadata twice", [](Call* call) { call->metadata_json = R"({"a":1,"a":2})"; }},
      {"events of numbers", [](Call* call) { call->events_json = "[1]"; }},
      {"extra over a field", [](Call* call) { call->extra_json = R"({"agent_id":"m"})"; }},
      {"extra that closes", [](Call* call) { call->extra_json = R"({"a":1}})"; }},
      {"extra no object", [](Call* call) { call->extra_json = "1"; }},
      {"utterance of no JSON",
       [](Call* call) { call->transcript_object.emplace(1).front().json = "{\"role\":"; }},
      {"turn of no JSON",
       [](Call* call) { call->transcript_with_tool_calls.emplace(1, OtherTurn{.json = "[]"}); }},
      {"a word not UTF-8",
       [](Call* call) { call->transcript_object.emplace(1, Spoken("\xFF", 0)); }},
      {"a component twice",
       [](Call* call) {
         call->latency = {{"e2e", {.p50 = 1}}, {"e2e", {.p50 = 2}}};
       }},
  };
  for (const double number : {kNan, kInfinity, -kInfinity}) {
    spoilers.emplace_back("call_duration", [number](Call* call) { call->call_duration = number; });
    spoilers.emplace_back("combined_cost",
                          [number](Call* call) { call->call_cost = {.combined_cost = number}; });
    spoilers.emplace_back("a percentile", [number](Call* call) {
      call->latency = {{"e2e", {.p90 = number}}};
    });
    spoilers.emplace_back("a latency", [number](Call* call) {
      call->latency = {{"e2e", {.values = std::vector<double>{1, number}}}};
    });
    spoilers.emplace_back("a word's time", [number](Call* call) {
      call->transcript_object.emplace(1, Spoken("a", number));
    });
  }
  return spoilers;
}

TEST_F(HostileInputTest, BadOwningCallChangesNothing) {
  const Call good{.organization_id = kTarget, .id = "n"};
  for (const auto& [what, spoil] : Spoilers()) {
    Call bad = good;
    bad.id = "m";
    spoil(&bad);
    ExpectRefused(what, [&] { return store().Put(bad); });
    const std::vector<Call> batch = {good, bad, good};
    ExpectRefused(what, [&] { return store().PutBatch(batch); });
    EXPECT_EQ(store().PutBatch(batch).error().Detail("index"), "1") << what;
    if (HasFatalFailure()) return;
  }
  Call deep = good;
  deep.extra_json = R"({"x":)" + Nested(10'000) + "}";
  ExpectRefused("deep", ErrorCode::kTooLarge, [&] { return store().Put(deep); });
}

}  // namespace
}  // namespace callstore
