// chunk_model.h - rows with values as plain maps, to compare chunks with.
#ifndef CALLSTORE_TESTS_UNIT_CHUNK_MODEL_H_
#define CALLSTORE_TESTS_UNIT_CHUNK_MODEL_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "columns/chunk.h"
#include "columns/column.h"

namespace callstore::columns {

using Random = std::mt19937_64;

inline constexpr std::int64_t kNow = 1703097600000;
inline constexpr auto kLastId = static_cast<int>(ColumnId::kMetadata);

struct ModelValues {
  std::map<ColumnId, std::int64_t> integers = {};
  std::map<ColumnId, double> numbers = {};
  std::map<ColumnId, std::string> texts = {};
  std::map<ColumnId, bool> flags = {};
  std::map<std::string, std::string> metadata = {};

  std::string Encode() const {
    std::string bytes;
    RowValuesWriter writer(&bytes);
    for (const auto& [id, value] : integers) writer.AddInteger(id, value);
    for (const auto& [id, value] : numbers) writer.AddNumber(id, value);
    for (const auto& [id, value] : texts) writer.AddText(id, value);
    for (const auto& [id, value] : flags) writer.AddFlag(id, value);
    for (const auto& [key, json] : metadata) writer.AddMetadata(key, json);
    return bytes;
  }
};

struct ModelRow {
  bool started = false;
  ModelValues values = {};
};
using Model = std::map<Position, ModelRow, std::greater<>>;  // newest first

struct ModelOperation {
  Operation::Kind kind = Operation::Kind::kPut;
  Row row = {};
  ModelValues values = {};
};

inline void Apply(const ModelOperation& operation, Model* model) {
  if (operation.kind == Operation::Kind::kRemove) {
    model->erase(operation.row.position);
  } else {
    (*model)[operation.row.position] = {operation.row.started, operation.values};
  }
}

inline void AppendTo(const ModelOperation& operation, std::string* operand) {
  const std::string values = operation.values.Encode();
  AppendOperation({operation.kind, operation.row, values}, operand);
}

inline std::string OperandOf(std::span<const ModelOperation> operations) {
  std::string operand;
  for (const ModelOperation& operation : operations) AppendTo(operation, &operand);
  return operand;
}

inline std::string FoldOne(std::string_view base, std::string_view operand) {
  return Fold(base, std::span(&operand, 1));
}

inline std::string ChunkOf(const Model& model) {
  std::string operand;
  for (const auto& [position, row] : model) {
    AppendTo({Operation::Kind::kPut, {position, row.started}, row.values}, &operand);
  }
  return FoldOne("", operand);
}

// Folds the operations in random groups, with folds in between, and returns the last value.
inline std::string FoldInRandomGroups(std::string_view base,
                                      std::span<const ModelOperation> operations, Random* random) {
  std::string value(base);
  std::vector<std::string> waiting;
  const auto fold = [&] {
    const std::vector<std::string_view> views(waiting.begin(), waiting.end());
    value = Fold(value, views);
    waiting.clear();
  };
  while (!operations.empty()) {
    const std::size_t count = std::min<std::size_t>(operations.size(), (*random)() % 9);
    waiting.push_back(OperandOf(operations.first(count)));
    operations = operations.subspan(count);
    if ((*random)() % 4 == 0) fold();
  }
  fold();
  return value;
}

// Rows of the values, newest first.
inline Model ModelOf(const std::vector<ModelValues>& values) {
  Model model;
  std::int64_t time = kNow;
  for (const ModelValues& row : values) model[{time--, 7}] = {true, row};
  return model;
}

inline ChunkView MustParse(std::string_view value) {
  const std::optional<ChunkView> chunk = ChunkView::Parse(value);
  EXPECT_TRUE(chunk.has_value());
  return chunk.value_or(ChunkView());
}

inline std::vector<Row> RowsOf(const ChunkView& chunk) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    rows.push_back({.position = chunk.position(i), .started = chunk.started(i)});
  }
  return rows;
}

inline std::vector<Row> RowsOf(const Model& model) {
  std::vector<Row> rows;
  for (const auto& [position, row] : model) rows.push_back({position, row.started});
  return rows;
}

