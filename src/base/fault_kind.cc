#include <array>

#include "callstore/verify.h"

namespace callstore {

std::string_view FaultKindName(FaultKind kind) {
  static constexpr std::array<std::string_view, 23> kNames = {
      "unreadable_file",      "unreadable_row",    "foreign_key",        "damaged_organization",
      "unknown_organization", "damaged_call",      "damaged_transcript", "misplaced_call",
      "orphan_transcript",    "missing_id",        "wrong_id",           "orphan_id",
      "missing_call_id",      "orphan_call_id",    "missing_index_key",  "orphan_index_key",
      "missing_head",         "wrong_total",       "wrong_summary",      "damaged_chunk",
      "missing_column_row",   "orphan_column_row", "wrong_column_value"};
  static_assert(kNames.size() == static_cast<std::size_t>(FaultKind::kWrongColumnValue) + 1);
  const auto i = static_cast<std::size_t>(kind);
  return i < kNames.size() ? kNames[i] : "unknown";
}

}  // namespace callstore
