#include "store/lister.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "query/cursor.h"
#include "query/list_query.h"
#include "record/access.h"
#include "record/encode.h"
#include "store/page_bytes.h"
#include "store/ranks.h"

namespace callstore::store {
namespace {

using engine::Family;
using engine::Scan;

constexpr std::size_t kMostPageBytes = std::size_t{256} << 20;

// What a page's calls point into.
struct PageStorage {
  PageBytes rows;
  std::string organization;
};

class Lister {
 public:
  Lister(State* state, std::string_view organization, const ListQuery& query)
      : state_(*state),
        query_(query),
        descending_(query.sort_order == SortOrder::kDescending),
        storage_(std::make_shared<PageStorage>()) {
    storage_->organization = organization;
    page_.organization_id = organization;
    page_.bytes = storage_;
    page_.sort_by = query.sort_by;
    page_.sort_order = query.sort_order;
    page_.view = query.view;
    page_.applied_filters_json = query::AppliedFilters(query.start_timestamp);
    page_.pagination.limit = query.limit;
    binding_ = query::CursorBinding(organization, query.sort_by, query.sort_order,
                                    page_.applied_filters_json);
  }

  Result<Page> Run();

 private:
  // Where the rows of the page begin, and which way they are read.
  struct Start {
    std::optional<Position> position = {};  // nothing: the end of the range that the walk begins at
    bool after = false;                     // begin behind `position`, not at it
    bool toward_older = true;
  };

  Result<void> ListByPage(Ranks* ranks);
  Result<void> ListByCursor(const Ranks& ranks, const query::Cursor& cursor);
  // Reads up to `limit` rows in walking order, and whether the range has more in that direction.
  Result<void> ReadRows(const Bounds& bounds, const Start& start);
  // Whether the range has a row at `start` or behind it.
  Result<bool> HasRow(const Bounds& bounds, const Start& start);
  std::unique_ptr<Scan> NewScan(Family family, const Bounds& bounds) const;
  // Whether the row at `start.position` is still there, where the walk begins after it.
  bool Seek(Scan* calls, const Start& start) const;
  // The record that the walk is at, copied; nothing, and no copy kept, where the range leaves it
  // out.
  Result<std::optional<std::string_view>> CopyCall(const Scan& calls, const Bounds& bounds);
  Result<void> AddRow(const Position& position, std::string_view call, Scan* transcripts);
  Result<std::string_view> TranscriptAt(std::string_view key, Scan* transcripts);
  void FillTotals(std::int64_t total);
  void FillCursors(bool follows, bool precedes);
  std::string CursorAt(const Position& position, bool backward) const {
    return query::EncodeCursor({position, backward}, binding_);
  }

