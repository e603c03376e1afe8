// Goal:   every encoding of a column is chosen where it should be, and answers exactly.
// Method: chunks whose values call for one encoding; kinds and sizes are looked at, and bounds are
//         tried where rounding or a border could go wrong. Random rows are in fold_test.cc.
#include "columns/column.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "chunk_model.h"
#include "columns/chunk_layout.h"
#include "columns/kernels.h"

namespace callstore::columns {
namespace {

using Kind = ColumnView::Kind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr auto kDuration = ColumnId::kCallDuration;
constexpr auto kCreated = ColumnId::kCreatedAt;
constexpr auto kAgent = ColumnId::kAgentId;

// A chunk of one column; nothing stands for an absent value.
template <typename T>
std::string Encode(ColumnId id, const std::vector<std::optional<T>>& values) {
  std::vector<ModelValues> rows(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    if constexpr (std::is_same_v<T, std::int64_t>) rows[i].integers[id] = *values[i];
    if constexpr (std::is_same_v<T, double>) rows[i].numbers[id] = *values[i];
    if constexpr (std::is_same_v<T, bool>) rows[i].flags[id] = *values[i];
    if constexpr (std::is_same_v<T, std::string>) {
      if (id == ColumnId::kMetadata) {
        rows[i].metadata["key"] = *values[i];
      } else {
        rows[i].texts[id] = *values[i];
      }
    }
  }
  return ChunkOf(ModelOf(rows));
}

// What the column takes, but for its entry in the table.
std::size_t DataBytes(const ColumnView& column) { return column.size_bytes() - kEntryBytes; }

std::vector<std::size_t> Rows(const Bitmap& bitmap) {
  std::vector<std::size_t> rows;
  bitmap.ForEach([&](std::size_t row) { rows.push_back(row); });
  return rows;
}

std::vector<std::size_t> RowsInRange(const ColumnView& column, const NumberRange& range) {
  Bitmap rows;
  column.InRange(range, &rows);
  return Rows(rows);
}

using RowList = std::vector<std::size_t>;

TEST(ColumnIntegers, WidthFollowsTheSpan) {
  const struct {
    std::uint64_t span;
    std::size_t width;
  } cases[] = {{0, 0},     {1, 1},          {255, 1},        {256, 2},       {65535, 2},
               {65536, 4}, {UINT32_MAX, 4}, {1ULL << 32, 8}, {UINT64_MAX, 8}};
  for (const auto& [span, width] : cases) {
    const std::int64_t least = span == UINT64_MAX ? INT64_MIN : -5;
    const auto most = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + span);
    const std::string value = Encode<std::int64_t>(kCreated, {least, most, least, most});
    const ColumnView column = MustParse(value).column(kCreated);
    ASSERT_EQ(column.kind(), Kind::kIntegers);
    EXPECT_EQ(DataBytes(column), 4 * width) << span;
    EXPECT_EQ(column.min_integer(), least);
    EXPECT_EQ(column.max_integer(), most);
    EXPECT_EQ(column.integer(1), most);
    Bitmap rows;
    column.InRange(most, most, &rows);
    EXPECT_EQ(Rows(rows), span == 0 ? RowList({0, 1, 2, 3}) : RowList({1, 3}));
    column.InRange(INT64_MIN, INT64_MAX, &rows);
    EXPECT_EQ(rows.Count(), 4U);
    column.InRange(1, 0, &rows);
    EXPECT_EQ(rows.Count(), 0U);
  }
}

TEST(ColumnIntegers, AbsentRowsMatchNoRange) {
  const std::string value = Encode<std::int64_t>(kCreated, {7, std::nullopt, 9, std::nullopt});
  const ColumnView column = MustParse(value).column(kCreated);
  EXPECT_EQ(DataBytes(column), 8U + 4U);
  EXPECT_FALSE(column.present(1));
  Bitmap rows;
  column.InRange(INT64_MIN, INT64_MAX, &rows);
  EXPECT_EQ(Rows(rows), RowList({0, 2}));
  column.InRange(0, 8, &rows);
  EXPECT_EQ(Rows(rows), RowList({0}));
}

TEST(ColumnNumbers, DecimalsAreScaledIntegers) {
  const std::string value = Encode<double>(kDuration, {0.25, 1.0, 2.55});
  const ColumnView column = MustParse(value).column(kDuration);
  EXPECT_EQ(column.kind(), Kind::kNumbers);
  EXPECT_EQ(column.bytes().scale, 2);
  EXPECT_EQ(DataBytes(column), 3U);
  EXPECT_EQ(column.number(0), 0.25);
  EXPECT_EQ(column.number(2), 2.55);
  EXPECT_EQ(column.max_number(), 2.55);
}

TEST(ColumnNumbers, BoundsOfScaledNumbersAreExact) {
  // Hundredths that no double has exactly: each bound must fall on the right side of its neighbour.
  std::vector<std::optional<double>> values;
  for (int i = -3000; i < 3000; ++i) values.push_back(i / 100.0);
  const std::string value = Encode<double>(kDuration, values);
  const ColumnView column = MustParse(value).column(kDuration);
  ASSERT_EQ(column.bytes().scale, 2);
  for (std::size_t i = 0; i < values.size(); i += 7) {
    const double at = *values[i];
    const double above = std::nextafter(at, kInfinity);
    const double below = std::nextafter(at, -kInfinity);
    EXPECT_EQ(RowsInRange(column, {.low = at, .high = at}), RowList({i}));
    EXPECT_EQ(RowsInRange(column, {.low = below, .high = above}), RowList({i}));
    EXPECT_TRUE(RowsInRange(column, {.low = above, .high = above}).empty());
    EXPECT_TRUE(RowsInRange(column, {.low = below, .high = at, .high_open = true}).empty());
    EXPECT_TRUE(RowsInRange(column, {.low = at, .high = above, .low_open = true}).empty());
    EXPECT_EQ(RowsInRange(column, {.low = at, .high = kInfinity}).size(), values.size() - i);
    EXPECT_EQ(RowsInRange(column, {.low = -kInfinity, .high = below}).size(), i);
  }
}

TEST(ColumnNumbers, GreatScaledNumbersAreExact) {
  const double most = 9007199254740992.0;  // 2^53
  const std::string value = Encode<double>(kDuration, {most, most - 1, -most, 0.0});
  const ColumnView column = MustParse(value).column(kDuration);
  EXPECT_EQ(column.bytes().scale, 0);
  EXPECT_EQ(RowsInRange(column, {.low = most - 1, .high = most}), RowList({0, 1}));
  EXPECT_EQ(RowsInRange(column, {.low = most - 1, .high = most, .high_open = true}), RowList({1}));
  EXPECT_EQ(RowsInRange(column, {.low = -most, .high = -most + 1}), RowList({2}));
  const std::string beyond = Encode<double>(kDuration, {most + 2, 0.5});
  EXPECT_EQ(MustParse(beyond).column(kDuration).bytes().scale, ColumnBytes::kOrdered);
}

TEST(ColumnNumbers, OtherDoublesAreKeptWhole) {
  const double third = 1.0 / 3;
  const double least = std::numeric_limits<double>::denorm_min();
  const double most = std::numeric_limits<double>::max();
  const std::vector<std::optional<double>> values = {third,  -third, 0.0,  least,
                                                     -least, most,   -most};
  const std::string value = Encode<double>(kDuration, values);
  const ColumnView column = MustParse(value).column(kDuration);
  EXPECT_EQ(column.bytes().scale, ColumnBytes::kOrdered);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(column.number(i), *values[i]);
  EXPECT_EQ(column.min_number(), -most);
  EXPECT_EQ(column.max_number(), most);
  EXPECT_EQ(RowsInRange(column, {.low = 0, .high = third}), RowList({0, 2, 3}));
  EXPECT_EQ(RowsInRange(column, {.low = 0, .high = third, .low_open = true}), RowList({0, 3}));
  EXPECT_EQ(RowsInRange(column, {.low = -0.0, .high = -0.0}), RowList({2}));
  EXPECT_EQ(RowsInRange(column, {.low = -kInfinity, .high = 0, .high_open = true}),
            RowList({1, 4, 6}));
}

TEST(ColumnNumbers, EmptyAndInfiniteRangesAreRight) {
  for (const double odd : {0.5, 1.0 / 3}) {
    const std::string value = Encode<double>(kDuration, {1.0, odd});
    const ColumnView column = MustParse(value).column(kDuration);
    EXPECT_TRUE(RowsInRange(column, {.low = 2, .high = 1}).empty());
    EXPECT_TRUE(RowsInRange(column, {.low = std::nan(""), .high = 1}).empty());
    EXPECT_TRUE(
        RowsInRange(column, {.low = kInfinity, .high = kInfinity, .low_open = true}).empty());
    EXPECT_TRUE(
        RowsInRange(column, {.low = -kInfinity, .high = -kInfinity, .high_open = true}).empty());
    const NumberRange open{
        .low = -kInfinity, .high = kInfinity, .low_open = true, .high_open = true};
    EXPECT_EQ(RowsInRange(column, open).size(), 2U);
  }
}

TEST(ColumnNumbers, NegativeZeroIsZero) {
  const std::string value = Encode<double>(kDuration, {-0.0, 1.0});
  const ColumnView column = MustParse(value).column(kDuration);
  EXPECT_FALSE(std::signbit(column.number(0)));
  EXPECT_EQ(value, Encode<double>(kDuration, {0.0, 1.0}));
}

TEST(ColumnNumbers, ScaleRisesAsValuesCome) {
  const std::string whole = Encode<double>(kDuration, {5.0, 7.0});
  const auto put = [](double number) {
    return OperandOf(std::vector{ModelOperation{
        Operation::Kind::kPut, {{kNow - 50, 1}, true}, {.numbers = {{kDuration, number}}}}});
  };
  const std::string cents = FoldOne(whole, put(0.25));
  EXPECT_EQ(MustParse(cents).column(kDuration).bytes().scale, 2);
  EXPECT_EQ(MustParse(cents).column(kDuration).number(1), 7.0);
  const std::string third = FoldOne(cents, put(1.0 / 3));
  EXPECT_EQ(MustParse(third).column(kDuration).bytes().scale, ColumnBytes::kOrdered);
  EXPECT_EQ(MustParse(third).column(kDuration).number(1), 7.0);
  EXPECT_EQ(MustParse(third).column(kDuration).number(2), 1.0 / 3);
}

std::vector<std::optional<std::string>> Words(std::size_t count, std::size_t rows) {
  std::vector<std::optional<std::string>> words;
  for (std::size_t i = 0; i < rows; ++i) words.push_back("w" + std::to_string(i % count));
  return words;
}

TEST(ColumnWords, CodesAreAsNarrowAsTheDictionary) {
  const struct {
    std::size_t words;
    std::size_t width;
  } cases[] = {{1, 0}, {2, 1}, {255, 1}, {256, 2}, {1024, 2}};
  for (const auto& [count, width] : cases) {
    const std::string value = Encode(kAgent, Words(count, 2000));
    const ColumnView column = MustParse(value).column(kAgent);
    ASSERT_EQ(column.kind(), Kind::kWords) << count;
    ASSERT_EQ(column.word_count(), count);
    EXPECT_EQ(column.bytes().width, width);
  }
  auto with_absent = Words(1, 10);
  with_absent[3] = std::nullopt;
  const std::string value = Encode(kAgent, with_absent);
  EXPECT_EQ(MustParse(value).column(kAgent).bytes().width, 1U);
  EXPECT_FALSE(MustParse(value).column(kAgent).present(3));
}

TEST(ColumnWords, AnySetOfWordsIsFound) {
  Random random(3);
  for (const std::size_t count : {1, 2, 7, 255, 256, 1000}) {
    auto words = Words(count, 4000);
    if (count > 1) words[5] = std::nullopt;
    const std::string value = Encode(kAgent, words);
    for (int i = 0; i < 10; ++i) ExpectSetsAgree(MustParse(value).column(kAgent), &random);
  }
}

TEST(ColumnWords, TooManyWordsBecomeHashesForGood) {
  const std::string value = Encode(kAgent, Words(1025, 1025));
  ASSERT_EQ(MustParse(value).column(kAgent).kind(), Kind::kHashes);
  Bitmap rows;
  MustParse(value).column(kAgent).HasHash(TextHash("w17"), &rows);
  EXPECT_EQ(Rows(rows), RowList({17}));
  // The words are gone, so a smaller chunk has hashes too; one without any value has words again.
  const std::string cut = Cut(MustParse(value), 10, 20);
  EXPECT_EQ(MustParse(cut).column(kAgent).kind(), Kind::kHashes);
  const std::string none = Cut(MustParse(value), 0, 0);
  EXPECT_EQ(MustParse(none).column(kAgent).kind(), Kind::kAbsent);
  const ModelOperation put{
      Operation::Kind::kPut, {{kNow + 1, 1}, true}, {.texts = {{kAgent, "new"}}}};
  EXPECT_EQ(MustParse(FoldOne(none, OperandOf(std::vector{put}))).column(kAgent).kind(),
            Kind::kWords);
}

TEST(ColumnWords, LongWordMakesHashes) {
  const std::string longest(kMostWordBytes, 'x');
  EXPECT_EQ(MustParse(Encode<std::string>(kAgent, {longest})).column(kAgent).kind(), Kind::kWords);
  const std::string value = Encode<std::string>(kAgent, {longest + "x", "short", std::nullopt});
  const ColumnView column = MustParse(value).column(kAgent);
  ASSERT_EQ(column.kind(), Kind::kHashes);
  EXPECT_EQ(column.hash(0), TextHash(longest + "x"));
  EXPECT_EQ(column.hash(1), TextHash("short"));
  EXPECT_FALSE(column.present(2));
}

TEST(ColumnJson, ManyNumbersAreNumbersUntilAnotherValueComes) {
  std::vector<std::optional<std::string>> numbers;
  for (int i = 0; i < 1500; ++i) numbers.push_back(std::to_string(i) + (i % 2 == 0 ? ".50" : ""));
  numbers[7] = std::nullopt;
  const std::string value = Encode(ColumnId::kMetadata, numbers);
  const ColumnView column = MustParse(value).metadata("key");
  ASSERT_EQ(column.kind(), Kind::kNumbers);
  EXPECT_EQ(column.number(2), 2.5);
  EXPECT_FALSE(column.present(7));

  const ModelOperation put{
      Operation::Kind::kPut, {{kNow + 1, 1}, true}, {.metadata = {{"key", "\"x\""}}}};
  const std::string mixed = FoldOne(value, OperandOf(std::vector{put}));
  const ColumnView hashes = MustParse(mixed).metadata("key");
  ASSERT_EQ(hashes.kind(), Kind::kHashes);
  EXPECT_EQ(hashes.hash(0), JsonTextHash("x"));
  EXPECT_EQ(hashes.hash(3), JsonNumberHash(2.5));
  EXPECT_FALSE(hashes.present(8));
}

TEST(ColumnJson, FewValuesKeepTheirText) {
  const std::string value =
      Encode<std::string>(ColumnId::kMetadata, {"1.0", "1", "\"1\"", "[1]", "null"});
  const ColumnView column = MustParse(value).metadata("key");
  ASSERT_EQ(column.kind(), Kind::kWords);
  EXPECT_EQ(column.word(column.word_of(0)), "1.0");
  EXPECT_EQ(column.word(column.word_of(3)), "[1]");
}

TEST(ColumnJson, NumberBeyondAllDoublesMakesHashes) {
  std::vector<std::optional<std::string>> numbers;
  for (int i = 0; i < 1500; ++i) numbers.push_back(std::to_string(i));
  numbers[3] = "1e400";
  const std::string value = Encode(ColumnId::kMetadata, numbers);
  EXPECT_EQ(MustParse(value).metadata("key").kind(), Kind::kHashes);
}

TEST(ColumnFlags, ConstantFlagsTakeNoBytes) {
  EXPECT_EQ(DataBytes(MustParse(Encode<bool>(ColumnId::kInVoicemail, {true, true}))
                          .column(ColumnId::kInVoicemail)),
            0U);
  const std::string value = Encode<bool>(ColumnId::kInVoicemail, {true, std::nullopt, false, true});
  const ColumnView column = MustParse(value).column(ColumnId::kInVoicemail);
  EXPECT_EQ(DataBytes(column), 16U);
  Bitmap rows;
  column.IsTrue(&rows);
  EXPECT_EQ(Rows(rows), RowList({0, 3}));
  column.Present(&rows);
  EXPECT_EQ(Rows(rows), RowList({0, 2, 3}));
}

TEST(ColumnHash, EqualScalarsHaveEqualHashes) {
  EXPECT_EQ(JsonHash("1"), JsonHash("1.0"));
  EXPECT_EQ(JsonHash("10"), JsonHash("1e1"));
  EXPECT_EQ(JsonHash("-0"), JsonNumberHash(0));
  EXPECT_EQ(JsonHash("\"\\u0041\""), JsonTextHash("A"));
  EXPECT_NE(JsonHash("1"), JsonHash("\"1\""));
  EXPECT_NE(JsonHash("true"), JsonHash("\"true\""));
  EXPECT_NE(JsonHash("true"), JsonHash("false"));
  EXPECT_NE(JsonTextHash("A"), TextHash("A"));
  EXPECT_EQ(JsonHash("[]"), kUnknownHash);
  EXPECT_EQ(JsonHash("{}"), kUnknownHash);
  EXPECT_NE(JsonHash("null"), kUnknownHash);
}

// On disk: they must stay what they are.
TEST(ColumnHash, HashesAreFixed) {
  EXPECT_EQ(TextHash("agent-123"), 12004192329488013737U);
  EXPECT_EQ(JsonHash("\"agent-123\""), 12838076220615492771U);
  EXPECT_EQ(JsonHash("2.5"), 4647541491483121973U);
  EXPECT_EQ(JsonHash("true"), 11014921913331682220U);
}

TEST(ColumnSizes, AddUpToTheChunk) {
  const std::string value =
      ChunkOf(ModelOf({{.integers = {{kCreated, 1}}, .metadata = {{"key", "\"v\""}}},
                       {.integers = {{kCreated, 2}}, .texts = {{kAgent, "a"}}}}));
  std::size_t sum = 24;
  std::vector<std::string> names;
  for (const auto& [name, bytes] : MustParse(value).Sizes()) {
    sum += bytes;
    names.push_back(name);
  }
  EXPECT_EQ(sum, value.size());
  EXPECT_EQ(names, (std::vector<std::string>{"time", "tie", "started", "created_at", "agent_id",
                                             "metadata.key"}));
}

TEST(ColumnKernels, RangesAgreeWithPlainTestsAtEverySize) {
  Random random(9);
  for (const std::size_t width : {1, 2, 4, 8}) {
    for (const std::size_t rows : {0, 1, 63, 64, 65, 130, 1000}) {
      std::string values(rows * width + 3, '\0');
      for (char& byte : values) byte = static_cast<char>(random() % 4 == 0 ? random() : 7);
      const ValueArray array{.values = values.data() + 3, .width = width, .rows = rows};
      for (int i = 0; i < 20; ++i) {
        const std::uint64_t mask = width == 8 ? UINT64_MAX : (std::uint64_t{1} << width * 8) - 1;
        const std::uint64_t low = (i % 2 == 0 ? random() : 0x0707070707070707) & mask;
        const std::uint64_t span = (i % 3 == 0 ? 0 : random() >> random() % 64) & mask;
        for (const KernelSet kernels : AvailableKernels()) {
          Bitmap rows_in;
          rows_in.Reset(rows);
          AddInRangeBy(kernels, array, low, span, rows_in.words());
          for (std::size_t row = 0; row < rows; ++row) {
            std::uint64_t value = 0;
            std::memcpy(&value, array.values + row * width, width);
            ASSERT_EQ(rows_in.Has(row), ((value - low) & mask) <= span)
                << width << " bytes, row " << row << ", kernels " << static_cast<int>(kernels);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace callstore::columns
