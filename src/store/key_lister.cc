#include "store/key_lister.h"

#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/best_values.h"
#include "store/chunk_ranks.h"
#include "store/ranking.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using columns::Bitmap;
using query::SortKey;

// Rows that one pass can rank; 24 bytes each, twice as many at most.
constexpr std::int64_t kMostRanked = std::int64_t{1} << 19;
// A page with fewer rows before it is found in one pass.
constexpr std::int64_t kFewSkipped = std::int64_t{1} << 14;
// Rows around its ends that are ranked to find it.
constexpr std::size_t kFewLooked = 512;
// Values of the same, of 8 bytes.
constexpr std::int64_t kMostValues = std::int64_t{1} << 20;
constexpr std::uint64_t kMostBits = std::numeric_limits<std::uint64_t>::max();
constexpr Rank kLeast{0, 0};
constexpr Rank kGreatest{kMostBits, kMostBits};

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

// A rank between the rows of `value` and those that a walk, which falls or rises, comes to before
// them; nothing where there can be none.
std::optional<Rank> JustBefore(std::uint64_t value, bool falling) {
  if (falling) {
    return value == kMostBits ? std::nullopt : std::optional(Rank{.value = value + 1, .tie = 0});
  }
  return value == 0 ? std::nullopt : std::optional(Rank{.value = value - 1, .tie = kMostBits});
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
        descending_(builder->descending()),
        ranks_(key) {}

  Result<void> ListByPage();
  Result<void> ListByCursor(const std::string& text, const query::Cursor& cursor);

 private:
  // A pass: the first `most` matching rows behind `place`, in the order of the walk.
  struct Pass {
    std::optional<Rank> place = {};  // nothing: the begin of the walk
    std::optional<Rank> end = {};    // rows from here on are not wanted
    bool backward = false;           // the walk goes against the list's order
    std::size_t most = 0;
  };
  bool Falls(const Pass& pass) const { return descending_ != pass.backward; }
  // Calls `rank` with each chunk's rows.
  template <typename F>
  Result<void> Run(const F& rank);
  Result<BestRows> RankRows(const Pass& pass);
  // Sets candidates_ to the rows behind the place; returns their number.
  std::size_t SetCandidates(const ChunkRows& found, const Pass& pass);
  void RankChunk(const ChunkRows& found, const Pass& pass, BestRows* best);
  // The same where every call is read.
  Result<void> RankCalls(const ChunkRows& found, const Pass& pass, BestRows* best);
  // Finds, of a page far behind, where the rows of its first value begin and those of its last end:
  // a pass over the values alone. Takes what it passes over off `skip`.
  Result<void> SkipByValue(Pass* pass, std::int64_t* skip);
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
  ChunkRanks ranks_;
  Bitmap candidates_;
};

template <typename F>
Result<void> KeyLister::Run(const F& rank) {
  total_ = 0;
  behind_ = 0;
  return selection_.Visit([&](const ChunkRows& found) -> Result<bool> {
    total_ += static_cast<std::int64_t>(found.count);
    CALLSTORE_RETURN_IF_ERROR(rank(found));
    return true;
  });
}

Result<BestRows> KeyLister::RankRows(const Pass& pass) {
  BestRows best(pass.most, Falls(pass), pass.end);
  CALLSTORE_RETURN_IF_ERROR(Run([&](const ChunkRows& found) -> Result<void> {
    if (rows_only_) return RankCalls(found, pass, &best);
    RankChunk(found, pass, &best);
    return {};
  }));
  return best;
}

std::size_t KeyLister::SetCandidates(const ChunkRows& found, const Pass& pass) {
  ranks_.Open(*found.chunk);
  candidates_ = *found.rows;
  std::size_t count = found.count;
  if (pass.place) {
    Falls(pass) ? ranks_.KeepBelow(*pass.place, count, &candidates_)
                : ranks_.KeepAbove(*pass.place, count, &candidates_);
    count = candidates_.Count();
  }
  behind_ += static_cast<std::int64_t>(count);
  return count;
}

