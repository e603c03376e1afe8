#include "store/time_lister.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "record/access.h"
#include "record/encode.h"
#include "store/ranks.h"

namespace callstore::store {
namespace {

using engine::Family;
using engine::Scan;

class TimeLister {
 public:
  TimeLister(const RowScope& scope, const Bounds& bounds, Ranks* ranks, PageBuilder* builder)
      : scope_(scope),
        bounds_(bounds),
        ranks_(ranks),
        builder_(*builder),
        query_(builder->query()),
        page_(builder->page()),
        descending_(builder->descending()) {}

  Result<void> Run(const std::optional<query::Cursor>& cursor);

 private:
  // Where the rows of the page begin, and which way they are read.
  struct Start {
    std::optional<Position> position = {};  // nothing: the end of the range that the walk begins at
    bool after = false;                     // begin behind `position`, not at it
    bool toward_older = true;
  };

  Result<void> ListByPage();
  Result<void> ListByCursor(const query::Cursor& cursor);
  // Reads up to `limit` rows in walking order, and whether the range has more in that direction.
  Result<void> ReadRows(const Start& start);
  // Whether the range has a row at `start` or behind it.
  Result<bool> HasRow(const Start& start);
  std::unique_ptr<Scan> NewScan(Family family) const;
  // Whether the row at `start.position` is still there, where the walk begins after it.
  bool Seek(Scan* calls, const Start& start) const;
  // The record that the walk is at, copied; nothing, and no copy kept, where the range leaves it
  // out.
  Result<std::optional<std::string_view>> CopyCall(const Scan& calls);
  Result<void> AddRow(const Position& position, std::string_view call, Scan* transcripts);
  Result<std::string_view> TranscriptAt(std::string_view key, Scan* transcripts);
  void FillCursors() {
    if (!positions_.empty()) builder_.FillCursors(positions_.front(), positions_.back());
  }

  const RowScope& scope_;
  const Bounds& bounds_;
  Ranks* const ranks_;  // null: the page does not need them
  PageBuilder& builder_;
  const ListQuery& query_;
  Page& page_;
  const bool descending_;
  bool toward_older_ = true;         // which way ReadRows walks
  std::vector<Position> positions_;  // of page_.calls
  bool more_ = false;                // ReadRows stopped before the end of the range
  bool passed_ = false;              // ReadRows began after a row that the list still has
};

Result<void> TimeLister::Run(const std::optional<query::Cursor>& cursor) {
  if (ranks_ != nullptr) CALLSTORE_RETURN_IF_ERROR(ranks_->Count());
  if (query_.with_total) builder_.FillTotals(ranks_->total());
  return cursor ? ListByCursor(*cursor) : ListByPage();
}

Result<void> TimeLister::ListByPage() {
  Pagination& pagination = page_.pagination;
  pagination.page = query_.page;
  // A page number beyond the rows may overflow: compare before multiplying.
  const bool past_end = ranks_ != nullptr && (ranks_->total() == 0 ||
                                              query_.page > (ranks_->total() - 1) / query_.limit);
  const std::int64_t first = past_end ? 0 : query_.page * query_.limit;
  if (!past_end && !bounds_.empty) {
    Start start{.toward_older = descending_};
    if (first > 0) {
      const std::int64_t row = descending_ ? first : ranks_->total() - 1 - first;
      CALLSTORE_ASSIGN_OR_RETURN(start.position, ranks_->PositionAt(row));
    }
    CALLSTORE_RETURN_IF_ERROR(ReadRows(start));
  }
  pagination.has_next_page = more_;
  pagination.has_previous_page = query_.page > 0 && ranks_->total() > 0;
  FillCursors();
  if (past_end && pagination.has_previous_page) {
    page_.previous_cursor = builder_.CursorAt(descending_ ? kOldest : kNewest, true);
  }
  return {};
}

Result<void> TimeLister::ListByCursor(const query::Cursor& cursor) {
  const Start start{
      .position = cursor.position, .after = true, .toward_older = descending_ != cursor.backward};
  if (!bounds_.empty) CALLSTORE_RETURN_IF_ERROR(ReadRows(start));
  if (cursor.backward) {
    std::ranges::reverse(page_.calls);
    std::ranges::reverse(positions_);
  }
  bool follows = !cursor.backward && more_;
  bool precedes = cursor.backward && more_;
  if (query_.with_total) {
    // Rows that stand before the page's first row in the list's order.
    const auto place = positions_.empty() ? cursor.position : positions_.front();
    CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t newer, ranks_->CountNewer(place));
    const auto shown = static_cast<std::int64_t>(positions_.size());
    std::int64_t before = descending_ ? newer : ranks_->total() - newer - (shown > 0 ? 1 : 0);
    if (positions_.empty()) before = cursor.backward ? 0 : ranks_->total();
    page_.pagination.page = before / query_.limit;
    precedes = before > 0;
    follows = before + shown < ranks_->total();
  } else if (!bounds_.empty) {
    // What the walk left behind: the row at the cursor, if it is still there, and those beyond it.
    const Start behind{.position = cursor.position, .toward_older = !start.toward_older};
    bool& other_way = cursor.backward ? follows : precedes;
    other_way = passed_;
    if (!passed_) {
      CALLSTORE_ASSIGN_OR_RETURN(other_way, HasRow(behind));
    }
  }
  page_.pagination.has_next_page = follows;
  page_.pagination.has_previous_page = precedes;
  FillCursors();
  if (positions_.empty()) {
    // Nothing here yet: the caller may come again with the same cursor, or turn round.
    if (cursor.backward) {
      if (follows) page_.next_cursor = builder_.CursorAt(descending_ ? kNewest : kOldest, false);
    } else {
      page_.end_cursor = query_.cursor;
      if (precedes)
        page_.previous_cursor = builder_.CursorAt(descending_ ? kOldest : kNewest, true);
    }
  }
  return {};
}

std::unique_ptr<Scan> TimeLister::NewScan(Family family) const {
  const keys::Key upper = bounds_.oldest == kOldest
                              ? keys::EndKey(scope_.number)
                              : keys::CallKey(scope_.number, JustOlder(bounds_.oldest));
  return scope_.database.NewScan(family, keys::CallKey(scope_.number, bounds_.newest), upper,
                                 &scope_.snapshot);
}

bool TimeLister::Seek(Scan* calls, const Start& start) const {
  if (!start.position) {
    start.toward_older ? calls->SeekToFirst() : calls->SeekToLast();
    return false;
  }
  const keys::Key key = keys::CallKey(scope_.number, *start.position);
  start.toward_older ? calls->Seek(key) : calls->SeekForPrev(key);
  if (!start.after || !calls->Valid() || calls->key() != key.view()) return false;
  start.toward_older ? calls->Next() : calls->Prev();
  return true;
}

Result<std::optional<std::string_view>> TimeLister::CopyCall(const Scan& calls) {
  const std::string_view copy = builder_.bytes().Copy(calls.value());
  if (query_.verify) CALLSTORE_RETURN_IF_ERROR(record::VerifyCall(copy));
  if (!bounds_.bounded || CallViewAccess::Make({}, copy, {}, false).start_timestamp()) {
    return std::optional(copy);
  }
  builder_.bytes().TakeBack(copy);
  return std::optional<std::string_view>();
}

Result<bool> TimeLister::HasRow(const Start& start) {
  const auto calls = NewScan(Family::kCalls);
  for (Seek(calls.get(), start); calls->Valid();
       start.toward_older ? calls->Next() : calls->Prev()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto copy, CopyCall(*calls));
    if (!copy) continue;
    builder_.bytes().TakeBack(*copy);
    return true;
  }
  CALLSTORE_RETURN_IF_ERROR(calls->status());
  return false;
}

