// The documented request body to a ListQuery.
#include <array>
#include <string>

#include "base/error.h"
#include "callstore/json.h"
#include "json/names.h"
#include "json/request_reader.h"

namespace callstore {
namespace {

using json::RequestReader;

constexpr std::int64_t kMostLimit = 1000;
constexpr std::array<std::string_view, 10> kNames = {
    "page", "limit",           "cursor",  "sort_by",     "sort_order",
    "view", "filter_criteria", "explain", "deadline_ms", "scan_limit_rows"};
constexpr std::array<std::string_view, 7> kSortKeys = {
    "start_timestamp", "end_timestamp", "created_at",     "updated_at",
    "call_duration",   "combined_cost", "latency.e2e.p50"};
constexpr std::array<std::string_view, 2> kViews = {"full", "summary"};

Result<void> ReadMember(std::string_view name, RequestReader* reader, ListQuery* query) {
  if (name == "page") return reader->ReadWhole(name, {}, &query->page);
  if (name == "limit") {
    return reader->ReadWhole(name, {.least = 1, .most = kMostLimit}, &query->limit);
  }
  if (name == "cursor") return reader->ReadText(name, "a cursor", &query->cursor);
  if (name == "sort_by") {
    std::size_t key = 0;
    CALLSTORE_RETURN_IF_ERROR(
        reader->ReadChoice(name, kSortKeys, "there is no such sort key", &key));
    query->sort_by = kSortKeys[key];
    return {};
  }
  if (name == "view") {
    std::size_t view = 0;
    CALLSTORE_RETURN_IF_ERROR(reader->ReadChoice(name, kViews, "there is no such view", &view));
    query->view = view == 0 ? View::kFull : View::kSummary;
    return {};
  }
  return reader->ReadCommon(name, query);
}

}  // namespace

Result<ListQuery> ParseListQuery(std::string_view json) {
  ListQuery query;
  RequestReader reader;
  bool has_page = false;
  CALLSTORE_RETURN_IF_ERROR(reader.Read(json, kNames, [&](std::string_view name) {
    has_page |= name == "page";
    return ReadMember(name, &reader, &query);
  }));
  if (has_page && !query.cursor.empty()) {
    return json::Invalid("page and cursor are two ways into one list", "page",
                         std::to_string(query.page), "one of page, cursor");
  }
  return query;
}

}  // namespace callstore