template <typename Values, typename Key>
const typename Values::mapped_type* FindValue(const Values& values, const Key& key) {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

inline bool IsNumber(std::string_view json) {
  return !json.empty() && (json[0] == '-' || (json[0] >= '0' && json[0] <= '9'));
}

// The row of the column has this text, as well as the column can say.
inline void ExpectText(const ColumnView& column, std::size_t row, const std::string& text,
                       bool json) {
  switch (column.kind()) {
    case ColumnView::Kind::kWords:
      ASSERT_EQ(column.word(column.word_of(row)), text);
      return;
    case ColumnView::Kind::kHashes:
      ASSERT_EQ(column.hash(row), json ? JsonHash(text) : TextHash(text)) << text;
      return;
    case ColumnView::Kind::kNumbers:
      ASSERT_TRUE(json && IsNumber(text)) << text;
      ASSERT_EQ(column.number(row), std::strtod(text.c_str(), nullptr));
      return;
    default:
      FAIL() << "a column of texts of another kind";
  }
}

// The bounds that a column says are the bounds of its values, and its words are in order and use.
inline void ExpectZoneMap(const ColumnView& column) {
  using Kind = ColumnView::Kind;
  bool first = true;
  std::int64_t least = 0, most = 0;
  double low = 0, high = 0;
  std::vector<bool> used(column.kind() == Kind::kWords ? column.word_count() : 0);
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (!column.present(row)) continue;
    if (column.kind() == Kind::kIntegers) {
      least = first ? column.integer(row) : std::min(least, column.integer(row));
      most = first ? column.integer(row) : std::max(most, column.integer(row));
    } else if (column.kind() == Kind::kNumbers) {
      low = first ? column.number(row) : std::min(low, column.number(row));
      high = first ? column.number(row) : std::max(high, column.number(row));
    } else if (column.kind() == Kind::kWords) {
      used[column.word_of(row)] = true;
    }
    first = false;
  }
  if (column.kind() != Kind::kAbsent && column.kind() != Kind::kUnknown) {
    ASSERT_FALSE(first) << "a column without a value";
  }
  if (column.kind() == Kind::kIntegers) {
    ASSERT_EQ(column.min_integer(), least);
    ASSERT_EQ(column.max_integer(), most);
  }
  if (column.kind() == Kind::kNumbers) {
    ASSERT_EQ(column.min_number(), low);
    ASSERT_EQ(column.max_number(), high);
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    ASSERT_TRUE(used[i]) << "a word that no row has: " << column.word(i);
    ASSERT_TRUE(i == 0 || column.word(i - 1) < column.word(i)) << column.word(i);
  }
}

// Every set that a column gives has the rows that its single rows say.
inline void ExpectSetsAgree(const ColumnView& column, Random* random) {
  using Kind = ColumnView::Kind;
  Bitmap rows;
  const auto expect = [&](auto&& row_is_in) {
    ASSERT_EQ(rows.rows(), column.rows());
    for (std::size_t row = 0; row < column.rows(); ++row) {
      ASSERT_EQ(rows.Has(row), column.present(row) && row_is_in(row)) << row;
    }
    rows.Not();  // shows bits past the last row
    rows.Not();
    std::size_t count = 0;
    rows.ForEach([&](std::size_t) { ++count; });
    ASSERT_EQ(rows.Count(), count);
  };
  column.Present(&rows);
  expect([](std::size_t) { return true; });
  if (column.rows() == 0 || column.kind() == Kind::kAbsent) return;
  for (int i = 0; i < 6; ++i) {
    const std::size_t a = (*random)() % column.rows();
    const std::size_t b = (*random)() % column.rows();
    const auto nudge = static_cast<std::int64_t>((*random)() % 3) - 1;
    if (column.kind() == Kind::kIntegers) {
      const auto moved =
          static_cast<std::uint64_t>(column.integer(a)) + static_cast<std::uint64_t>(nudge);
      const auto low = static_cast<std::int64_t>(moved);
      const std::int64_t high = column.integer(b);
      column.InRange(low, high, &rows);
      expect([&](std::size_t row) {
        return low <= column.integer(row) && column.integer(row) <= high;
      });
    } else if (column.kind() == Kind::kNumbers) {
      const NumberRange range{.low = column.number(a) + static_cast<double>(nudge) * 1e-7,
                              .high = column.number(b),
                              .low_open = (*random)() % 2 == 0,
                              .high_open = (*random)() % 2 == 0};
      column.InRange(range, &rows);
      expect([&](std::size_t row) {
        const double value = column.number(row);
        return (range.low_open ? value > range.low : value >= range.low) &&
               (range.high_open ? value < range.high : value <= range.high);
      });
    } else if (column.kind() == Kind::kWords) {
      std::vector<std::uint8_t> wanted(column.word_count());
      const std::size_t of_four = (*random)() % 5;
      for (std::uint8_t& want : wanted) want = (*random)() % 4 < of_four ? 1 : 0;
      column.HasWords(wanted, &rows);
      expect([&](std::size_t row) { return wanted[column.word_of(row)] != 0; });
    } else if (column.kind() == Kind::kHashes) {
      const std::uint64_t hash = column.hash(a) + static_cast<std::uint64_t>(nudge);
      column.HasHash(hash, &rows);
      expect([&](std::size_t row) { return column.hash(row) == hash; });
    } else if (column.kind() == Kind::kFlags) {
      column.IsTrue(&rows);
      expect([&](std::size_t row) { return column.flag(row); });
    }
  }
}

