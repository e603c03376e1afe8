// Any bytes as a chunk and as the operands that are merged into it: folding never fails, reads
// nothing outside of them, loses nothing (what it cannot read it keeps), and gives the same rows in
// one step and in many.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "callstore/json.h"
#include "columns/chunk.h"
#include "fuzz/target.h"
#include "query/chunk_match.h"
#include "query/normal_filter.h"

namespace callstore::fuzz {
namespace {

using columns::Bitmap;
using columns::ChunkView;
using columns::ColumnId;
using columns::ColumnView;
using Kind = ColumnView::Kind;
using Operands = std::vector<std::string_view>;

ChunkView MustParse(std::string_view value, std::string_view what) {
  const auto chunk = ChunkView::Parse(value);
  Require(chunk.has_value(), what);
  return *chunk;
}

// A set of a column is of its rows, and has no bits past them.
void CheckSet(const ColumnView& column, Bitmap rows) {
  Require(rows.rows() == column.rows(), "a set of other rows");
  const std::size_t count = rows.Count();
  Require(count <= column.rows(), "a set of more rows than there are");
  rows.Not();
  Require(rows.Count() == column.rows() - count, "a set with bits past its last row");
}

void ReadNumberRange(const ColumnView& column, std::size_t row) {
  Bitmap rows;
  const double value = column.number(row);
  for (const bool open : {false, true}) {
    column.InRange({.low = value, .high = column.max_number(), .low_open = open}, &rows);
    CheckSet(column, rows);
    column.InRange({.low = column.min_number(), .high = value, .high_open = open}, &rows);
    CheckSet(column, rows);
  }
}

// Reads all rows of a column and all of its sets. What damaged bytes hold may be anything.
void ReadColumn(const ColumnView& column) {
  if (column.kind() == Kind::kUnknown) return;
  Bitmap rows;
  column.Present(&rows);
  CheckSet(column, rows);
  column.Prefetch();
  if (column.kind() == Kind::kWords) {
    std::vector<std::uint8_t> wanted(column.word_count());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wanted[i] = column.word(i).size() % 2 == 0 ? 1 : 0;
    }
    column.HasWords(wanted, &rows);
    CheckSet(column, rows);
  }
  if (column.kind() == Kind::kFlags) column.IsTrue(&rows);
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (!column.present(row)) continue;
    if (column.kind() == Kind::kWords) column.word(column.word_of(row));
    if (column.kind() == Kind::kFlags) column.flag(row);
    if (column.kind() == Kind::kHashes && row < 3) column.HasHash(column.hash(row), &rows);
    if (column.kind() == Kind::kIntegers && row < 3) {
      column.InRange(column.integer(row), column.max_integer(), &rows);
    }
    if (column.kind() == Kind::kNumbers) {
      column.number(row);
      if (row < 3) ReadNumberRange(column, row);
    }
  }
}

const std::vector<query::NormalFilter>& Filters() {
  static const std::vector<query::NormalFilter> filters = [] {
    std::vector<query::NormalFilter> made;
    for (
        const std::string_view json :
        {R"({"agent_id":{"prefix":"a"},"call_duration":{"between":[0,60000]}})",
         R"({"or":[{"metadata.k":[1,"x",null]},{"metadata.o.p":{"ge":1}},{"call_id":"c"}]})",
         R"({"not":{"call_status":["ENDED","BUSY"]},"in_voicemail":{"ne":true}})",
         R"({"start_timestamp":{"ge":1703097600000},"from_number":"+1","combined_cost":{"gt":0.1}})",
         R"({"created_at":{"present":false},"latency.e2e.p50":{"le":1e300},"opt_out_sensitive_data_storage":false})"}) {
      made.push_back(query::Normalize(ParseFilter(json).value()).value());
    }
    return made;
  }();
  return filters;
}

void Match(const ChunkView& chunk) {
  for (const query::NormalFilter& filter : Filters()) {
    query::ChunkMatcher matcher(filter.root);
    query::RowSets rows;
    const bool tested = matcher.Match(chunk, &rows);
    Require(rows.sure.rows() == chunk.size() && rows.maybe.rows() == chunk.size(),
            "a match of other rows");
    Bitmap wrong = rows.sure;
    wrong.AndNot(rows.maybe);
    Require(!wrong.Any(), "a row matches for sure that may not match");
    Require(tested || !rows.maybe.Any(), "a chunk that was ruled out has rows");
  }
}

void ReadChunk(const ChunkView& chunk) {
  const std::size_t started = chunk.started_count();
  Require(started <= chunk.size(), "more started rows than rows");
  for (std::size_t row = 0; row < chunk.size(); ++row) {
    Require(chunk.CountNewer(chunk.position(row)) <= chunk.size(), "a place past the end");
    chunk.started(row);
  }
  for (std::size_t k = 0; k < started && k < 5; ++k) {
    const std::size_t row = chunk.SelectStarted(k);
    Require(chunk.started(row) && chunk.CountStarted(row) == k, "another started row");
  }
  chunk.ForEachColumn([&](const ChunkView::NamedColumn& column) {
    ReadColumn(column.view);
    ReadColumn(column.id == ColumnId::kMetadata ? chunk.metadata(column.key)
                                                : chunk.column(column.id));
  });
  chunk.metadata("k");
  chunk.Sizes();
  Match(chunk);
}

