// Any text as a filter: as JSON, as a condition, as the parameters of an address. What is taken has
// a normal form, which is input again and its own normal form; errors say what is valid.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callstore/json.h"
#include "fuzz/call_form.h"
#include "fuzz/strict_json.h"
#include "fuzz/target.h"
#include "http/target.h"
#include "json/call_reader.h"
#include "query/normal_filter.h"
#include "query/sort_key.h"
#include "record/access.h"
#include "store/row_match.h"

namespace callstore::fuzz {
namespace {

// All of these say whether the filter was taken.
bool Refused(const Error& error) {
  RequireGoodError(error);
  return false;
}

// Nothing where the filter is refused.
std::optional<query::NormalFilter> NormalForm(const Filter& filter) {
  auto normal = query::Normalize(filter);
  if (!normal) {
    RequireGoodError(normal.error());
    return std::nullopt;
  }
  Require(ReadStrictly(normal->json, 2 * 32 + 3).has_value(), "a normal form is no JSON");
  return *std::move(normal);
}

// The calls of the corpus, to try filters on.
const std::vector<record::Records>& Calls() {
  static const std::vector<record::Records> calls = [] {
    std::vector<record::Records> made;
    for (const std::string& json : CorpusFiles("call_json")) {
      json::CallReader reader;
      record::Draft draft;
      if (reader.Read(json, &draft)) made.push_back(Encode(draft));
    }
    return made;
  }();
  return calls;
}

// `same`: both match the same calls; else each call matches one of them.
void RequireMatches(const query::NormalFilter& a, const query::NormalFilter& b, bool same) {
  for (const record::Records& call : Calls()) {
    const bool is_in_a = store::MatchRow(a, ViewOf(call)) == store::Verdict::kYes;
    const bool is_in_b = store::MatchRow(b, ViewOf(call)) == store::Verdict::kYes;
    if ((is_in_a == is_in_b) != same)
      throw Violation("other calls match\n  " + a.json + "\n  " + b.json);
  }
}

// Taken in any way, a filter can be sent again as it was echoed.
bool CheckEcho(const Filter& filter) {
  const auto normal = NormalForm(filter);
  if (!normal) return false;
  const std::string& text = normal->json;
  const auto again = ParseFilter(text);
  if (!again) throw Violation("an echo is refused: " + again.error().ToString() + "\n  " + text);
  const auto second = NormalForm(*again);
  Require(second.has_value(), "an echo has no normal form");
  RequireEqual(second->json, text, "an echo has another normal form");
  RequireMatches(*normal, *second, true);
  if (const auto negated = NormalForm(!filter)) RequireMatches(*normal, *negated, false);

  const auto sent = ParseListParameters({{"filter_criteria", text}});
  Require(sent.has_value(), "an echo is refused as a parameter");
  const auto received = NormalForm(sent->filter);
  RequireEqual(received ? received->json : "", text, "a parameter means another filter");
  return true;
}

bool CheckJson(std::string_view text) {
  const auto filter = ParseFilter(text);
  if (!filter) return Refused(filter.error());
  Require(ReadStrictly(text, 2 * 32 + 3).has_value(), "what is no JSON is a filter");
  if (!CheckEcho(*filter)) return false;
  // Filters may stand in each other.
  CheckEcho(*filter && Field("agent_id") == "a");
  CheckEcho(*filter || Field("metadata.k").Present());
  return true;
}

bool CheckCondition(std::string_view text) {
  const auto filter = ParseCondition(text);
  if (!filter) return Refused(filter.error());
  return CheckEcho(*filter);
}

bool CheckAddress(std::string_view text) {
  std::string path;
  Parameters parameters;
  if (!http::ParseTarget("/api/calls?" + std::string(text), &path, &parameters)) return false;
  const auto list = ParseListParameters(parameters);
  const auto aggregation = ParseAggregateParameters(parameters);
  const bool list_taken = list ? CheckEcho(list->filter) : Refused(list.error());
  const bool aggregation_taken =
      aggregation ? CheckEcho(aggregation->filter) : Refused(aggregation.error());
  return list_taken || aggregation_taken;
}

bool Run(std::string_view input) {
  if (input.empty()) return false;
  const bool taken[] = {CheckJson(input), CheckCondition(input), CheckAddress(input)};
  if (const auto time = ParseTime(input); !time) RequireGoodError(time.error());
  if (const auto key = query::FindSortKey(input); !key) RequireGoodError(key.error());
  return taken[0] || taken[1] || taken[2];
}

std::vector<std::string_view> Words() {
  return {"\"and\":[",
          "\"or\":[{",
          "\"not\":{",
          "\"agent_id\":",
          "\"call_status\":",
          "\"call_duration\":{",
          "\"start_timestamp\":{",
          "\"metadata.k\":",
          "\"transcript_search\":",
          "\"tool_calls.name\":",
          "\"custom_analysis_data.a.b\":",
          "\"latency.e2e.p50\":",
          "\"in_voicemail\":",
          "\"eq\":",
          "\"ne\":",
          "\"in\":[",
          "\"not_in\":[",
          "\"between\":[1,2]",
          "\"lower_threshold\":1",
          "\"prefix\":\"a\"",
          "\"contains\":\"\"",
          "\"present\":false",
          "call_duration.ge=60000",
          "metadata.k=3,\"3\"",
          "&agent_id=a",
          "&filter_criteria=%7B%7D",
          "&page=1",
          "&limit=20",
          "%22",
          "%00",
          "%FF",
          "%2C",
          "\\,",
          "!=",
          "<=",
          "^=",
          "?",
          "null",
          "true",
          "-0",
          "1e400",
          "0.1",
          "9223372036854775808",
          "\"2023-12-20T18:40:00.5+01:00\"",
          "2023-12-20",
          "\\u0000",
          "ENDED"};
}

const bool kRegistered = Register({.name = "filter", .run = Run, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
