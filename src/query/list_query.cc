#include "query/list_query.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

constexpr std::string_view kListTimeKey = "start_timestamp";
constexpr std::array<std::string_view, 7> kSortKeys = {
    "start_timestamp", "end_timestamp", "created_at",     "updated_at",
    "call_duration",   "combined_cost", "latency.e2e.p50"};

Result<void> CheckSortBy(std::string_view sort_by) {
  if (sort_by == kListTimeKey) return {};
  const std::string value = Excerpt(Utf8Prefix(sort_by));
  if (std::find(kSortKeys.begin(), kSortKeys.end(), sort_by) != kSortKeys.end()) {
    return Fail(ErrorCode::kInvalidArgument, "this sort key is not supported by this version",
                {{"field", "sort_by"}, {"value", value}, {"valid", std::string(kListTimeKey)}});
  }
  return Fail(ErrorCode::kInvalidArgument, "sort_by is not a sort key",
              {{"field", "sort_by"}, {"value", value}, {"valid", std::string(kListTimeKey)}});
}

}  // namespace

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
  return CheckSortBy(query.sort_by);
}

std::string AppliedFilters(const TimeRange& start_timestamp) {
  const auto& [ge, lt] = start_timestamp;
  if (!ge && !lt) return "{}";
  std::string text = R"({"start_timestamp":{)";
  if (ge) text += R"("ge":)" + std::to_string(*ge);
  if (ge && lt) text += ',';
  if (lt) text += R"("lt":)" + std::to_string(*lt);
  return text + "}}";
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
