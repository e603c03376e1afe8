// filter.h - which calls: conditions on fields, joined by and, or and not.
//
//   using callstore::Field;
//   ListQuery query{.filter = Field("call_duration") >= 60'000 &&
//                             Field("metadata.campaign") == "summer-2024"};
//
// A call that lacks the field matches no condition but Present(false); negation (`!`, `!=`, NotIn)
// is the complement, and matches it. On a list (metadata.tags) a condition holds when any element
// does. Text is compared byte by byte, enum words (call_status, call_type, direction,
// disconnection_reason, user_sentiment) in any letter case, numbers as doubles, times in ms since
// the epoch or as RFC 3339 text. A JSON type matters: metadata 3 is not "3".
//
// The fields (aliases in brackets):
//   text     id, call_id, agent_id, from_number, to_number, recording_url, public_log_url,
//            telephony_identifier.call_sid [call_sid],
//            telephony_identifier.conference_sid [conference_sid],
//            call_analysis.call_summary [call_summary], tool_calls.name (of some tool call)
//   enum     call_status, call_type, direction, disconnection_reason,
//            call_analysis.user_sentiment [user_sentiment]
//   time     start_timestamp, end_timestamp, created_at, updated_at
//   number   call_duration [duration_ms] (where absent: end less start), call_cost.combined_cost
//            [combined_cost], latency.COMPONENT.STAT (min, max, p50, p90, p95, p99, num)
//            [e2e_latency_p50]
//   boolean  opt_out_sensitive_data_storage, call_analysis.call_successful [call_successful],
//            call_analysis.in_voicemail [in_voicemail], tool_calls.successful
//   any      metadata.KEY [batch_call_id], call_analysis.custom_analysis_data.KEY
//            [custom_analysis_data.KEY]: the literal key first, then a path into objects
//   words    transcript_search: all words in any order, Unicode case-folded, in the transcript, or
//            without one in the utterances
//
// Ownership:     a Filter is a value; copies share their parts, which never change.
// Thread safety: values; share const filters freely.
// Errors:        none here. Where a filter is used, an unknown field, an operator that the field
//                has not, or a value of the wrong type is invalid_argument with `field`, `value`,
//                what is `valid`, and the `nearest` name.
#ifndef CALLSTORE_FILTER_H_
#define CALLSTORE_FILTER_H_

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "callstore/export.h"

namespace callstore {

// Half open bounds on start_timestamp, ms since the epoch: ge <= start_timestamp < lt. A call
// without start_timestamp is in no bounded range. Inverted bounds match nothing.
struct TimeRange {
  std::optional<std::int64_t> ge = {};
  std::optional<std::int64_t> lt = {};
};

// What a condition compares with. nullptr is JSON's null, which only a field of type any can have.
using FilterValue = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string>;

// The operators of the documented grammar; lower_threshold and upper_threshold are ge and le.
enum class FilterOperator : std::uint8_t {
  kEq,
  kNe,
  kIn,  // one of the values, at least one
  kNotIn,
  kLt,
  kLe,
  kGt,
  kGe,
  kBetween,  // two values, both included
  kPrefix,
  kSuffix,
  kContains,
  kPresent,  // a boolean
};

class CALLSTORE_EXPORT Filter {
 public:
  // One operator and its values: two for kBetween, any number for kIn and kNotIn, else one.
  struct Test {
    FilterOperator op = FilterOperator::kEq;
    std::vector<FilterValue> values = {};
  };
  enum class Kind : std::uint8_t { kEverything, kCondition, kAnd, kOr, kNot };

  // Matches every call.
  Filter() = default;
  // The calls that started in a range; without bounds every call.
  Filter(const TimeRange& start_timestamp);  // NOLINT: meant implicit

  // All tests must hold, on a list for one and the same element.
  static Filter Condition(std::string field, std::vector<Test> tests);
  static Filter And(std::vector<Filter> parts);  // of none: everything
  static Filter Or(std::vector<Filter> parts);   // of none: nothing
  static Filter Not(Filter part);

