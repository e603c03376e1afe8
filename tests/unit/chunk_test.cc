// Goal:   a chunk answers as a sorted map of its rows does, however its operations were folded, and
//         no bytes make it read out of bounds (run with sanitizers).
#include "columns/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "chunk_model.h"

namespace callstore::columns {
namespace {

// A chunk of these rows, which have no values, and of bytes that no fold can read.
std::string ChunkOf(std::span<const Row> rows, std::string_view damaged = {}) {
  std::string operand;
  for (const Row& row : rows) AppendOperation({Operation::Kind::kPut, row}, &operand);
  const std::string_view operands[] = {operand, damaged};
  return Fold("", operands);
}

// How times and ties fall; every style meets another encoding or another order of equal parts.
enum class Style { kDense, kOneTime, kWide, kExtreme };

Position RandomPosition(Style style, Random* random) {
  switch (style) {
    case Style::kDense:
      return {kNow + static_cast<std::int64_t>((*random)() % 300), (*random)() % 3};
    case Style::kOneTime:
      return {kNow, (*random)() % 300};
    case Style::kWide:
      return {kNow + static_cast<std::int64_t>((*random)() % 300) * 100'000'000, (*random)()};
    case Style::kExtreme:
      break;
  }
  constexpr std::int64_t kTimes[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
  constexpr std::uint64_t kTies[] = {0, 1, UINT64_MAX - 1, UINT64_MAX};
  return {kTimes[(*random)() % std::size(kTimes)], kTies[(*random)() % std::size(kTies)]};
}

std::vector<ModelOperation> RandomOperations(Style style, std::size_t count, Random* random) {
  std::vector<ModelOperation> operations;
  const unsigned removes_of_8 = static_cast<unsigned>((*random)() % 6);
  const unsigned started_of_8 = static_cast<unsigned>((*random)() % 9);
  for (std::size_t i = 0; i < count; ++i) {
    const bool remove = (*random)() % 8 < removes_of_8;
    operations.push_back({.kind = remove ? Operation::Kind::kRemove : Operation::Kind::kPut,
                          .row = {.position = RandomPosition(style, random),
                                  .started = (*random)() % 8 < started_of_8}});
  }
  return operations;
}

void ExpectAnswersAs(const Model& model, const ChunkView& chunk, Random* random) {
  const std::vector<Row> rows = RowsOf(model);
  ASSERT_EQ(RowsOf(chunk), rows);
  std::size_t started = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(chunk.CountStarted(i), started);
    ASSERT_EQ(chunk.CountNewer(rows[i].position), i);
    if (rows[i].started) {
      ASSERT_EQ(chunk.SelectStarted(started++), i);
    }
  }
  ASSERT_EQ(chunk.started_count(), started);
  ASSERT_EQ(chunk.CountStarted(rows.size()), started);
  for (int i = 0; i < 20; ++i) {
    const Position probe = RandomPosition(static_cast<Style>((*random)() % 4), random);
    const auto newer = std::distance(model.begin(), model.lower_bound(probe));
    ASSERT_EQ(chunk.CountNewer(probe), static_cast<std::size_t>(newer));
  }
}

class ChunkFoldTest : public testing::TestWithParam<Style> {};

TEST_P(ChunkFoldTest, RandomOperationsAgreeWithModelInAnyGrouping) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Model model;
    std::string base;
    for (int round = 0; round < 4; ++round) {
      const auto operations = RandomOperations(GetParam(), random() % 200, &random);
      for (const ModelOperation& operation : operations) Apply(operation, &model);
      const std::string whole = FoldOne(base, OperandOf(operations));
      ASSERT_EQ(FoldInRandomGroups(base, operations, &random), whole);
      ASSERT_EQ(ChunkOf(RowsOf(model)), whole);
      const ChunkView chunk = MustParse(whole);
      ASSERT_TRUE(chunk.damaged().empty());
      ExpectAnswersAs(model, chunk, &random);
      base = whole;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, ChunkFoldTest,
                         testing::Values(Style::kDense, Style::kOneTime, Style::kWide,
                                         Style::kExtreme));

TEST(Chunk, EmptyValueIsAChunkOfNoRows) {
  const ChunkView chunk = MustParse("");
  EXPECT_EQ(chunk.size(), 0U);
  EXPECT_EQ(chunk.started_count(), 0U);
  EXPECT_EQ(chunk.CountNewer(kOldest), 0U);
  EXPECT_TRUE(RowsOf(chunk).empty());
}

TEST(Chunk, EncodedBytesAreFixed) {
  const std::vector<Row> rows = {{.position = {.time_ms = 259, .tie = 5}, .started = true},
                                 {.position = {.time_ms = 257, .tie = 6}, .started = false}};
  const std::string expected(
      "\x02\x02\x00\x00\x02\x00\x00\x00"
      "\x01\x01\x00\x00\x00\x00\x00\x00"
      "\x01\x00\x00\x00\x00\x00\x00\x00"
      "\x02\x00\x00\x00\x00\x00\x00\x00"
      "\x05\x00\x00\x00\x00\x00\x00\x00"
      "\x06\x00\x00\x00\x00\x00\x00\x00"
      "\x01\x00\x00\x00\x00\x00\x00\x00"
      "!",
      57);
  EXPECT_EQ(ChunkOf(rows, "!"), expected);
}

TEST(Chunk, OperationBytesAreFixed) {
  std::string operand;
  AppendOperation({.kind = Operation::Kind::kPut, .row = {{.time_ms = 1, .tie = 2}, true}},
                  &operand);
  AppendOperation({.kind = Operation::Kind::kPut,
                   .row = {{.time_ms = -1, .tie = 2}, false},
                   .values = "any bytes"},
                  &operand);
  AppendOperation({.kind = Operation::Kind::kRemove, .row = {{.time_ms = 1, .tie = 2}, true}},
                  &operand);
  EXPECT_EQ(operand, std::string("\x11\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0"
                                 "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02\0\0\0\0\0\0\0"
                                 "\x09"
                                 "any bytes"
                                 "\x02\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0",
                                 62));
}

TEST(Chunk, AllStartedNeedsNoBitmap) {
  std::vector<Row> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({{kNow - i, 1}, true});
  const std::string all = ChunkOf(rows);
  EXPECT_EQ(all.size(), 24U + 1000 * 12);
  rows[999].started = false;
  EXPECT_EQ(ChunkOf(rows).size(), all.size() + 128);
}

TEST(Chunk, TimesAreNarrowUpToTheirSpan) {
  std::vector<Row> rows = {{{kNow + UINT32_MAX, 1}, true}, {{kNow, 1}, true}};
  EXPECT_EQ(ChunkOf(rows).size(), 24U + 2 * 12);
  EXPECT_EQ(RowsOf(MustParse(ChunkOf(rows))), rows);
  ++rows[0].position.time_ms;
  EXPECT_EQ(ChunkOf(rows).size(), 24U + 2 * 16);
  EXPECT_EQ(RowsOf(MustParse(ChunkOf(rows))), rows);
}

TEST(Chunk, UnalignedValueReadsTheSame) {
  std::vector<Row> rows;
  for (int i = 0; i < 130; ++i) rows.push_back({{kNow - i, 7}, i % 3 == 0});
  const std::string value = ChunkOf(rows);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + value;
    EXPECT_EQ(RowsOf(MustParse(std::string_view(moved).substr(shift))), rows);
  }
}

TEST(ChunkFold, LastOperationOfAPositionWins) {
  const Row row{.position = {kNow, 1}, .started = true};
  const ModelOperation put{.kind = Operation::Kind::kPut, .row = row};
  const ModelOperation remove{.kind = Operation::Kind::kRemove, .row = row};
  ModelOperation put_unstarted = put;
  put_unstarted.row.started = false;
  EXPECT_EQ(MustParse(FoldOne("", OperandOf(std::vector{put, remove}))).size(), 0U);
  const std::string value = FoldOne("", OperandOf(std::vector{remove, put, put_unstarted}));
  ASSERT_EQ(MustParse(value).size(), 1U);
  EXPECT_FALSE(MustParse(value).started(0));
  EXPECT_TRUE(MustParse(FoldOne(value, OperandOf(std::vector{put}))).started(0));
}

TEST(ChunkFold, NothingToFoldGivesTheSameChunk) {
  const std::vector<Row> rows = {{{kNow, 1}, true}, {{kNow - 5, 1}, false}};
  EXPECT_EQ(Fold(ChunkOf(rows, "old"), {}), ChunkOf(rows, "old"));
  EXPECT_EQ(Fold("", {}), ChunkOf({}));
}

TEST(ChunkFold, UndecodableTailIsKeptAndTheRestApplied) {
  const ModelOperation a{.kind = Operation::Kind::kPut, .row = {{kNow, 1}, true}};
  const ModelOperation b{.kind = Operation::Kind::kPut, .row = {{kNow, 2}, true}};
  const std::string torn = OperandOf(std::vector{a}) + "torn";
  const std::string foreign = '\x7F' + std::string(16, 'f');
  const std::string good = OperandOf(std::vector{b});
  const std::vector<std::string_view> operands = {torn, foreign, good};

  const std::string value = Fold("", operands);
  EXPECT_EQ(MustParse(value).damaged(), "torn" + foreign);
  EXPECT_EQ(RowsOf(MustParse(value)), (std::vector<Row>{b.row, a.row}));
  // Fold by fold it is the same, and later folds keep it.
  EXPECT_EQ(FoldOne(FoldOne(FoldOne("", torn), foreign), good), value);
  EXPECT_EQ(MustParse(FoldOne(value, good)).damaged(), "torn" + foreign);
}

TEST(ChunkFold, UndecodableBaseIsKeptAndOperationsApplied) {
  const ModelOperation put{.kind = Operation::Kind::kPut, .row = {{kNow, 1}, true}};
  const std::string value = FoldOne("no chunk", OperandOf(std::vector{put}));
  EXPECT_EQ(MustParse(value).damaged(), "no chunk");
  EXPECT_EQ(RowsOf(MustParse(value)), std::vector<Row>{put.row});
}

TEST(ChunkFold, BaseOutOfOrderIsKeptAndOperationsApplied) {
  const ModelOperation old{.kind = Operation::Kind::kPut, .row = {{kNow, 1}, true}};
  const ModelOperation older{.kind = Operation::Kind::kPut, .row = {{kNow, 2}, true}};
  const ModelOperation put{.kind = Operation::Kind::kPut, .row = {{kNow, 3}, true}};
  std::string base = FoldOne("", OperandOf(std::vector{old, older}));
  const std::size_t ties = base.find(std::string("\x02\0\0\0\0\0\0\0\x01", 9));
  ASSERT_NE(ties, std::string::npos);
  std::swap(base[ties], base[ties + 8]);
  const std::string value = FoldOne(base, OperandOf(std::vector{put}));
  EXPECT_EQ(MustParse(value).damaged(), base);
  EXPECT_EQ(RowsOf(MustParse(value)), std::vector<Row>{put.row});
}

TEST(ChunkFold, OperandIsWholeOperationsOnly) {
  Random random(5);
  std::string operand;
  std::vector<std::size_t> ends = {0};
  for (const ModelOperation& operation : RandomOperations(Style::kWide, 3, &random)) {
    AppendTo(operation, &operand);
    ends.push_back(operand.size());
  }
  for (std::size_t size = 0; size <= operand.size(); ++size) {
    EXPECT_EQ(IsOperand(std::string_view(operand).substr(0, size)), std::ranges::count(ends, size))
        << size;
  }
  EXPECT_FALSE(IsOperand(std::string(17, '\x12')));  // a removal has no flag
}

TEST(ChunkParse, EveryTruncationAndExtensionIsRefused) {
  for (const bool started : {false, true}) {
    std::vector<Row> rows;
    for (int i = 0; i < 70; ++i) rows.push_back({{kNow - i, 7}, started});
    const std::string value = ChunkOf(rows, "dmg");
    for (std::size_t size = 1; size < value.size(); ++size) {
      EXPECT_FALSE(ChunkView::Parse(std::string_view(value).substr(0, size))) << size;
    }
    EXPECT_FALSE(ChunkView::Parse(value + '\0'));
  }
}

TEST(ChunkParse, ForeignHeaderIsRefused) {
  const std::string value = ChunkOf(std::vector<Row>{{{kNow, 7}, false}});
  const auto with = [&](std::size_t at, char byte) {
    std::string changed = value;
    changed[at] = byte;
    return changed;
  };
  ASSERT_TRUE(ChunkView::Parse(with(0, 2)));
  EXPECT_FALSE(ChunkView::Parse(with(0, 1)));
  EXPECT_FALSE(ChunkView::Parse(with(0, 3)));
  EXPECT_FALSE(ChunkView::Parse(with(1, 0x12)));
  EXPECT_FALSE(ChunkView::Parse(with(2, 1)));
  EXPECT_FALSE(ChunkView::Parse(with(4, 2)));
  EXPECT_FALSE(ChunkView::Parse(with(7, '\xFF')));
  EXPECT_FALSE(ChunkView::Parse(with(16, 1)));
  EXPECT_FALSE(ChunkView::Parse(with(23, '\x80')));
  EXPECT_FALSE(ChunkView::Parse(with(value.size() - 8, 2))) << "a bit past the last row";
}

TEST(ChunkParse, DamagedSizeThatWrapsAroundIsRefused) {
  // A second row that is not there, and a damaged section of "minus" its bytes: the sum fits.
  std::string value = ChunkOf(std::vector<Row>{{{kNow, 7}, true}});
  value[4] = 2;
  const std::uint64_t wrapped = value.size() - (24 + 2 * 12);
  std::memcpy(value.data() + 16, &wrapped, sizeof wrapped);
  EXPECT_FALSE(ChunkView::Parse(value));
}

TEST(ChunkParse, ColumnDataThatWrapsAroundIsRefused) {
  // A dictionary that is longer than the value, and a damaged section of "minus" what is too much.
  const std::string value =
      ::callstore::columns::ChunkOf(ModelOf({{.texts = {{ColumnId::kAgentId, "agent"}}}}));
  const std::size_t entry = 24 + 12;
  std::string changed = value;
  const std::uint64_t end = LoadLittle<std::uint64_t>(value.data() + entry + 8) + 1000;
  const std::uint64_t damaged = std::uint64_t{0} - 1000;
  std::memcpy(changed.data() + entry + 8, &end, sizeof end);
  std::memcpy(changed.data() + 16, &damaged, sizeof damaged);
  ASSERT_TRUE(ChunkView::Parse(value));
  EXPECT_FALSE(ChunkView::Parse(changed));
}

// Reads all that a view offers. The copy on the heap has no spare byte, so that the address
// sanitizer sees the first one read too many.
void ReadAll(const std::string& value, Random* random) {
  const auto exact = std::make_unique<char[]>(value.size());
  std::memcpy(exact.get(), value.data(), value.size());
  const std::string_view bytes(exact.get(), value.size());
  const auto chunk = ChunkView::Parse(bytes);
  if (chunk) {
    ASSERT_LE(chunk->size() * 12, bytes.size());
    const std::vector<Row> rows = RowsOf(*chunk);
    ASSERT_EQ(rows.size(), chunk->size());
    std::size_t started = 0;
    for (const Row& row : rows) {
      ASSERT_LE(chunk->CountNewer(row.position), rows.size());
      if (row.started) {
        ASSERT_LT(chunk->SelectStarted(started++), rows.size());
      }
    }
    ASSERT_EQ(chunk->started_count(), started);
    ASSERT_EQ(chunk->CountStarted(SIZE_MAX), started);
  }
  const std::string operand = OperandOf(RandomOperations(Style::kExtreme, 5, random));
  const std::string_view operands[] = {bytes, operand, bytes};
  const std::string folded = Fold(bytes, operands);
  ASSERT_TRUE(ChunkView::Parse(folded));
  // The bytes are no base, no operand, or both; where they are none they are all kept.
  const bool is_operation = !bytes.empty() && (bytes[0] == 1 || bytes[0] == 2 || bytes[0] == 0x11);
  if (!chunk && !is_operation) {
    ASSERT_EQ(MustParse(folded).damaged(), value + value + value);
  }
}

TEST(ChunkHostile, RandomBytesStayInBounds) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string value(random() % 120, '\0');
    for (char& byte : value) byte = static_cast<char>(random());
    if (!value.empty() && seed % 2 == 0) value[0] = 2;
    ReadAll(value, &random);
  }
}

TEST(ChunkHostile, MutatedChunksStayInBounds) {
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto style = static_cast<Style>(random() % 4);
    std::string value = FoldOne("", OperandOf(RandomOperations(style, random() % 150, &random)));
    if (random() % 3 == 0) value = FoldOne(value, "damage");
    for (std::uint64_t i = random() % 4; i < 4; ++i) {
      const std::size_t at = random() % (random() % 2 == 0 ? 24 : value.size());
      value[at] = static_cast<char>(value[at] ^ (1 << random() % 8));
    }
    if (random() % 4 == 0) value.resize(random() % (value.size() + 40));
    ReadAll(value, &random);
  }
}

TEST(ChunkHostile, MutatedOperandsAreAppliedOrKept) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string operand = OperandOf(RandomOperations(Style::kDense, 1 + random() % 20, &random));
    operand[random() % operand.size()] = static_cast<char>(random());
    operand.resize(operand.size() - random() % 5);
    const std::string value = FoldOne("", operand);
    ASSERT_EQ(MustParse(value).damaged().empty(), IsOperand(operand));
    ASSERT_TRUE(operand.ends_with(MustParse(value).damaged()));
  }
}

}  // namespace
}  // namespace callstore::columns
