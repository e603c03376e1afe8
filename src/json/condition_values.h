// condition_values.h - the values of a condition, given as text.
// Text has no types: a value is read as what its field holds; for a field of any type it is the
// text and the scalar that it spells. A comma separates values where the operator takes several (\,
// is a comma); a value in "quotes" (\" and \\ inside) is that text, whatever it spells.
//
// Pure. Thread safety: free functions on values.
// Errors:        invalid_argument with `field`, `value` and what is `valid`.
#ifndef CALLSTORE_SRC_JSON_CONDITION_VALUES_H_
#define CALLSTORE_SRC_JSON_CONDITION_VALUES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/field_names.h"
#include "callstore/error.h"
#include "callstore/filter.h"

namespace callstore::json {

// kLine: somebody typed it; spaces around a value do not count. kAddress: it came as a parameter;
// every space counts, and may have been a + that was not escaped.
enum class TextSource : std::uint8_t { kLine, kAddress };

struct ValuePlace {
  std::string_view field;  // as it is named
  FieldType type = FieldType::kText;
  FilterOperator op = FilterOperator::kEq;
  TextSource source = TextSource::kLine;
};

// The type of a field. A field that is not known is of text: whether one exists is checked
// elsewhere.
FieldType TypeOfFieldNamed(std::string_view name);

// Whether commas separate values. Words that are searched for come with any punctuation.
bool TakesList(const ValuePlace& place);

// Appends the values of `text`. REQUIRES: it is UTF-8.
Result<void> AppendValues(const ValuePlace& place, std::string_view text,
                          std::vector<FilterValue>* values);

// The test of an operator with all of its values: eq and ne of several are in and not_in, and
// between has two.
Result<Filter::Test> MakeTest(const ValuePlace& place, std::vector<FilterValue> values);

// A value begins with a space where a number does not.
tl::unexpected<Error> UnescapedPlus(std::string_view field, std::string_view text);

// `text` without the spaces around it.
std::string_view Trim(std::string_view text);

// The pieces between commas, where \, is no separator but a comma; at least one.
std::vector<std::string> SplitAtCommas(std::string_view text);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_CONDITION_VALUES_H_
