// Any text as the body of a list or an aggregation: it is refused with an error that says why, or
// is a request within its bounds, which the layers below check without a surprise.
#include <string>

#include "callstore/json.h"
#include "fuzz/strict_json.h"
#include "fuzz/target.h"
#include "json_value.h"
#include "query/aggregate_query.h"
#include "query/list_query.h"
#include "query/normal_filter.h"

namespace callstore::fuzz {
namespace {

bool Refused(const Error& error) {
  RequireGoodError(error);
  return false;
}

template <typename T>
void RequireChecked(const Result<T>& result) {
  if (!result) RequireGoodError(result.error());
}

// A text as a member of a request.
std::string Quoted(std::string_view text) {
  std::string quoted;
  test::PrintJsonText(text, &quoted);
  return quoted;
}

// The request, written anew from what was read.
std::string BodyOf(const ListQuery& query, const std::string& filter_json) {
  std::string body = "{";
  if (query.cursor.empty()) body += "\"page\":" + std::to_string(query.page) + ",";
  return body + "\"limit\":" + std::to_string(query.limit) + ",\"cursor\":" + Quoted(query.cursor) +
         ",\"sort_by\":" + Quoted(query.sort_by) + ",\"sort_order\":\"" +
         (query.sort_order == SortOrder::kAscending ? "ascending" : "descending") +
         "\",\"view\":\"" + (query.view == View::kFull ? "full" : "summary") +
         "\",\"explain\":" + (query.explain ? "true" : "false") +
         ",\"deadline_ms\":" + std::to_string(query.work.deadline_ms) +
         ",\"scan_limit_rows\":" + std::to_string(query.work.scan_limit_rows) +
         ",\"filter_criteria\":" + filter_json + "}";
}

bool CheckList(std::string_view text) {
  const auto query = ParseListQuery(text);
  if (!query) return Refused(query.error());
  Require(ReadStrictly(text, 80).has_value(), "what is no JSON is a request");
  Require(query->page >= 0 && query->limit >= 1 && query->limit <= 1000, "a number out of range");
  Require(query->work.deadline_ms >= 0 && query->work.scan_limit_rows >= 0, "a negative limit");
  RequireChecked(query::CheckListQuery(*query));
  const auto filter = query::Normalize(query->filter);
  if (!filter) return Refused(filter.error());
  const std::string body = BodyOf(*query, filter->json);
  const auto again = ParseListQuery(body);
  if (!again) throw Violation("a request is refused: " + again.error().ToString() + "\n  " + body);
  const auto filter_again = query::Normalize(again->filter);
  Require(filter_again.has_value(), "a filter is refused");
  RequireEqual(BodyOf(*again, filter_again->json), body, "a request becomes another one");
  return true;
}

bool CheckAggregation(std::string_view text) {
  const auto query = ParseAggregateQuery(text);
  if (!query) return Refused(query.error());
  Require(ReadStrictly(text, 80).has_value(), "what is no JSON is a request");
  Require(query->limit >= 1 && query->limit <= 10'000, "a number out of range");
  Require(!query->metrics.empty() && query->metrics.size() <= 16, "a number of metrics");
  const auto plan = query::CheckAggregateQuery(*query);
  if (!plan) return Refused(plan.error());
  Require(plan->metrics.size() == query->metrics.size(), "a plan of other metrics");
  Require(plan->group_by.size() == query->group_by.size(), "a plan of other groups");
  RequireChecked(query::Normalize(query->filter));
  return true;
}

bool Run(std::string_view input) {
  const bool is_list = CheckList(input);
  const bool is_aggregation = CheckAggregation(input);
  RequireChecked(query::CheckOrganization(input));
  RequireChecked(query::CheckCallKey("call_id", input));
  return is_list || is_aggregation;
}

std::vector<std::string_view> Words() {
  return {"\"page\":",
          "\"limit\":",
          "\"cursor\":",
          "\"sort_by\":\"call_duration\"",
          "\"sort_order\":\"ascending\"",
          "\"view\":\"summary\"",
          "\"filter_criteria\":{",
          "\"explain\":true",
          "\"deadline_ms\":",
          "\"scan_limit_rows\":",
          "\"group_by\":[\"agent_id\",\"week\"]",
          "\"metrics\":[\"count\",",
          "\"p99.9:latency.e2e.values\"",
          "\"sum:metadata.k\"",
          "\"time_zone\":\"Europe/Madrid\"",
          "\"agent_id\":\"a\"",
          "null",
          "true",
          "1000",
          "1001",
          "-1",
          "1.0",
          "1e3",
          "9223372036854775807",
          "9223372036854775808",
          "{",
          "}",
          "[",
          "]",
          ","};
}

const bool kRegistered = Register({.name = "request", .run = Run, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