  State& state_;
  const ListQuery& query_;
  const bool descending_;
  std::shared_ptr<PageStorage> storage_;
  std::uint64_t binding_ = 0;
  OrganizationNumber number_ = 0;
  const engine::Snapshot* snapshot_ = nullptr;
  bool toward_older_ = true;         // which way ReadRows walks
  std::vector<Position> positions_;  // of page_.calls
  bool more_ = false;                // ReadRows stopped before the end of the range
  bool passed_ = false;              // ReadRows began after a row that the list still has
  Page page_;
};

Result<Page> Lister::Run() {
  std::optional<query::Cursor> cursor;
  if (!query_.cursor.empty()) {
    CALLSTORE_ASSIGN_OR_RETURN(cursor, query::DecodeCursor(query_.cursor, binding_));
  }
  const engine::Snapshot snapshot(*state_.database);
  snapshot_ = &snapshot;
  const auto number = state_.organizations.Find(storage_->organization);
  std::optional<columns::Directory> directory;
  if (number) {
    number_ = *number;
    CALLSTORE_ASSIGN_OR_RETURN(directory,
                               state_.directories.Read(*state_.database, number_, snapshot));
  }
  if (!directory) {
    page_.pagination.page = cursor ? 0 : query_.page;
    if (query_.with_total) FillTotals(0);
    if (cursor && !cursor->backward) page_.end_cursor = query_.cursor;
    return std::move(page_);
  }
  Ranks ranks(*state_.database, number_, snapshot, *std::move(directory), query_.start_timestamp);
  if (query_.with_total || query_.page > 0) CALLSTORE_RETURN_IF_ERROR(ranks.Count());
  if (query_.with_total) FillTotals(ranks.total());
  CALLSTORE_RETURN_IF_ERROR(cursor ? ListByCursor(ranks, *cursor) : ListByPage(&ranks));
  return std::move(page_);
}

void Lister::FillTotals(std::int64_t total) {
  page_.pagination.total_count = total;
  page_.pagination.total_pages = total / query_.limit + (total % query_.limit != 0 ? 1 : 0);
}

Result<void> Lister::ListByPage(Ranks* ranks) {
  Pagination& pagination = page_.pagination;
  pagination.page = query_.page;
  const bool counted = query_.with_total || query_.page > 0;
  // A page number beyond the rows may overflow: compare before multiplying.
  const bool past_end =
      counted && (ranks->total() == 0 || query_.page > (ranks->total() - 1) / query_.limit);
  const std::int64_t first = past_end ? 0 : query_.page * query_.limit;
  if (!past_end && !ranks->bounds().empty) {
    Start start{.toward_older = descending_};
    if (first > 0) {
      const std::int64_t row = descending_ ? first : ranks->total() - 1 - first;
      CALLSTORE_ASSIGN_OR_RETURN(start.position, ranks->PositionAt(row));
    }
    CALLSTORE_RETURN_IF_ERROR(ReadRows(ranks->bounds(), start));
  }
  pagination.has_next_page = more_;
  pagination.has_previous_page = query_.page > 0 && ranks->total() > 0;
  FillCursors(more_, pagination.has_previous_page);
  if (past_end && pagination.has_previous_page) {
    page_.previous_cursor = CursorAt(descending_ ? kOldest : kNewest, true);
  }
  return {};
}

Result<void> Lister::ListByCursor(const Ranks& ranks, const query::Cursor& cursor) {
  const Start start{
      .position = cursor.position, .after = true, .toward_older = descending_ != cursor.backward};
  if (!ranks.bounds().empty) CALLSTORE_RETURN_IF_ERROR(ReadRows(ranks.bounds(), start));
  if (cursor.backward) {
    std::ranges::reverse(page_.calls);
    std::ranges::reverse(positions_);
  }
  bool follows = !cursor.backward && more_;
  bool precedes = cursor.backward && more_;
  if (query_.with_total) {
    // Rows that stand before the page's first row in the list's order.
    const auto place = positions_.empty() ? cursor.position : positions_.front();
    CALLSTORE_ASSIGN_OR_RETURN(const std::int64_t newer, ranks.CountNewer(place));
    const auto shown = static_cast<std::int64_t>(positions_.size());
    std::int64_t before = descending_ ? newer : ranks.total() - newer - (shown > 0 ? 1 : 0);
    if (positions_.empty()) before = cursor.backward ? 0 : ranks.total();
    page_.pagination.page = before / query_.limit;
    precedes = before > 0;
    follows = before + shown < ranks.total();
  } else if (!ranks.bounds().empty) {
    // What the walk left behind: the row at the cursor, if it is still there, and those beyond it.
    const Start behind{.position = cursor.position, .toward_older = !start.toward_older};
    bool& other_way = cursor.backward ? follows : precedes;
    other_way = passed_;
    if (!passed_) {
      CALLSTORE_ASSIGN_OR_RETURN(other_way, HasRow(ranks.bounds(), behind));
    }
  }
  page_.pagination.has_next_page = follows;
  page_.pagination.has_previous_page = precedes;
  FillCursors(follows, precedes);
  if (positions_.empty()) {
    // Nothing here yet: the caller may come again with the same cursor, or turn round.
    if (cursor.backward) {
      if (follows) page_.next_cursor = CursorAt(descending_ ? kNewest : kOldest, false);
    } else {
      page_.end_cursor = query_.cursor;
      if (precedes) page_.previous_cursor = CursorAt(descending_ ? kOldest : kNewest, true);
    }
  }
  return {};
}

void Lister::FillCursors(bool follows, bool precedes) {
  if (positions_.empty()) return;
  page_.end_cursor = CursorAt(positions_.back(), false);
  if (follows) page_.next_cursor = page_.end_cursor;
  if (precedes) page_.previous_cursor = CursorAt(positions_.front(), true);
}

std::unique_ptr<Scan> Lister::NewScan(Family family, const Bounds& bounds) const {
  const keys::Key upper = bounds.oldest == kOldest
                              ? keys::EndKey(number_)
                              : keys::CallKey(number_, JustOlder(bounds.oldest));
  return state_.database->NewScan(family, keys::CallKey(number_, bounds.newest), upper, snapshot_);
}

bool Lister::Seek(Scan* calls, const Start& start) const {
  if (!start.position) {
    start.toward_older ? calls->SeekToFirst() : calls->SeekToLast();
    return false;
  }
  const keys::Key key = keys::CallKey(number_, *start.position);
  start.toward_older ? calls->Seek(key) : calls->SeekForPrev(key);
  if (!start.after || !calls->Valid() || calls->key() != key.view()) return false;
  start.toward_older ? calls->Next() : calls->Prev();
  return true;
}

Result<std::optional<std::string_view>> Lister::CopyCall(const Scan& calls, const Bounds& bounds) {
  const std::string_view copy = storage_->rows.Copy(calls.value());
  if (query_.verify) CALLSTORE_RETURN_IF_ERROR(record::VerifyCall(copy));
  if (!bounds.bounded || CallViewAccess::Make({}, copy, {}, false).start_timestamp()) {
    return std::optional(copy);
  }
  storage_->rows.TakeBack(copy);
  return std::optional<std::string_view>();
}

Result<bool> Lister::HasRow(const Bounds& bounds, const Start& start) {
  const auto calls = NewScan(Family::kCalls, bounds);
  for (Seek(calls.get(), start); calls->Valid();
       start.toward_older ? calls->Next() : calls->Prev()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto copy, CopyCall(*calls, bounds));
    if (!copy) continue;
    storage_->rows.TakeBack(*copy);
    return true;
  }
  CALLSTORE_RETURN_IF_ERROR(calls->status());
  return false;
}

Result<void> Lister::ReadRows(const Bounds& bounds, const Start& start) {
  toward_older_ = start.toward_older;
  const auto calls = NewScan(Family::kCalls, bounds);
  // A bounded list may have lost the row that the walk begins after: it has no start any more.
  passed_ = Seek(calls.get(), start) && !bounds.bounded;
  std::unique_ptr<Scan> transcripts;
  if (query_.view == View::kFull) {
    transcripts = NewScan(Family::kTranscripts, bounds);
    if (calls->Valid()) {
      toward_older_ ? transcripts->Seek(calls->key()) : transcripts->SeekForPrev(calls->key());
    }
  }
  const auto limit = static_cast<std::size_t>(query_.limit);
  page_.calls.reserve(std::min<std::size_t>(limit, 64));
  positions_.reserve(page_.calls.capacity());
  for (; calls->Valid(); toward_older_ ? calls->Next() : calls->Prev()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto copy, CopyCall(*calls, bounds));
    if (!copy) continue;
    if (page_.calls.size() == limit) {
      storage_->rows.TakeBack(*copy);
      more_ = true;
      return {};
    }
    const auto position = keys::ParseCallKey(calls->key());
    if (!position) return Fail(ErrorCode::kCorrupt, "a stored key is damaged");
    CALLSTORE_RETURN_IF_ERROR(AddRow(*position, *copy, transcripts.get()));
  }
  return calls->status();
}

