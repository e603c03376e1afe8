// The documented request body to a ListQuery.
#include <array>
#include <string>

#include "base/error.h"
#include "callstore/json.h"
#include "json/members.h"
#include "json/time_filter.h"
#include "json/walker.h"

namespace callstore {
namespace {

using json::FindName;
using json::Walker;

constexpr std::int64_t kMostLimit = 1000;
constexpr std::array<std::string_view, 10> kNames = {
    "page", "limit",           "cursor",  "sort_by",     "sort_order",
    "view", "filter_criteria", "explain", "deadline_ms", "scan_limit_rows"};
constexpr std::array<std::string_view, 7> kSortKeys = {
    "start_timestamp", "end_timestamp", "created_at",     "updated_at",
    "call_duration",   "combined_cost", "latency.e2e.p50"};

tl::unexpected<Error> Invalid(std::string_view message, std::string_view field,
                              std::string_view value, std::string_view valid) {
  return Fail(
      ErrorCode::kInvalidArgument, message,
      {{"field", Excerpt(field)}, {"value", Excerpt(value)}, {"valid", std::string(valid)}});
}

template <std::size_t N>
std::string Joined(const std::array<std::string_view, N>& names) {
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ", ";
    joined += name;
  }
  return joined;
}

// One member of the request: its name, the text of its value and what it says.
class QueryReader {
 public:
  explicit QueryReader(ListQuery* query) : query_(query) {}

  Result<void> Read(std::string_view body);

 private:
  Result<void> ReadMember(std::string_view name, std::string_view raw);
  Result<void> ReadNumber(std::string_view name, std::string_view raw, std::int64_t least,
                          std::int64_t most, std::int64_t* field);
  // A text without escapes; all texts of a request but a time are of that kind.
  static Result<std::string_view> ReadText(std::string_view name, std::string_view raw,
                                           std::string_view valid);
  Result<void> ReadSortKey(std::string_view raw);
  Result<void> ReadSortOrder(std::string_view raw);
  Result<void> ReadView(std::string_view raw);

  ListQuery* query_;
  bool has_page_ = false;
  bool has_cursor_ = false;
};

Result<void> QueryReader::Read(std::string_view body) {
  json::Document document;
  CALLSTORE_RETURN_IF_ERROR(document.Load(body));
  record::TextArena arena;
  Walker walker;
  walker.Start(document, document.text(), &arena);
  Result<void> member;
  const bool read = walker.ReadObject([&](const Walker::Key& key) {
    walker.AddName(key);
    std::string_view raw;
    if (!walker.Skip(&raw)) return false;
    member = ReadMember(key.name, raw);
    return member.has_value();
  });
  if (!member) return member;
  if (!read || !walker.CheckNames(0) || !walker.ReadEnd()) {
    return tl::unexpected<Error>(walker.TakeError());
  }
  if (has_page_ && has_cursor_) {
    return Invalid("page and cursor are two ways into one list", "page",
                   std::to_string(query_->page), "one of page, cursor");
  }
  return {};
}

Result<void> QueryReader::ReadMember(std::string_view name, std::string_view raw) {
  if (FindName(kNames, name) == kNames.size()) {
    return Invalid("the request has no such member", name, raw, Joined(kNames));
  }
  if (raw == "null") return {};
  if (name == "page") {
    has_page_ = true;
    return ReadNumber(name, raw, 0, INT64_MAX, &query_->page);
  }
  if (name == "limit") return ReadNumber(name, raw, 1, kMostLimit, &query_->limit);
  if (name == "cursor") {
    CALLSTORE_ASSIGN_OR_RETURN(const std::string_view text, ReadText(name, raw, "a cursor"));
    has_cursor_ = !text.empty();
    query_->cursor = text;
    return {};
  }
  if (name == "sort_by") return ReadSortKey(raw);
  if (name == "sort_order") return ReadSortOrder(raw);
  if (name == "view") return ReadView(raw);
  if (name == "filter_criteria") {
    CALLSTORE_ASSIGN_OR_RETURN(query_->start_timestamp, json::ReadTimeFilter(raw));
    return {};
  }
  if (name == "explain" && raw == "false") return {};
  return Invalid("this version does not support this member", name, raw,
                 name == "explain" ? "false" : "absent");
}

Result<void> QueryReader::ReadNumber(std::string_view name, std::string_view raw,
                                     std::int64_t least, std::int64_t most, std::int64_t* field) {
  const std::string valid = "a whole number, " + std::to_string(least) + " to " +
                            (most == INT64_MAX ? "2^63 - 1" : std::to_string(most));
  if (raw.front() != '-' && !json::IsDigit(raw.front())) {
    return Invalid("the value has the wrong type", name, raw, valid);
  }
  const auto value = json::WholeInt64(raw);
  if (!value || *value < least || *value > most) {
    return Invalid("the value is out of range", name, raw, valid);
  }
  *field = *value;
  return {};
}

Result<std::string_view> QueryReader::ReadText(std::string_view name, std::string_view raw,
                                               std::string_view valid) {
  if (raw.front() == '"' && raw.find('\\') == std::string_view::npos) {
    return raw.substr(1, raw.size() - 2);
  }
  return Invalid("the value has the wrong type", name, raw, valid);
}

Result<void> QueryReader::ReadSortKey(std::string_view raw) {
  const std::string valid = Joined(kSortKeys);
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view key, ReadText("sort_by", raw, valid));
  const std::size_t known = FindName(kSortKeys, key);
  if (known == kSortKeys.size()) {
    return Invalid("there is no such sort key", "sort_by", raw, valid);
  }
  if (known != 0) {
    return Invalid("the sort key is not yet supported by this version", "sort_by", raw,
                   kSortKeys[0]);
  }
  query_->sort_by = key;
  return {};
}

Result<void> QueryReader::ReadSortOrder(std::string_view raw) {
  constexpr std::string_view kValid = "descending, ascending";
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view order, ReadText("sort_order", raw, kValid));
  if (order != "descending" && order != "ascending") {
    return Invalid("there is no such order", "sort_order", raw, kValid);
  }
  query_->sort_order = order == "ascending" ? SortOrder::kAscending : SortOrder::kDescending;
  return {};
}

Result<void> QueryReader::ReadView(std::string_view raw) {
  constexpr std::string_view kValid = "full, summary";
  CALLSTORE_ASSIGN_OR_RETURN(const std::string_view view, ReadText("view", raw, kValid));
  if (view != "full" && view != "summary") {
    return Invalid("there is no such view", "view", raw, kValid);
  }
  query_->view = view == "summary" ? View::kSummary : View::kFull;
  return {};
}

}  // namespace

Result<ListQuery> ParseListQuery(std::string_view json) {
  ListQuery query;
  CALLSTORE_RETURN_IF_ERROR(QueryReader(&query).Read(json));
  return query;
}

}  // namespace callstore
