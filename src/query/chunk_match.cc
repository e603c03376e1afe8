#include "query/chunk_match.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/minified_json.h"

namespace callstore::query {
namespace {

using columns::Bitmap;
using columns::ColumnView;
using columns::NumberRange;

bool HasTextTests(const Condition& condition) {
  return !condition.prefixes.empty() || !condition.suffixes.empty() || !condition.contains.empty();
}

struct IntegerRange {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  bool empty = false;
};

// The bounds of a time condition, both ends included.
IntegerRange RangeOfTimes(const Condition& condition) {
  IntegerRange range;
  const auto time = [](const Bound& bound) { return std::get<std::int64_t>(bound.value); };
  if (condition.low) {
    range.low = time(*condition.low);
    if (condition.low->open) {
      range.empty = range.low == std::numeric_limits<std::int64_t>::max();
      range.low += range.empty ? 0 : 1;
    }
  }
  if (condition.high) {
    range.high = time(*condition.high);
    if (condition.high->open) {
      range.empty = range.empty || range.high == std::numeric_limits<std::int64_t>::min();
      range.high -= range.high == std::numeric_limits<std::int64_t>::min() ? 0 : 1;
    }
  }
  range.empty = range.empty || range.low > range.high;
  return range;
}

// The only test is to be one of a few values.
bool IsOneOf(const Condition& condition) {
  return !condition.one_of.empty() && !condition.low && !condition.high && !HasTextTests(condition);
}

// Calls `test` with each value of one_of that is of type T.
template <typename T, typename F>
void ForEachValue(const Condition& condition, F&& test) {
  for (const Scalar& value : condition.one_of) {
    if (const T* of_type = std::get_if<T>(&value)) test(*of_type);
  }
}

// The bounds of a condition on numbers; nothing where a bound is of another type, so that no number
// passes.
std::optional<NumberRange> RangeOfNumbers(const Condition& condition) {
  NumberRange range{.low = -std::numeric_limits<double>::infinity(),
                    .high = std::numeric_limits<double>::infinity()};
  if (condition.low) {
    const double* low = std::get_if<double>(&condition.low->value);
    if (low == nullptr) return std::nullopt;
    range.low = *low;
    range.low_open = condition.low->open;
  }
  if (condition.high) {
    const double* high = std::get_if<double>(&condition.high->value);
    if (high == nullptr) return std::nullopt;
    range.high = *high;
    range.high_open = condition.high->open;
  }
  return range;
}

void CollectColumns(const Node& node, std::vector<columns::ColumnId>* columns) {
  for (const Node& child : node.children) CollectColumns(child, columns);
  if (node.kind != Node::Kind::kCondition) return;
  const auto id = ColumnOf(node.condition.field);
  if (id && std::ranges::find(*columns, *id) == columns->end()) columns->push_back(*id);
}

}  // namespace

ChunkMatcher::Level* ChunkMatcher::LevelAt(std::size_t depth) {
  while (levels_.size() <= depth) levels_.push_back(std::make_unique<Level>());
  return levels_[depth].get();
}

bool ChunkMatcher::Exactly(RowSets* rows) const {
  rows->maybe = rows->sure;
  return true;
}

bool ChunkMatcher::Unknown(RowSets* rows) const {
  rows->sure.Reset(chunk_->size());
  rows->maybe.Reset(chunk_->size(), true);
  return true;
}

bool ChunkMatcher::Nothing(RowSets* rows) const {
  rows->sure.Reset(chunk_->size());
  rows->maybe.Reset(chunk_->size());
  return false;
}

ChunkMatcher::ChunkMatcher(const Node& root) : root_(root) { CollectColumns(root, &columns_); }

void ChunkMatcher::Prefetch(const columns::ChunkView& chunk) const {
  for (const columns::ColumnId id : columns_) chunk.column(id).Prefetch();
}

bool ChunkMatcher::Match(const columns::ChunkView& chunk, RowSets* rows) {
  chunk_ = &chunk;
  return MatchNode(root_, 0, rows);
}

bool ChunkMatcher::MatchNode(const Node& node, std::size_t depth, RowSets* rows) {
  switch (node.kind) {
    case Node::Kind::kEverything:
      rows->sure.Reset(chunk_->size(), true);
      return Exactly(rows);
    case Node::Kind::kCondition:
      return MatchCondition(node.condition, LevelAt(depth), rows) || Nothing(rows);
    case Node::Kind::kAnd:
      return MatchAnd(node, depth, rows);
    case Node::Kind::kOr:
      return MatchOr(node, depth, rows);
    case Node::Kind::kNot:
      MatchNode(node.children.front(), depth, rows);
      std::swap(rows->sure, rows->maybe);
      rows->sure.Not();
      rows->maybe.Not();
      return true;
  }
  return Unknown(rows);
}

bool ChunkMatcher::MatchAnd(const Node& node, std::size_t depth, RowSets* rows) {
  if (node.children.empty()) {
    rows->sure.Reset(chunk_->size(), true);
    return Exactly(rows);
  }
  if (!MatchNode(node.children.front(), depth + 1, rows)) return false;
  RowSets& child = LevelAt(depth)->child;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    if (!rows->maybe.Any()) return true;
    if (!MatchNode(node.children[i], depth + 1, &child)) return Nothing(rows);
    rows->sure.And(child.sure);
    rows->maybe.And(child.maybe);
  }
  return true;
}

