// Goal:   a line of text becomes the condition that a person means by it, or is refused.
#include <gtest/gtest.h>

#include "callstore/json.h"
#include "filter_text.h"

namespace callstore {
namespace {

using test::TextOf;

struct Reading {
  std::string_view text, filter;
};

template <std::size_t N>
void ExpectReadings(const Reading (&readings)[N]) {
  for (const Reading& reading : readings) {
    const auto filter = ParseCondition(reading.text);
    ASSERT_TRUE(filter.has_value()) << reading.text << ": " << filter.error().ToString();
    EXPECT_EQ(TextOf(*filter), reading.filter) << reading.text;
  }
}

TEST(ConditionText, EveryOperatorIsRead) {
  ExpectReadings({
      {"agent_id=a", R"(agent_id eq "a")"},
      {"agent_id!=a", R"(agent_id ne "a")"},
      {"agent_id<a", R"(agent_id lt "a")"},
      {"agent_id<=a", R"(agent_id le "a")"},
      {"agent_id>a", R"(agent_id gt "a")"},
      {"agent_id>=a", R"(agent_id ge "a")"},
      {"agent_id~a", R"(agent_id contains "a")"},
      {"agent_id^=a", R"(agent_id prefix "a")"},
      {"agent_id$=a", R"(agent_id suffix "a")"},
      {"agent_id?", "agent_id present true"},
      {"!agent_id?", "agent_id present false"},
  });
}

TEST(ConditionText, SpaceAroundPartsIsIgnored) {
  ExpectReadings({
      {"  call_duration >=\t60000 ", "call_duration ge 60000"},
      {"call_duration >=60000", "call_duration ge 60000"},
      {" ! agent_id ? ", "agent_id present false"},
      {"call_status = ENDED , ERROR", R"(call_status in "ENDED" "ERROR")"},
      {"metadata.my key = a  b", R"(metadata.my key eq "a  b")"},
      {R"(agent_id = " a ")", R"(agent_id eq " a ")"},
  });
}

TEST(ConditionText, CommasSeparateValuesOfEquality) {
  ExpectReadings({
      {"agent_id=a,b", R"(agent_id in "a" "b")"},
      {"agent_id!=a,b,", R"(agent_id not_in "a" "b" "")"},
      {R"(agent_id=a\,b,c\d)", R"(agent_id in "a,b" "c\d")"},
      {R"(agent_id="a,b" , "c\"\\d")", R"(agent_id in "a,b" "c"\d")"},
      {"call_duration=1,2.5", "call_duration in 1 2.5"},
      {R"(call_summary~a,b\,c)", R"(call_summary contains "a,b\,c")"},
      {"transcript_search=well, hello", R"(transcript_search eq "well, hello")"},
      {"agent_id=", R"(agent_id eq "")"},
  });
}

TEST(ConditionText, ValueIsOfTheTypeOfItsField) {
  ExpectReadings({
      {"call_successful=true", "call_successful eq true"},
      {"tool_calls.successful!=false", "tool_calls.successful ne false"},
      {"call_analysis.in_voicemail=yes", R"(call_analysis.in_voicemail eq "yes")"},
      {"duration_ms<1e3", "duration_ms lt 1000"},
      {"latency.e2e.p50>812.5", "latency.e2e.p50 gt 812.5"},
      {"combined_cost<-1", "combined_cost lt -1"},
      {"start_timestamp>=1970-01-01T00:00:01Z", "start_timestamp ge 1000"},
      {"created_at=5,1970-01-02", "created_at in 5 86400000"},
      {"from_number=+34600", R"(from_number eq "+34600")"},
      {"call_id=123", R"(call_id eq "123")"},
      {"no_such_field=5", R"(no_such_field eq "5")"},
      {"agent_id=~x", R"(agent_id eq "~x")"},
  });
}

TEST(ConditionText, ValueOfAnyTypeIsTextAndScalar) {
  ExpectReadings({
      {"metadata.k=summer", R"(metadata.k eq "summer")"},
      {"metadata.k=3", R"(metadata.k in "3" 3)"},
      {"metadata.k!=3.5", R"(metadata.k not_in "3.5" 3.5)"},
      {"metadata.k=true,x,null", R"(metadata.k in "true" true "x" "null" null)"},
      {R"(metadata.k="3")", R"(metadata.k eq "3")"},
      {"metadata.k=03", R"(metadata.k eq "03")"},
      {"metadata.k=1e999", R"(metadata.k eq "1e999")"},
      {"metadata.k>=3", "metadata.k ge 3"},
      {"metadata.k>=b", R"(metadata.k ge "b")"},
      {R"(metadata.k>="3")", R"(metadata.k ge "3")"},
      {"metadata.k~3", R"(metadata.k contains "3")"},
      {"metadata.k= 3", R"(metadata.k in "3" 3)"},
      {"metadata.k.ge=3", R"(metadata.k.ge in "3" 3)"},
      {"batch_call_id=7", R"(batch_call_id in "7" 7)"},
      {"custom_analysis_data.score<7", "custom_analysis_data.score lt 7"},
      {"call_analysis.custom_analysis_data.score=x",
       R"(call_analysis.custom_analysis_data.score eq "x")"},
  });
}

TEST(ConditionText, ThresholdsMayBePartOfTheName) {
  ExpectReadings({
      {"call_duration.ge=60000", "call_duration ge 60000"},
      {"call_duration.upper_threshold=5", "call_duration le 5"},
      {"latency.e2e.p50.lt=5", "latency.e2e.p50 lt 5"},
      {"start_timestamp.lower_threshold=1970-01-02", "start_timestamp ge 86400000"},
      {"agent_id.gt=a", R"(agent_id gt "a")"},
  });
}

TEST(ConditionText, MalformedTextIsRefused) {
  struct Case {
    std::string_view text, field, value;
  };
  const Case cases[] = {
      {"", "condition", ""},
      {"agent_id", "condition", "agent_id"},
      {"=a", "condition", "=a"},
      {"  =a", "condition", "=a"},
      {"!agent_id", "condition", "!agent_id"},
      {"!=a", "condition", "!=a"},
      {"!agent_id=a", "condition", "!agent_id=a"},
      {"agent_id?a", "condition", "agent_id?a"},
      {"agent_id??", "condition", "agent_id??"},
      {"?", "condition", "?"},
      {"agent_id==a", "agent_id", "agent_id==a"},
      {"agent_id <> a", "agent_id", "agent_id <> a"},
      {"agent_id!a", "agent_id", "agent_id!a"},
      {"agent_id^a", "agent_id", "agent_id^a"},
      {R"(agent_id="a)", "agent_id", "\"a"},
      {R"(agent_id="a" b)", "agent_id", "\"a\" b"},
      {R"(agent_id~"a",b)", "agent_id", "\"a\",b"},
      {"call_duration=long", "call_duration", "long"},
      {"call_duration=", "call_duration", ""},
      {"call_duration=1,x", "call_duration", "x"},
      {"call_duration=+5", "call_duration", "+5"},
      {"call_duration=1e999", "call_duration", "1e999"},
      {"start_timestamp>soon", "start_timestamp", "soon"},
  };
  for (const Case& c : cases) {
    const auto filter = ParseCondition(c.text);
    ASSERT_FALSE(filter.has_value()) << c.text;
    EXPECT_EQ(filter.error().code, ErrorCode::kInvalidArgument) << c.text;
    EXPECT_EQ(filter.error().Detail("field"), c.field) << c.text;
    EXPECT_EQ(filter.error().Detail("value"), c.value) << c.text;
    EXPECT_FALSE(filter.error().Detail("valid").empty()) << c.text;
  }
  EXPECT_FALSE(ParseCondition("agent_id=\xFF").has_value());
}

TEST(ConditionText, UnescapedPlusBeforeNumberIsTold) {
  for (const std::string_view text :
       {"call_duration= 5", "call_duration.ge= 5", "latency.e2e.p50>= 5"}) {
    const auto filter = ParseCondition(text);
    ASSERT_FALSE(filter.has_value()) << text;
    EXPECT_NE(filter.error().message.find("unescaped +"), std::string::npos) << text;
    EXPECT_EQ(filter.error().Detail("value"), " 5") << text;
  }
}

}  // namespace
}  // namespace callstore
