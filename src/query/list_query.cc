#include "query/list_query.h"

#include "base/error.h"
#include "base/utf8.h"
#include "query/sort_key.h"

namespace callstore::query {
namespace {

Result<void> CheckLimit(std::string_view field, std::int64_t value) {
  if (value >= 0) return {};
  return Fail(ErrorCode::kInvalidArgument, "the limit is negative",
              {{"field", std::string(field)},
               {"value", std::to_string(value)},
               {"valid", "0 to 9223372036854775807; 0 is no limit"}});
}

}  // namespace

Result<void> CheckWorkLimits(const WorkLimits& limits) {
  CALLSTORE_RETURN_IF_ERROR(CheckLimit("deadline_ms", limits.deadline_ms));
  CALLSTORE_RETURN_IF_ERROR(CheckLimit("scan_limit_rows", limits.scan_limit_rows));
  if (limits.plan <= PlanChoice::kRowsOnly) return {};
  return Fail(ErrorCode::kInvalidArgument, "plan is not a plan",
              {{"field", "plan"},
               {"value", std::to_string(static_cast<int>(limits.plan))},
               {"valid", "best, no index, rows only"}});
}

Result<void> CheckListQuery(const ListQuery& query) {
  if (query.page < 0) {
    return Fail(ErrorCode::kInvalidArgument, "page is out of range",
                {{"field", "page"},
                 {"value", std::to_string(query.page)},
                 {"valid", "0 to 9223372036854775807"}});
  }
  if (query.limit < 1 || query.limit > kMostLimit) {
    return Fail(ErrorCode::kInvalidArgument, "limit is out of range",
                {{"field", "limit"},
                 {"value", std::to_string(query.limit)},
                 {"valid", "1 to " + std::to_string(kMostLimit)}});
  }
  if (query.page != 0 && !query.cursor.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "page and cursor exclude each other",
                {{"field", "page"},
                 {"value", std::to_string(query.page)},
                 {"valid", "either page or cursor"}});
  }
  if (query.sort_order != SortOrder::kDescending && query.sort_order != SortOrder::kAscending) {
    return Fail(ErrorCode::kInvalidArgument, "sort_order is not an order",
                {{"field", "sort_order"},
                 {"value", std::to_string(static_cast<int>(query.sort_order))},
                 {"valid", "descending, ascending"}});
  }
  if (query.view != View::kFull && query.view != View::kSummary) {
    return Fail(ErrorCode::kInvalidArgument, "view is not a view",
                {{"field", "view"},
                 {"value", std::to_string(static_cast<int>(query.view))},
                 {"valid", "full, summary"}});
  }
  CALLSTORE_RETURN_IF_ERROR(FindSortKey(query.sort_by));
  return CheckWorkLimits(query.work);
}

Result<void> CheckOrganization(std::string_view organization) {
  return CheckCallKey("organization_id", organization);
}

Result<void> CheckCallKey(std::string_view field, std::string_view value) {
  const std::string_view valid_prefix = Utf8Prefix(value.substr(0, kMostKeyBytes));
  if (value.empty() || value.size() > kMostKeyBytes) {
    return Fail(ErrorCode::kInvalidArgument, "the length is out of range",
                {{"field", std::string(field)},
                 {"value", Excerpt(valid_prefix)},
                 {"size_bytes", std::to_string(value.size())},
                 {"valid", "1 to 512 bytes of UTF-8"}});
  }
  if (valid_prefix.size() != value.size()) {
    return Fail(ErrorCode::kInvalidArgument, "the text is not UTF-8",
                {{"field", std::string(field)},
                 {"value", Excerpt(valid_prefix)},
                 {"offset", std::to_string(valid_prefix.size())},
                 {"valid", "1 to 512 bytes of UTF-8"}});
  }
  return {};
}

}  // namespace callstore::query