bool ChunkMatcher::MatchOr(const Node& node, std::size_t depth, RowSets* rows) {
  bool tested = false;
  Nothing(rows);
  RowSets& child = LevelAt(depth)->child;
  for (const Node& part : node.children) {
    if (!MatchNode(part, depth + 1, &child)) continue;
    tested = true;
    rows->sure.Or(child.sure);
    rows->maybe.Or(child.maybe);
  }
  return tested;
}

bool ChunkMatcher::MatchCondition(const Condition& condition, Level* level, RowSets* rows) {
  if (!condition.search.empty()) return Unknown(rows);
  switch (condition.field.id) {
    case FieldId::kStartTimestamp:
      return MatchStart(condition, level, rows);
    case FieldId::kOptOut:
      return MatchOptOut(condition, level, rows);
    case FieldId::kMetadata:
      return MatchMetadata(condition, level, rows);
    case FieldId::kId:
      if (!condition.present) return Unknown(rows);
      rows->sure.Reset(chunk_->size(), true);
      return Exactly(rows);
    default:
      break;
  }
  if (const auto id = ColumnOf(condition.field)) {
    return MatchColumn(condition, chunk_->column(*id), level, rows);
  }
  const auto presence = PresenceColumnOf(condition.field);
  if (!presence) return Unknown(rows);
  const ColumnView column = chunk_->column(*presence);
  if (column.kind() == ColumnView::Kind::kAbsent) return false;
  column.Present(&rows->maybe);
  rows->sure.Reset(chunk_->size());
  if (condition.present) rows->sure = rows->maybe;
  return true;
}

bool ChunkMatcher::MatchColumn(const Condition& condition, const ColumnView& column, Level* level,
                               RowSets* rows) {
  switch (column.kind()) {
    case ColumnView::Kind::kAbsent:
      return false;
    case ColumnView::Kind::kUnknown:
      return Unknown(rows);
    default:
      break;
  }
  if (condition.present) {
    column.Present(&rows->sure);
    return Exactly(rows);
  }
  switch (column.kind()) {
    case ColumnView::Kind::kIntegers:
      return MatchIntegers(condition, column, level, rows);
    case ColumnView::Kind::kNumbers:
      return MatchNumbers(condition, column, level, rows);
    case ColumnView::Kind::kFlags:
      return MatchFlags(condition, column, level, rows);
    case ColumnView::Kind::kHashes:
      return MatchHashes(condition, column, level, rows);
    default:
      break;
  }
  if (condition.field.id == FieldId::kMetadata) {
    return MatchWords(column, rows,
                      [&](std::string_view word) { return MatchesJson(condition, word); });
  }
  if (TypeOf(condition.field) == FieldType::kText && IsOneOf(condition)) {
    return MatchEqualWords(condition, column, rows);
  }
  return MatchWords(column, rows, [&](std::string_view word) { return Matches(condition, word); });
}

