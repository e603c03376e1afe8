// list_query.h - the checks of a list request.
//
// Pure. Thread safety: free functions on values.
// Errors:        invalid_argument with `field`, `value` and what is `valid`.
#ifndef CALLSTORE_SRC_QUERY_LIST_QUERY_H_
#define CALLSTORE_SRC_QUERY_LIST_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/error.h"
#include "callstore/list.h"

namespace callstore::query {

inline constexpr std::int64_t kMostLimit = 1000;
// Of an organization, an id or a call_id.
inline constexpr std::size_t kMostKeyBytes = 512;

// Everything but the cursor's own bytes, which DecodeCursor checks, and the filter, which Normalize
// checks.
Result<void> CheckListQuery(const ListQuery& query);
Result<void> CheckWorkLimits(const WorkLimits& limits);

// 1 to 512 bytes of UTF-8.
Result<void> CheckOrganization(std::string_view organization);
// The same for `field`, which is "id" or "call_id".
Result<void> CheckCallKey(std::string_view field, std::string_view value);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_LIST_QUERY_H_
