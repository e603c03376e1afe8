// Goal:   what a chunk says of a filter is right: sure rows match, rows that are not even maybe do
//         not, and what the columns know exactly is not left open.
// Method: a chunk of known rows; filters whose matches are listed by hand, or found by a plain loop
//         over the rows.
#include "query/chunk_match.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callstore::query {
namespace {

using columns::ColumnId;
using columns::Operation;

struct TestRow {
  std::optional<std::string> agent;
  std::optional<std::string> status;
  std::optional<std::int64_t> end;
  std::optional<double> duration;
  std::optional<bool> successful;
  bool opted_out = false;
  bool has_summary = false;
  std::optional<std::string> campaign;  // JSON
  std::optional<std::string> tags;      // JSON
  bool started = true;
};

constexpr std::int64_t kBaseMs = 1'700'000'000'000;

// Row 0 is the newest.
std::int64_t TimeOf(std::size_t row) { return kBaseMs - static_cast<std::int64_t>(row) * 1000; }

std::string MakeChunk(const std::vector<TestRow>& rows) {
  std::string operand;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TestRow& row = rows[i];
    std::string values;
    columns::RowValuesWriter writer(&values);
    if (row.end) writer.AddInteger(ColumnId::kEndTimestamp, *row.end);
    if (row.duration) writer.AddNumber(ColumnId::kCallDuration, *row.duration);
    if (row.agent) writer.AddText(ColumnId::kAgentId, *row.agent);
    if (row.status) writer.AddText(ColumnId::kCallStatus, *row.status);
    if (row.opted_out) writer.AddFlag(ColumnId::kOptOut, true);
    if (row.successful) writer.AddFlag(ColumnId::kCallSuccessful, *row.successful);
    if (row.has_summary) writer.AddFlag(ColumnId::kHasCallSummary, true);
    if (row.campaign) writer.AddMetadata("campaign", *row.campaign);
    if (row.tags) writer.AddMetadata("tags", *row.tags);
    columns::AppendOperation({Operation::Kind::kPut, {{TimeOf(i), 1000 - i}, row.started}, values},
                             &operand);
  }
  const std::string_view operands[] = {operand};
  return columns::Fold({}, operands);
}

std::vector<TestRow> SomeRows() {
  std::vector<TestRow> rows(100);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TestRow& row = rows[i];
    if (i % 5 != 0) row.agent = "agent-" + std::to_string(i % 4);
    row.status = i % 3 == 0 ? "ENDED" : i % 3 == 1 ? "ONGOING" : "odd Word";
    if (i % 2 == 0) row.end = TimeOf(i) + 500;
    if (i % 7 != 0) row.duration = static_cast<double>(i) * 10.5;
    if (i % 4 != 0) row.successful = i % 8 < 4;
    row.opted_out = i % 10 == 3;
    row.has_summary = i % 6 == 0;
    if (i % 3 != 1) row.campaign = i % 2 == 0 ? "3" : "\"3\"";
    if (i % 9 == 0) row.tags = R"(["a","b)" + std::to_string(i % 2) + R"("])";
    if (i % 9 == 1) row.tags = R"({"x":{"y":1.5}})";
    row.started = i % 11 != 0;
  }
  return rows;
}

class ChunkMatchTest : public ::testing::Test {
 protected:
  using Expected = std::function<bool(const TestRow&, std::size_t)>;

  // The filter's rows are exactly those that `expected` names.
  void ExpectExactly(const Filter& filter, const Expected& expected) {
    const RowSets sets = Match(filter);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      EXPECT_EQ(sets.sure.Has(i), expected(rows_[i], i)) << "row " << i;
      EXPECT_EQ(sets.maybe.Has(i), sets.sure.Has(i)) << "row " << i << " is left open";
    }
  }
  RowSets Match(const Filter& filter) {
    auto normal = Normalize(filter);
    EXPECT_TRUE(normal) << normal.error().ToString();
    normal_ = *std::move(normal);
    ChunkMatcher matcher(normal_.root);
    RowSets sets;
    any_ = matcher.Match(*columns::ChunkView::Parse(chunk_), &sets);
    return sets;
  }

  const std::vector<TestRow> rows_ = SomeRows();
  const std::string chunk_ = MakeChunk(rows_);
  NormalFilter normal_;
  bool any_ = false;
};

TEST_F(ChunkMatchTest, WordsMatchByAnyTest) {
  ExpectExactly(Field("agent_id") == "agent-1",
                [](const TestRow& row, std::size_t) { return row.agent == "agent-1"; });
  ExpectExactly(Field("agent_id").In("agent-1", "agent-3", "none"),
                [](const TestRow& row, std::size_t) {
                  return row.agent == "agent-1" || row.agent == "agent-3";
                });
  ExpectExactly(Field("agent_id").Suffix("-2"),
                [](const TestRow& row, std::size_t) { return row.agent == "agent-2"; });
  ExpectExactly(Field("call_status") == "ended",
                [](const TestRow& row, std::size_t) { return row.status == "ENDED"; });
  ExpectExactly(Field("call_status").Contains("WORD"),
                [](const TestRow& row, std::size_t) { return row.status == "odd Word"; });
}

TEST_F(ChunkMatchTest, NegationTakesAbsentRows) {
  ExpectExactly(Field("agent_id") != "agent-1",
                [](const TestRow& row, std::size_t) { return row.agent != "agent-1"; });
  ExpectExactly(!(Field("call_duration") >= 100 || Field("agent_id").Present()),
                [](const TestRow& row, std::size_t) {
                  return !(row.duration && *row.duration >= 100) && !row.agent;
                });
}

