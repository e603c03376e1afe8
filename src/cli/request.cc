#include "cli/request.h"

#include <algorithm>
#include <string>

#include "callstore/json.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

// `json` was parsed: its members are there, and each once.
Result<void> CheckMembers(std::string_view json, const std::vector<std::string_view>& usable) {
  std::string valid;
  for (const std::string_view name : usable) valid.append(valid.empty() ? "" : ", ").append(name);
  for (const auto& [name, value] : JsonText(json).Members()) {
    if (!value.present()) continue;  // null is absent
    if (std::find(usable.begin(), usable.end(), name) != usable.end()) continue;
    return Failure(
        ErrorCode::kInvalidArgument, "this command has no use for a member of the request",
        {{"field", name}, {"value", std::string(value.raw().substr(0, 100))}, {"valid", valid}});
  }
  return {};
}

}  // namespace

Result<TimeRange> ReadRange(const FilterOptions& options, const Session& session) {
  TimeRange range;
  if (options.since) {
    const Result<std::int64_t> since = ParseMoment("--since", *options.since, session.now_ms);
    if (!since) return Forward(since);
    range.ge = *since;
  }
  if (options.until) {
    const Result<std::int64_t> until = ParseMoment("--until", *options.until, session.now_ms);
    if (!until) return Forward(until);
    range.lt = *until;
  }
  return range;
}

Result<Filter> ReadFilter(const FilterOptions& options, const Session& session) {
  const Result<TimeRange> range = ReadRange(options, session);
  if (!range) return Forward(range);
  Filter filter(*range);
  for (const std::string& text : options.conditions) {
    Result<Filter> condition = ParseCondition(text);
    if (!condition) return condition;
    filter = std::move(filter) && std::move(*condition);
  }
  return filter;
}

Result<ListQuery> ReadQuery(const FilterOptions& options,
                            const std::vector<std::string_view>& usable, const Session& session) {
  if (!options.query_json) {
    return ReadFilter(options, session).map([](const Filter& filter) {
      return ListQuery{.filter = filter};
    });
  }
  Result<ListQuery> query = ParseListQuery(*options.query_json);
  if (!query) return query;
  const Result<void> usable_only = CheckMembers(*options.query_json, usable);
  if (!usable_only) return Forward(usable_only);
  return query;
}

}  // namespace callstore::cli
