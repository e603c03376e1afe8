#include "store/key_lister.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/ranking.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using columns::Bitmap;
using columns::ColumnView;
using query::SortKey;

// Rows that one pass can rank; 24 bytes each, twice as many at most.
constexpr std::int64_t kMostRanked = std::int64_t{1} << 19;
// Rows of a column that are tested together in the time of one alone.
constexpr std::size_t kRowsAPass = 32;
constexpr double kMostNumber = std::numeric_limits<double>::max();
constexpr Rank kLeast{0, 0};
constexpr Rank kGreatest{std::numeric_limits<std::uint64_t>::max(),
                         std::numeric_limits<std::uint64_t>::max()};

query::FieldId FieldOf(SortKey key) {
  switch (key) {
    case SortKey::kEndTimestamp:
      return query::FieldId::kEndTimestamp;
    case SortKey::kCreatedAt:
      return query::FieldId::kCreatedAt;
    case SortKey::kUpdatedAt:
      return query::FieldId::kUpdatedAt;
    case SortKey::kCombinedCost:
      return query::FieldId::kCombinedCost;
    case SortKey::kLatencyE2eP50:
      return query::FieldId::kLatency;
    default:
      return query::FieldId::kCallDuration;
  }
}

// The sort values of one chunk's rows.
class ChunkRanks {
 public:
  ChunkRanks(const columns::ChunkView& chunk, SortKey key)
      : chunk_(chunk), column_(chunk.column(query::ColumnOf(key))) {}

  Rank RankOf(std::size_t row) const {
    return {.value = ValueOf(row), .tie = chunk_.position(row).tie};
  }
  // Rows whose value is `value` or above it, or below it: a superset of those that rank so.
  void NotBelow(std::uint64_t value, Bitmap* rows) const;
  void NotAbove(std::uint64_t value, Bitmap* rows) const {
    AboveValue(value, rows);
    rows->Not();
  }
  // The rows that rank above `rank`, and those that rank below it.
  void Above(const Rank& rank, Bitmap* rows) {
    AboveValue(rank.value, rows);
    AddTies(rank, true, rows);
  }
  void Below(const Rank& rank, Bitmap* rows) {
    AboveValue(rank.value, rows);
    Equal(rank.value, &equal_);
    rows->Or(equal_);
    rows->Not();
    AddTies(rank, false, rows);
  }

 private:
  bool integers() const { return column_.kind() == ColumnView::Kind::kIntegers; }
  std::uint64_t ValueOf(std::size_t row) const {
    if (column_.kind() == ColumnView::Kind::kAbsent || !column_.present(row)) return 0;
    return integers() ? query::OrderedInteger(column_.integer(row))
                      : query::OrderedNumber(column_.number(row));
  }
  void AboveValue(std::uint64_t value, Bitmap* rows) const;
  void Equal(std::uint64_t value, Bitmap* rows) const;
  void AddTies(const Rank& rank, bool above, Bitmap* rows) {
    Equal(rank.value, &equal_);
    equal_.ForEach([&](std::size_t row) {
      const std::uint64_t tie = chunk_.position(row).tie;
      if (above ? tie > rank.tie : tie < rank.tie) rows->Set(row);
    });
  }

  const columns::ChunkView& chunk_;
  const ColumnView column_;
  Bitmap equal_;
};

// A cursor may hold any bits: those that are no finite number lie beyond all of them.
void ChunkRanks::AboveValue(std::uint64_t value, Bitmap* rows) const {
  if (column_.kind() == ColumnView::Kind::kAbsent) return rows->Reset(chunk_.size());
  if (value == 0) return column_.Present(rows);
  if (integers()) {
    const std::int64_t integer = query::IntegerOf(value);
    if (integer == std::numeric_limits<std::int64_t>::max()) return rows->Reset(chunk_.size());
    return column_.InRange(integer + 1, std::numeric_limits<std::int64_t>::max(), rows);
  }
  if (value > query::OrderedNumber(kMostNumber)) return rows->Reset(chunk_.size());
  if (value < query::OrderedNumber(-kMostNumber)) return column_.Present(rows);
  const double low = query::NumberOf(value);
  // No value stands where -0 would: what is above it begins with 0, which equals it.
  const bool is_negative_zero = low == 0 && std::signbit(low);
  column_.InRange({.low = low, .high = kMostNumber, .low_open = !is_negative_zero}, rows);
}

void ChunkRanks::NotBelow(std::uint64_t value, Bitmap* rows) const {
  if (value == 0) return rows->Reset(chunk_.size(), true);
  if (column_.kind() == ColumnView::Kind::kAbsent) return rows->Reset(chunk_.size());
  if (integers()) {
    const std::int64_t integer = query::IntegerOf(value);
    return column_.InRange(value == 1 ? integer - 1 : integer,
                           std::numeric_limits<std::int64_t>::max(), rows);
  }
  if (value > query::OrderedNumber(kMostNumber)) return rows->Reset(chunk_.size());
  if (value < query::OrderedNumber(-kMostNumber)) return column_.Present(rows);
  column_.InRange({.low = query::NumberOf(value), .high = kMostNumber}, rows);
}

