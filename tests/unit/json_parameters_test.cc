// Goal:   the parameters of an address say what a body says, or are refused by name.
// Method: tables; then random filters, written both as parameters and as JSON, whose normal forms
//         must be the same.
#include <gtest/gtest.h>

#include <random>

#include "base/json_string.h"
#include "callstore/json.h"
#include "filter_text.h"
#include "query/normal_filter.h"

namespace callstore {
namespace {

using test::TextOf;

Error ListError(const Parameters& parameters) {
  const auto query = ParseListParameters(parameters);
  EXPECT_FALSE(query.has_value());
  return query ? Error{} : query.error();
}

struct Reading {
  Parameters parameters;
  std::string_view filter;
};

void ExpectReadings(const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    const auto query = ParseListParameters(reading.parameters);
    ASSERT_TRUE(query.has_value()) << reading.filter << ": " << query.error().ToString();
    EXPECT_EQ(TextOf(query->filter), reading.filter);
  }
}

struct Refusal {
  Parameters parameters;
  std::string_view field, value;
};

void ExpectRefusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    const auto& [name, text] = refusal.parameters.front();
    const Error error = ListError(refusal.parameters);
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << name << '=' << text;
    EXPECT_EQ(error.Detail("field"), refusal.field) << name << '=' << text;
    EXPECT_EQ(error.Detail("value"), refusal.value) << name << '=' << text;
    EXPECT_FALSE(error.Detail("valid").empty()) << name << '=' << text;
  }
}

TEST(JsonParameters, NoneAreTheDefault) {
  const auto list = ParseListParameters({});
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->limit, 20);
  EXPECT_EQ(list->view, View::kFull);
  EXPECT_TRUE(list->filter.empty());
  const auto aggregate = ParseAggregateParameters({});
  ASSERT_TRUE(aggregate.has_value());
  EXPECT_EQ(aggregate->metrics, std::vector<std::string>{"count"});
  EXPECT_TRUE(aggregate->filter.empty());
}

TEST(JsonParameters, EveryMemberOfListIsRead) {
  const auto query = ParseListParameters({{"page", "9223372036854775807"},
                                          {"limit", "1000"},
                                          {"sort_by", "latency.e2e.p50"},
                                          {"sort_order", "ascending"},
                                          {"view", "summary"},
                                          {"explain", "true"},
                                          {"deadline_ms", "5"},
                                          {"scan_limit_rows", "6"},
                                          {"agent_id", "a"}});
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->page, INT64_MAX);
  EXPECT_EQ(query->limit, 1000);
  EXPECT_EQ(query->sort_by, "latency.e2e.p50");
  EXPECT_EQ(query->sort_order, SortOrder::kAscending);
  EXPECT_EQ(query->view, View::kSummary);
  EXPECT_TRUE(query->explain);
  EXPECT_EQ(query->work.deadline_ms, 5);
  EXPECT_EQ(query->work.scan_limit_rows, 6);
  EXPECT_EQ(TextOf(query->filter), R"(agent_id eq "a")");
  EXPECT_EQ(ParseListParameters({{"cursor", "abc-_"}, {"explain", "false"}})->cursor, "abc-_");
  EXPECT_EQ(ParseListParameters({{"page", "1"}, {"cursor", ""}})->page, 1);
}

