// The documented request, as a body or as parameters, to a ListQuery.
#include <array>
#include <string>

#include "base/error.h"
#include "base/sort_key_names.h"
#include "callstore/json.h"
#include "json/names.h"
#include "json/parameter_reader.h"
#include "json/request_reader.h"
#include "json/request_values.h"

namespace callstore {
namespace {

constexpr std::int64_t kMostLimit = 1000;
constexpr std::array<std::string_view, 10> kNames = {
    "page", "limit",           "cursor",  "sort_by",     "sort_order",
    "view", "filter_criteria", "explain", "deadline_ms", "scan_limit_rows"};
constexpr std::array<std::string_view, 2> kViews = {"full", "summary"};

// A Reader is a RequestReader or a ParameterReader.
template <typename Reader>
Result<void> ReadMember(std::string_view name, Reader* reader, ListQuery* query) {
  if (name == "page") return reader->ReadWhole(name, {}, &query->page);
  if (name == "limit") {
    return reader->ReadWhole(name, {.least = 1, .most = kMostLimit}, &query->limit);
  }
  if (name == "cursor") return reader->ReadText(name, "a cursor", &query->cursor);
  if (name == "sort_by") {
    std::size_t key = 0;
    CALLSTORE_RETURN_IF_ERROR(
        reader->ReadChoice(name, {kSortKeyNames, "there is no such sort key"}, &key));
    query->sort_by = kSortKeyNames[key];
    return {};
  }
  if (name == "view") {
    std::size_t view = 0;
    CALLSTORE_RETURN_IF_ERROR(reader->ReadChoice(name, {kViews, "there is no such view"}, &view));
    query->view = view == 0 ? View::kFull : View::kSummary;
    return {};
  }
  return json::ReadCommon(name, reader, query);
}

template <typename Reader, typename Request>
Result<ListQuery> ReadQuery(const Request& request, Reader* reader) {
  ListQuery query;
  bool has_page = false;
  CALLSTORE_RETURN_IF_ERROR(reader->Read(request, kNames, [&](std::string_view name) {
    has_page |= name == "page";
    return ReadMember(name, reader, &query);
  }));
  if (has_page && !query.cursor.empty()) {
    return json::Invalid("page and cursor are two ways into one list", "page",
                         std::to_string(query.page), "one of page, cursor");
  }
  return query;
}

}  // namespace

Result<ListQuery> ParseListQuery(std::string_view json) {
  json::RequestReader reader;
  return ReadQuery(json, &reader);
}

Result<ListQuery> ParseListParameters(const Parameters& parameters) {
  json::ParameterReader reader;
  CALLSTORE_ASSIGN_OR_RETURN(ListQuery query, ReadQuery(parameters, &reader));
  query.filter = reader.TakeConditions() && std::move(query.filter);
  return query;
}

}  // namespace callstore
