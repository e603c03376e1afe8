// sort_key_names.h - the documented sort keys of a list.
#ifndef CALLSTORE_SRC_BASE_SORT_KEY_NAMES_H_
#define CALLSTORE_SRC_BASE_SORT_KEY_NAMES_H_

#include <array>
#include <string_view>

namespace callstore {

// In the order of query::SortKey.
inline constexpr std::array<std::string_view, 7> kSortKeyNames = {
    "start_timestamp", "end_timestamp", "created_at",     "updated_at",
    "call_duration",   "combined_cost", "latency.e2e.p50"};

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_SORT_KEY_NAMES_H_
