// page_builder.h - a page while it is filled: its rows, their memory, its cursors.
//
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_PAGE_BUILDER_H_
#define CALLSTORE_SRC_STORE_PAGE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/position.h"
#include "callstore/list.h"
#include "engine/database.h"
#include "keys/keys.h"
#include "query/cursor.h"
#include "query/normal_filter.h"
#include "store/page_bytes.h"

namespace callstore::store {

class PageBuilder {
 public:
  // The filter's text and the order are what cursors are bound to. All outlive the builder.
  PageBuilder(std::string_view organization, const ListQuery& query,
              const query::NormalFilter& filter);

  const ListQuery& query() const { return query_; }
  bool descending() const { return query_.sort_order == SortOrder::kDescending; }
  // The cursor of the request; nothing where it has none. invalid_cursor.
  Result<std::optional<query::Cursor>> RequestCursor() const;
  std::string CursorAt(const Position& place, bool backward) const {
    return query::EncodeCursor({place, backward}, binding_);
  }

  Page& page() { return page_; }
  PageBytes& bytes() { return storage_->rows; }
  std::size_t rows() const { return page_.calls.size(); }

  // Adds a row whose records lie in bytes(). too_large.
  Result<void> AddRow(std::string_view call, std::string_view transcript, bool with_transcript);
  // Reads the call there, with its transcript where the view has one, and adds it.
  Result<void> ReadRow(const engine::Database& database, keys::OrganizationNumber organization,
                       const engine::Snapshot& snapshot, const Position& position);

  // A number of calls, and what follows from it.
  void FillTotals(std::int64_t total);
  // The cursors of a page with rows: `first` and `last` are their places.
  void FillCursors(const Position& first, const Position& last);

  Page Take() { return std::move(page_); }

 private:
  // What a page's calls point into.
  struct Storage {
    PageBytes rows;
    std::string organization;
  };

  Result<std::optional<std::string_view>> ReadRecord(const engine::Database& database,
                                                     engine::Family family, std::string_view key,
                                                     const engine::Snapshot& snapshot,
                                                     PageBytes* into);

  // Where the searched words are in a call; its transcript is read where the view has none.
  Result<void> FindHits(const engine::Database& database, std::string_view key,
                        const engine::Snapshot& snapshot, std::string_view record);

  const ListQuery& query_;
  const std::string& search_;
  std::shared_ptr<Storage> storage_;
  PageBytes searched_;  // the transcript of the last row, where only its hits are wanted
  std::uint64_t binding_ = 0;
  engine::PinnedValue value_;
  Page page_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_PAGE_BUILDER_H_
