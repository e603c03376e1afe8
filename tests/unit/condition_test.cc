// Goal:   a condition takes the operators and values that its field has and no others, and a value
//         passes exactly when every test of it holds.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "query/normal_filter.h"

namespace callstore::query {
namespace {

using Op = FilterOperator;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The one condition that `filter` comes to.
Condition ConditionOf(const Filter& filter) {
  const auto normal = Normalize(filter);
  EXPECT_TRUE(normal) << (normal ? "" : normal.error().ToString());
  if (!normal) return {};
  EXPECT_EQ(normal->root.kind, Node::Kind::kCondition) << normal->json;
  return normal->root.condition;
}

Error ErrorOf(const Filter& filter) {
  const auto normal = Normalize(filter);
  EXPECT_FALSE(normal) << (normal ? normal->json : "");
  return normal ? Error{} : normal.error();
}

TEST(Condition, TextIsComparedByteByByte) {
  const Field agent("agent_id");
  EXPECT_TRUE(Matches(ConditionOf(agent == "a"), "a"));
  EXPECT_FALSE(Matches(ConditionOf(agent == "a"), "A"));
  EXPECT_TRUE(Matches(ConditionOf(agent.In("b", "a", "c")), "c"));
  EXPECT_FALSE(Matches(ConditionOf(agent.In("b", "a", "c")), "d"));
  EXPECT_TRUE(Matches(ConditionOf(agent > "a"), "a\x01"));
  EXPECT_FALSE(Matches(ConditionOf(agent > "a"), "a"));
  EXPECT_TRUE(Matches(ConditionOf(agent >= "a"), "a"));
  EXPECT_TRUE(Matches(ConditionOf(agent < "\xC3\xA9"), "z"));
  EXPECT_FALSE(Matches(ConditionOf(agent < "z"), "\xC3\xA9"));
  EXPECT_TRUE(Matches(ConditionOf(agent.Between("b", "d")), "d"));
  EXPECT_FALSE(Matches(ConditionOf(agent.Between("d", "b")), "c"));
}

TEST(Condition, PartsOfTextAreFound) {
  const Field url("recording_url");
  EXPECT_TRUE(Matches(ConditionOf(url.Prefix("http")), "http://x"));
  EXPECT_FALSE(Matches(ConditionOf(url.Prefix("http")), "htt"));
  EXPECT_TRUE(Matches(ConditionOf(url.Suffix(".wav")), "a.wav"));
  EXPECT_FALSE(Matches(ConditionOf(url.Suffix(".wav")), "wav"));
  EXPECT_TRUE(Matches(ConditionOf(url.Contains("a.w")), "a.wav"));
  EXPECT_FALSE(Matches(ConditionOf(url.Contains("A")), "a.wav"));
  EXPECT_TRUE(Matches(ConditionOf(url.Contains("")), ""));
  const std::string with_zero("a\0b", 3);
  EXPECT_TRUE(Matches(ConditionOf(url.Contains(with_zero)), std::string_view("xa\0by", 5)));
  EXPECT_FALSE(Matches(ConditionOf(url == with_zero), "a"));
}

TEST(Condition, AllTestsMustHold) {
  const Condition both =
      ConditionOf(Filter::Condition("agent_id", {{Op::kPrefix, {"ab"}}, {Op::kSuffix, {"z"}}}));
  EXPECT_TRUE(Matches(both, "ab-z"));
  EXPECT_FALSE(Matches(both, "ab-y"));
  EXPECT_FALSE(Matches(both, "b-z"));
}

TEST(Condition, EnumWordsMatchInAnyLetterCase) {
  const Field status("call_status");
  EXPECT_TRUE(Matches(ConditionOf(status == "ended"), "ENDED"));
  EXPECT_TRUE(Matches(ConditionOf(status == "Odd_Word"), "ODD_word"));
  EXPECT_FALSE(Matches(ConditionOf(status == "ended"), "ERROR"));
  EXPECT_TRUE(Matches(ConditionOf(status.In("zz", "Busy", "YY", "xx")), "yy"));
  EXPECT_FALSE(Matches(ConditionOf(status.In("zz", "Busy", "YY", "xx")), "yz"));
  EXPECT_TRUE(Matches(ConditionOf(status.Prefix("no_")), "NO_ANSWER"));
  EXPECT_TRUE(Matches(ConditionOf(status.Suffix("Answer")), "no_answer"));
  EXPECT_TRUE(Matches(ConditionOf(status.Contains("t_c")), "NOT_CONNECTED"));
  EXPECT_FALSE(Matches(ConditionOf(status.Contains("tc")), "NOT_CONNECTED"));
  EXPECT_TRUE(Matches(ConditionOf(status.Contains("")), ""));
}

TEST(Condition, NumbersAreComparedAsDoubles) {
  const Field cost("combined_cost");
  EXPECT_TRUE(Matches(ConditionOf(cost == 3), 3.0));
  EXPECT_TRUE(Matches(ConditionOf(cost == 0), -0.0));
  EXPECT_TRUE(Matches(ConditionOf(cost == -0.0), 0.0));
  EXPECT_TRUE(Matches(ConditionOf(cost.In(1, 2.5)), 2.5));
  EXPECT_TRUE(Matches(ConditionOf(cost.Between(1, 2)), 2.0));
  EXPECT_FALSE(Matches(ConditionOf(cost < 2), 2.0));
  EXPECT_TRUE(Matches(ConditionOf(cost <= 2), std::int64_t{2}));
  EXPECT_FALSE(Matches(ConditionOf(cost == 3), "3"));
}

TEST(Condition, TimesTakeNumbersAndText) {
  const Field created("created_at");
  EXPECT_TRUE(Matches(ConditionOf(created == 5), std::int64_t{5}));
  EXPECT_TRUE(Matches(ConditionOf(created == 5.0), std::int64_t{5}));
  EXPECT_TRUE(Matches(ConditionOf(created == "1970-01-01T00:00:01Z"), std::int64_t{1000}));
  EXPECT_TRUE(Matches(ConditionOf(created > INT64_MAX - 1), INT64_MAX));
  EXPECT_FALSE(Matches(ConditionOf(created > INT64_MAX - 1), INT64_MAX - 1));
}

TEST(Condition, BooleansAreThemselves) {
  EXPECT_TRUE(Matches(ConditionOf(Field("in_voicemail") == true), true));
  EXPECT_FALSE(Matches(ConditionOf(Field("in_voicemail") == true), false));
  EXPECT_TRUE(Matches(ConditionOf(Field("in_voicemail").In(true, false)), false));
}

TEST(Condition, PresentIsPassedByAnyValue) {
  const Condition condition = ConditionOf(Field("metadata.k").Present());
  EXPECT_TRUE(condition.present);
  for (const std::string_view json : {"1", "\"\"", "null", "false", "[]", "{}", "[null]", "[{}]"}) {
    EXPECT_TRUE(MatchesJson(condition, json)) << json;
  }
  EXPECT_TRUE(Matches(ConditionOf(Field("agent_id").Present()), ""));
}

TEST(Condition, JsonTypeMatters) {
  struct Case {
    Filter filter;
    std::vector<std::string_view> passed, refused;
  };
  const Field k("metadata.k");
  const Case cases[] = {
      {k == 3, {"3", "3.0", "30e-1", "[1,3]"}, {"\"3\"", "4", "true", "null", "{}", "[]", "[[3]]"}},
      {k == "3", {"\"3\"", R"("\u0033")", "[3,\"3\"]"}, {"3", "[3]", "[[\"3\"]]", R"({"3":3})"}},
      {k == true, {"true", "[0,true]"}, {"false", "1", "\"true\""}},
      {k == nullptr, {"null", "[null]"}, {"false", "0", "\"\"", "[]", "[[null]]"}},
      {k.In(3, "x", nullptr, false), {"3", "\"x\"", "null", "false"}, {"true", "4", "\"3\""}},
      {k > 3, {"4", "[1,4]", "1e999"}, {"3", "\"4\"", "null", "-1e999", "true"}},
      {k <= 3, {"3", "-5", "-1e999"}, {"3.5", "\"\"", "null", "false"}},
      {k >= "b", {"\"b\"", "\"c\""}, {"\"a\"", "5", "true"}},
      {k >= true, {"true"}, {"false", "1", "\"true\""}},
      {k.Between(1, 2), {"1", "2", "[0,1.5]"}, {"0", "3", "[0,3]", "\"1\""}},
      {k.Prefix("ab"), {"\"abc\"", R"(["x","ab"])"}, {"\"xab\"", "12", "null", "{}"}},
      {k.Contains("\n"), {R"("a\nb")"}, {"\"anb\""}},
  };
  for (const Case& c : cases) {
    const Condition condition = ConditionOf(c.filter);
    for (const std::string_view json : c.passed) {
      EXPECT_TRUE(MatchesJson(condition, json)) << Normalize(c.filter)->json << ' ' << json;
    }
    for (const std::string_view json : c.refused) {
      EXPECT_FALSE(MatchesJson(condition, json)) << Normalize(c.filter)->json << ' ' << json;
    }
  }
}

TEST(Condition, OneElementPassesAllTests) {
  const Condition condition =
      ConditionOf(Filter::Condition("metadata.k", {{Op::kGt, {1}}, {Op::kLt, {3}}}));
  EXPECT_TRUE(MatchesJson(condition, "[0,2,4]"));
  EXPECT_FALSE(MatchesJson(condition, "[0,4]"));
}

TEST(Condition, DamagedJsonGivesAnAnswer) {
  const Condition condition = ConditionOf(Field("metadata.k") == 3);
  for (const std::string_view json : {"", "[", "[3", "\"", "-", "[,]", "x", "]", "{"}) {
    (void)MatchesJson(condition, json);
  }
  EXPECT_FALSE(MatchesJson(condition, ""));
  EXPECT_TRUE(MatchesJson(condition, "[3"));
}

TEST(ConditionCheck, EveryFieldHasItsOperators) {
  struct Case {
    std::string_view field;
    FilterValue value;
    std::string_view operators;
  };
  const Case cases[] = {
      {"agent_id", "a",
       "eq, ne, in, not_in, lt, le, gt, ge, between, prefix, suffix, contains, present"},
      {"metadata.k", "a",
       "eq, ne, in, not_in, lt, le, gt, ge, between, prefix, suffix, contains, present"},
      {"call_status", "a", "eq, ne, in, not_in, prefix, suffix, contains, present"},
      {"created_at", 1, "eq, ne, in, not_in, lt, le, gt, ge, between, present"},
      {"latency.e2e.max", 1, "eq, ne, in, not_in, lt, le, gt, ge, between, present"},
      {"in_voicemail", true, "eq, ne, in, not_in, present"},
      {"transcript_search", "a", "eq, ne"},
  };
  constexpr std::pair<Op, std::string_view> kOperators[] = {
      {Op::kEq, "eq"},          {Op::kNe, "ne"},         {Op::kIn, "in"},
      {Op::kNotIn, "not_in"},   {Op::kLt, "lt"},         {Op::kLe, "le"},
      {Op::kGt, "gt"},          {Op::kGe, "ge"},         {Op::kBetween, "between"},
      {Op::kPrefix, "prefix"},  {Op::kSuffix, "suffix"}, {Op::kContains, "contains"},
      {Op::kPresent, "present"}};
  for (const Case& c : cases) {
    const std::string names = ", " + std::string(c.operators) + ",";
    for (const auto& [op, name] : kOperators) {
      std::vector<FilterValue> values = {op == Op::kPresent ? FilterValue(true) : c.value};
      if (op == Op::kBetween) values.push_back(c.value);
      const auto normal = Normalize(Filter::Condition(std::string(c.field), {{op, values}}));
      const bool has = names.find(", " + std::string(name) + ",") != std::string::npos;
      ASSERT_EQ(normal.has_value(), has) << c.field << ' ' << name;
      if (has) continue;
      EXPECT_EQ(normal.error().code, ErrorCode::kInvalidArgument);
      EXPECT_EQ(normal.error().message, "the field does not have this operator");
      EXPECT_EQ(normal.error().Detail("field"), c.field);
      EXPECT_EQ(normal.error().Detail("operator"), name);
      EXPECT_EQ(normal.error().Detail("valid"), c.operators);
    }
  }
}

TEST(ConditionCheck, WrongValueIsRefusedWithWhatIsValid) {
  struct Case {
    Filter filter;
    std::string_view field, op, value, valid;
  };
  constexpr std::string_view kTime =
      "ms since the epoch as a whole number, or a date or RFC 3339 as text";
  const Case cases[] = {
      {Field("agent_id") == 3, "agent_id", "eq", "3", "text"},
      {Field("agent_id") == nullptr, "agent_id", "eq", "null", "text"},
      {Field("call_status").In("ENDED", true), "call_status", "in", "true", "text"},
      {Field("agent_id") == "a\xFF", "agent_id", "eq", "\"a\"", "UTF-8"},
      {Field("metadata.k").NotIn("\xC3"), "metadata.k", "not_in", "\"\"", "UTF-8"},
      {Field("duration_ms") >= "5", "duration_ms", "ge", "\"5\"", "a finite number"},
      {Field("call_duration") != kInfinity, "call_duration", "ne", "inf", "a finite number"},
      {Field("call_duration") == std::nan(""), "call_duration", "eq", "nan", "a finite number"},
      {Field("call_duration") == true, "call_duration", "eq", "true", "a finite number"},
      {Field("created_at") == 1.5, "created_at", "eq", "1.5", kTime},
      {Field("created_at") == 1e19, "created_at", "eq", "1e+19", kTime},
      {Field("created_at") == kInfinity, "created_at", "eq", "inf", kTime},
      {Field("created_at") == false, "created_at", "eq", "false", kTime},
      {Field("in_voicemail") == "true", "in_voicemail", "eq", "\"true\"", "true, false"},
      {Field("in_voicemail") == 1, "in_voicemail", "eq", "1", "true, false"},
      {Field("agent_id").Make(Op::kPresent, {1}), "agent_id", "present", "1", "true, false"},
      {Field("metadata.k").Make(Op::kPrefix, {1}), "metadata.k", "prefix", "1", "text"},
      {Field("metadata.k") < nullptr, "metadata.k", "lt", "null",
       "text, a finite number, true, false"},
      {Field("metadata.k") == kInfinity, "metadata.k", "eq", "inf",
       "text, a finite number, true, false, null"},
      {Field("metadata.k").Between(1, "2"), "metadata.k", "between", "\"2\"",
       "a value of the type of 1"},
      {Field("agent_id").Make(Op::kIn, {}), "agent_id", "in", "[]", "a value"},
      {Field("agent_id").Make(Op::kEq, {}), "agent_id", "eq", "0", "1 value"},
      {Field("agent_id").Make(Op::kEq, {"a", "b"}), "agent_id", "eq", "2", "1 value"},
      {Field("agent_id").Make(Op::kPresent, {}), "agent_id", "present", "0", "1 value"},
      {Field("agent_id").Make(Op::kBetween, {"a"}), "agent_id", "between", "1", "2 values"},
      {Field("transcript_search") == "?!", "transcript_search", "eq", "\"?!\"", "text with a word"},
      {Field("transcript_search") != 7, "transcript_search", "ne", "7", "text with a word"},
      {Field("transcript_search").Make(Op::kEq, {}), "transcript_search", "eq", "0", "1 value"},
  };
  for (const Case& c : cases) {
    const Error error = ErrorOf(c.filter);
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(error.Detail("field"), c.field) << error.ToString();
    EXPECT_EQ(error.Detail("operator"), c.op) << error.ToString();
    EXPECT_EQ(error.Detail("value"), c.value) << error.ToString();
    EXPECT_EQ(error.Detail("valid"), c.valid) << error.ToString();
  }
}

TEST(ConditionCheck, TextThatIsNoTimeIsRefusedWithTheForms) {
  const Error error = ErrorOf(Field("start_timestamp") > "soon");
  EXPECT_EQ(error.message, "the text is not a time");
  EXPECT_EQ(error.Detail("value"), "\"soon\"");
  EXPECT_NE(error.Detail("valid").find("RFC 3339"), std::string_view::npos);
}

TEST(ConditionCheck, UnknownFieldIsRefusedWithTheNearest) {
  const Error error = ErrorOf(Field("agent") == "a" || Field("agentid") == "a");
  EXPECT_EQ(error.Detail("field"), "agent");
  EXPECT_EQ(ErrorOf(Field("agentid") == 5).Detail("nearest"), "agent_id");
}

TEST(ConditionCheck, OperatorOutOfTheEnumerationIsRefused) {
  const Error error = ErrorOf(Field("agent_id").Make(static_cast<Op>(99), {"a"}));
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.Detail("operator"), "unknown");
}

TEST(ConditionCheck, ConditionWithoutTestsIsRefused) {
  const Error error = ErrorOf(Filter::Condition("in_voicemail", {}));
  EXPECT_EQ(error.message, "the condition is empty");
  EXPECT_EQ(error.Detail("field"), "in_voicemail");
  EXPECT_EQ(error.Detail("valid"), "eq, ne, in, not_in, present");
}

TEST(ConditionCheck, RepeatedTextTestOfAListIsRefused) {
  const std::vector<Filter::Test> tests = {{Op::kContains, {"a"}}, {Op::kContains, {"b"}}};
  const Error error = ErrorOf(Filter::Condition("metadata.k", tests));
  EXPECT_EQ(error.message, "the condition repeats an operator");
  EXPECT_EQ(error.Detail("field"), "metadata.k");
  EXPECT_EQ(error.Detail("operator"), "contains");
  const Condition condition = ConditionOf(Filter::Condition("agent_id", tests));
  EXPECT_TRUE(Matches(condition, "a-b"));
  EXPECT_FALSE(Matches(condition, "a-c"));
}

}  // namespace
}  // namespace callstore::query
