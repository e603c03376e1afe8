// normal_filter.h - a filter, checked and brought to the one form that is evaluated and echoed.
// Equal filters, however written, mostly give equal text: aliases are resolved, ne, not_in and
// present:false are negations, thresholds and between are bounds, times are ms, enum words have
// their documented spelling, lists of values are sorted, nested ands and ors are flat and their
// parts sorted by their text. Conditions of an and on one field are one, but for lists; so are
// equalities of an or, and inequalities of an and. Where that leaves no value, the filter matches
// nothing: {"or":[]}. The text is valid as input and normalizes to itself. Cursors are bound to it
// across upgrades: the form is frozen.
//
// Ownership:     a NormalFilter is a value.
// Thread safety: values; share const objects freely.
#ifndef CALLSTORE_SRC_QUERY_NORMAL_FILTER_H_
#define CALLSTORE_SRC_QUERY_NORMAL_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "query/field.h"

namespace callstore::query {

// A scalar as conditions hold it: null, boolean, time (ms), number, text. Numbers are always
// doubles, times always integers.
using Scalar = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string>;

struct Bound {
  Scalar value;
  bool open = false;  // the value itself is not included
};

// What one value (of a list: one element) is tested for; all that are set must hold. A value is
// only compared with scalars of its own type.
struct Condition {
  FieldRef field;
  bool present = false;        // the only test: the field is there
  std::vector<Scalar> one_of;  // not empty: equals one of these; sorted by type, then value
  std::optional<Bound> low, high;
  std::vector<std::string> prefixes, suffixes, contains;  // sorted
  std::string search;  // transcript_search: the words, folded, sorted, single spaces
};

struct Node {
  enum class Kind : std::uint8_t { kEverything, kCondition, kAnd, kOr, kNot };
  Kind kind = Kind::kEverything;
  Condition condition;         // kCondition
  std::vector<Node> children;  // kAnd, kOr: any number (none: everything, nothing); kNot: one
};

struct NormalFilter {
  // What is left to test once the bounds below hold.
  Node root;
  // Conditions on start_timestamp that every match fulfils: least <= start_timestamp <= most. With
  // `bounded`, calls without start_timestamp do not match.
  bool bounded = false;
  std::int64_t least_start = INT64_MIN;
  std::int64_t most_start = INT64_MAX;
  // The whole filter, bounds included, in normal form; "{}" for everything.
  std::string json = "{}";
  // The words of a transcript_search that every match fulfils; for hits. Empty: none.
  std::string search;

  // Nothing is tested but the bounds.
  bool only_bounds() const { return root.kind == Node::Kind::kEverything; }
};

// invalid_argument: `field`, `operator` or `value`, what is `valid`, and the `nearest` name.
// too_large: more than 32 levels, or more than 1,000 conditions or 10,000 values.
Result<NormalFilter> Normalize(const Filter& filter);

// One value of a field, as it is found in a row, a dictionary or a metadata object.
using ValueView = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string_view>;

// Whether a value passes the tests. Enum words in any letter case. REQUIRES: not `search`.
bool Matches(const Condition& condition, const ValueView& value);
// The same of minified JSON: a scalar, or an array, of which some element must pass. An object
// passes `present` alone.
bool MatchesJson(const Condition& condition, std::string_view json);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_NORMAL_FILTER_H_
