// Goal:   a filter in normal form matches what the filter as given matches, and its text is input
//         again that comes to the same text. The text is frozen: cursors are bound to it.
// Method: tables of filters and their texts; then random filters, evaluated on random calls both by
//         the letter of filter.h and in normal form.
#include "query/normal_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/ascii.h"
#include "callstore/json.h"

namespace callstore::query {
namespace {

using Op = FilterOperator;

NormalFilter NormalOf(const Filter& filter) {
  auto normal = Normalize(filter);
  EXPECT_TRUE(normal) << (normal ? "" : normal.error().ToString());
  return normal ? *std::move(normal) : NormalFilter{};
}

NormalFilter NormalOf(std::string_view json) {
  const auto filter = ParseFilter(json);
  EXPECT_TRUE(filter) << json << ' ' << (filter ? "" : filter.error().ToString());
  return filter ? NormalOf(*filter) : NormalFilter{};
}

void ExpectTexts(const std::vector<std::pair<std::string_view, std::string_view>>& cases) {
  for (const auto& [given, normal] : cases) {
    EXPECT_EQ(NormalOf(given).json, normal) << given;
    EXPECT_EQ(NormalOf(normal).json, normal) << "as input again";
  }
}

// Cursors that people keep must stay good: never change the expected texts.
TEST(NormalFilter, ConditionsComeInTheirForm) {
  ExpectTexts({
      {R"({"agent_id":"a"})", R"({"agent_id":{"eq":"a"}})"},
      {R"({"agent_id":["b","a","b"]})", R"({"agent_id":{"in":["a","b"]}})"},
      {R"({"agent_id":{"in":["a"]}})", R"({"agent_id":{"eq":"a"}})"},
      {R"({"agent_id":{"not_in":["a"]}})", R"({"agent_id":{"ne":"a"}})"},
      {R"({"agent_id":{"not_in":["b","a"],"ne":"c"}})", R"({"agent_id":{"not_in":["a","b","c"]}})"},
      {R"({"duration_ms":{"lower_threshold":1,"upper_threshold":2.50}})",
       R"({"call_duration":{"ge":1,"le":2.5}})"},
      {R"({"call_duration":{"between":[1,5],"gt":1,"lt":5,"ne":3}})",
       R"({"call_duration":{"gt":1,"lt":5,"ne":3}})"},
      {R"({"call_duration":{"ge":1,"gt":0,"le":7,"lt":8}})",
       R"({"call_duration":{"ge":1,"le":7}})"},
      {R"({"call_duration":{"between":[9,1]}})", R"({"call_duration":{"ge":9,"le":1}})"},
      {R"({"e2e_latency_p50":[1e3,100000000000000000000,0.1,1e-7,-0]})",
       R"({"latency.e2e.p50":{"in":[0,1e-07,0.1,1000,1e+20]}})"},
      {R"({"call_status":["ended","Odd","busy"],"user_sentiment":"POSITIVE"})",
       R"({"call_analysis.user_sentiment":{"eq":"Positive"},)"
       R"("call_status":{"in":["BUSY","ENDED","Odd"]}})"},
      {R"({"call_status":{"prefix":"No_","suffix":"r","contains":"ans"}})",
       R"({"call_status":{"prefix":"NO_","suffix":"R","contains":"ANS"}})"},
      {R"({"created_at":"1970-01-01T00:00:01Z"})", R"({"created_at":{"eq":1000}})"},
      {R"({"created_at":{"ge":"1970-01-02","lt":5e3}})",
       R"({"created_at":{"ge":86400000,"lt":5000}})"},
      {R"({"in_voicemail":[true,false]})", R"({"call_analysis.in_voicemail":{"in":[false,true]}})"},
      {R"({"metadata.k":[3,"x",null,true,3.0]})", R"({"metadata.k":{"in":[null,true,3,"x"]}})"},
      {R"({"metadata.a \"b\"":"\u0001\n\u00e9"})",
       "{\"metadata.a \\\"b\\\"\":{\"eq\":\"\\u0001\\n\xC3\xA9\"}}"},
      {R"({"agent_id":{"present":true}})", R"({"agent_id":{"present":true}})"},
      {R"({"agent_id":{"present":true,"prefix":"a"}})", R"({"agent_id":{"prefix":"a"}})"},
      {R"({"agent_id":{"present":false}})", R"({"agent_id":{"present":false}})"},
      {R"({"metadata.k":{"eq":1,"ne":2,"present":false}})",
       R"({"metadata.k":{"eq":1,"present":false,"ne":2}})"},
      {R"({"transcript_search":"World, hello WORLD"})",
       R"({"transcript_search":{"eq":"hello world"}})"},
      {R"({"transcript_search":{"eq":"b a","ne":"C"}})",
       R"({"transcript_search":{"eq":"a b","ne":"c"}})"},
      {R"({"start_timestamp":{"lt":2,"ge":1}})", R"({"start_timestamp":{"ge":1,"lt":2}})"},
      {R"({"start_timestamp":{"between":[1,2]}})", R"({"start_timestamp":{"ge":1,"le":2}})"},
  });
}