TEST(JsonParameters, EveryMemberOfAggregateIsRead) {
  const auto query =
      ParseAggregateParameters({{"group_by", "agent_id, day"},
                                {"metrics", "count"},
                                {"metrics", R"(avg:call_duration,p95:metadata.a\,b)"},
                                {"time_zone", "Europe/Madrid"},
                                {"sort_by", "count"},
                                {"sort_order", "descending"},
                                {"limit", "10000"},
                                {"explain", "true"},
                                {"deadline_ms", "5"},
                                {"scan_limit_rows", "6"},
                                {"call_duration.ge", "7"}});
  ASSERT_TRUE(query.has_value()) << query.error().ToString();
  EXPECT_EQ(query->group_by, (std::vector<std::string>{"agent_id", "day"}));
  EXPECT_EQ(query->metrics,
            (std::vector<std::string>{"count", "avg:call_duration", "p95:metadata.a,b"}));
  EXPECT_EQ(query->time_zone, "Europe/Madrid");
  EXPECT_EQ(query->sort_by, "count");
  EXPECT_EQ(query->sort_order, SortOrder::kDescending);
  EXPECT_EQ(query->limit, 10'000);
  EXPECT_TRUE(query->explain);
  EXPECT_EQ(query->work.deadline_ms, 5);
  EXPECT_EQ(query->work.scan_limit_rows, 6);
  EXPECT_EQ(TextOf(query->filter), "call_duration ge 7");
  for (const Parameters& wrong :
       std::vector<Parameters>{{{"group_by", "a,b,c"}},
                               {{"group_by", ""}},
                               {{"metrics", "count,"}},
                               {{"limit", "10001"}},
                               {{"sort_by", "count"}, {"sort_by", "group"}}}) {
    const auto refused = ParseAggregateParameters(wrong);
    ASSERT_FALSE(refused.has_value()) << wrong.front().first << '=' << wrong.front().second;
    EXPECT_EQ(refused.error().Detail("field"), wrong.front().first);
  }
  EXPECT_FALSE(ParseAggregateParameters({{"page", "1"}}).has_value());
}

TEST(JsonParameters, ConditionIsFieldWithValue) {
  ExpectReadings({
      {{{"agent_id", "a"}}, R"(agent_id eq "a")"},
      {{{"agent_id", "a,b"}}, R"(agent_id in "a" "b")"},
      {{{"agent_id", R"(a\,b)"}}, R"(agent_id eq "a,b")"},
      {{{"agent_id", "a"}, {"limit", "5"}, {"agent_id", "b,c"}}, R"(agent_id in "a" "b" "c")"},
      {{{"agent_id", ""}}, R"(agent_id eq "")"},
      {{{"agent_id", " a "}}, R"(agent_id eq " a ")"},
      {{{"agent_id", R"("a,b")"}}, R"(agent_id eq "a,b")"},
      {{{"agent_id", "==a"}}, R"(agent_id eq "==a")"},
      {{{"from_number", "+34600"}}, R"(from_number eq "+34600")"},
      {{{"call_status", "ENDED, ERROR"}}, R"(call_status in "ENDED" "ERROR")"},
      {{{"call_duration", "1,2.5"}}, "call_duration in 1 2.5"},
      {{{"call_successful", "true"}}, "call_successful eq true"},
      {{{"start_timestamp", "1970-01-02"}}, "start_timestamp eq 86400000"},
      {{{"transcript_search", "well, hello"}}, R"(transcript_search eq "well, hello")"},
      {{{"latency.e2e.p50", "5"}}, "latency.e2e.p50 eq 5"},
      {{{"agent_id", "a"}, {"call_duration", "1"}}, R"(and(agent_id eq "a", call_duration eq 1))"},
  });
}

TEST(JsonParameters, BareMetadataIsTextAndScalar) {
  ExpectReadings({
      {{{"metadata.k", "summer"}}, R"(metadata.k eq "summer")"},
      {{{"metadata.k", "3"}}, R"(metadata.k in "3" 3)"},
      {{{"metadata.k", "3"}, {"metadata.k", "true"}}, R"(metadata.k in "3" 3 "true" true)"},
      {{{"metadata.k", R"("3")"}}, R"(metadata.k eq "3")"},
      {{{"metadata.k", " 3"}}, R"(metadata.k eq " 3")"},
      {{{"metadata.k", ""}}, R"(metadata.k eq "")"},
      {{{"metadata.k.ne", "null"}}, R"(metadata.k not_in "null" null)"},
      {{{"metadata.k.ge", "3"}}, "metadata.k ge 3"},
      {{{"batch_call_id", "7"}}, R"(batch_call_id in "7" 7)"},
  });
}

TEST(JsonParameters, EveryOperatorIsRead) {
  ExpectReadings({
      {{{"agent_id.eq", "a"}}, R"(agent_id eq "a")"},
      {{{"agent_id.ne", "a"}}, R"(agent_id ne "a")"},
      {{{"agent_id.ne", "a,b"}}, R"(agent_id not_in "a" "b")"},
      {{{"agent_id.in", "a,b"}, {"agent_id.in", "c"}}, R"(agent_id in "a" "b" "c")"},
      {{{"agent_id.not_in", "a"}}, R"(agent_id not_in "a")"},
      {{{"agent_id.lt", "a,b"}}, R"(agent_id lt "a,b")"},
      {{{"call_duration.le", "1"}}, "call_duration le 1"},
      {{{"call_duration.gt", "1"}}, "call_duration gt 1"},
      {{{"call_duration.ge", "60000"}}, "call_duration ge 60000"},
      {{{"call_duration.lower_threshold", "1"}}, "call_duration ge 1"},
      {{{"call_duration.upper_threshold", "1"}}, "call_duration le 1"},
      {{{"call_duration.between", "1,5"}}, "call_duration between 1 5"},
      {{{"call_duration.between", "1"}, {"call_duration.between", "5"}},
       "call_duration between 1 5"},
      {{{"agent_id.prefix", R"(a,\,)"}}, R"(agent_id prefix "a,\,")"},
      {{{"agent_id.suffix", "a"}}, R"(agent_id suffix "a")"},
      {{{"agent_id.contains", "3"}}, R"(agent_id contains "3")"},
      {{{"agent_id.present", "false"}}, "agent_id present false"},
      {{{"call_duration.present", "true"}}, "call_duration present true"},
      // The tests of a field are one condition, as they are in one object of JSON.
      {{{"metadata.tags.ge", "1"}, {"agent_id", "a"}, {"metadata.tags.le", "5"}},
       R"(and(metadata.tags ge 1 le 5, agent_id eq "a"))"},
  });
}

TEST(JsonParameters, LastPartIsOperatorOfField) {
  ExpectReadings({
      {{{"metadata.a.b.ge", "1"}}, "metadata.a.b ge 1"},
      {{{"metadata.a.b.c", "x"}}, R"(metadata.a.b.c eq "x")"},
      {{{"metadata.ge", "x"}}, R"(metadata.ge eq "x")"},
      {{{"metadata.ge.ge", "1"}}, "metadata.ge ge 1"},
      {{{"metadata.score.ge.eq", "x"}}, R"(metadata.score.ge eq "x")"},
      {{{"call_analysis.custom_analysis_data.in", "x"}},
       R"(call_analysis.custom_analysis_data.in eq "x")"},
      {{{"custom_analysis_data.k.contains", "x"}}, R"(custom_analysis_data.k contains "x")"},
      {{{"tool_calls.name.prefix", "x"}}, R"(tool_calls.name prefix "x")"},
  });
}

TEST(JsonParameters, CriteriaHoldToo) {
  ExpectReadings({
      {{{"filter_criteria", R"({"or":[{"agent_id":"a"},{"call_id":"b"}]})"}},
       R"(or(agent_id eq "a", call_id eq "b"))"},
      {{{"filter_criteria", R"({"call_id":"b"})"}, {"agent_id", "a"}, {"to_number", "1"}},
       R"(and(and(agent_id eq "a", to_number eq "1"), call_id eq "b"))"},
      {{{"filter_criteria", "{}"}, {"agent_id", "a"}}, R"(agent_id eq "a")"},
  });
  const Error error = ListError({{"filter_criteria", R"({"call_id":)"}});
  EXPECT_EQ(error.Detail("field"), "filter_criteria");
  EXPECT_FALSE(error.Detail("offset").empty());
  EXPECT_EQ(ListError({{"filter_criteria", R"({"call_id":{"near":1}})"}}).Detail("operator"),
            "near");
}

TEST(JsonParameters, WrongMemberIsRefusedByName) {
  ExpectRefusals({
      {{{"limit", "0"}}, "limit", "0"},
      {{{"limit", "1001"}}, "limit", "1001"},
      {{{"limit", "x"}}, "limit", "x"},
      {{{"limit", ""}}, "limit", ""},
      {{{"limit", "020"}}, "limit", "020"},
      {{{"limit", " 5"}}, "limit", " 5"},
      {{{"limit", std::string("5\0", 2)}}, "limit", std::string_view("5\0", 2)},
      {{{"page", "-1"}}, "page", "-1"},
      {{{"page", "0"}, {"cursor", "x"}}, "page", "0"},
      {{{"page", "0"}, {"page", "1"}}, "page", "1"},
      {{{"cursor", "x"}, {"cursor", "x"}}, "cursor", "x"},
      {{{"sort_by", "agent"}}, "sort_by", "agent"},
      {{{"sort_order", "desc"}}, "sort_order", "desc"},
      {{{"view", ""}}, "view", ""},
      {{{"explain", "1"}}, "explain", "1"},
      {{{"deadline_ms", "1.5"}}, "deadline_ms", "1.5"},
      {{{"filter_criteria", "{}"}, {"filter_criteria", "[]"}}, "filter_criteria", "[]"},
      {{{"filter_criteria", "[]"}}, "filter_criteria", "[]"},
  });
}

TEST(JsonParameters, WrongConditionIsRefusedByName) {
  ExpectRefusals({
      {{{"call_duration", ""}}, "call_duration", ""},
      {{{"call_duration", "1,,2"}}, "call_duration", ""},
      {{{"call_duration.ge", "long"}}, "call_duration", "long"},
      {{{"call_duration.ge", "1"}, {"call_duration.ge", "2"}}, "call_duration.ge", "2"},
      {{{"call_duration.between", "1"}}, "call_duration", "1"},
      {{{"call_duration.present", ""}}, "call_duration", ""},
      {{{"agent_id.present", "1"}}, "agent_id", "1"},
      {{{"call_status", ""}}, "call_status", ""},
      {{{"user_sentiment", "Positive,"}}, "user_sentiment", ""},
      {{{"in_voicemail", ""}}, "in_voicemail", ""},
      {{{"start_timestamp.ge", ""}}, "start_timestamp", ""},
      {{{"start_timestamp.ge", "soon"}}, "start_timestamp", "soon"},
      {{{"transcript_search", ""}}, "transcript_search", ""},
      {{{"transcript_search", "a"}, {"transcript_search", "b"}}, "transcript_search", "b"},
      {{{"agent_id.prefix", "a"}, {"agent_id.prefix", "b"}}, "agent_id.prefix", "b"},
      {{{"agent_id", R"("a)"}}, "agent_id", R"("a)"},
      {{{"agent_id", "\xFF"}}, "agent_id", ""},
      {{{"metadata.\xFF", "a"}}, "metadata.", "a"},
      {{{"", "a"}}, "", "a"},
      {{{"metadata.", "a"}}, "metadata.", "a"},
      {{{"latency.e2e", "1"}}, "latency.e2e", "1"},
  });
}

TEST(JsonParameters, UnknownNameTellsTheNearest) {
  struct Case {
    std::string name;
    std::string_view field, nearest;
  };
  const Case cases[] = {
      {"pages", "pages", "page"},
      {"agent", "agent", "agent_id"},
      {"call_durtion.ge", "call_durtion.ge", "call_duration.ge"},
      {"call_duration.gte", "call_duration", "ge"},
      {"latency.e2e.p50.min", "latency.e2e.p50", "in"},
      {"meta.campaign", "meta.campaign", "metadata.campaign"},
      {"filter", "filter", "filter_criteria"},
      {"xyzzy", "xyzzy", ""},
  };
  for (const Case& c : cases) {
    const Error error = ListError({{c.name, "1"}});
    EXPECT_EQ(error.Detail("field"), c.field) << c.name;
    EXPECT_EQ(error.Detail("nearest"), c.nearest) << c.name;
    EXPECT_FALSE(error.Detail("valid").empty()) << c.name;
  }
  const Error error = ListError({{"pages", "1"}});
  EXPECT_NE(error.Detail("valid").find("page, limit"), std::string_view::npos);
  EXPECT_NE(error.Detail("valid").find("agent_id"), std::string_view::npos);
  EXPECT_EQ(error.details.back().first, "valid") << "the nearest stands before the long list";
}

TEST(JsonParameters, UnescapedPlusIsTold) {
  for (const Parameters& parameters :
       std::vector<Parameters>{{{"call_duration", " 5"}},
                               {{"call_duration.ge", " 5"}},
                               {{"combined_cost", "1, 5"}},
                               {{"from_number", " 34600"}},
                               {{"to_number.in", "x, 34600"}},
                               {{"start_timestamp.ge", "2023-12-20T18:40:00 01:00"}}}) {
    const Error error = ListError(parameters);
    EXPECT_NE(error.message.find("unescaped +"), std::string::npos) << error.ToString();
    EXPECT_NE(error.Detail("valid").find("%2B"), std::string_view::npos) << error.ToString();
  }
}

// A condition made up, as parameters and as JSON.
class FilterMaker {
 public:
  explicit FilterMaker(std::uint32_t seed) : engine_(seed) {}

  void AddCondition(const std::string& field);

  const Parameters& parameters() const { return parameters_; }
  std::string json() const { return json_ + '}'; }

 private:
  // A value as it is written in both.
  struct Written {
    std::string text, json;
  };

  std::size_t Below(std::size_t n) { return engine_() % n; }
  std::string Text();
  std::string Quoted(const std::string& text) const;
  Written Value(const std::string& field, bool in_list);
  Written TextValue(const std::string& text, bool in_list);
  void AddList(const std::string& field, const std::string& op);

  std::mt19937 engine_;
  Parameters parameters_;
  std::string json_ = "{";
};

std::string FilterMaker::Text() {
  static const std::string pieces[] = {"a", "B", ",", "\\", "\"", " ", "é", "+", "=", ".", "3"};
  std::string text;
  for (std::size_t i = Below(5); i-- > 0;) text += pieces[Below(std::size(pieces))];
  return text;
}

std::string FilterMaker::Quoted(const std::string& text) const {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

FilterMaker::Written FilterMaker::TextValue(const std::string& text, bool in_list) {
  Written written;
  AppendJsonString(text, &written.json);
  // In a list a backslash at the end would take the comma for its own.
  const bool must_quote = text.starts_with('"') || (in_list && text.ends_with('\\'));
  if (must_quote || Below(4) == 0) {
    written.text = Quoted(text);
    return written;
  }
  for (const char c : text) {
    if (in_list && c == ',') written.text += '\\';
    written.text += c;
  }
  return written;
}

FilterMaker::Written FilterMaker::Value(const std::string& field, bool in_list) {
  if (field == "call_duration" || field == "start_timestamp") {
    const std::string number = std::to_string(Below(1000));
    return {number, number};
  }
  if (field == "call_successful")
    return Below(2) == 0 ? Written{"true", "true"} : Written{"false", "false"};
  if (field == "call_status") {
    const std::string word = Below(2) == 0 ? "ENDED" : "odd";
    return {word, '"' + word + '"'};
  }
  if (field == "agent_id" || !in_list || Below(2) == 0) {
    std::string text = Text();
    if (text.find_first_not_of("3+.") == std::string::npos) text += 'x';  // spells no number
    return TextValue(text, in_list);
  }
  static const std::string scalars[] = {"3", "-2.5", "true", "false", "null", "1e2"};
  const std::string& scalar = scalars[Below(std::size(scalars))];
  return {scalar, '"' + scalar + "\"," + scalar};
}

void FilterMaker::AddList(const std::string& field, const std::string& op) {
  std::string json;
  // Bare, eq and ne take several values in an address; in JSON these are in and not_in.
  const std::string spelled = op == "in" && Below(2) == 0 ? "eq" : op == "not_in" ? "ne" : op;
  const bool bare = spelled == "eq" && Below(2) == 0;
  const std::string name = bare ? field : field + '.' + spelled;
  std::string text;
  bool open = false;
  for (std::size_t i = Below(3) + 1; i-- > 0;) {
    const Written value = Value(field, true);
    if (open) text += ',';
    text += value.text;
    json += (json.empty() ? "" : ",") + value.json;
    open = i > 0 && Below(2) == 0;
    if (open) continue;
    parameters_.emplace_back(name, std::move(text));
    text.clear();
  }
  json_ += '"' + op + "\":[" + json + ']';
}

void FilterMaker::AddCondition(const std::string& field) {
  json_ += (json_.size() > 1 ? ",\"" : "\"") + field + "\":{";
  const bool has_order = field == "agent_id" || field == "call_duration" ||
                         field == "start_timestamp" || field.starts_with("metadata.");
  const bool has_parts = field == "agent_id" || field == "call_status";
  std::vector<std::string> ops = {"in", "not_in", "present"};
  if (has_order) ops.insert(ops.end(), {"ge", "lt", "between"});
  if (has_parts) ops.insert(ops.end(), {"prefix", "contains"});
  std::shuffle(ops.begin(), ops.end(), engine_);
  ops.resize(Below(3) + 1);
  for (const std::string& op : ops) {
    if (json_.back() != '{') json_ += ',';
    if (op == "in" || op == "not_in") {
      AddList(field, op);
      continue;
    }
    Written value = op == "present" ? Written{"true", "true"} : Value(field, false);
    if (op == "between") {
      // The comma between them is the only one that counts.
      value = field == "call_duration" || field == "start_timestamp"
                  ? Written{"5,7", "[5,7]"}
                  : Written{R"(a\,,"b,")", R"(["a,","b,"])"};
    }
    parameters_.emplace_back(field + '.' + op, value.text);
    json_ += '"' + op + "\":" + value.json;
  }
  json_ += '}';
}

std::string NormalForm(const Result<Filter>& filter) {
  if (!filter) return filter.error().ToString();
  const auto normal = query::Normalize(*filter);
  return normal ? normal->json : normal.error().ToString();
}

TEST(JsonParameters, RandomFilterIsTheSameAsItsJson) {
  const std::string fields[] = {"agent_id",        "call_duration",   "call_status",
                                "start_timestamp", "call_successful", "metadata.k",
                                "metadata.a.b"};
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    FilterMaker maker(seed);
    for (std::size_t i = 0; i < std::size(fields); ++i) {
      if ((seed * 2654435761U >> (8 + i)) % 2 == 0) maker.AddCondition(fields[i]);
    }
    const auto query = ParseListParameters(maker.parameters());
    const auto read = query ? Result<Filter>(query->filter)
                            : Result<Filter>(tl::unexpected<Error>(query.error()));
    const std::string expected = NormalForm(ParseFilter(maker.json()));
    ASSERT_EQ(expected.front(), '{') << maker.json() << ": " << expected;
    ASSERT_EQ(NormalForm(read), expected) << "seed " << seed << ": " << maker.json();
  }
}

}  // namespace
}  // namespace callstore