TEST_F(ChunkMatchTest, NumbersAndTimesMatchByRange) {
  ExpectExactly(Field("call_duration").Between(105, 210), [](const TestRow& row, std::size_t) {
    return row.duration && *row.duration >= 105 && *row.duration <= 210;
  });
  ExpectExactly(Field("call_duration") > 105.0, [](const TestRow& row, std::size_t) {
    return row.duration && *row.duration > 105;
  });
  ExpectExactly(Field("call_duration").In(10.5, 21, 1e300), [](const TestRow& row, std::size_t) {
    return row.duration == 10.5 || row.duration == 21;
  });
  ExpectExactly(Field("end_timestamp") < TimeOf(50),
                [](const TestRow& row, std::size_t) { return row.end && *row.end < TimeOf(50); });
  ExpectExactly(Field("start_timestamp").Between(TimeOf(20), TimeOf(10)) ||
                    Field("start_timestamp") == TimeOf(1),
                [](const TestRow& row, std::size_t i) {
                  return row.started && ((i >= 10 && i <= 20) || i == 1);
                });
}

TEST_F(ChunkMatchTest, FlagsAndPresenceMatch) {
  ExpectExactly(Field("call_successful") == false,
                [](const TestRow& row, std::size_t) { return row.successful == false; });
  ExpectExactly(Field("opt_out_sensitive_data_storage") == false,
                [](const TestRow& row, std::size_t) { return !row.opted_out; });
  ExpectExactly(Field("opt_out_sensitive_data_storage") == true,
                [](const TestRow& row, std::size_t) { return row.opted_out; });
  ExpectExactly(Field("call_summary").Present(),
                [](const TestRow& row, std::size_t) { return row.has_summary; });
  ExpectExactly(Field("call_sid").Present(false), [](const TestRow&, std::size_t) { return true; });
}

TEST_F(ChunkMatchTest, MetadataKeepsJsonTypes) {
  ExpectExactly(Field("metadata.campaign") == 3,
                [](const TestRow& row, std::size_t) { return row.campaign == "3"; });
  ExpectExactly(Field("metadata.campaign") == "3",
                [](const TestRow& row, std::size_t) { return row.campaign == "\"3\""; });
  ExpectExactly(Field("metadata.tags") == "b1",
                [](const TestRow& row, std::size_t) { return row.tags == R"(["a","b1"])"; });
  ExpectExactly(Field("metadata.tags.x.y") > 1, [](const TestRow& row, std::size_t) {
    return row.tags && row.tags->front() == '{';
  });
  ExpectExactly(Field("metadata.none").Present(),
                [](const TestRow&, std::size_t) { return false; });
}

TEST_F(ChunkMatchTest, FieldWithoutColumnIsLeftOpen) {
  const RowSets sets = Match(Field("call_summary") == "short" && Field("agent_id") == "agent-2");
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    EXPECT_FALSE(sets.sure.Has(i));
    EXPECT_EQ(sets.maybe.Has(i), rows_[i].has_summary && rows_[i].agent == "agent-2") << i;
  }
  const RowSets open = Match(Field("transcript_search") == "refund");
  EXPECT_EQ(open.maybe.Count(), rows_.size());
  EXPECT_FALSE(open.sure.Any());
}

TEST_F(ChunkMatchTest, DictionaryAndZoneMapRuleChunkOut) {
  for (const Filter& filter : {Field("agent_id") == "nobody", Field("call_duration") > 1e6,
                               Field("end_timestamp") < 5, Field("metadata.none") == 1,
                               Field("agent_id") == "agent-1" && Field("call_status") == "BUSY"}) {
    const RowSets sets = Match(filter);
    EXPECT_FALSE(any_);
    EXPECT_FALSE(sets.maybe.Any());
  }
}

// More agents than a dictionary holds: the column keeps hashes, and a hash decides nothing alone.
TEST_F(ChunkMatchTest, HashesLeaveEqualRowsOpen) {
  std::vector<TestRow> rows(columns::kMostWords + 2);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].agent = "agent-" + std::to_string(i);
  rows[7].agent.reset();
  const std::string chunk = MakeChunk(rows);
  const auto view = columns::ChunkView::Parse(chunk);
  ASSERT_TRUE(view);
  ASSERT_EQ(view->column(ColumnId::kAgentId).kind(), columns::ColumnView::Kind::kHashes);
  RowSets sets;
  normal_ = *Normalize(Field("agent_id") == "agent-5");
  ChunkMatcher(normal_.root).Match(*view, &sets);
  EXPECT_FALSE(sets.sure.Any());
  EXPECT_EQ(sets.maybe.Count(), 1U);
  EXPECT_TRUE(sets.maybe.Has(5));
  normal_ = *Normalize(Field("agent_id") != "agent-5");
  ChunkMatcher(normal_.root).Match(*view, &sets);
  EXPECT_EQ(sets.sure.Count(), rows.size() - 1);
  EXPECT_EQ(sets.maybe.Count(), rows.size());
  normal_ = *Normalize(Field("agent_id").Prefix("agent-5"));
  ChunkMatcher(normal_.root).Match(*view, &sets);
  EXPECT_FALSE(sets.sure.Any());
  EXPECT_EQ(sets.maybe.Count(), rows.size() - 1);
}

}  // namespace
}  // namespace callstore::query