void ChunkRanks::Equal(std::uint64_t value, Bitmap* rows) const {
  if (column_.kind() == ColumnView::Kind::kAbsent) return rows->Reset(chunk_.size(), value == 0);
  if (value == 0) {
    column_.Present(rows);
    return rows->Not();
  }
  if (integers()) {
    const std::int64_t integer = query::IntegerOf(value);
    // The two least times share a number.
    return column_.InRange(value == 1 ? integer - 1 : integer, integer, rows);
  }
  if (value > query::OrderedNumber(kMostNumber) || value < query::OrderedNumber(-kMostNumber)) {
    return rows->Reset(chunk_.size());
  }
  const double number = query::NumberOf(value);
  column_.InRange({.low = number, .high = number}, rows);
}

class KeyLister {
 public:
  KeyLister(const QueryScope& scope, SortKey key, PlanChoice plan, Selection* selection,
            PageBuilder* builder)
      : scope_(scope),
        key_(key),
        rows_only_(plan == PlanChoice::kRowsOnly),
        selection_(*selection),
        builder_(*builder),
        query_(builder->query()),
        page_(builder->page()),
        descending_(builder->descending()) {}

  Result<void> ListByPage();
  Result<void> ListByCursor(const std::string& text, const query::Cursor& cursor);

 private:
  // A pass: the first `most` matching rows behind `place`, in the order of the walk.
  struct Pass {
    std::optional<Rank> place;  // nothing: the begin of the walk
    bool backward = false;      // the walk goes against the list's order
    std::size_t most = 0;
  };
  Result<BestRows> Run(const Pass& pass);
  Result<void> RankChunk(const ChunkRows& found, const Pass& pass, BestRows* best);
  // The same where every call is read.
  Result<void> RankCalls(const ChunkRows& found, const Pass& pass, BestRows* best);
  void EndIncomplete(std::string cursor, bool backward);
  Result<void> ReadRows(const std::vector<RankedRow>& rows);
  std::string CursorAt(const Rank& rank, bool backward) const {
    return builder_.CursorAt(AsPosition(rank), backward);
  }
  Rank ListBegin() const { return descending_ ? kGreatest : kLeast; }
  Rank ListEnd() const { return descending_ ? kLeast : kGreatest; }

  const QueryScope& scope_;
  const SortKey key_;
  const bool rows_only_;
  Selection& selection_;
  PageBuilder& builder_;
  const ListQuery& query_;
  Page& page_;
  const bool descending_;

  // Of the last pass: all matching rows, and those of them that the walk still came to.
  std::int64_t total_ = 0;
  std::int64_t behind_ = 0;
  Bitmap candidates_;
  Bitmap side_;
};

Result<BestRows> KeyLister::Run(const Pass& pass) {
  total_ = 0;
  behind_ = 0;
  BestRows best(pass.most, descending_ != pass.backward);
  const auto visit = [&](const ChunkRows& found) -> Result<bool> {
    total_ += static_cast<std::int64_t>(found.count);
    CALLSTORE_RETURN_IF_ERROR(rows_only_ ? RankCalls(found, pass, &best)
                                         : RankChunk(found, pass, &best));
    return true;
  };
  CALLSTORE_RETURN_IF_ERROR(selection_.Visit(visit));
  return best;
}

Result<void> KeyLister::RankChunk(const ChunkRows& found, const Pass& pass, BestRows* best) {
  ChunkRanks ranks(*found.chunk, key_);
  const bool falling = descending_ != pass.backward;
  candidates_ = *found.rows;
  if (pass.place) {
    falling ? ranks.Below(*pass.place, &side_) : ranks.Above(*pass.place, &side_);
    candidates_.And(side_);
  }
  const std::size_t count = pass.place ? candidates_.Count() : found.count;
  behind_ += static_cast<std::int64_t>(count);
  // A pass over the column rules most rows out, but a few are looked at faster one by one.
  if (best->worst() && count * kRowsAPass > found.chunk->size()) {
    const std::uint64_t worst = best->worst()->value;
    falling ? ranks.NotBelow(worst, &side_) : ranks.NotAbove(worst, &side_);
    candidates_.And(side_);
  }
  candidates_.ForEach([&](std::size_t row) {
    best->Add({.rank = ranks.RankOf(row), .time_ms = found.chunk->position(row).time_ms});
  });
  return {};
}

