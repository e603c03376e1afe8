// The request of an aggregation, as a body or as parameters, to an AggregateQuery. Metrics, fields
// to group by, the time zone and the sort key are checked where the query is used.
#include <array>
#include <string>

#include "base/error.h"
#include "callstore/json.h"
#include "json/names.h"
#include "json/parameter_reader.h"
#include "json/request_reader.h"
#include "json/request_values.h"

namespace callstore {
namespace {

constexpr std::int64_t kMostGroups = 10'000;
constexpr std::size_t kMostGroupBy = 2;
constexpr std::size_t kMostMetrics = 16;
constexpr std::array<std::string_view, 10> kNames = {
    "group_by", "metrics",         "time_zone", "sort_by",     "sort_order",
    "limit",    "filter_criteria", "explain",   "deadline_ms", "scan_limit_rows"};
constexpr std::string_view kValidGroupBy = "a text, or an array of up to 2 texts";
constexpr std::string_view kValidMetrics = "a text, or an array of 1 to 16 texts";

// A Reader is a RequestReader or a ParameterReader.
template <typename Reader>
Result<void> ReadMember(std::string_view name, Reader* reader, AggregateQuery* query) {
  if (name == "group_by") return reader->ReadTexts(name, kValidGroupBy, &query->group_by);
  if (name == "metrics") return reader->ReadTexts(name, kValidMetrics, &query->metrics);
  if (name == "time_zone") {
    return reader->ReadText(name, "a name of the IANA database", &query->time_zone);
  }
  if (name == "sort_by") return reader->ReadText(name, "group, or a metric", &query->sort_by);
  if (name == "limit") {
    return reader->ReadWhole(name, {.least = 1, .most = kMostGroups}, &query->limit);
  }
  return json::ReadCommon(name, reader, query);
}

template <typename Reader, typename Request>
Result<AggregateQuery> ReadQuery(const Request& request, Reader* reader) {
  AggregateQuery query;
  CALLSTORE_RETURN_IF_ERROR(reader->Read(
      request, kNames, [&](std::string_view name) { return ReadMember(name, reader, &query); }));
  if (query.group_by.size() > kMostGroupBy) {
    return json::Invalid("the number of fields is out of range", "group_by",
                         std::to_string(query.group_by.size()), kValidGroupBy);
  }
  if (query.metrics.empty() || query.metrics.size() > kMostMetrics) {
    return json::Invalid("the number of metrics is out of range", "metrics",
                         std::to_string(query.metrics.size()), kValidMetrics);
  }
  return query;
}

}  // namespace

Result<AggregateQuery> ParseAggregateQuery(std::string_view json) {
  json::RequestReader reader;
  return ReadQuery(json, &reader);
}

Result<AggregateQuery> ParseAggregateParameters(const Parameters& parameters) {
  json::ParameterReader reader;
  CALLSTORE_ASSIGN_OR_RETURN(AggregateQuery query, ReadQuery(parameters, &reader));
  query.filter = reader.TakeConditions() && std::move(query.filter);
  return query;
}

}  // namespace callstore