Result<void> Lister::AddRow(const Position& position, std::string_view call, Scan* transcripts) {
  std::string_view transcript;
  if (transcripts != nullptr) {
    CALLSTORE_ASSIGN_OR_RETURN(transcript,
                               TranscriptAt(keys::CallKey(number_, position), transcripts));
  }
  if (storage_->rows.used() > kMostPageBytes) {
    return Fail(ErrorCode::kTooLarge, "the page is larger than 256 MiB",
                {{"field", "limit"},
                 {"value", std::to_string(query_.limit)},
                 {"limit", std::to_string(std::max<std::size_t>(page_.calls.size(), 1))}});
  }
  page_.calls.push_back(
      CallViewAccess::Make(storage_->organization, call, transcript, transcripts != nullptr));
  positions_.push_back(position);
  return {};
}

// The transcripts are walked in step with the calls; a call may have none.
Result<std::string_view> Lister::TranscriptAt(std::string_view key, Scan* transcripts) {
  while (transcripts->Valid() &&
         (toward_older_ ? transcripts->key() < key : transcripts->key() > key)) {
    toward_older_ ? transcripts->Next() : transcripts->Prev();
  }
  if (!transcripts->Valid()) {
    CALLSTORE_RETURN_IF_ERROR(transcripts->status());
    return std::string_view();
  }
  if (transcripts->key() != key) return std::string_view();
  const std::string_view copy = storage_->rows.Copy(transcripts->value());
  if (query_.verify) CALLSTORE_RETURN_IF_ERROR(record::VerifyTranscript(copy));
  return copy;
}

}  // namespace

Result<Page> ListPage(State* state, std::string_view organization, const ListQuery& query) {
  return Lister(state, organization, query).Run();
}

Result<std::int64_t> CountRange(State* state, std::string_view organization,
                                const TimeRange& range) {
  const auto number = state->organizations.Find(organization);
  if (!number) return 0;
  const engine::Snapshot snapshot(*state->database);
  CALLSTORE_ASSIGN_OR_RETURN(auto directory,
                             state->directories.Read(*state->database, *number, snapshot));
  if (!directory) return 0;
  Ranks ranks(*state->database, *number, snapshot, *std::move(directory), range);
  CALLSTORE_RETURN_IF_ERROR(ranks.Count());
  return ranks.total();
}

}  // namespace callstore::store