TEST(NormalFilter, TreesComeInTheirForm) {
  ExpectTexts({
      {"{}", "{}"},
      {R"({"and":[]})", "{}"},
      {R"({"or":[]})", R"({"or":[]})"},
      {R"({"not":{}})", R"({"or":[]})"},
      {R"({"not":{"or":[]}})", "{}"},
      {R"({"or":[{"id":"a"},{}]})", "{}"},
      {R"({"or":[{"or":[]},{"id":"a"}]})", R"({"id":{"eq":"a"}})"},
      {R"({"and":[{"or":[]},{"id":"a"}]})", R"({"or":[]})"},
      {R"({"and":[{"id":"a"}]})", R"({"id":{"eq":"a"}})"},
      {R"({"not":{"not":{"id":"a"}}})", R"({"id":{"eq":"a"}})"},
      {R"({"not":{"id":["b","a"]}})", R"({"id":{"not_in":["a","b"]}})"},
      {R"({"not":{"id":{"present":false}}})", R"({"id":{"present":true}})"},
      {R"({"not":{"id":{"ge":"a"}}})", R"({"not":{"id":{"ge":"a"}}})"},
      {R"({"not":{"id":"a","call_id":"b"}})", R"({"not":{"call_id":{"eq":"b"},"id":{"eq":"a"}}})"},
      {R"({"to_number":"2","and":[{"from_number":"1"},{"and":[{"id":"3"}]}]})",
       R"({"from_number":{"eq":"1"},"id":{"eq":"3"},"to_number":{"eq":"2"}})"},
      {R"({"or":[{"id":"b"},{"or":[{"call_id":"c"},{"id":["a","b"]}]}]})",
       R"({"or":[{"call_id":{"eq":"c"}},{"id":{"in":["a","b"]}}]})"},
      {R"({"or":[{"id":"b"},{"id":"a"}]})", R"({"id":{"in":["a","b"]}})"},
      {R"({"or":[{"id":{"prefix":"b"}},{"id":{"prefix":"a"}},{"id":{"prefix":"b"}}]})",
       R"({"or":[{"id":{"prefix":"a"}},{"id":{"prefix":"b"}}]})"},
      // Of a field with one value, conditions are one.
      {R"({"agent_id":["a","b"],"and":[{"agent_id":["b","c"]}]})", R"({"agent_id":{"eq":"b"}})"},
      {R"({"agent_id":"a","and":[{"agent_id":"b"}]})", R"({"or":[]})"},
      {R"({"combined_cost":{"gt":1},"call_cost.combined_cost":{"lt":2}})",
       R"({"call_cost.combined_cost":{"gt":1,"lt":2}})"},
      {R"({"transcript_search":"b","and":[{"transcript_search":"a"}]})",
       R"({"transcript_search":{"eq":"a b"}})"},
      // Of a list they are not.
      {R"({"metadata.t":"a","and":[{"metadata.t":"b"}]})",
       R"({"metadata.t":{"eq":"a"},"and":[{"metadata.t":{"eq":"b"}}]})"},
      {R"({"metadata.t":{"ge":3,"eq":"a"}})", R"({"metadata.t":{"eq":"a","ge":3}})"},
      {R"({"metadata.t":{"ge":3,"le":"a"}})", R"({"or":[]})"},
      {R"({"metadata.t":{"ne":1},"and":[{"metadata.t":{"ne":"a"}}]})",
       R"({"metadata.t":{"not_in":[1,"a"]}})"},
      // What has no room as a member.
      {R"({"agent_id":{"prefix":"a"},"and":[{"agent_id":{"prefix":"b"}}]})",
       R"({"agent_id":{"prefix":"a"},"and":[{"agent_id":{"prefix":"b"}}]})"},
      {R"({"or":[{"id":{"gt":"a"}},{"call_id":"c"}],)"
       R"("and":[{"or":[{"id":{"gt":"b"}},{"call_id":"c"}]}]})",
       R"({"and":[{"or":[{"call_id":{"eq":"c"}},{"id":{"gt":"b"}}]}],)"
       R"("or":[{"call_id":{"eq":"c"}},{"id":{"gt":"a"}}]})"},
      {R"({"and":[{"not":{"id":{"gt":"a"}}},{"not":{"id":{"lt":"b"}}},{"id":{"present":true}},)"
       R"({"id":{"present":false}}]})",
       R"({"id":{"present":true},"and":[{"id":{"present":false}},{"not":{"id":{"lt":"b"}}}],)"
       R"("not":{"id":{"gt":"a"}}})"},
      {R"({"and":[{"transcript_search":{"ne":"a"}},{"transcript_search":{"ne":"b"}},)"
       R"({"transcript_search":{"ne":"c"}}]})",
       R"({"transcript_search":{"ne":"a"},"and":[{"transcript_search":{"ne":"b"}},)"
       R"({"transcript_search":{"ne":"c"}}]})"},
  });
}

