// Any text as a call: it is refused with an error that says why, or comes through the records and
// out again as what it was. A reader of the tests' own says what is JSON and what it means.
#include <string>

#include "fuzz/call_form.h"
#include "fuzz/strict_json.h"
#include "fuzz/target.h"
#include "json/call_reader.h"
#include "json/events.h"
#include "json/merge.h"
#include "record/access.h"

namespace callstore::fuzz {
namespace {

using json::Presence;
using test::JsonValue;

// The most levels that a text may have as a member of a call.
constexpr int kMostMemberDepth = json::kMaxDepth - 1;

// Whatever is JSON can be an unknown member, and nothing else can.
void CheckAsMember(std::string_view text) {
  const bool is_json = ReadStrictly(text, kMostMemberDepth).has_value();
  const std::string call = "{\"x\":" + std::string(text) + "}";
  // A text may also end this member and begin another: then it is a call of its own.
  if (!is_json && ReadStrictly(call)) return;
  json::CallReader reader;
  record::Draft draft;
  const auto read = reader.Read(call, &draft);
  Require(read.has_value() == is_json, is_json ? "JSON is refused" : "what is no JSON is taken");
}

void CheckMeaning(const StrictJson& given, const std::string& printed) {
  const auto strict = ReadStrictly(printed);
  Require(strict.has_value(), "what is printed is no JSON");
  if (given.huge_exponent) return;  // its exact value is beyond this reader
  const JsonValue before = Meaning(JsonValue::Parse(given.plain));
  const JsonValue after = Meaning(JsonValue::Parse(strict->plain));
  if (before == after) return;
  throw Violation("another call comes out\n  " + before.Print() + "\n  " + after.Print());
}

// All forms of a call give the same records.
void CheckForms(const record::Records& records) {
  const CallView view = ViewOf(records);
  const std::string printed = Print(view, {}, Presence::kDocumented);
  const record::Records again = RecordsOf(printed);
  RequireEqual(Print(ViewOf(again), {}, Presence::kDocumented), printed, "printed again, differs");
  const record::Records given = RecordsOf(Print(view, {}, Presence::kGiven));
  Require(given == records, "the form of a merge has other records");
  Require(ReadStrictly(Print(view, {.view = View::kSummary, .stamps = true}, Presence::kGiven))
              .has_value(),
          "a summary is no JSON");

  record::Draft draft;
  const Call call = view.ToCall();
  const auto drafted = json::DraftOf(call, &draft);
  Require(drafted.has_value(), "the owning call is refused");
  Require(Encode(draft) == records, "the owning call has other records");
}

// Redaction leaves a call that can be stored.
void CheckRedaction(std::string_view text) {
  json::CallReader reader;
  record::Draft draft;
  if (!reader.Read(text, &draft)) return;
  record::Redact(false, json::KeepEventTypeAndTime, &draft);
  const record::Records redacted = Encode(draft);
  const std::string printed = Print(ViewOf(redacted), {}, Presence::kGiven);
  Require(ReadStrictly(printed).has_value(), "a redacted call is no JSON");
  Require(RecordsOf(printed) == redacted, "a redacted call has other records as text");
}

// A patch onto itself and onto nothing.
void CheckMerge(std::string_view text, const StrictJson& strict) {
  if (strict.huge_exponent) return;
  const JsonValue value = JsonValue::Parse(strict.plain);
  const auto merged = json::MergePatch("{}", text, json::MergeNull::kDeletes);
  Require(merged.has_value(), "a call is no patch");
  const auto merged_strictly = ReadStrictly(*merged);
  Require(merged_strictly.has_value(), "a merge is no JSON");
  const JsonValue expected = test::Merged(JsonValue::Object(), value, false);
  Require(JsonValue::Parse(merged_strictly->plain) == expected, "a merge gives another object");
  const auto twice = json::MergePatch(*merged, text, json::MergeNull::kDeletes);
  Require(twice.has_value(), "a second merge is refused");
  RequireEqual(*twice, *merged, "a second merge changes something");
}

bool Run(std::string_view input) {
  CheckAsMember(input);
  json::CallReader reader;
  record::Draft draft;
  const auto read = reader.Read(input, &draft);
  if (!read) {
    RequireGoodError(read.error());
    return false;
  }
  const auto strict = ReadStrictly(input);
  Require(strict.has_value(), "what is no JSON is a call");
  const record::Records records = Encode(draft);
  Require(ReadAll(ViewOf(records)) > 0, "a call of nothing");
  CheckMeaning(*strict, Print(ViewOf(records), {}, Presence::kDocumented));
  CheckForms(records);
  CheckRedaction(input);
  CheckMerge(input, *strict);
  return true;
}

std::vector<std::string_view> Words() {
  return {"\"id\":",
          "\"call_id\":",
          "\"agent_id\":",
          "\"organization_id\":",
          "\"call_status\":",
          "\"start_timestamp\":",
          "\"call_duration\":",
          "\"opt_out_sensitive_data_storage\":true",
          "\"metadata\":{",
          "\"events\":[",
          "\"transcript\":",
          "\"transcript_object\":[",
          "\"transcript_with_tool_calls\":[",
          "\"latency\":{\"e2e\":{",
          "\"values\":[",
          "\"call_analysis\":{",
          "\"custom_analysis_data\":",
          "\"call_cost\":{\"combined_cost\":",
          "\"telephony_identifier\":{",
          "\"role\":\"user\"",
          "\"role\":\"tool_call_invocation\"",
          "\"role\":\"tool_call_result\"",
          "\"content\":\"a b\"",
          "\"words\":[",
          "{\"word\":\"a\",\"start\":1,\"end\":2}",
          "\"tool_call_id\":\"t\"",
          "\"arguments\":\"{}\"",
          "\"successful\":false",
          "\\u0000",
          "\\ud83d\\ude00",
          "\\ud83d",
          "null",
          "true",
          "-0",
          "1e400",
          "1e-400",
          "0.1000000000000000055511151231257827",
          "9223372036854775808",
          "{}",
          "[]",
          ","};
}

const bool kRegistered = Register({.name = "call_json", .run = Run, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
