// Goal:   where memory runs out, pure code throws bad_alloc or returns an error; it neither crashes
//         nor leaks nor gives another answer, and what it works with is good afterwards.
// Method: each allocation of a piece of work fails once. Controls leak, forget and make things up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "callstore/json.h"
#include "callstore/transcript_search.h"
#include "columns/chunk.h"
#include "fuzz/call_form.h"
#include "fuzz/failing_allocations.h"
#include "json/call_reader.h"
#include "json/merge.h"
#include "query/aggregate_query.h"
#include "query/chunk_match.h"
#include "query/cursor.h"
#include "query/normal_filter.h"

namespace callstore::fuzz {
namespace {

using testing::HasSubstr;
using Answer = Result<std::string>;

constexpr std::string_view kCall =
    R"({"id":"i","call_id":"c","agent_id":"a","call_status":"ended","call_duration":1.5,)"
    R"("start_timestamp":1703097600000,"metadata":{ "k" : [1,"x\u00e9"] },"events":[{"type":"x"}],)"
    R"("transcript":"User: \"hi\" there","transcript_object":[{"role":"user","content":"hi there",)"
    R"("words":[{"word":"hi","start":0,"end":0.5},{"word":"there","start":0.5}]},)"
    R"({"role":"agent","content":"b","mood":0.1234567890123456789}],)"
    R"("transcript_with_tool_calls":[{"role":"user","content":"only here"},)"
    R"({"role":"tool_call_invocation","tool_call_id":"t","name":"n","arguments":"{}"}],)"
    R"("latency":{"e2e":{"p50":150.5,"p99":345.30000000000000000001,"values":[1,2,3]}},)"
    R"("call_analysis":{"call_summary":"ok","custom_analysis_data":{"k":1},"score":5},)"
    R"("call_cost":{"combined_cost":0.25},"unknown":{"a":18446744073709551616}})";

constexpr std::string_view kFilter =
    R"({"agent_id":["b","a"],"call_duration":{"ge":60000,"lt":1e6},"metadata.k":{"in":[3,"3",null]},)"
    R"("or":[{"in_voicemail":true},{"not":{"transcript_search":"refund, Invoice"}}],)"
    R"("start_timestamp":{"between":["2023-12-20","2023-12-21"]}})";

#define EXPECT_NO_FAULT(...) EXPECT_EQ(FaultOfFailingAllocations({__VA_ARGS__}), "")

// Reading with everything that reading keeps from call to call.
struct CallWorkspace {
  json::CallReader reader = {};
  record::Draft draft = {};
  record::Encoder encoder = {};

  Answer Encoded(std::string_view json) {
    if (auto read = reader.Read(json, &draft); !read) return tl::unexpected<Error>(read.error());
    const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 2});
    return std::string(encoded.call) + std::string(encoded.transcript);
  }
};

TEST(FailingAllocations, CallReadAndEncoded) {
  EXPECT_NO_FAULT([] { return CallWorkspace().Encoded(kCall); });
}

// A reader is used again and again; a larger call makes all of its buffers grow.
TEST(FailingAllocations, CallReadInKeptWorkspace) {
  std::string large(kCall);
  large.insert(1, R"("long":")" + std::string(200'000, 'x') + R"(\n",)");
  std::unique_ptr<CallWorkspace> workspace;
  const auto prepare = [&] {
    workspace = std::make_unique<CallWorkspace>();
    ASSERT_TRUE(workspace->Encoded(R"({"id":"small"})"));
  };
  EXPECT_EQ(FaultOfFailingAllocations(
                {.run = [&] { return workspace->Encoded(large); }, .prepare = prepare}),
            "");
}

TEST(FailingAllocations, CallRefused) {
  for (const std::string_view json :
       {"", "{\"id\":\"\"}", "{\"metadata\":[]}", "{\"a\":{\"b\":[1,{\"c\":tru}]}}",
        "{\"a\":1,\"\\u0061\":2}", "\"\xFF\""}) {
    EXPECT_NO_FAULT([&] { return CallWorkspace().Encoded(json); }) << json;
  }
}

TEST(FailingAllocations, CallPrinted) {
  const record::Records records = RecordsOf(kCall);
  const CallView view = ViewOf(records);
  EXPECT_NO_FAULT(
      [&]() -> Answer { return Print(view, {.stamps = true}, json::Presence::kDocumented); });
  EXPECT_NO_FAULT([&]() -> Answer { return GetEnvelope(view); });
  EXPECT_NO_FAULT([&]() -> Answer {
    return std::to_string(FindInTranscript(view, "there hi").size()) +
           (TranscriptHas(view, "there USER") ? "y" : "n");
  });
}

TEST(FailingAllocations, OwningCall) {
  EXPECT_NO_FAULT([]() -> Answer {
    const auto call = ParseCall(kCall);
    if (!call) return tl::unexpected<Error>(call.error());
    record::Draft draft;
    if (auto read = json::DraftOf(*call, &draft); !read) return tl::unexpected<Error>(read.error());
    record::Encoder encoder;
    return std::string(encoder.Encode(draft, {}).transcript);
  });
}

TEST(FailingAllocations, Merge) {
  EXPECT_NO_FAULT([] {
    return json::MergePatch(kCall, R"({"id":null,"metadata":{"k":{"deep":[1]}},"new":"\u00e9"})",
                            json::MergeNull::kDeletes);
  });
}

TEST(FailingAllocations, Cursor) {
  EXPECT_NO_FAULT([]() -> Answer {
    const std::uint64_t binding =
        query::CursorBinding("org", "start_timestamp", SortOrder::kAscending, "{}");
    const std::string text = query::EncodeCursor({.position = {1703097600000, 9}}, binding);
    const auto cursor = query::DecodeCursor(text, binding);
    const auto refused = query::DecodeCursor(text, binding + 1);
    return std::to_string(cursor->position.tie) + refused.error().ToString();
  });
}

Answer NormalForm(const Result<Filter>& filter) {
  if (!filter) return tl::unexpected<Error>(filter.error());
  auto normal = query::Normalize(*filter);
  if (!normal) return tl::unexpected<Error>(normal.error());
  return normal->json;
}

TEST(FailingAllocations, Filter) {
  EXPECT_NO_FAULT([] { return NormalForm(ParseFilter(kFilter)); });
  EXPECT_NO_FAULT([] { return NormalForm(ParseCondition("metadata.k = 3,\"a\",b")); });
  for (const std::string_view json :
       {"{\"agent\":1}", "{\"agent_id\":{\"gte\":1}}", "{\"call_duration\":\"x\"}", "[]"}) {
    EXPECT_NO_FAULT([&] { return NormalForm(ParseFilter(json)); }) << json;
  }
}

TEST(FailingAllocations, Requests) {
  EXPECT_NO_FAULT([]() -> Answer {
    const auto query = ParseListQuery(R"({"limit":7,"sort_by":"call_duration","filter_criteria":)" +
                                      std::string(kFilter) + "}");
    if (!query) return tl::unexpected<Error>(query.error());
    return query->sort_by + std::to_string(query->limit) + NormalForm(query->filter).value();
  });
  EXPECT_NO_FAULT([]() -> Answer {
    const auto query = ParseAggregateQuery(
        R"({"group_by":["agent_id","week"],"metrics":["count","p95:metadata.k"]})");
    if (!query) return tl::unexpected<Error>(query.error());
    const auto plan = query::CheckAggregateQuery(*query);
    if (!plan) return tl::unexpected<Error>(plan.error());
    return std::to_string(plan->metrics.size()) + query->group_by[1];
  });
  EXPECT_NO_FAULT([]() -> Answer {
    const auto query = ParseListParameters(
        {{"agent_id", "a,b"}, {"call_duration.ge", "60000"}, {"metadata.k", "3"}, {"limit", "9"}});
    if (!query) return tl::unexpected<Error>(query.error());
    return NormalForm(query->filter).value();
  });
  EXPECT_NO_FAULT([]() -> Answer {
    const auto query = ParseListParameters({{"agent_idd.ge", "a"}});
    return query ? "taken" : ToJson(query.error());
  });
}

std::string OperandOf(int calls) {
  std::string operand;
  for (int i = 0; i < calls; ++i) {
    std::string values;
    columns::RowValuesWriter writer(&values);
    writer.AddInteger(columns::ColumnId::kEndTimestamp, 1703097600000 + i);
    writer.AddNumber(columns::ColumnId::kCallDuration, i * 0.5);
    writer.AddText(columns::ColumnId::kAgentId, "agent-" + std::to_string(i % 5));
    writer.AddFlag(columns::ColumnId::kCallSuccessful, i % 2 == 0);
    writer.AddMetadata("k", std::to_string(i));
    columns::AppendOperation({.row = {.position = {i, 7}, .started = i % 3 != 0}, .values = values},
                             &operand);
  }
  return operand;
}

TEST(FailingAllocations, ChunkFoldedCutAndMatched) {
  const std::string first = OperandOf(100);
  const std::string second = OperandOf(120) + "\xFF";
  const std::string_view base_operand = first;
  const std::string base = columns::Fold("", std::span(&base_operand, 1));
  const auto filter = query::Normalize(ParseFilter(R"({"agent_id":{"prefix":"agent-"},)"
                                                   R"("call_duration":{"ge":3},"metadata.k":7})")
                                           .value());
  EXPECT_NO_FAULT([&]() -> Answer {
    const std::string_view operand = second;
    const std::string folded = columns::Fold(base, std::span(&operand, 1));
    const auto chunk = columns::ChunkView::Parse(folded);
    query::ChunkMatcher matcher(filter->root);
    query::RowSets rows;
    matcher.Match(*chunk, &rows);
    return columns::Cut(*chunk, 10, 20) + std::to_string(rows.maybe.Count());
  });
}

TEST(FailingAllocationsControl, LeakIsFound) {
  static std::vector<std::unique_ptr<std::string>> leaked;
  leaked.reserve(100);
  const auto leaky = []() -> Answer {
    auto* const first = new std::string(100, 'x');
    try {
      const auto second = std::make_unique<std::string>(100, 'y');
      std::string both = *first + *second;
      delete first;
      return both;
    } catch (const std::bad_alloc&) {
      leaked.emplace_back(first);  // where nobody looks; freed with the test
      throw;
    }
  };
  EXPECT_THAT(FaultOfFailingAllocations({leaky}), HasSubstr("leak"));
}

TEST(FailingAllocationsControl, LostStateIsFound) {
  std::string state(50, 's');
  const auto forgetful = [&]() -> Answer {
    const std::size_t size = state.size();
    state.clear();
    state.shrink_to_fit();
    state.assign(size, 's');
    return state;
  };
  EXPECT_THAT(FaultOfFailingAllocations({.run = forgetful, .prepare = [] {}}),
              HasSubstr("afterwards"));
}

TEST(FailingAllocationsControl, MadeUpAnswerIsFound) {
  const auto swallows = []() -> Answer {
    std::string text;
    try {
      text.assign(100, 'x');
    } catch (const std::bad_alloc&) {
      return "";
    }
    return text;
  };
  EXPECT_THAT(FaultOfFailingAllocations({swallows}), HasSubstr("another answer"));
  EXPECT_THAT(FaultOfFailingAllocations({[]() -> Answer { return "short"; }}),
              HasSubstr("does not allocate"));
}

}  // namespace
}  // namespace callstore::fuzz