TEST(NormalFilter, OrderAsGivenDoesNotMatter) {
  EXPECT_EQ(
      NormalOf(Field("id") == "a" && (Field("agent_id") != "b" || Field("call_id") > "c")).json,
      NormalOf((Field("call_id") > "c" || !(Field("agent_id") == "b")) && Field("id") == "a").json);
}

struct Bounds {
  bool bounded = false;
  std::int64_t least = INT64_MIN;
  std::int64_t most = INT64_MAX;
  bool only_bounds = true;

  friend bool operator==(const Bounds&, const Bounds&) = default;
};
void PrintTo(const Bounds& bounds, std::ostream* out) {
  *out << bounds.bounded << ' ' << bounds.least << ' ' << bounds.most << ' ' << bounds.only_bounds;
}
Bounds BoundsOf(const NormalFilter& normal) {
  return {normal.bounded, normal.least_start, normal.most_start, normal.only_bounds()};
}

TEST(NormalFilter, TopConditionsOnTheStartAreBounds) {
  const std::pair<std::string_view, Bounds> cases[] = {
      {"{}", {}},
      {R"({"start_timestamp":{"ge":1,"lt":5}})", {true, 1, 4}},
      {R"({"start_timestamp":{"gt":1,"le":5}})", {true, 2, 5}},
      {R"({"start_timestamp":{"ge":1},"and":[{"start_timestamp":{"lt":5}}]})", {true, 1, 4}},
      {R"({"start_timestamp":7})", {true, 7, 7}},
      {R"({"start_timestamp":[7,9,8]})", {true, 7, 9, false}},
      {R"({"start_timestamp":{"in":[7,9],"lt":9}})", {true, 7, 8, false}},
      {R"({"start_timestamp":{"eq":7,"gt":7}})", {true, 8, 7}},
      {R"({"start_timestamp":{"between":[5,1]}})", {true, 5, 1}},
      {R"({"start_timestamp":{"present":true}})", {.bounded = true}},
      {R"({"start_timestamp":{"present":false}})", {.only_bounds = false}},
      {R"({"start_timestamp":{"ge":1,"ne":3}})", {true, 1, INT64_MAX, false}},
      {R"({"start_timestamp":{"ge":1},"id":"a"})", {true, 1, INT64_MAX, false}},
      {R"({"start_timestamp":{"ge":1},"id":"a","call_id":"b"})", {true, 1, INT64_MAX, false}},
      {R"({"not":{"start_timestamp":{"ge":1}}})", {.only_bounds = false}},
      {R"({"or":[{"start_timestamp":{"ge":1}},{"id":"a"}]})", {.only_bounds = false}},
      {R"({"or":[]})", {.only_bounds = false}},
      {R"({"start_timestamp":{"lt":-9223372036854775808}})", {true, INT64_MAX, INT64_MIN}},
      {R"({"start_timestamp":{"gt":9223372036854775807}})", {true, INT64_MAX, INT64_MIN}},
      {R"({"start_timestamp":{"le":9223372036854775807}})", {.bounded = true}},
      {R"({"start_timestamp":{"ge":-9223372036854775808}})", {.bounded = true}},
      {R"({"start_timestamp":{"gt":9223372036854775807,"le":5}})", {true, INT64_MAX, INT64_MIN}},
  };
  for (const auto& [json, bounds] : cases) EXPECT_EQ(BoundsOf(NormalOf(json)), bounds) << json;
}