void KeyLister::RankChunk(const ChunkRows& found, const Pass& pass, BestRows* best) {
  const std::size_t count = SetCandidates(found, pass);
  if (best->worst()) {
    const std::uint64_t worst = best->worst()->value;
    Falls(pass) ? ranks_.KeepNotBelow(worst, count, &candidates_)
                : ranks_.KeepNotAbove(worst, count, &candidates_);
  }
  ranks_.ForEach(candidates_, [&](std::size_t row, std::uint64_t value) {
    if (!best->MayKeep(value)) return;
    const Position position = found.chunk->position(row);
    best->Add({.rank = {.value = value, .tie = position.tie}, .time_ms = position.time_ms});
  });
}

Result<void> KeyLister::RankCalls(const ChunkRows& found, const Pass& pass, BestRows* best) {
  const query::FieldRef field{FieldOf(key_), key_ == SortKey::kLatencyE2eP50 ? "e2e.p50" : ""};
  const bool falling = Falls(pass);
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

Result<void> KeyLister::SkipByValue(Pass* pass, std::int64_t* skip) {
  // A scan limit counts each pass, so that with one there is no pass more than needed.
  if (rows_only_ || query_.work.scan_limit_rows > 0) return {};
  const bool falling = Falls(*pass);
  while (*skip >= kFewSkipped && !pass->end) {
    const std::int64_t most = std::min(kMostValues, *skip + query_.limit);
    BestValues best(static_cast<std::size_t>(most), falling);
    CALLSTORE_RETURN_IF_ERROR(Run([&](const ChunkRows& found) -> Result<void> {
      const std::size_t count = SetCandidates(found, *pass);
      const auto worst = best.worst();
      if (worst && *worst == (falling ? kMostBits : 0)) return {};
      if (worst) {
        falling ? ranks_.KeepNotBelow(*worst + 1, count, &candidates_)
                : ranks_.KeepNotAbove(*worst - 1, count, &candidates_);
      }
      ranks_.ForEach(candidates_, [&](std::size_t, std::uint64_t value) { best.Add(value); });
      return {};
    }));
    const auto found = static_cast<std::int64_t>(best.size());
    if (!selection_.complete() || found == 0) return {};
    const std::int64_t end = *skip + query_.limit;
    if (end <= found || found < most) {
      const auto place = static_cast<std::size_t>(std::min(end, found) - 1);
      pass->end = JustBefore(best.Around(place, kFewLooked).last, !falling);
    }
    const auto place = static_cast<std::size_t>(std::min(*skip, found - 1));
    const BestValues::Stretch stretch = best.Around(place, kFewLooked);
    if (stretch.before == 0) return {};
    *skip -= static_cast<std::int64_t>(stretch.before);
    pass->place = JustBefore(stretch.first, falling);
  }
  return {};
}

Result<void> KeyLister::ListByPage() {
  Pagination& pagination = page_.pagination;
  pagination.page = query_.page;
  const std::int64_t last_page = std::numeric_limits<std::int64_t>::max() / query_.limit - 1;
  const std::int64_t first = std::min(query_.page, last_page) * query_.limit;
  std::int64_t skip = first;
  std::vector<RankedRow> rows;
  Pass pass;
  CALLSTORE_RETURN_IF_ERROR(SkipByValue(&pass, &skip));
  for (bool more = true; more && selection_.complete();) {
    pass.most = static_cast<std::size_t>(std::min(kMostRanked, skip + query_.limit));
    CALLSTORE_ASSIGN_OR_RETURN(BestRows best, RankRows(pass));
    const auto found = static_cast<std::int64_t>(best.Finish());
    more = skip >= found && found == static_cast<std::int64_t>(pass.most) && first < total_;
    if (more) {
      skip -= found;
      pass.place = best.Take(pass.most - 1, pass.most).front().rank;
    } else {
      const std::int64_t begin = std::min(skip, found);
      rows = best.Take(static_cast<std::size_t>(begin),
                       static_cast<std::size_t>(std::min(begin + query_.limit, found)));
    }
  }
  if (!selection_.complete()) {
    EndIncomplete(CursorAt(ListBegin(), false), false);
    return {};
  }
  const std::int64_t total = total_;
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
  CALLSTORE_ASSIGN_OR_RETURN(BestRows best, RankRows(pass));
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