Result<void> TimeLister::ReadRows(const Start& start) {
  toward_older_ = start.toward_older;
  const auto calls = NewScan(Family::kCalls);
  // A bounded list may have lost the row that the walk begins after: it has no start any more.
  passed_ = Seek(calls.get(), start) && !bounds_.bounded;
  std::unique_ptr<Scan> transcripts;
  if (query_.view == View::kFull) {
    transcripts = NewScan(Family::kTranscripts);
    if (calls->Valid()) {
      toward_older_ ? transcripts->Seek(calls->key()) : transcripts->SeekForPrev(calls->key());
    }
  }
  const auto limit = static_cast<std::size_t>(query_.limit);
  page_.calls.reserve(std::min<std::size_t>(limit, 64));
  positions_.reserve(page_.calls.capacity());
  for (; calls->Valid(); toward_older_ ? calls->Next() : calls->Prev()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto copy, CopyCall(*calls));
    if (!copy) continue;
    if (page_.calls.size() == limit) {
      builder_.bytes().TakeBack(*copy);
      more_ = true;
      return {};
    }
    const auto position = keys::ParseCallKey(calls->key());
    if (!position) return Fail(ErrorCode::kCorrupt, "a stored key is damaged");
    CALLSTORE_RETURN_IF_ERROR(AddRow(*position, *copy, transcripts.get()));
  }
  return calls->status();
}

Result<void> TimeLister::AddRow(const Position& position, std::string_view call,
                                Scan* transcripts) {
  std::string_view transcript;
  if (transcripts != nullptr) {
    CALLSTORE_ASSIGN_OR_RETURN(transcript,
                               TranscriptAt(keys::CallKey(scope_.number, position), transcripts));
  }
  CALLSTORE_RETURN_IF_ERROR(builder_.AddRow(call, transcript, transcripts != nullptr));
  positions_.push_back(position);
  return {};
}

// The transcripts are walked in step with the calls; a call may have none.
Result<std::string_view> TimeLister::TranscriptAt(std::string_view key, Scan* transcripts) {
  while (transcripts->Valid() &&
         (toward_older_ ? transcripts->key() < key : transcripts->key() > key)) {
    toward_older_ ? transcripts->Next() : transcripts->Prev();
  }
  if (!transcripts->Valid()) {
    CALLSTORE_RETURN_IF_ERROR(transcripts->status());
    return std::string_view();
  }
  if (transcripts->key() != key) return std::string_view();
  const std::string_view copy = builder_.bytes().Copy(transcripts->value());
  if (query_.verify) CALLSTORE_RETURN_IF_ERROR(record::VerifyTranscript(copy));
  return copy;
}

}  // namespace

bool NeedsRanks(const ListQuery& query) { return query.with_total || query.page > 0; }

Result<void> ListRowsInTimeOrder(const RowScope& scope, const query::NormalFilter& filter,
                                 const std::optional<query::Cursor>& cursor, PageBuilder* builder) {
  const Bounds bounds = BoundsOf(filter);
  return TimeLister(scope, bounds, nullptr, builder).Run(cursor);
}

Result<void> ListInTimeOrder(const QueryScope& scope, const query::NormalFilter& filter,
                             const std::optional<query::Cursor>& cursor, PageBuilder* builder) {
  const Bounds bounds = BoundsOf(filter);
  Ranks ranks(scope, bounds);
  return TimeLister(scope, bounds, NeedsRanks(builder->query()) ? &ranks : nullptr, builder)
      .Run(cursor);
}

Result<std::int64_t> CountInBounds(const QueryScope& scope, const query::NormalFilter& filter) {
  Ranks ranks(scope, BoundsOf(filter));
  CALLSTORE_RETURN_IF_ERROR(ranks.Count());
  return ranks.total();
}

}  // namespace callstore::store