TEST(NormalFilter, WhatIsLeftOfTheRootIsTheRest) {
  const NormalFilter one = NormalOf(R"({"start_timestamp":{"ge":1},"id":"a"})");
  ASSERT_EQ(one.root.kind, Node::Kind::kCondition);
  EXPECT_EQ(one.root.condition.field.id, FieldId::kId);
  EXPECT_EQ(one.json, R"({"id":{"eq":"a"},"start_timestamp":{"ge":1}})");
  const NormalFilter two = NormalOf(R"({"start_timestamp":{"ge":1},"id":"a","call_id":"b"})");
  ASSERT_EQ(two.root.kind, Node::Kind::kAnd);
  EXPECT_EQ(two.root.children.size(), 2U);
}

TEST(NormalFilter, SearchThatMustHoldIsKnown) {
  EXPECT_EQ(NormalOf(R"({"transcript_search":"B a"})").search, "a b");
  EXPECT_EQ(NormalOf(R"({"id":"x","transcript_search":"a"})").search, "a");
  EXPECT_EQ(NormalOf(R"({"transcript_search":{"ne":"a"}})").search, "");
  EXPECT_EQ(NormalOf(R"({"or":[{"transcript_search":"a"},{"id":"x"}]})").search, "");
}

// The short way of a TimeRange must come to what the long way does.
TEST(NormalFilter, RangeOfTimesIsEchoedAsGiven) {
  const TimeRange ranges[] = {{},
                              {.ge = 1},
                              {.lt = -2},
                              {.ge = 1, .lt = 2},
                              {.ge = 9, .lt = 1},
                              {.ge = INT64_MIN, .lt = INT64_MAX},
                              {.ge = INT64_MAX, .lt = INT64_MIN}};
  for (const TimeRange& range : ranges) {
    const NormalFilter normal = NormalOf(range);
    std::vector<Filter> parts;
    if (range.ge) parts.push_back(Field("start_timestamp") >= *range.ge);
    if (range.lt) parts.push_back(Field("start_timestamp") < *range.lt);
    const NormalFilter long_way = NormalOf(Filter::And({Filter::And(parts)}));
    EXPECT_EQ(normal.json, long_way.json);
    EXPECT_EQ(BoundsOf(normal), BoundsOf(long_way)) << normal.json;
    EXPECT_EQ(NormalOf(normal.json).json, normal.json);
  }
  EXPECT_EQ(NormalOf(TimeRange{}).json, "{}");
  EXPECT_EQ(NormalOf(TimeRange{.ge = 1, .lt = 2}).json, R"({"start_timestamp":{"ge":1,"lt":2}})");
  EXPECT_EQ(NormalOf(TimeRange{.lt = -2}).json, R"({"start_timestamp":{"lt":-2}})");
  // Not the short way: a bound that is given twice.
  EXPECT_EQ(NormalOf(Filter::Condition("start_timestamp", {{Op::kGe, {1}}, {Op::kGe, {4}}})).json,
            R"({"start_timestamp":{"ge":4}})");
}

TEST(NormalFilter, LongChainsAreFlat) {
  Filter any = Field("agent_id") == "a0";
  Filter all = Field("agent_id").Contains("0");
  for (int i = 1; i < 1000; ++i) {
    any = any || Field("agent_id") == "a" + std::to_string(i);
    all = all && Field("agent_id").Contains(std::to_string(i));
  }
  const NormalFilter normal = NormalOf(any);
  ASSERT_EQ(normal.root.kind, Node::Kind::kCondition);
  EXPECT_EQ(normal.root.condition.one_of.size(), 1000U);
  EXPECT_EQ(NormalOf(all).root.condition.contains.size(), 1000U);
  Filter nots = Field("agent_id") == "a";
  for (int i = 0; i < 999; ++i) nots = !nots;
  EXPECT_EQ(NormalOf(nots).json, R"({"agent_id":{"ne":"a"}})");
}