// All value columns of the chunk hold what the model's rows have.
inline void ExpectColumns(const Model& model, const ChunkView& chunk, Random* random) {
  std::vector<const ModelValues*> rows;
  std::map<std::string, int> keys;
  for (const auto& [position, row] : model) {
    rows.push_back(&row.values);
    for (const auto& [key, json] : row.values.metadata) ++keys[key];
  }
  ASSERT_EQ(chunk.size(), rows.size());
  const auto check = [&](const ColumnView& column, auto&& value_of, auto&& expect_value) {
    ASSERT_EQ(column.rows(), rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto* value = value_of(*rows[row]);
      ASSERT_EQ(column.present(row), value != nullptr) << row;
      if (value != nullptr) expect_value(row, *value);
      if (testing::Test::HasFatalFailure()) return;
    }
    ExpectZoneMap(column);
    ExpectSetsAgree(column, random);
  };
  for (int i = 1; i < kLastId; ++i) {
    const auto id = static_cast<ColumnId>(i);
    SCOPED_TRACE(ColumnName(id));
    const ColumnView column = chunk.column(id);
    switch (TypeOf(id)) {
      case ValueType::kInteger:
        check(
            column, [&](const ModelValues& row) { return FindValue(row.integers, id); },
            [&](std::size_t row, std::int64_t value) { ASSERT_EQ(column.integer(row), value); });
        break;
      case ValueType::kNumber:
        check(
            column, [&](const ModelValues& row) { return FindValue(row.numbers, id); },
            [&](std::size_t row, double value) { ASSERT_EQ(column.number(row), value); });
        break;
      case ValueType::kFlag:
        check(
            column, [&](const ModelValues& row) { return FindValue(row.flags, id); },
            [&](std::size_t row, bool value) { ASSERT_EQ(column.flag(row), value); });
        break;
      default:
        check(
            column, [&](const ModelValues& row) { return FindValue(row.texts, id); },
            [&](std::size_t row, const std::string& text) {
              ExpectText(column, row, text, false);
            });
    }
    if (testing::Test::HasFatalFailure()) return;
  }
  keys["no such key"] = 0;
  for (const auto& [key, count] : keys) {
    SCOPED_TRACE("metadata " + key.substr(0, 40));
    const ColumnView column = chunk.metadata(key);
    if (column.kind() == ColumnView::Kind::kUnknown) {
      ASSERT_TRUE(chunk.more_metadata());
      continue;
    }
    const std::string& name = key;
    check(
        column, [&](const ModelValues& row) { return FindValue(row.metadata, name); },
        [&](std::size_t row, const std::string& json) { ExpectText(column, row, json, true); });
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace callstore::columns

#endif  // CALLSTORE_TESTS_UNIT_CHUNK_MODEL_H_