// The value of a row as far as all encodings of a column keep it: a number of 64 bits.
std::optional<std::uint64_t> ValueAt(const ChunkView::NamedColumn& column, std::size_t row) {
  const ColumnView& view = column.view;
  if (!view.present(row)) return std::nullopt;
  const bool json = column.id == ColumnId::kMetadata;
  switch (view.kind()) {
    case Kind::kWords: {
      const std::string_view word = view.word(view.word_of(row));
      return json ? columns::JsonHash(word) : columns::TextHash(word);
    }
    case Kind::kNumbers:
      return columns::JsonNumberHash(view.number(row));
    case Kind::kFlags:
      return view.flag(row) ? 1 : 0;
    default:
      return view.hash(row);
  }
}

// All columns that have a value, by id and key.
std::map<std::pair<ColumnId, std::string>, ChunkView::NamedColumn> ColumnsOf(
    const ChunkView& chunk) {
  std::map<std::pair<ColumnId, std::string>, ChunkView::NamedColumn> found;
  chunk.ForEachColumn([&](const ChunkView::NamedColumn& column) {
    found.emplace(std::pair(column.id, std::string(column.key)), column);
  });
  return found;
}

void RequireSameRows(const ChunkView& a, const ChunkView& b, const std::string& what) {
  Require(a.size() == b.size(), what + ": other rows");
  for (std::size_t row = 0; row < a.size(); ++row) {
    Require(a.position(row) == b.position(row) && a.started(row) == b.started(row),
            what + ": another row");
  }
  const auto columns_a = ColumnsOf(a);
  const auto columns_b = ColumnsOf(b);
  for (const auto* columns : {&columns_a, &columns_b}) {
    for (const auto& [name, column] : *columns) {
      const auto in_a = columns_a.find(name);
      const auto in_b = columns_b.find(name);
      // A chunk that once had too many keys does not cover all of them.
      const bool missing = in_a == columns_a.end() || in_b == columns_b.end();
      if (missing && (a.more_metadata() || b.more_metadata())) continue;
      Require(!missing, what + ": a column is missing");
      for (std::size_t row = 0; row < a.size(); ++row) {
        Require(ValueAt(in_a->second, row) == ValueAt(in_b->second, row),
                what + ": another value in " + columns::ColumnName(name.first, name.second));
      }
    }
  }
}

// Folds in two steps, and with the operands joined: the same chunk.
void CheckGroupings(std::string_view base, const Operands& operands, std::string_view folded) {
  const ChunkView whole = MustParse(folded, "a fold gives no chunk");
  const std::size_t half = operands.size() / 2;
  const HeapBytes first(columns::Fold(base, std::span(operands).first(half)));
  const HeapBytes both(columns::Fold(first.view(), std::span(operands).subspan(half)));
  const ChunkView in_steps = MustParse(both.view(), "a fold of a fold gives no chunk");
  RequireSameRows(whole, in_steps, "folding in two steps");
  RequireEqual(whole.damaged(), in_steps.damaged(), "folding in two steps loses what is damaged");

  std::string joined;
  for (const std::string_view operand : operands) {
    if (!columns::IsOperand(operand)) return;
    joined += operand;
  }
  const std::string_view one = joined;
  Require(columns::Fold(base, std::span(&one, 1)) == folded, "operands joined give another chunk");
}

// Damaged bytes can be a chunk whose rows are in no order. Who reads it must not come to harm; its
// rows are not asked for.
bool IsSorted(const ChunkView& chunk) {
  for (std::size_t row = 1; row < chunk.size(); ++row) {
    if (!Newer(chunk.position(row - 1), chunk.position(row))) return false;
  }
  return true;
}

void CheckCuts(const ChunkView& chunk) {
  const std::size_t cut = chunk.size() / 2;
  const HeapBytes newer(columns::Cut(chunk, 0, cut));
  const HeapBytes older(columns::Cut(chunk, cut, chunk.size() - cut));
  const ChunkView parts[] = {MustParse(newer.view(), "a cut gives no chunk"),
                             MustParse(older.view(), "a cut gives no chunk")};
  Require(parts[0].size() == cut && parts[1].size() == chunk.size() - cut, "a cut of other rows");
  ReadChunk(parts[0]);
  ReadChunk(parts[1]);
  if (!IsSorted(chunk)) return;
  for (std::size_t row = 0; row < chunk.size(); ++row) {
    const bool is_newer = row < cut;
    Require(parts[is_newer ? 0 : 1].position(is_newer ? row : row - cut) == chunk.position(row),
            "a cut has another row");
  }
}

