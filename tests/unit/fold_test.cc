// Goal:   the value columns of a chunk hold what a map of its rows holds, whatever the encodings
//         were on the way; damaged bytes never make a fold or a view read out of bounds (run with
//         sanitizers).
// Method: random operations whose values fall in styles, each of which meets another encoding;
//         folded at once, in groups, and cut; all columns compared row by row.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

#include "chunk_model.h"

namespace callstore::columns {
namespace {

using Kind = ColumnView::Kind;

// What a column's values are like, for the rows of one stretch of operations.
struct ColumnStyle {
  unsigned present_of_8 = 8;
  unsigned shape = 0;
};
using Styles = std::array<ColumnStyle, kLastId + 1>;

Styles RandomStyles(Random* random) {
  Styles styles;
  for (ColumnStyle& style : styles) {
    constexpr unsigned kPresent[] = {0, 1, 4, 7, 8, 8, 8};
    style = {.present_of_8 = kPresent[(*random)() % std::size(kPresent)],
             .shape = static_cast<unsigned>((*random)() % 6)};
  }
  return styles;
}

std::int64_t RandomInteger(unsigned shape, Random* random) {
  constexpr std::int64_t kEnds[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>((*random)() % n); };
  switch (shape) {
    case 0:
      return kNow;
    case 1:
      return kNow + below(256);
    case 2:
      return kNow + below(60'000);
    case 3:
      return kNow - below(4'000'000'000);
    case 4:
      return static_cast<std::int64_t>((*random)());
    default:
      return kEnds[below(std::size(kEnds))];
  }
}

double RandomNumber(unsigned shape, Random* random) {
  const auto below = [&](std::uint64_t n) { return static_cast<double>((*random)() % n); };
  switch (shape) {
    case 0:
      return 60'000;
    case 1:
      return below(900'000) - 400'000;
    case 2:
      return below(10'000) / 100;
    case 3:
      return (below(2'000'000) - 1'000'000) / 1e6;
    case 4:
      return (*random)() % 4 == 0 ? -0.0 : below(1000) / 7;
    default:
      return std::ldexp(below(1U << 20) - (1U << 19), static_cast<int>((*random)() % 1500) - 700);
  }
}

std::string RandomText(unsigned shape, Random* random) {
  switch (shape) {
    case 0:
      return "ENDED";
    case 1:
      return (*random)() % 2 == 0 ? "INBOUND" : "";
    case 2:
      return "word-" + std::to_string((*random)() % 20);
    case 3:
      return "word-" + std::to_string((*random)() % 3000);
    case 4:
      return std::string((*random)() % 3, '\0') + "\xF0\x9F\x92\xA1";
    default:
      return std::string((*random)() % 64 == 0 ? 200 + (*random)() % 100 : 4, 'x');
  }
}

std::string RandomJson(unsigned shape, Random* random) {
  constexpr std::string_view kScalars[] = {"true",      "null",        "\"3\"", "3",
                                           "3.0",       "-0",          "1e400", "[1,2]",
                                           "{\"a\":1}", "\"\\u0041\"", "\"A\""};
  switch (shape) {
    case 0:
      return std::to_string((*random)() % 8);
    case 1:
      return std::to_string((*random)() % 5000);
    case 2:
      return "0." + std::to_string((*random)() % 100'000) + "1";
    case 3:
      return std::string(kScalars[(*random)() % std::size(kScalars)]);
    case 4:
      return '"' + RandomText(3, random) + '"';
    default:
      return (*random)() % 40 == 0 ? '"' + std::string(400, 'y') + '"' : "\"short\"";
  }
}

ModelValues RandomValues(const Styles& styles, Random* random) {
  ModelValues values;
  for (int i = 1; i < kLastId; ++i) {
    const auto id = static_cast<ColumnId>(i);
    const ColumnStyle& style = styles[static_cast<std::size_t>(i)];
    if ((*random)() % 8 >= style.present_of_8) continue;
    switch (TypeOf(id)) {
      case ValueType::kInteger:
        values.integers[id] = RandomInteger(style.shape, random);
        break;
      case ValueType::kNumber:
        values.numbers[id] = RandomNumber(style.shape, random);
        break;
      case ValueType::kFlag:
        values.flags[id] = style.shape < 2 || (style.shape < 5 && (*random)() % 2 == 0);
        break;
      default:
        values.texts[id] = RandomText(style.shape, random);
    }
  }
  const ColumnStyle& style = styles[kLastId];
  for (std::size_t key = 0; key < 6; ++key) {
    if ((*random)() % 8 >= style.present_of_8) continue;
    values.metadata["key-" + std::to_string(key)] =
        RandomJson(static_cast<unsigned>((style.shape + key) % 6), random);
  }
  return values;
}

std::vector<ModelOperation> RandomOperations(std::size_t count, std::size_t positions,
                                             Random* random) {
  const Styles styles = RandomStyles(random);
  const unsigned removes_of_8 = static_cast<unsigned>((*random)() % 5);
  std::vector<ModelOperation> operations;
  for (std::size_t i = 0; i < count; ++i) {
    const bool remove = (*random)() % 8 < removes_of_8;
    const auto time = kNow + static_cast<std::int64_t>((*random)() % positions);
    ModelOperation operation{.kind = remove ? Operation::Kind::kRemove : Operation::Kind::kPut,
                             .row = {{time, (*random)() % 2}, (*random)() % 2 == 0}};
    if (!remove) operation.values = RandomValues(styles, random);
    operations.push_back(std::move(operation));
  }
  return operations;
}

void ExpectCutsAgree(const Model& model, const ChunkView& chunk, Random* random) {
  const std::size_t first = (*random)() % (chunk.size() + 1);
  const std::size_t count = (*random)() % (chunk.size() - first + 1);
  Model rows;
  auto from = std::next(model.begin(), static_cast<std::ptrdiff_t>(first));
  for (std::size_t i = 0; i < count; ++i, ++from) rows.insert(*from);
  const std::string cut = Cut(chunk, first, count);
  ASSERT_EQ(RowsOf(MustParse(cut)), RowsOf(rows));
  ExpectColumns(rows, MustParse(cut), random);
}

TEST(FoldValues, RandomOperationsAgreeWithModelInAnyGrouping) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Model model;
    std::string base;
    for (int round = 0; round < 5; ++round) {
      const auto operations = RandomOperations(random() % 150, 20 + random() % 200, &random);
      for (const ModelOperation& operation : operations) Apply(operation, &model);
      const std::string in_groups = FoldInRandomGroups(base, operations, &random);
      base = FoldOne(base, OperandOf(operations));
      for (const std::string& value : {in_groups, base}) {
        const ChunkView chunk = MustParse(value);
        ASSERT_TRUE(chunk.damaged().empty());
        ASSERT_EQ(RowsOf(chunk), RowsOf(model));
        ExpectColumns(model, chunk, &random);
        ExpectCutsAgree(model, chunk, &random);
        if (HasFatalFailure()) return;
      }
      if (random() % 8 == 0) base = in_groups;
    }
  }
}

TEST(FoldValues, LargeChunksMeetWideDictionariesAndHashes) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Model model;
    std::string base;
    for (int round = 0; round < 4; ++round) {
      const auto operations = RandomOperations(round == 0 ? 4000 : 300, 5000, &random);
      for (const ModelOperation& operation : operations) Apply(operation, &model);
      base = FoldOne(base, OperandOf(operations));
      ExpectColumns(model, MustParse(base), &random);
      ExpectCutsAgree(model, MustParse(base), &random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(FoldValues, NothingToFoldGivesTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const std::string value = FoldOne("", OperandOf(RandomOperations(300, 400, &random)));
    EXPECT_EQ(Fold(value, {}), value) << seed;
    EXPECT_EQ(Cut(MustParse(value), 0, MustParse(value).size()), value) << seed;
  }
}

TEST(FoldValues, ReplacedAndReturnedRowGivesTheSameBytes) {
  // Widths, dictionaries and bitmaps go back to what they were with the row that called for more.
  std::vector<ModelValues> values(100, {.integers = {{ColumnId::kCreatedAt, kNow}},
                                        .texts = {{ColumnId::kCallStatus, "ENDED"}},
                                        .flags = {{ColumnId::kCallSuccessful, true}}});
  for (std::size_t i = 0; i < values.size(); i += 2) {
    values[i].integers[ColumnId::kEndTimestamp] = kNow + static_cast<std::int64_t>(i);
  }
  const std::string value = ChunkOf(ModelOf(values));
  const Row row{{kNow + 1, 1}, true};
  const ModelOperation put{Operation::Kind::kPut,
                           row,
                           {.integers = {{ColumnId::kEndTimestamp, 1},
                                         {ColumnId::kCreatedAt, 5},
                                         {ColumnId::kUpdatedAt, 9}},
                            .texts = {{ColumnId::kCallStatus, "ERROR"}},
                            .flags = {{ColumnId::kCallSuccessful, false}},
                            .metadata = {{"key", "1"}}}};
  const ModelOperation remove{Operation::Kind::kRemove, row};
  const std::string with = FoldOne(value, OperandOf(std::vector{put}));
  EXPECT_EQ(MustParse(with).column(ColumnId::kCallStatus).word_count(), 2U);
  EXPECT_EQ(FoldOne(with, OperandOf(std::vector{remove})), value);
  // The same where the row stays and its values go.
  const ModelOperation empty{Operation::Kind::kPut, row};
  EXPECT_EQ(FoldOne(with, OperandOf(std::vector{empty})),
            FoldOne(value, OperandOf(std::vector{empty})));
}

std::string KeyNumber(int i) { return "key-" + std::to_string(100 + i); }

TEST(FoldMetadata, KeysBeyondTheMostAreUnknown) {
  ModelValues values;
  for (int i = 0; i < 64; ++i) values.metadata[KeyNumber(i)] = std::to_string(i);
  const std::string full = ChunkOf(ModelOf({values}));
  EXPECT_FALSE(MustParse(full).more_metadata());
  EXPECT_EQ(MustParse(full).metadata("other").kind(), Kind::kAbsent);

  const ModelOperation more{
      Operation::Kind::kPut, {{kNow - 9, 1}, true}, {.metadata = {{"other", "1"}}}};
  const std::string over = FoldOne(full, OperandOf(std::vector{more}));
  EXPECT_TRUE(MustParse(over).more_metadata());
  EXPECT_EQ(MustParse(over).metadata("other").kind(), Kind::kUnknown);
  EXPECT_EQ(MustParse(over).metadata("never seen").kind(), Kind::kUnknown);
  EXPECT_EQ(MustParse(over).metadata(KeyNumber(63)).kind(), Kind::kWords);

  ModelOperation plain = more;
  plain.row.position.tie = 2;
  plain.values.metadata.clear();
  const std::string later = FoldOne(over, OperandOf(std::vector{plain}));
  EXPECT_EQ(MustParse(later).metadata("other").kind(), Kind::kUnknown);
  EXPECT_EQ(MustParse(Cut(MustParse(later), 0, 1)).metadata("other").kind(), Kind::kUnknown);

  // Columns that fall away make no room while a row may have a key that has none.
  const ModelOperation clear{
      Operation::Kind::kPut, {{kNow, 7}, true}, {.metadata = {{"new", "1"}}}};
  const std::string cleared = FoldOne(over, OperandOf(std::vector{clear}));
  EXPECT_EQ(MustParse(cleared).metadata("new").kind(), Kind::kUnknown);
  // With all rows new, all is known again.
  ModelOperation last = more;
  last.values.metadata = {{"last", "true"}};
  const std::string fresh = FoldOne(cleared, OperandOf(std::vector{clear, last}));
  EXPECT_FALSE(MustParse(fresh).more_metadata());
  EXPECT_EQ(MustParse(fresh).metadata("other").kind(), Kind::kAbsent);
  EXPECT_EQ(MustParse(fresh).metadata("last").kind(), Kind::kWords);
}

TEST(FoldMetadata, ColumnsThatFallAwayMakeRoom) {
  ModelValues values;
  for (int i = 0; i < 64; ++i) values.metadata[KeyNumber(i)] = "1";
  const std::string full = ChunkOf(ModelOf({values}));
  values.metadata.erase(KeyNumber(5));
  values.metadata["new"] = "2";
  const ModelOperation put{Operation::Kind::kPut, {{kNow, 7}, true}, values};
  const std::string value = FoldOne(full, OperandOf(std::vector{put}));
  EXPECT_FALSE(MustParse(value).more_metadata());
  EXPECT_EQ(MustParse(value).metadata("new").kind(), Kind::kWords);
  EXPECT_EQ(MustParse(value).metadata(KeyNumber(5)).kind(), Kind::kAbsent);
}

TEST(FoldMetadata, LongKeysAloneAreUnknown) {
  const std::string longest(kMostKeyBytes, 'k');
  const std::string value =
      ChunkOf(ModelOf({{.metadata = {{longest, "1"}, {longest + 'k', "2"}, {"short", "3"}}}}));
  const ChunkView chunk = MustParse(value);
  EXPECT_TRUE(chunk.more_metadata());
  EXPECT_EQ(chunk.metadata(longest).kind(), Kind::kWords);
  EXPECT_EQ(chunk.metadata(longest + 'k').kind(), Kind::kUnknown);
  EXPECT_EQ(chunk.metadata("short").kind(), Kind::kWords);
  EXPECT_EQ(chunk.metadata("other").kind(), Kind::kAbsent);
}

TEST(FoldMetadata, EmptyKeyIsAKey) {
  const std::string value = ChunkOf(ModelOf({{.metadata = {{"", "7"}, {"a", "8"}}}}));
  EXPECT_EQ(MustParse(value).metadata("").word(0), "7");
}

TEST(FoldOperands, UndecodableValuesAreADamagedOperation) {
  const Row row{{kNow, 1}, true};
  const std::string good = ModelValues{.texts = {{ColumnId::kAgentId, "agent"}}}.Encode();
  const std::string after = OperandOf(std::vector{ModelOperation{Operation::Kind::kPut, row, {}}});
  const std::string nan = std::string(1, '\4') + std::string(6, '\0') + "\xF8\x7F";
  const std::string bad[] = {
      std::string(1, '\0'),    // no column
      std::string(1, '\x19'),  // one of a later version
      good.substr(0, good.size() - 1),
      good + good,  // not ascending
      nan,
      "\x18\x01k\x01\x31\x18\x01k\x01\x32",                    // a key twice
      std::string("\x0F\x02", 2),                              // a flag that is neither
      std::string("\x07\x82\x02", 3) + std::string(258, 'x'),  // a length that nothing has
  };
  for (const std::string& values : bad) {
    std::string operand;
    AppendOperation({Operation::Kind::kPut, row, values}, &operand);
    EXPECT_FALSE(IsOperand(operand));
    operand += after;
    const std::string_view operands[] = {after, operand, after};
    const std::string folded = Fold("", operands);
    EXPECT_EQ(MustParse(folded).damaged(), operand);
    EXPECT_EQ(MustParse(folded).size(), 1U);
    EXPECT_EQ(MustParse(folded).column(ColumnId::kAgentId).kind(), Kind::kAbsent);
  }
}

// Reads all that columns offer; what they say is not looked at.
void TouchColumn(const ColumnView& column, Random* random) {
  Bitmap rows;
  if (column.kind() == Kind::kUnknown) return;
  column.Present(&rows);
  std::size_t sum = rows.Count();
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (!column.present(row)) continue;
    switch (column.kind()) {
      case Kind::kIntegers:
        sum += column.integer(row) == 0 ? 1 : 0;
        break;
      case Kind::kNumbers:
        sum += column.number(row) == 0 ? 1 : 0;
        break;
      case Kind::kWords:
        ASSERT_LT(column.word_of(row), column.word_count());
        sum += column.word(column.word_of(row)).size();
        break;
      case Kind::kHashes:
        sum += column.hash(row) == 0 ? 1 : 0;
        break;
      default:
        sum += column.flag(row) ? 1 : 0;
    }
  }
  const auto low = static_cast<std::int64_t>((*random)());
  const auto high = static_cast<std::int64_t>((*random)());
  if (column.kind() == Kind::kIntegers) column.InRange(low, high, &rows);
  if (column.kind() == Kind::kIntegers) column.InRange(column.min_integer() / 2, high, &rows);
  if (column.kind() == Kind::kNumbers) {
    column.InRange({.low = column.min_number() / 2, .high = column.max_number() / 2}, &rows);
    column.InRange({.low = std::bit_cast<double>(low), .high = std::bit_cast<double>(high)}, &rows);
  }
  if (column.kind() == Kind::kHashes) column.HasHash((*random)(), &rows);
  if (column.kind() == Kind::kFlags) column.IsTrue(&rows);
  if (column.kind() == Kind::kWords) {
    std::vector<std::uint8_t> wanted(column.word_count());
    for (std::uint8_t& want : wanted) want = (*random)() % 2 == 0 ? 1 : 0;
    column.HasWords(wanted, &rows);
  }
  rows.ForEach([&](std::size_t row) { ASSERT_LT(row, column.rows()); });
  ASSERT_GE(sum + 1, sum);
}

void TouchAll(const std::string& value, Random* random) {
  // No spare byte, so that the address sanitizer sees the first one read too many.
  const auto exact = std::make_unique<char[]>(value.size());
  std::memcpy(exact.get(), value.data(), value.size());
  const std::string_view bytes(exact.get(), value.size());
  if (const auto chunk = ChunkView::Parse(bytes)) {
    chunk->ForEachColumn(
        [&](const ChunkView::NamedColumn& column) { TouchColumn(column.view, random); });
    TouchColumn(chunk->metadata("key-1"), random);
    TouchColumn(chunk->column(ColumnId::kAgentId), random);
    ASSERT_FALSE(chunk->Sizes().empty());
    const std::size_t first = (*random)() % (chunk->size() + 1);
    const std::size_t count = (*random)() % (chunk->size() - first + 1);
    ASSERT_TRUE(ChunkView::Parse(Cut(*chunk, first, count)));
  }
  const std::string operand = OperandOf(RandomOperations(6, 30, random));
  const std::string_view operands[] = {operand, bytes, operand};
  const std::string folded = Fold(bytes, operands);
  const auto chunk = ChunkView::Parse(folded);
  ASSERT_TRUE(chunk);
  chunk->ForEachColumn(
      [&](const ChunkView::NamedColumn& column) { TouchColumn(column.view, random); });
}

TEST(FoldHostile, MutatedChunksStayInBounds) {
  int parsed = 0;
  for (std::uint64_t seed = 1; seed <= 2500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string value = FoldOne("", OperandOf(RandomOperations(1 + random() % 60, 50, &random)));
    const ChunkView chunk = MustParse(value);
    if (chunk.size() == 0) continue;
    // The table is where most of the meaning is.
    const std::size_t table = 24 + chunk.size() * 12;
    const std::size_t table_end = std::min(value.size(), table + 30 * 32);
    for (std::uint64_t i = random() % 2; i < 2; ++i) {
      const bool in_table = random() % 4 != 0;
      const std::size_t at =
          in_table ? table + random() % (table_end - table) : random() % value.size();
      value[at] = static_cast<char>(random() % 2 == 0 ? value[at] ^ (1 << random() % 8)
                                                      : static_cast<int>(random() % 256));
    }
    parsed += ChunkView::Parse(value) ? 1 : 0;
    TouchAll(value, &random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(parsed, 300) << "the mutations are too coarse to meet what a view reads";
}

TEST(FoldHostile, MutatedDictionariesAndBitmapsStayInBounds) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string value = FoldOne("", OperandOf(RandomOperations(1 + random() % 90, 90, &random)));
    const std::size_t columns = std::min(value.size(), 24 + MustParse(value).size() * 12 + 24 * 32);
    if (columns == value.size()) continue;
    for (int i = 0; i < 40; ++i) {
      value[columns + random() % (value.size() - columns)] = static_cast<char>(random());
    }
    TouchAll(value, &random);
    if (HasFatalFailure()) return;
  }
}

TEST(FoldHostile, MutatedOperandsAreAppliedOrKept) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string operand = OperandOf(RandomOperations(1 + random() % 12, 30, &random));
    for (std::uint64_t i = random() % 3; i < 3; ++i) {
      operand[random() % operand.size()] = static_cast<char>(random());
    }
    operand.resize(operand.size() - random() % 5);
    const std::string value = FoldOne("", operand);
    ASSERT_EQ(MustParse(value).damaged().empty(), IsOperand(operand));
    ASSERT_TRUE(operand.ends_with(MustParse(value).damaged()));
    TouchAll(value, &random);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace callstore::columns