void ExpectTooLarge(const Filter& filter, std::string_view limit) {
  const auto normal = Normalize(filter);
  ASSERT_FALSE(normal) << limit;
  EXPECT_EQ(normal.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(normal.error().Detail("field"), "filter_criteria");
  EXPECT_EQ(normal.error().Detail("limit"), limit);
}

TEST(NormalFilter, TooLargeFiltersAreRefused) {
  const Filter condition = Field("agent_id").Prefix("a");
  std::vector<Filter> parts(1000, condition);
  EXPECT_TRUE(Normalize(Filter::Or(parts)));
  parts.push_back(condition);
  ExpectTooLarge(Filter::Or(parts), "1000 conditions");
  // One condition in C++ that is a thousand in the grammar.
  std::vector<Filter::Test> tests;
  for (int i = 0; i < 1001; ++i) tests.push_back({Op::kContains, {"a" + std::to_string(i)}});
  ExpectTooLarge(Filter::Condition("agent_id", tests), "1000 conditions");

  std::vector<FilterValue> values(10'000, FilterValue("a"));
  EXPECT_TRUE(Normalize(Field("agent_id").Make(Op::kIn, values)));
  ExpectTooLarge(condition && Field("agent_id").Make(Op::kIn, values), "10000 values");
}

TEST(NormalFilter, DeepFiltersAreRefused) {
  // Each step is a level of the grammar: an or in an and is one object in a list of the or above.
  const auto nested = [](int levels) {
    Filter filter = Field("agent_id").Prefix("a");
    for (int i = 1; i < levels; ++i) {
      filter = Filter::Or({Field("id").Prefix("b"),
                           Field("call_id").Prefix("c" + std::to_string(i)) && std::move(filter)});
    }
    return filter;
  };
  const NormalFilter deepest = NormalOf(nested(32));
  EXPECT_EQ(NormalOf(deepest.json).json, deepest.json);
  ExpectTooLarge(nested(33), "32 levels");
  ExpectTooLarge(nested(500), "32 levels");
}

// Random calls and filters. A call has a value, or for a list any number of them, or none.
using Call = std::map<std::string, std::vector<Scalar>, std::less<>>;
constexpr std::string_view kList = "metadata.k";

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  Call MakeCall() {
    Call call;
    if (Odds(2)) call["agent_id"] = {Word()};
    if (Odds(2)) call["call_status"] = {Status()};
    if (Odds(3)) call["start_timestamp"] = {Scalar(Small())};
    if (Odds(2)) call["call_duration"] = {Scalar(static_cast<double>(Small()) / 2)};
    if (Odds(2)) call["call_analysis.in_voicemail"] = {Scalar(Odds(2))};
    if (Odds(3)) {
      std::vector<Scalar>& list = call[std::string(kList)];
      for (std::size_t i = Below(4); i > 0; --i) list.push_back(Any(true));
    }
    return call;
  }

  Filter MakeFilter(int depth) {
    const std::size_t kind = Below(depth == 0 ? 6 : 12);
    if (kind < 6) return MakeCondition();
    if (kind == 6) return Below(4) == 0 ? Filter() : Filter::Not(MakeFilter(depth - 1));
    if (kind == 7) return !MakeFilter(depth - 1);
    std::vector<Filter> parts;
    for (std::size_t i = Below(4); i > 0; --i) parts.push_back(MakeFilter(depth - 1));
    return kind < 10 ? Filter::And(std::move(parts)) : Filter::Or(std::move(parts));
  }

 private:
  std::size_t Below(std::size_t end) { return random_() % end; }
  bool Odds(std::size_t one_in) { return Below(one_in) != 0; }
  std::int64_t Small() { return static_cast<std::int64_t>(Below(7)) - 1; }
  Scalar Word() {
    constexpr std::string_view kWords[] = {"", "a", "ab", "ba", "b", "B"};
    return std::string(kWords[Below(std::size(kWords))]);
  }
  Scalar Status() {
    constexpr std::string_view kWords[] = {"ended", "ENDED", "Busy", "odd", "ODD", "no"};
    return std::string(kWords[Below(std::size(kWords))]);
  }
  // A call's numbers are doubles; a filter's may be whole numbers, too.
  Scalar Any(bool of_call) {
    switch (Below(6)) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
      case 3:
        if (!of_call && Below(2) == 0) return Small();
        return static_cast<double>(Small()) / 2;
      default:
        return Word();
    }
  }

  FilterValue Value(std::string_view field, Op op) {
    if (field == kList) {
      const bool text = op == Op::kPrefix || op == Op::kSuffix || op == Op::kContains;
      const bool equality = op == Op::kEq || op == Op::kNe || op == Op::kIn || op == Op::kNotIn;
      FilterValue value = text ? Word() : Any(false);
      return !equality && value.index() == 0 ? FilterValue(Small()) : value;
    }
    if (field == "call_status") return Status();
    if (field == "agent_id") return Word();
    if (field == "call_analysis.in_voicemail") return Below(2) == 0;
    if (field == "call_duration" && Below(2) == 0) return static_cast<double>(Small()) / 2;
    return Small();
  }

  Filter MakeCondition() {
    constexpr std::string_view kFields[] = {
        "agent_id", "call_status", "start_timestamp", "call_duration", "call_analysis.in_voicemail",
        kList,      kList};
    const std::string field(kFields[Below(std::size(kFields))]);
    std::vector<Filter::Test> tests;
    std::vector<Op> used;
    for (std::size_t i = 1 + Below(3); i > 0; --i) {
      const Op op = static_cast<Op>(Below(13));
      Filter::Test test{op, {}};
      std::size_t count = op == Op::kIn || op == Op::kNotIn ? 1 + Below(3) : 1;
      if (op == Op::kBetween) count = 2;
      while (test.values.size() < count) {
        test.values.push_back(op == Op::kPresent ? FilterValue(Below(2) == 0) : Value(field, op));
      }
      const bool repeated = std::ranges::find(used, op) != used.end();
      if (repeated || !Normalize(Filter::Condition(field, {test}))) continue;
      used.push_back(op);
      tests.push_back(std::move(test));
    }
    if (tests.empty()) return Field(field).Present();
    return Filter::Condition(field, std::move(tests));
  }

  std::mt19937 random_;
};