// A byte, then parts. The byte's lowest bit says what the first part is: a chunk, or the operand
// that a sound chunk is made of. The other parts are operands.
bool Run(std::string_view input) {
  PartReader reader(input);
  const bool sound = (reader.Byte() & 1U) != 0;
  const HeapBytes first(reader.Part());
  std::vector<HeapBytes> copies;
  while (!reader.done() && copies.size() < 16) copies.emplace_back(reader.Part());
  const Operands operands = [&] {
    Operands views;
    for (const HeapBytes& copy : copies) views.push_back(copy.view());
    return views;
  }();
  const std::string_view operand = first.view();
  const HeapBytes base(sound ? columns::Fold("", std::span(&operand, 1)) : std::string(operand));
  const auto parsed = ChunkView::Parse(base.view());
  Require(parsed.has_value() || !sound, "a fold gives no chunk");
  if (parsed) {
    ReadChunk(*parsed);
    CheckCuts(*parsed);
  }

  const HeapBytes folded(columns::Fold(base.view(), operands));
  const ChunkView chunk = MustParse(folded.view(), "a fold gives no chunk");
  ReadChunk(chunk);
  if (!parsed) Require(chunk.damaged().starts_with(base.view()), "damaged bytes are lost");
  const HeapBytes again(columns::Fold(folded.view(), {}));
  const ChunkView same = MustParse(again.view(), "a fold of nothing gives no chunk");
  Require(same.size() == chunk.size(), "a fold of nothing changes rows");
  if (IsSorted(chunk)) {
    Require(again.view() == folded.view(), "a fold of nothing changes bytes");
  }
  if (sound) CheckGroupings(base.view(), operands, folded.view());
  return parsed.has_value() && chunk.size() > 0;
}

// The values of a call, from a number.
std::string ValuesOf(std::uint64_t n) {
  std::string values;
  columns::RowValuesWriter writer(&values);
  if (n % 3 != 0)
    writer.AddInteger(ColumnId::kEndTimestamp, 1703097600000 + static_cast<std::int64_t>(n % 7));
  if (n % 2 == 0) writer.AddNumber(ColumnId::kCallDuration, static_cast<double>(n % 50) * 0.25);
  if (n % 5 == 0) writer.AddNumber(ColumnId::kCombinedCost, 1e300 / static_cast<double>(n + 1));
  writer.AddText(ColumnId::kAgentId, "agent-" + std::to_string(n % 4));
  if (n % 4 != 0) writer.AddText(ColumnId::kFromNumber, "+1555" + std::to_string(n * 7919));
  if (n % 9 == 0) writer.AddText(ColumnId::kToNumber, std::string(300, 'x'));
  writer.AddFlag(ColumnId::kCallSuccessful, n % 3 == 0);
  if (n % 6 == 0) writer.AddMetadata("k", n % 12 == 0 ? "\"x\"" : std::to_string(n));
  if (n % 7 == 0) writer.AddMetadata("o", R"({"p":)" + std::to_string(n) + "}");
  if (n % 11 == 0) writer.AddMetadata(std::string(300, 'k'), "1");
  return values;
}

// Puts and removes of `count` calls; another version of a call has other values.
std::string OperandOf(std::uint64_t first, std::uint64_t count, std::uint64_t version = 0) {
  std::string operand;
  for (std::uint64_t n = first; n < first + count; ++n) {
    const std::string values = ValuesOf(n + version);
    columns::Operation operation{
        .row = {.position = {1703097600000 + static_cast<std::int64_t>(n * 37 % 11), n % 13},
                .started = n % 4 != 0},
        .values = values};
    if ((n + version) % 8 == 7)
      operation = {.kind = columns::Operation::Kind::kRemove, .row = operation.row};
    columns::AppendOperation(operation, &operand);
  }
  return operand;
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const std::uint64_t rows : {0, 1, 9, 70}) {
    const std::string operand = OperandOf(rows, rows);
    std::string sound = "\x01";
    AppendPart(operand, &sound);
    for (const std::uint64_t more : {1, 3, 20}) AppendPart(OperandOf(more, more), &sound);
    // The same calls once more, twice.
    AppendPart(OperandOf(rows / 2, 10, 1), &sound);
    AppendPart(OperandOf(rows / 2, 10, 5), &sound);
    seeds.push_back(sound);

    const std::string_view view = operand;
    std::string chunk(1, '\0');
    AppendPart(columns::Fold("", std::span(&view, 1)), &chunk);
    AppendPart(OperandOf(5, 4), &chunk);
    AppendPart("\xFF not an operand", &chunk);
    seeds.push_back(chunk);
  }
  return seeds;
}

std::vector<std::string_view> Words() {
  using namespace std::string_view_literals;  // NOLINT(google-build-using-namespace)
  return {"\x11"sv,
          "\x01"sv,
          "\x02"sv,
          "\xFF\xFF\xFF\xFF"sv,
          "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"sv,
          "\0\0\0\0\0\0\0\x80"sv,
          "\x18\x01k\x01"
          "1"sv,
          "\x18\x81\x02"sv,
          "\x07\x81\x02"sv,
          "\x10\x02"sv,
          "\x04\0\0\0\0\0\0\xF0\x7F"sv};
}

const bool kRegistered = Register({.name = "chunk", .run = Run, .seeds = Seeds, .words = Words()});

}  // namespace
}  // namespace callstore::fuzz