// Words are sorted: a value is searched, not compared with each.
bool ChunkMatcher::MatchEqualWords(const Condition& condition, const ColumnView& column,
                                   RowSets* rows) {
  bool any = false;
  wanted_.assign(column.word_count(), 0);
  ForEachValue<std::string>(condition, [&](const std::string& value) {
    std::size_t low = 0;
    for (std::size_t high = wanted_.size(); low < high;) {
      const std::size_t middle = (low + high) / 2;
      column.word(middle) < value ? low = middle + 1 : high = middle;
    }
    if (low == wanted_.size() || column.word(low) != value) return;
    wanted_[low] = 1;
    any = true;
  });
  if (!any) return false;
  column.HasWords(wanted_, &rows->sure);
  return Exactly(rows);
}

bool ChunkMatcher::MatchIntegers(const Condition& condition, const ColumnView& column, Level* level,
                                 RowSets* rows) {
  const IntegerRange range = RangeOfTimes(condition);
  const std::int64_t least = column.min_integer();
  const std::int64_t most = column.max_integer();
  if (range.empty || range.low > most || range.high < least) return false;
  if (condition.one_of.empty()) {
    column.InRange(range.low, range.high, &rows->sure);
    return Exactly(rows);
  }
  bool any = false;
  rows->sure.Reset(chunk_->size());
  ForEachValue<std::int64_t>(condition, [&](std::int64_t value) {
    if (value < std::max(range.low, least) || value > std::min(range.high, most)) return;
    any = true;
    column.InRange(value, value, &level->one);
    rows->sure.Or(level->one);
  });
  return any && Exactly(rows);
}

bool ChunkMatcher::MatchNumbers(const Condition& condition, const ColumnView& column, Level* level,
                                RowSets* rows) {
  const auto range = RangeOfNumbers(condition);
  const double least = column.min_number();
  const double most = column.max_number();
  if (!range || HasTextTests(condition) || range->low > most || range->high < least) return false;
  if (condition.one_of.empty()) {
    column.InRange(*range, &rows->sure);
    return Exactly(rows);
  }
  bool any = false;
  rows->sure.Reset(chunk_->size());
  ForEachValue<double>(condition, [&](double value) {
    const bool above = value > range->low || (value == range->low && !range->low_open);
    const bool below = value < range->high || (value == range->high && !range->high_open);
    if (!above || !below || value < least || value > most) return;
    any = true;
    column.InRange({.low = value, .high = value}, &level->one);
    rows->sure.Or(level->one);
  });
  return any && Exactly(rows);
}

bool ChunkMatcher::MatchFlags(const Condition& condition, const ColumnView& column, Level* level,
                              RowSets* rows) {
  rows->sure.Reset(chunk_->size());
  column.IsTrue(&level->one);
  ForEachValue<bool>(condition, [&](bool value) {
    if (value) {
      rows->sure.Or(level->one);
    } else {
      column.Present(&rows->maybe);
      rows->maybe.AndNot(level->one);
      rows->sure.Or(rows->maybe);
    }
  });
  return Exactly(rows);
}

bool ChunkMatcher::MatchHashes(const Condition& condition, const ColumnView& column, Level* level,
                               RowSets* rows) {
  rows->sure.Reset(chunk_->size());
  // Enum words are equal in any letter case, their hashes are not.
  if (condition.one_of.empty() || TypeOf(condition.field) == FieldType::kEnum) {
    column.Present(&rows->maybe);
    return true;
  }
  const bool json = condition.field.id == FieldId::kMetadata;
  rows->maybe.Reset(chunk_->size());
  const auto add = [&](std::uint64_t hash) {
    column.HasHash(hash, &level->one);
    rows->maybe.Or(level->one);
  };
  ForEachValue<std::string>(condition, [&](const std::string& text) {
    add(json ? columns::JsonTextHash(text) : columns::TextHash(text));
  });
  if (!json) return true;
  ForEachValue<double>(condition, [&](double value) { add(columns::JsonNumberHash(value)); });
  ForEachValue<bool>(condition,
                     [&](bool value) { add(columns::JsonHash(value ? "true" : "false")); });
  ForEachValue<std::nullptr_t>(condition, [&](std::nullptr_t) { add(columns::JsonHash("null")); });
  add(columns::kUnknownHash);
  return true;
}