Result<void> KeyLister::RankCalls(const ChunkRows& found, const Pass& pass, BestRows* best) {
  const query::FieldRef field{FieldOf(key_), key_ == SortKey::kLatencyE2eP50 ? "e2e.p50" : ""};
  const bool falling = descending_ != pass.backward;
  for (std::size_t k = 0; k < found.count; ++k) {
    const Position position = found.chunk->position(found.rows->Select(k));
    CALLSTORE_ASSIGN_OR_RETURN(const CallView call, selection_.rows().ReadCall(position));
    const auto value = ValueOf(field, call);
    Rank rank{.tie = position.tie};
    if (value && std::holds_alternative<std::int64_t>(*value)) {
      rank.value = query::OrderedInteger(std::get<std::int64_t>(*value));
    } else if (value) {
      rank.value = query::OrderedNumber(std::get<double>(*value));
    }
    if (pass.place && !(falling ? rank < *pass.place : rank > *pass.place)) continue;
    ++behind_;
    best->Add({.rank = rank, .time_ms = position.time_ms});
  }
  return {};
}

Result<void> KeyLister::ListByPage() {
  Pagination& pagination = page_.pagination;
  pagination.page = query_.page;
  const std::int64_t last_page = std::numeric_limits<std::int64_t>::max() / query_.limit - 1;
  const std::int64_t first = std::min(query_.page, last_page) * query_.limit;
  std::int64_t skip = first;
  std::int64_t total = 0;
  std::vector<RankedRow> rows;
  for (Pass pass;;) {
    pass.most = static_cast<std::size_t>(std::min(kMostRanked, skip + query_.limit));
    CALLSTORE_ASSIGN_OR_RETURN(BestRows best, Run(pass));
    if (!pass.place) total = total_;
    if (!selection_.complete()) {
      EndIncomplete(CursorAt(ListBegin(), false), false);
      return {};
    }
    const auto found = static_cast<std::int64_t>(best.Finish());
    if (skip < found || found < static_cast<std::int64_t>(pass.most) || first >= total) {
      const std::int64_t begin = std::min(skip, found);
      rows = best.Take(static_cast<std::size_t>(begin),
                       static_cast<std::size_t>(std::min(begin + query_.limit, found)));
      break;
    }
    skip -= found;
    pass.place = best.Take(pass.most - 1, pass.most).front().rank;
  }
  if (query_.with_total) builder_.FillTotals(total);
  pagination.has_next_page = total > first + query_.limit;
  pagination.has_previous_page = query_.page > 0 && total > 0;
  if (rows.empty() && pagination.has_previous_page) {
    page_.previous_cursor = CursorAt(ListEnd(), true);
  }
  return ReadRows(rows);
}

Result<void> KeyLister::ListByCursor(const std::string& text, const query::Cursor& cursor) {
  const Pass pass{.place = AsRank(cursor.position),
                  .backward = cursor.backward,
                  .most = static_cast<std::size_t>(query_.limit)};
  CALLSTORE_ASSIGN_OR_RETURN(BestRows best, Run(pass));
  if (!selection_.complete()) {
    EndIncomplete(text, cursor.backward);
    return {};
  }
  std::vector<RankedRow> rows = best.Take(0, best.Finish());
  const auto shown = static_cast<std::int64_t>(rows.size());
  // Rows before the page's first row in the list's order; of an empty page, all or none.
  const std::int64_t before = cursor.backward ? behind_ - shown : total_ - behind_;
  if (cursor.backward) std::ranges::reverse(rows);
  if (query_.with_total) {
    builder_.FillTotals(total_);
    page_.pagination.page = before / query_.limit;
  }
  page_.pagination.has_next_page = before + shown < total_;
  page_.pagination.has_previous_page = before > 0;
  if (rows.empty() && cursor.backward && page_.pagination.has_next_page) {
    page_.next_cursor = CursorAt(ListBegin(), false);
  } else if (rows.empty() && !cursor.backward) {
    page_.end_cursor = text;
    if (page_.pagination.has_previous_page) page_.previous_cursor = CursorAt(ListEnd(), true);
  }
  return ReadRows(rows);
}

void KeyLister::EndIncomplete(std::string cursor, bool backward) {
  page_.complete = false;
  if (backward) {
    page_.pagination.has_previous_page = true;
    page_.previous_cursor = std::move(cursor);
  } else {
    page_.pagination.has_next_page = true;
    page_.next_cursor = std::move(cursor);
  }
}

Result<void> KeyLister::ReadRows(const std::vector<RankedRow>& rows) {
  for (const RankedRow& row : rows) {
    CALLSTORE_RETURN_IF_ERROR(
        builder_.ReadRow(scope_.database, scope_.number, scope_.snapshot, row.position()));
  }
  if (!rows.empty()) {
    builder_.FillCursors(AsPosition(rows.front().rank), AsPosition(rows.back().rank));
  }
  return {};
}

}  // namespace

Result<void> ListByKey(const QueryScope& scope, SortKey key,
                       const std::optional<query::Cursor>& cursor, PlanChoice plan,
                       Selection* selection, PageBuilder* builder) {
  KeyLister lister(scope, key, plan, selection, builder);
  return cursor ? lister.ListByCursor(builder->query().cursor, *cursor) : lister.ListByPage();
}

}  // namespace callstore::store
