#include "json/time_filter.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "callstore/json.h"
#include "json/walker.h"

namespace callstore::json {
namespace {

constexpr std::string_view kTimeOperators[] = {
    "eq", "ge", "gt", "le", "lt", "between", "lower_threshold", "upper_threshold"};
constexpr std::string_view kOtherOperators[] = {"ne",     "in",      "not_in",  "prefix",
                                                "suffix", "present", "contains"};
constexpr std::string_view kFields[] = {
    "start_timestamp",
    "id",
    "call_id",
    "agent_id",
    "from_number",
    "to_number",
    "recording_url",
    "public_log_url",
    "call_status",
    "call_type",
    "direction",
    "disconnection_reason",
    "end_timestamp",
    "created_at",
    "updated_at",
    "call_duration",
    "duration_ms",
    "opt_out_sensitive_data_storage",
    "call_analysis.call_successful",
    "call_analysis.in_voicemail",
    "call_analysis.user_sentiment",
    "call_analysis.call_summary",
    "call_successful",
    "in_voicemail",
    "user_sentiment",
    "call_summary",
    "call_cost.combined_cost",
    "combined_cost",
    "e2e_latency_p50",
    "telephony_identifier.call_sid",
    "telephony_identifier.conference_sid",
    "call_sid",
    "conference_sid",
    "batch_call_id",
    "tool_calls.name",
    "tool_calls.successful",
    "transcript_search",
    "and",
    "or",
    "not",
};
constexpr std::string_view kFieldPrefixes[] = {"metadata.", "latency.", "custom_analysis_data.",
                                               "call_analysis.custom_analysis_data."};

template <typename Names>
bool Has(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

template <typename Names>
std::string Joined(const Names& names, std::string_view last = {}) {
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ", ";
    joined += name;
  }
  return joined += last;
}

bool IsKnownField(std::string_view field) {
  const auto begins = [&](std::string_view prefix) {
    return field.starts_with(prefix) && field.size() > prefix.size();
  };
  return Has(kFields, field) || std::ranges::any_of(kFieldPrefixes, begins);
}

tl::unexpected<Error> Invalid(std::string_view message, std::string_view field,
                              std::string_view value, std::string valid) {
  return Fail(ErrorCode::kInvalidArgument, message,
              {{"field", Excerpt(field)}, {"value", Excerpt(value)}, {"valid", std::move(valid)}});
}

// Narrows a range bound by bound. Where a bound is beyond all times, nothing matches.
class RangeBuilder {
 public:
  void AtLeast(std::int64_t ms) { range_.ge = std::max(range_.ge.value_or(INT64_MIN), ms); }
  void Below(std::int64_t ms) { range_.lt = std::min(range_.lt.value_or(INT64_MAX), ms); }
  void Above(std::int64_t ms) {
    if (ms < INT64_MAX) {
      AtLeast(ms + 1);
    } else {
      nothing_ = true;
    }
  }
  // Every time is at most the greatest, which no `lt` can say.
  void AtMost(std::int64_t ms) {
    if (ms < INT64_MAX) {
      Below(ms + 1);
    } else if (!range_.ge) {
      range_.ge = INT64_MIN;  // a condition all the same: the time must be there
    }
  }
  TimeRange Build() const { return nothing_ ? TimeRange{.ge = 0, .lt = 0} : range_; }

 private:
  TimeRange range_;
  bool nothing_ = false;
};

// Reads the criteria. A member function that returns false leaves an error here or in the walker.
class FilterReader {
 public:
  Result<TimeRange> Read(std::string_view criteria);

 private:
  bool ReadField(const Walker::Key& key);
  bool ReadOperators();
  bool ReadOperator(std::string_view name);
  bool ReadTime(std::string_view name, std::int64_t* ms);
  bool ReadBounds(std::string_view name);
  bool Refuse(tl::unexpected<Error> error) {
    error_ = std::move(error);
    return false;
  }