  Kind kind() const { return node_ == nullptr ? Kind::kEverything : node_->kind; }
  bool empty() const { return node_ == nullptr; }
  // Of a condition; empty for the others.
  const std::string& field() const { return NodeOrEmpty().field; }
  const std::vector<Test>& tests() const { return NodeOrEmpty().tests; }
  // Of and, or, not; empty for the others.
  const std::vector<Filter>& parts() const { return NodeOrEmpty().parts; }

 private:
  struct Node {
    Kind kind = Kind::kEverything;
    std::string field = {};
    std::vector<Test> tests = {};
    std::vector<Filter> parts = {};
  };
  explicit Filter(Node node) : node_(std::make_shared<const Node>(std::move(node))) {}
  const Node& NodeOrEmpty() const;

  std::shared_ptr<const Node> node_;
};

inline Filter operator&&(Filter a, Filter b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return Filter::And({std::move(a), std::move(b)});
}
inline Filter operator||(Filter a, Filter b) { return Filter::Or({std::move(a), std::move(b)}); }
inline Filter operator!(Filter a) { return Filter::Not(std::move(a)); }

namespace filter_internal {
template <typename T>
FilterValue ToValue(T&& value) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (std::same_as<Plain, bool>) {
    return FilterValue(value);
  } else if constexpr (std::integral<Plain>) {
    return FilterValue(static_cast<std::int64_t>(value));
  } else if constexpr (std::floating_point<Plain>) {
    return FilterValue(static_cast<double>(value));
  } else if constexpr (std::same_as<Plain, std::nullptr_t>) {
    return FilterValue(nullptr);
  } else {
    return FilterValue(std::string(std::forward<T>(value)));
  }
}
}  // namespace filter_internal

// A field in a filter: Field("call_status") == "ENDED".
class CALLSTORE_EXPORT Field {
 public:
  explicit Field(std::string name) : name_(std::move(name)) {}

  template <typename... T>
  Filter In(T&&... values) const {
    return Make(FilterOperator::kIn, {filter_internal::ToValue(std::forward<T>(values))...});
  }
  template <typename... T>
  Filter NotIn(T&&... values) const {
    return Make(FilterOperator::kNotIn, {filter_internal::ToValue(std::forward<T>(values))...});
  }
  // Both ends included.
  template <typename T, typename U>
  Filter Between(T&& least, U&& most) const {
    return Make(FilterOperator::kBetween, {filter_internal::ToValue(std::forward<T>(least)),
                                           filter_internal::ToValue(std::forward<U>(most))});
  }
  Filter Prefix(std::string text) const { return Make(FilterOperator::kPrefix, {std::move(text)}); }
  Filter Suffix(std::string text) const { return Make(FilterOperator::kSuffix, {std::move(text)}); }
  Filter Contains(std::string text) const {
    return Make(FilterOperator::kContains, {std::move(text)});
  }
  Filter Present(bool present = true) const { return Make(FilterOperator::kPresent, {present}); }

  Filter Make(FilterOperator op, std::vector<FilterValue> values) const {
    return Filter::Condition(name_, {{op, std::move(values)}});
  }

 private:
  std::string name_;
};

template <typename T>
Filter operator==(const Field& field, T&& value) {
  return field.Make(FilterOperator::kEq, {filter_internal::ToValue(std::forward<T>(value))});
}
template <typename T>
Filter operator!=(const Field& field, T&& value) {
  return field.Make(FilterOperator::kNe, {filter_internal::ToValue(std::forward<T>(value))});
}
template <typename T>
Filter operator<(const Field& field, T&& value) {
  return field.Make(FilterOperator::kLt, {filter_internal::ToValue(std::forward<T>(value))});
}
template <typename T>
Filter operator<=(const Field& field, T&& value) {
  return field.Make(FilterOperator::kLe, {filter_internal::ToValue(std::forward<T>(value))});
}
template <typename T>
Filter operator>(const Field& field, T&& value) {
  return field.Make(FilterOperator::kGt, {filter_internal::ToValue(std::forward<T>(value))});
}
template <typename T>
Filter operator>=(const Field& field, T&& value) {
  return field.Make(FilterOperator::kGe, {filter_internal::ToValue(std::forward<T>(value))});
}

}  // namespace callstore

#endif  // CALLSTORE_FILTER_H_
