// Any bytes as the two records of a call: they are refused, or every part of them can be read,
// printed, matched and copied, within their bounds.
#include <string>

#include "callstore/transcript_search.h"
#include "columns/chunk.h"
#include "fuzz/call_form.h"
#include "fuzz/strict_json.h"
#include "fuzz/target.h"
#include "json/call_reader.h"
#include "query/normal_filter.h"
#include "record/access.h"
#include "store/column_values.h"
#include "store/row_match.h"

namespace callstore::fuzz {
namespace {

const std::vector<query::NormalFilter>& Filters() {
  static const std::vector<query::NormalFilter> filters = [] {
    std::vector<query::NormalFilter> made;
    for (const std::string_view json :
         {R"({"metadata.a.b":{"ge":1},"call_duration":{"ge":0}})",
          R"({"or":[{"tool_calls.name":"n"},{"transcript_search":"a b"},{"in_voicemail":true}]})",
          R"({"custom_analysis_data.k":[1,"x",null],"latency.e2e.p50":{"between":[0,9]}})",
          R"({"not":{"call_status":{"prefix":"e"}},"start_timestamp":{"present":true}})"}) {
      made.push_back(query::Normalize(ParseFilter(json).value()).value());
    }
    return made;
  }();
  return filters;
}

// What a call takes with it into its chunk can always be read there.
void CheckColumnValues(const CallView& view) {
  std::string values;
  store::AppendColumnValues(view, &values);
  std::string operand;
  columns::AppendOperation({.row = {.position = {1, 2}, .started = true}, .values = values},
                           &operand);
  Require(columns::IsOperand(operand), "the values of a verified call cannot be read");
}

// As an owning call it is refused, or is one whose JSON is JSON.
void CheckOwned(const CallView& view) {
  const Call call = view.ToCall();
  record::Draft draft;
  const auto drafted = json::DraftOf(call, &draft);
  if (!drafted) return RequireGoodError(drafted.error());
  const record::Records records = Encode(draft);
  const std::string printed = Print(ViewOf(records), {}, json::Presence::kDocumented);
  Require(ReadStrictly(printed).has_value(), "a call that was checked is not printed as JSON");
  Require(!RecordsOf(printed).call.empty(), "a call that was printed cannot be read");
}

// The first part is the call, the rest the transcript.
bool Run(std::string_view input) {
  PartReader reader(input);
  const HeapBytes call(reader.Part());
  const HeapBytes transcript(reader.rest());
  const auto call_verified = record::VerifyCall(call.view());
  const auto transcript_verified = record::VerifyTranscript(transcript.view());
  if (!call_verified) {
    RequireGoodError(call_verified.error());
    return false;
  }
  const bool has_transcript = !transcript.view().empty() && transcript_verified.has_value();
  const CallView view = CallViewAccess::Make(
      kOrganization, call.view(), has_transcript ? transcript.view() : std::string_view(), true);
  const CallView summary = CallViewAccess::Make(kOrganization, call.view(), {}, false);
  ReadAll(view);
  ReadAll(summary);
  for (const json::Presence presence : {json::Presence::kDocumented, json::Presence::kGiven}) {
    const std::string full = Print(view, {.stamps = true}, presence);
    const std::string short_form = Print(summary, {.view = View::kSummary}, presence);
    Require(full.size() > 1 && short_form.size() > 1, "a call printed as nothing");
  }
  for (const query::NormalFilter& filter : Filters()) {
    Require(store::MatchRow(filter, view) != store::Verdict::kNeedsTranscript,
            "a filter asks for a transcript that is there");
    store::MatchRow(filter, summary);
  }
  FindInTranscript(view, "hello refund", 10);
  CheckColumnValues(view);
  CheckOwned(view);
  return true;
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const std::string& json : CorpusFiles("call_json")) {
    record::Draft draft;
    json::CallReader reader;
    if (!reader.Read(json, &draft)) continue;
    const record::Records records = Encode(draft);
    std::string& seed = seeds.emplace_back();
    AppendPart(records.call, &seed);
    seed += records.transcript;
  }
  return seeds;
}

std::vector<std::string_view> Words() {
  using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)
  return {"CSC1",           "CST1",         "\xFF\xFF\xFF\xFF",  "\0\0\0\x80"sv,
          "\x04\0\0\0"sv,   "\x01\0\0\0"sv, "{\"a\":{\"b\":1}}", "{\"a\":",
          "[{\"type\":1}]", "\"\\u0000\"",  "\xFF\xFE"};
}

const bool kRegistered = Register({.name = "record", .run = Run, .seeds = Seeds, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
