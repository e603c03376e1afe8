// json.h - the documented JSON, in and out.
// Input keeps every value: unknown fields at any level, unknown words, and numbers of any length
// come out as they went in. Text must be UTF-8 (RFC 8259); a duplicate key is an error; null means
// absent for a documented field and stays null inside free JSON. Output is minified, in the
// documented order of fields, unknown ones last.
//
// Thread safety: all functions are free of shared state.
// Errors:        invalid_argument with `offset` (bytes from the start of the text) or `path`
//                ($.transcript_object[3].role), `value` and what is `valid`; too_large with
//                `limit`.
#ifndef CALLSTORE_JSON_H_
#define CALLSTORE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/call.h"
#include "callstore/call_view.h"
#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/filter.h"
#include "callstore/list.h"

namespace callstore {

struct JsonOptions {
  View view = View::kFull;
  // Emit the store's own stored_at and changed_at.
  bool stamps = false;
};

// One call object as an owning value. Neither its organization nor its id need be there.
CALLSTORE_EXPORT Result<Call> ParseCall(std::string_view json);

// The documented request body: page, limit, cursor, sort_by, sort_order, view, filter_criteria,
// explain, deadline_ms, scan_limit_rows. An unknown name, a wrong type or a value out of range is
// invalid_argument.
CALLSTORE_EXPORT Result<ListQuery> ParseListQuery(std::string_view json);

// The request body of an aggregation: group_by, metrics, time_zone, sort_by, sort_order, limit,
// filter_criteria, explain, deadline_ms, scan_limit_rows.
CALLSTORE_EXPORT Result<AggregateQuery> ParseAggregateQuery(std::string_view json);

// filter_criteria: {FIELD: condition, ..., "and": [criteria, ...], "or": [...], "not": criteria}; a
// condition is a scalar (equal), an array of scalars (one of), or {OP: value, ...} with eq, ne, in,
// not_in, lt, le, gt, ge, between, prefix, suffix, contains, present, lower_threshold (= ge),
// upper_threshold (= le). At most 32 levels and 1,000 conditions.
CALLSTORE_EXPORT Result<Filter> ParseFilter(std::string_view json);

// One condition as a line of text: FIELD OP VALUE with =, !=, <, <=, >, >=, ~ (contains), ^=
// (prefix), $= (suffix), or FIELD? (present) and !FIELD? (absent); == is refused. Also
// FIELD.ge=VALUE with lt, le, gt, ge and the two thresholds, but for fields of type any. Whitespace
// around the parts does not count. A comma separates values of = and != (\, is a comma), but for
// transcript_search; "quotes" keep a value as text. Times as ParseTime; a value of a field of type
// any matches the text and, where it spells one, the JSON scalar.
CALLSTORE_EXPORT Result<Filter> ParseCondition(std::string_view text);

// Names and values of the address of a GET request, with its percent signs resolved, in its order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// The request as parameters: the members of the body by their names (filter_criteria as JSON text),
// and each other name a condition, all of which must hold:
//   FIELD=VALUE       equal, or one of several: repeated, or separated by commas (\, is a comma)
//   FIELD.OP=VALUE    any operator of ParseFilter; ne, in, not_in and between take several values
// Values are read as ParseCondition reads them, except that whitespace counts: a number that begins
// with a space is refused, since an unescaped + has become one. The last part of a name is an
// operator where what is before it names a field: the metadata key "score.ge" is reached by
// metadata.score.ge.eq=. transcript_search, the other operators and the members come once. An empty
// value is refused, but where a text may be empty. invalid_argument with `field`, `value`, `valid`
// and `nearest`.
CALLSTORE_EXPORT Result<ListQuery> ParseListParameters(const Parameters& parameters);
// The same of an aggregation. group_by and metrics: repeated, or separated by commas.
CALLSTORE_EXPORT Result<AggregateQuery> ParseAggregateParameters(const Parameters& parameters);

// A time given as text: ms since the epoch ("1703097600000"), a date ("2023-12-20", midnight UTC)
// or RFC 3339 ("2023-12-20T18:40:00.5+01:00", whole milliseconds). Result: ms since the epoch.
CALLSTORE_EXPORT Result<std::int64_t> ParseTime(std::string_view text);

// One call object. Cost: about a second per gigabyte of JSON or less.
CALLSTORE_EXPORT std::string ToJson(const CallView& call, const JsonOptions& options = {});
CALLSTORE_EXPORT void AppendJson(const CallView& call, const JsonOptions& options,
                                 std::string* out);

// The documented envelope of a list.
CALLSTORE_EXPORT std::string ToJson(const Page& page, const JsonOptions& options);
CALLSTORE_EXPORT std::string ToJson(const Page& page);

// The same in pieces, for who sends it on and need not hold all of it.
//
//   PageJson json(std::move(page));
//   for (std::string piece; json.Next(&piece); piece.clear()) Send(piece);
//
// Ownership:     owns the page. Thread safety: none; one thread at a time.
class CALLSTORE_EXPORT PageJson {
 public:
  explicit PageJson(Page page);
  PageJson(Page page, const JsonOptions& options);

  // Appends the next piece, about 64 KiB and whole calls; false, and nothing, where there is none.
  bool Next(std::string* out);

 private:
  Page page_;
  JsonOptions options_;
  std::size_t part_ = 0;
};

// The envelope of an aggregation: data {organization_id, group_by, metrics, groups[{keys, values}],
// total_count, total_groups, returned_count, time_zone, sort_by, sort_order, applied_filters}.
CALLSTORE_EXPORT std::string ToJson(const Aggregation& aggregation);

// The documented envelope of a failure: status "error", data null, error_info {code, details}.
CALLSTORE_EXPORT std::string ToJson(const Error& error);

// The documented envelope of one call, and of an update (`data` holds operation, organization_id
// and the call), and of a deletion (`data` holds call_id and organization_id).
CALLSTORE_EXPORT std::string GetEnvelope(const CallView& call, const JsonOptions& options = {});
CALLSTORE_EXPORT std::string UpdateEnvelope(const CallView& call);
CALLSTORE_EXPORT std::string DeleteEnvelope(std::string_view organization_id,
                                            std::string_view call_id);

}  // namespace callstore

#endif  // CALLSTORE_JSON_H_