  Document document_;
  record::TextArena arena_;
  Walker walker_;
  RangeBuilder range_;
  Result<void> error_;
};

Result<TimeRange> FilterReader::Read(std::string_view criteria) {
  CALLSTORE_RETURN_IF_ERROR(document_.Load(criteria));
  walker_.Start(document_, document_.text(), &arena_, {"filter_criteria", 1});
  const bool read = walker_.ReadObject([&](const Walker::Key& key) { return ReadField(key); }) &&
                    walker_.CheckNames(0) && walker_.ReadEnd();
  CALLSTORE_RETURN_IF_ERROR(error_);
  if (!read) return tl::unexpected<Error>(walker_.TakeError());
  return range_.Build();
}

bool FilterReader::ReadField(const Walker::Key& key) {
  walker_.AddName(key);
  if (key.name == "start_timestamp") {
    if (walker_.Peek() == '{') return ReadOperators();
    std::int64_t ms = 0;
    if (!ReadTime("eq", &ms)) return false;
    range_.AtLeast(ms);
    range_.AtMost(ms);
    return true;
  }
  std::string_view raw;
  if (!walker_.Skip(&raw)) return false;
  if (IsKnownField(key.name)) {
    return Refuse(
        Invalid("this version filters by start_timestamp only", key.name, raw, "start_timestamp"));
  }
  return Refuse(
      Invalid("there is no such filter field", key.name, raw,
              Joined(kFields, ", metadata.KEY, latency.COMPONENT.STAT, custom_analysis_data.KEY")));
}

bool FilterReader::ReadOperators() {
  const std::size_t names = walker_.NameCount();
  bool empty = true;
  const bool read = walker_.ReadObject([&](const Walker::Key& key) {
    empty = false;
    walker_.AddName(key);
    return ReadOperator(key.name);
  });
  if (!read || !walker_.CheckNames(names)) return false;
  if (!empty) return true;
  return Refuse(Invalid("the condition is empty", "start_timestamp", "{}", Joined(kTimeOperators)));
}

bool FilterReader::ReadOperator(std::string_view name) {
  if (Has(kTimeOperators, name)) {
    if (name == "between") return ReadBounds(name);
    std::int64_t ms = 0;
    if (!ReadTime(name, &ms)) return false;
    if (name == "eq" || name == "ge" || name == "lower_threshold") range_.AtLeast(ms);
    if (name == "eq" || name == "le" || name == "upper_threshold") range_.AtMost(ms);
    if (name == "gt") range_.Above(ms);
    if (name == "lt") range_.Below(ms);
    return true;
  }
  std::string_view raw;
  if (!walker_.Skip(&raw)) return false;
  const std::string field = "start_timestamp." + std::string(name);
  if (Has(kOtherOperators, name)) {
    return Refuse(Invalid("this version filters start_timestamp by range only", field, raw,
                          Joined(kTimeOperators)));
  }
  return Refuse(Invalid("there is no such operator", field, raw, Joined(kTimeOperators)));
}

bool FilterReader::ReadBounds(std::string_view name) {
  const std::uint32_t offset = walker_.offset();
  std::array<std::int64_t, 2> bounds{};
  std::size_t count = 0;
  const bool read = walker_.ReadArray([&] {
    std::int64_t ms = 0;
    if (!ReadTime(name, &ms)) return false;
    if (count < bounds.size()) bounds[count] = ms;
    ++count;
    return true;
  });
  if (!read) return false;
  if (count != bounds.size()) {
    return walker_.Fault(offset, "between takes two times", "[first, last]");
  }
  range_.AtLeast(bounds[0]);
  range_.AtMost(bounds[1]);
  return true;
}

bool FilterReader::ReadTime(std::string_view name, std::int64_t* ms) {
  constexpr std::string_view kValid = "ms since 1970 as a whole number, or RFC 3339 text";
  const std::string_view field = "start_timestamp";
  std::string_view text;
  if (walker_.Peek() == '"') {
    if (!walker_.ReadString(&text)) return false;
    auto time = ParseTime(text);
    if (!time) return Refuse(Invalid("the text is not a time", field, text, std::string(kValid)));
    *ms = *time;
    return true;
  }
  const char first = walker_.Peek();
  if (!walker_.Skip(&text)) return false;
  if (first == '[' && name == "eq") {
    return Refuse(Invalid("this version filters start_timestamp by range only", field, text,
                          Joined(kTimeOperators)));
  }
  if (first != '-' && !IsDigit(first)) {
    return Refuse(Invalid("the value has the wrong type", field, text, std::string(kValid)));
  }
  const auto whole = WholeInt64(text);
  if (!whole) {
    return Refuse(
        Invalid("the time is not a whole number of ms", field, text, std::string(kValid)));
  }
  *ms = *whole;
  return true;
}

}  // namespace

Result<TimeRange> ReadTimeFilter(std::string_view criteria) {
  return FilterReader().Read(criteria);
}

}  // namespace callstore::json