// By the letter of filter.h: -1, 0 or 1; 2 where the two are not of one type.
int CompareByTheLetter(const Scalar& value, const FilterValue& with) {
  const auto number = [](const Scalar& scalar) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&scalar)) return *real;
    return std::nullopt;
  };
  const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (number(value) && number(with)) return order(*number(value), *number(with));
  if (value.index() != with.index()) return 2;
  if (const auto* text = std::get_if<std::string>(&value))
    return order(*text, std::get<std::string>(with));
  if (const auto* flag = std::get_if<bool>(&value)) return order(*flag, std::get<bool>(with));
  return 0;
}

bool PassesByTheLetter(const std::string& field, Scalar value, Filter::Test test) {
  if (test.op == Op::kPresent) return true;
  if (field == "call_status") {
    const auto upper = [](Scalar& scalar) {
      if (auto* text = std::get_if<std::string>(&scalar))
        std::ranges::transform(*text, text->begin(), AsciiUpper);
    };
    upper(value);
    std::ranges::for_each(test.values, upper);
  }
  const auto compare = [&](std::size_t i) { return CompareByTheLetter(value, test.values[i]); };
  const auto* text = std::get_if<std::string>(&value);
  const auto part = [&]() -> const std::string& { return std::get<std::string>(test.values[0]); };
  switch (test.op) {
    case Op::kEq:
    case Op::kNe:
    case Op::kIn:
    case Op::kNotIn:
      return std::ranges::any_of(test.values, [&](const FilterValue& wanted) {
        return CompareByTheLetter(value, wanted) == 0;
      });
    case Op::kLt:
      return compare(0) == -1;
    case Op::kLe:
      return compare(0) == -1 || compare(0) == 0;
    case Op::kGt:
      return compare(0) == 1;
    case Op::kGe:
      return compare(0) == 1 || compare(0) == 0;
    case Op::kBetween:
      return (compare(0) == 1 || compare(0) == 0) && (compare(1) == -1 || compare(1) == 0);
    case Op::kPrefix:
      return text != nullptr && text->starts_with(part());
    case Op::kSuffix:
      return text != nullptr && text->ends_with(part());
    case Op::kContains:
      return text != nullptr && text->find(part()) != std::string::npos;
    case Op::kPresent:
      break;
  }
  return true;
}

