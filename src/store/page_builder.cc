#include "store/page_builder.h"

#include <algorithm>

#include "base/error.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::store {
namespace {

using engine::Family;

constexpr std::size_t kMostPageBytes = std::size_t{256} << 20;

}  // namespace

PageBuilder::PageBuilder(std::string_view organization, const ListQuery& query,
                         const query::NormalFilter& filter)
    : query_(query), search_(filter.search), storage_(std::make_shared<Storage>()) {
  storage_->organization = organization;
  page_.organization_id = organization;
  page_.bytes = storage_;
  page_.sort_by = query.sort_by;
  page_.sort_order = query.sort_order;
  page_.view = query.view;
  page_.applied_filters_json = filter.json;
  page_.pagination.limit = query.limit;
  binding_ = query::CursorBinding(organization, query.sort_by, query.sort_order, filter.json);
}

Result<std::optional<query::Cursor>> PageBuilder::RequestCursor() const {
  if (query_.cursor.empty()) return std::optional<query::Cursor>();
  CALLSTORE_ASSIGN_OR_RETURN(const query::Cursor cursor,
                             query::DecodeCursor(query_.cursor, binding_));
  return std::optional(cursor);
}

Result<void> PageBuilder::AddRow(std::string_view call, std::string_view transcript,
                                 bool with_transcript) {
  if (bytes().used() > kMostPageBytes) {
    return Fail(ErrorCode::kTooLarge, "the page is larger than 256 MiB",
                {{"field", "limit"},
                 {"value", std::to_string(query_.limit)},
                 {"limit", std::to_string(std::max<std::size_t>(rows(), 1))}});
  }
  page_.calls.push_back(
      CallViewAccess::Make(storage_->organization, call, transcript, with_transcript));
  return {};
}

Result<std::optional<std::string_view>> PageBuilder::ReadRecord(const engine::Database& database,
                                                                Family family, std::string_view key,
                                                                const engine::Snapshot& snapshot,
                                                                PageBytes* into) {
  value_.Reset();
  CALLSTORE_ASSIGN_OR_RETURN(const bool found, database.Get(family, key, &snapshot, &value_));
  if (!found) return std::optional<std::string_view>();
  return std::optional(into->Copy(engine::ToView(value_)));
}

Result<void> PageBuilder::ReadRow(const engine::Database& database,
                                  keys::OrganizationNumber organization,
                                  const engine::Snapshot& snapshot, const Position& position) {
  const keys::Key key = keys::CallKey(organization, position);
  CALLSTORE_ASSIGN_OR_RETURN(const auto call,
                             ReadRecord(database, Family::kCalls, key, snapshot, &bytes()));
  if (!call) {
    return Fail(ErrorCode::kCorrupt, "a stored row is damaged or missing", {{"row", "call"}});
  }
  if (query_.verify) CALLSTORE_RETURN_IF_ERROR(record::VerifyCall(*call));
  std::string_view transcript;
  const bool full = query_.view == View::kFull;
  if (full) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto record,
                               ReadRecord(database, Family::kTranscripts, key, snapshot, &bytes()));
    transcript = record.value_or(std::string_view());
    if (query_.verify && record) CALLSTORE_RETURN_IF_ERROR(record::VerifyTranscript(transcript));
  }
  CALLSTORE_RETURN_IF_ERROR(AddRow(*call, transcript, full));
  return search_.empty() ? Result<void>() : FindHits(database, key, snapshot, *call);
}

Result<void> PageBuilder::FindHits(const engine::Database& database, std::string_view key,
                                   const engine::Snapshot& snapshot, std::string_view record) {
  CallView call = page_.calls.back();
  if (query_.view == View::kSummary) {
    searched_ = PageBytes();
    CALLSTORE_ASSIGN_OR_RETURN(const auto transcript, ReadRecord(database, Family::kTranscripts,
                                                                 key, snapshot, &searched_));
    call = CallViewAccess::Make(storage_->organization, record,
                                transcript.value_or(std::string_view()), true);
  }
  page_.transcript_hits.push_back(FindInTranscript(call, search_));
  return {};
}

void PageBuilder::FillTotals(std::int64_t total) {
  page_.pagination.total_count = total;
  page_.pagination.total_pages = total / query_.limit + (total % query_.limit != 0 ? 1 : 0);
}

void PageBuilder::FillCursors(const Position& first, const Position& last) {
  page_.end_cursor = CursorAt(last, false);
  if (page_.pagination.has_next_page) page_.next_cursor = page_.end_cursor;
  if (page_.pagination.has_previous_page) page_.previous_cursor = CursorAt(first, true);
}

}  // namespace callstore::store