template <typename Test>
bool ChunkMatcher::MatchWords(const ColumnView& column, RowSets* rows, const Test& test) {
  wanted_.resize(column.word_count());
  bool any = false;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    wanted_[i] = test(column.word(i)) ? 1 : 0;
    any = any || wanted_[i] != 0;
  }
  if (!any) return false;
  column.HasWords(wanted_, &rows->sure);
  return Exactly(rows);
}

// The column has the calls that opt out; all others do not.
bool ChunkMatcher::MatchOptOut(const Condition& condition, Level* level, RowSets* rows) {
  const ColumnView column = chunk_->column(columns::ColumnId::kOptOut);
  if (column.kind() == ColumnView::Kind::kAbsent) {
    level->one.Reset(chunk_->size());
  } else {
    column.IsTrue(&level->one);
  }
  rows->sure.Reset(chunk_->size(), condition.present);
  ForEachValue<bool>(condition, [&](bool value) {
    rows->maybe = level->one;
    if (!value) rows->maybe.Not();
    rows->sure.Or(rows->maybe);
  });
  return Exactly(rows);
}

// Rows stand in the order of their list time, which is the start of a started call.
void ChunkMatcher::StartInRange(std::int64_t low, std::int64_t high, Bitmap* rows) const {
  rows->Reset(chunk_->size());
  chunk_->CopyStarted({.first = 0, .count = chunk_->size()}, {rows->words(), rows->word_count()},
                      0);
  const Position oldest{low, 0};
  const std::size_t first = chunk_->CountNewer({high, UINT64_MAX});
  const std::size_t end =
      oldest == kOldest ? chunk_->size() : chunk_->CountNewer(JustOlder(oldest));
  rows->KeepRange(first, std::max(first, end));
}

bool ChunkMatcher::MatchStart(const Condition& condition, Level* level, RowSets* rows) {
  const IntegerRange range = RangeOfTimes(condition);
  if (range.empty) return false;
  if (condition.one_of.empty()) {
    StartInRange(range.low, range.high, &rows->sure);
    return Exactly(rows);
  }
  rows->sure.Reset(chunk_->size());
  ForEachValue<std::int64_t>(condition, [&](std::int64_t value) {
    if (value < range.low || value > range.high) return;
    StartInRange(value, value, &level->one);
    rows->sure.Or(level->one);
  });
  return Exactly(rows);
}

bool ChunkMatcher::MatchMetadata(const Condition& condition, Level* level, RowSets* rows) {
  const std::string& key = condition.field.key;
  const ColumnView literal = chunk_->metadata(key);
  if (key.find('.') == std::string::npos || literal.kind() == ColumnView::Kind::kUnknown) {
    return MatchColumn(condition, literal, level, rows);
  }
  // Rows that have the literal key are decided by it, the others by the path.
  RowSets path;
  const bool any_path = MatchPath(condition, &path) || Nothing(&path);
  if (literal.kind() == ColumnView::Kind::kAbsent) {
    std::swap(*rows, path);
    return any_path;
  }
  const bool any_literal = MatchColumn(condition, literal, level, rows) || Nothing(rows);
  if (!any_path) return any_literal;
  literal.Present(&level->one);
  path.sure.AndNot(level->one);
  path.maybe.AndNot(level->one);
  rows->sure.Or(path.sure);
  rows->maybe.Or(path.maybe);
  return true;
}

bool ChunkMatcher::MatchPath(const Condition& condition, RowSets* rows) {
  const std::string_view key = condition.field.key;
  const std::size_t dot = key.find('.');
  const std::string_view rest = key.substr(dot + 1);
  const ColumnView head = chunk_->metadata(key.substr(0, dot));
  switch (head.kind()) {
    case ColumnView::Kind::kUnknown:
      return Unknown(rows);
    case ColumnView::Kind::kHashes:  // objects have no hash
      rows->sure.Reset(chunk_->size());
      head.HasHash(columns::kUnknownHash, &rows->maybe);
      return true;
    case ColumnView::Kind::kWords:
      return MatchWords(head, rows, [&](std::string_view word) {
        if (word.empty() || word.front() != '{') return false;
        const auto value = FindJsonPath(word, rest);
        return value && MatchesJson(condition, *value);
      });
    default:
      return false;
  }
}

}  // namespace callstore::query
