// field.h - the fields that a filter, a group or a metric can name.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_FIELD_H_
#define CALLSTORE_SRC_QUERY_FIELD_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/field_names.h"
#include "callstore/error.h"
#include "columns/column.h"

namespace callstore::query {

using callstore::FieldId;
using callstore::FieldType;

struct FieldRef {
  FieldId id = FieldId::kId;
  std::string key = {};

  friend bool operator==(const FieldRef&, const FieldRef&) = default;
};

FieldType TypeOf(const FieldRef& field);
// Whether the field is a list, or may be: a condition then holds when any element does.
bool IsList(const FieldRef& field);
// Whether the field is in the transcript record: tool_calls, transcript_search, latency values.
bool NeedsTranscript(const FieldRef& field);
// The name as the grammar has it: "call_cost.combined_cost", "metadata.campaign".
std::string FullName(const FieldRef& field);
// The column that holds the field's values, where there is one that all values are in. (A flag
// column "has ..." tells presence alone and is not meant here; nor is metadata, see FieldRef::key.)
std::optional<columns::ColumnId> ColumnOf(const FieldRef& field);
// The column of flags that tells presence, for fields whose values have no column.
std::optional<columns::ColumnId> PresenceColumnOf(const FieldRef& field);

// A field by its name or alias. invalid_argument with `field` (the name as given), `valid` and
// `nearest`. `argument` names the argument that it stands in: "filter_criteria", "group_by".
Result<FieldRef> FindField(std::string_view argument, std::string_view name);

// The enum word as the contract spells it, where it is a known one in any letter case; else as it
// is. Only kEnum fields.
std::string_view CanonicalWord(const FieldRef& field, std::string_view word);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_FIELD_H_
