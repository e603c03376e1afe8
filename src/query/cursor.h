// cursor.h - a place in a list, as opaque text.
// A cursor names the row that it was made at, by position and not by number, so that it stays good
// whatever is written or deleted meanwhile. It is bound to one list (organization, filter, order)
// and sealed with a checksum; it holds no secret and gives nobody access.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_CURSOR_H_
#define CALLSTORE_SRC_QUERY_CURSOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/position.h"
#include "callstore/error.h"
#include "callstore/list.h"

namespace callstore::query {

// The rows after `position` in the list's order; backward: those before it. In a list by another
// key than the list time, `position.time_ms` holds the bits of the ordered sort value (sort_key.h).
struct Cursor {
  Position position;
  bool backward = false;

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// A number for one list: what is the same in all of these is the same list. Cursors outlive
// upgrades, so the number of a list never changes.
std::uint64_t CursorBinding(std::string_view organization, std::string_view sort_by,
                            SortOrder order, std::string_view applied_filters_json);

// 40 characters that are safe in a URL.
std::string EncodeCursor(const Cursor& cursor, std::uint64_t binding);

// invalid_cursor with a `reason`: not a cursor, damaged, of a newer version, or of another list. An
// edited text passes with odds of 2^-32 at most.
Result<Cursor> DecodeCursor(std::string_view text, std::uint64_t binding);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_CURSOR_H_
