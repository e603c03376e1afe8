// Goal:   cursors, requests and filters that are none are refused with an error that says what is
//         wrong, and nothing is deleted by them.
// Method: tables through every call that takes them; everything that the store lists, before and
// after.
#include <gtest/gtest.h>

#include <limits>
#include <string>
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

using HostileQueryTest = test::HostileTest;

TEST_F(HostileQueryTest, BadCursorIsRefused) {
  ASSERT_TRUE(store().PutJson(kTarget, R"({"id":"c","start_timestamp":6})"));
  const auto first = store().List(kTarget, {.limit = 1});
  ASSERT_TRUE(first);
  const std::string good = first->next_cursor;
  ASSERT_FALSE(good.empty());
  std::vector<std::string> bad = {"x",
                                  "\0"s,
                                  "\xFF\xFE"s,
                                  good + "A",
                                  good.substr(1),
                                  std::string(40, 'A'),
                                  std::string(100'000, 'A'),
                                  good + good};
  for (std::size_t i = 0; i < good.size(); ++i) {
    bad.push_back(good);
    bad.back()[i] = good[i] == 'A' ? 'B' : 'A';
    bad.push_back(good.substr(0, i));
  }
  for (const std::string& cursor : bad) {
    if (cursor.empty()) continue;
    ExpectRefused("cursor " + cursor.substr(0, 50), ErrorCode::kInvalidCursor,
                  [&] { return store().List(kTarget, {.cursor = cursor}); });
    if (HasFatalFailure()) return;
  }
  // A good one, of another list.
  const std::vector<std::pair<std::string, ListQuery>> others = {
      {"org-7", {.cursor = good}},
      {kTarget, {.cursor = good, .sort_order = SortOrder::kAscending}},
      {kTarget, {.cursor = good, .sort_by = "call_duration"}},
      {kTarget, {.cursor = good, .filter = Field("agent_id") == "x"}}};
  for (const auto& [organization, query] : others) {
    ExpectRefused("a cursor of another list", ErrorCode::kInvalidCursor,
                  [&, &name = organization, &list = query] { return store().List(name, list); });
  }
}

TEST_F(HostileQueryTest, BadQueryIsRefused) {
  const auto refused = [&](const char* what, const ListQuery& query) {
    ExpectRefused(what, [&] { return store().List(kTarget, query); });
  };
  refused("page", {.page = -1});
  refused("page", {.page = INT64_MIN});
  for (const std::int64_t limit :
       {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1001}, INT64_MAX}) {
    refused("limit", {.limit = limit});
  }
  refused("sort_by", {.sort_by = ""});
  refused("sort_by", {.sort_by = "start_timestamp\0"s});
  refused("sort_by", {.sort_by = std::string(100'000, 'x')});
  refused("sort_by", {.sort_by = "\xFF"});
  refused("deadline_ms", {.work = {.deadline_ms = -1}});
  refused("scan_limit_rows", {.work = {.scan_limit_rows = INT64_MIN}});
  refused("sort_order", {.sort_order = static_cast<SortOrder>(9)});
  // The last page there can be is a page past the end.
  const auto last = store().List(kTarget, {.page = INT64_MAX, .limit = 1000});
  ASSERT_TRUE(last) << last.error().ToString();
  EXPECT_TRUE(last->calls.empty());
}

Filter Deep(Filter filter, int levels) {
  for (int i = 0; i < levels; ++i) {
    filter = !Filter::And({std::move(filter), Field("agent_id") > "a"});
  }
  return filter;
}

TEST_F(HostileQueryTest, BadFilterIsRefusedAndDeletesNothing) {
  using Op = FilterOperator;
  const auto any = [](int count) {
    std::vector<Filter> parts;
    for (int i = 0; i < count; ++i) parts.push_back(Field("agent_id").Prefix(std::to_string(i)));
    return Filter::Or(std::move(parts));
  };
  const std::vector<FilterValue> many(10'001, FilterValue(std::string("v")));
  struct Case {
    const char* what;
    Filter filter;
    ErrorCode code = ErrorCode::kInvalidArgument;
  };
  std::vector<FilterValue> different;
  for (std::int64_t i = 0; i < 10'001; ++i) different.emplace_back(i);
  const std::vector<Case> cases = {
      {"an empty name", Field("") == 1},
      {"no such field", Field("agent") == "x"},
      {"a name that is not UTF-8", Field("metadata.\xFF") == 1},
      {"a long name", Field("x" + std::string(100'000, 'y')) == 1},
      {"a NUL in a name", Field("agent_id\0"s) == "x"},
      {"a value that is not UTF-8", Field("agent_id") == "\xFF"},
      {"a word that is not UTF-8", Field("transcript_search") == "\xED\xA0\x80"},
      {"NaN", Field("call_duration") >= kNan},
      {"infinity", Field("call_duration") <= kInfinity},
      {"NaN in metadata", Field("metadata.k") == kNan},
      {"a time that is no time", Field("start_timestamp") >= "yesterday"},
      {"a time that is no number", Field("start_timestamp") >= kNan},
      {"a text for a number", Field("call_duration") >= "5"},
      {"null for a text", Field("agent_id") == nullptr},
      {"no values", Field("agent_id").Make(Op::kIn, {})},
      {"no values of between", Field("call_duration").Make(Op::kBetween, {})},
      {"three values of between", Field("call_duration").Make(Op::kBetween, {1.0, 2.0, 3.0})},
      {"no value of eq", Field("agent_id").Make(Op::kEq, {})},
      {"an operator that is none", Field("agent_id").Make(static_cast<Op>(99), {std::string("x")})},
      {"no tests", Filter::Condition("agent_id", {})},
      {"deep", Deep(Field("agent_id") > "b", 10'000), ErrorCode::kTooLarge},
      {"many conditions", any(1001), ErrorCode::kTooLarge},
      {"many values", Field("metadata.k").Make(Op::kIn, different), ErrorCode::kTooLarge},
  };
  for (const auto& [what, filter, code] : cases) {
    const Filter& of = filter;
    ExpectRefused(what, code, [&] { return store().List(kTarget, {.filter = of}); });
    ExpectRefused(what, code, [&] { return store().Count(kTarget, of); });
    ExpectRefused(what, code, [&] { return store().Aggregate(kTarget, {.filter = of}); });
    ExpectRefused(what, code, [&] { return store().DeleteMatching(kTarget, of); });
    if (HasFatalFailure()) return;
  }
  ExpectRefused("deep JSON", ErrorCode::kTooLarge, [&] {
    constexpr std::size_t kLevels = 10'000;
    std::string text;
    for (std::size_t i = 0; i < kLevels; ++i) text += R"({"not":)";
    return ParseFilter(text + R"({"agent_id":"x"})" + std::string(kLevels, '}'));
  });
}

}  // namespace
}  // namespace callstore