bool ConditionByTheLetter(const Filter& filter, const Call& call) {
  const auto found = call.find(filter.field());
  std::vector<Filter::Test> positive;
  bool only_present = true;
  for (const Filter::Test& test : filter.tests()) {
    if (test.op == Op::kPresent && !std::get<bool>(test.values[0])) {
      if (found != call.end()) return false;
    } else if (test.op == Op::kNe || test.op == Op::kNotIn) {
      if (found == call.end()) continue;
      for (const Scalar& value : found->second) {
        if (PassesByTheLetter(filter.field(), value, test)) return false;
      }
    } else {
      positive.push_back(test);
      only_present = only_present && test.op == Op::kPresent;
    }
  }
  if (positive.empty()) return true;
  if (found == call.end()) return false;
  if (only_present) return true;
  return std::ranges::any_of(found->second, [&](const Scalar& value) {
    return std::ranges::all_of(positive, [&](const Filter::Test& test) {
      return PassesByTheLetter(filter.field(), value, test);
    });
  });
}

bool MatchesByTheLetter(const Filter& filter, const Call& call) {
  const auto matches = [&](const Filter& part) { return MatchesByTheLetter(part, call); };
  switch (filter.kind()) {
    case Filter::Kind::kEverything:
      return true;
    case Filter::Kind::kCondition:
      return ConditionByTheLetter(filter, call);
    case Filter::Kind::kAnd:
      return std::ranges::all_of(filter.parts(), matches);
    case Filter::Kind::kOr:
      return std::ranges::any_of(filter.parts(), matches);
    case Filter::Kind::kNot:
      return !matches(filter.parts().front());
  }
  return false;
}

std::string JsonOf(const std::vector<Scalar>& values) {
  std::string json = "[";
  for (const Scalar& value : values) {
    if (json.size() > 1) json += ',';
    if (const auto* text = std::get_if<std::string>(&value)) {
      json += '"' + *text + '"';
    } else if (const auto* number = std::get_if<double>(&value)) {
      json += std::to_string(*number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      json += *flag ? "true" : "false";
    } else {
      json += "null";
    }
  }
  return json + "]";
}

bool MatchesNode(const Node& node, const Call& call) {
  const auto matches = [&](const Node& child) { return MatchesNode(child, call); };
  switch (node.kind) {
    case Node::Kind::kEverything:
      return true;
    case Node::Kind::kCondition: {
      const auto found = call.find(FullName(node.condition.field));
      if (found == call.end()) return false;
      if (found->first == kList) return MatchesJson(node.condition, JsonOf(found->second));
      const ValueView view =
          std::visit([](const auto& value) { return ValueView(value); }, found->second.front());
      return Matches(node.condition, view);
    }
    case Node::Kind::kAnd:
      return std::ranges::all_of(node.children, matches);
    case Node::Kind::kOr:
      return std::ranges::any_of(node.children, matches);
    case Node::Kind::kNot:
      return !matches(node.children.front());
  }
  return false;
}

bool MatchesNormal(const NormalFilter& normal, const Call& call) {
  if (normal.bounded) {
    const auto start = call.find("start_timestamp");
    if (start == call.end()) return false;
    const std::int64_t ms = std::get<std::int64_t>(start->second.front());
    if (ms < normal.least_start || ms > normal.most_start) return false;
  }
  return MatchesNode(normal.root, call);
}

TEST(NormalFilter, RandomFilterMatchesAsGivenAndReadsAgain) {
  constexpr std::uint32_t kSeed = 20231220;
  Maker maker(kSeed);
  std::size_t some = 0;
  for (int i = 0; i < 4000; ++i) {
    const Filter filter = maker.MakeFilter(3);
    const NormalFilter normal = NormalOf(filter);
    ASSERT_EQ(NormalOf(normal.json).json, normal.json) << "filter " << i << " of seed " << kSeed;
    std::size_t matching = 0;
    for (int j = 0; j < 40; ++j) {
      const Call call = maker.MakeCall();
      const bool matches = MatchesByTheLetter(filter, call);
      ASSERT_EQ(MatchesNormal(normal, call), matches)
          << "filter " << i << ", call " << j << " of seed " << kSeed << ": " << normal.json;
      matching += matches ? 1 : 0;
    }
    some += matching > 0 && matching < 40 ? 1 : 0;
  }
  EXPECT_GT(some, 2000U) << "most filters should tell calls apart";
}

}  // namespace
}  // namespace callstore::query
