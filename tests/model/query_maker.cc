#include "model/query_maker.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

namespace callstore::test {
namespace {

// The fields, the ones that have more ways to go wrong more than once.
const std::vector<std::string> kFields = {
    "id",
    "call_id",
    "agent_id",
    "agent_id",
    "from_number",
    "to_number",
    "recording_url",
    "public_log_url",
    "call_status",
    "call_status",
    "call_type",
    "direction",
    "disconnection_reason",
    "start_timestamp",
    "start_timestamp",
    "start_timestamp",
    "end_timestamp",
    "created_at",
    "updated_at",
    "call_duration",
    "duration_ms",
    "call_duration",
    "opt_out_sensitive_data_storage",
    "call_analysis.call_successful",
    "call_successful",
    "in_voicemail",
    "user_sentiment",
    "call_analysis.user_sentiment",
    "call_summary",
    "call_analysis.custom_analysis_data.score",
    "custom_analysis_data.topic",
    "custom_analysis_data.tags",
    "custom_analysis_data.nested.deep.er",
    "call_cost.combined_cost",
    "combined_cost",
    "latency.e2e.p50",
    "e2e_latency_p50",
    "latency.llm.p95",
    "latency.custom.num",
    "latency.absent.max",
    "telephony_identifier.call_sid",
    "conference_sid",
    "metadata.campaign",
    "metadata.campaign",
    "metadata.priority",
    "metadata.mixed",
    "metadata.mixed",
    "metadata.mixed",
    "metadata.tags",
    "metadata.tags",
    "metadata.customer",
    "metadata.customer.tier",
    "metadata.customer.address.zip",
    "metadata.customer.address.city",
    "batch_call_id",
    "metadata.ref",
    "metadata.score",
    "metadata.long",
    "metadata.a \"b\"",
    "metadata.cl\xC3\xA9",
    "metadata.cl\xC3\xA9.\xC3\xA9",
    "metadata.absent",
    "tool_calls.name",
    "tool_calls.successful",
    "transcript_search",
    "transcript_search",
};

JsonValue ObjectOf(std::string_view name, JsonValue value) {
  JsonValue object = JsonValue::Object();
  object.Set(name, std::move(value));
  return object;
}

std::string NumberText(long double number) {
  char text[64];
  const bool whole = std::floor(number) == number && std::fabs(number) < 1e15L;
  std::snprintf(text, sizeof(text), whole ? "%.0Lf" : "%.17Lg", number);
  return text;
}

JsonValue JsonOfScalar(const Scalar& scalar) {
  switch (scalar.kind) {
    case Scalar::Kind::kNull:
      return {};
    case Scalar::Kind::kBool:
      return JsonValue::Bool(scalar.flag);
    case Scalar::Kind::kNumber:
      return JsonValue::Number(NumberText(scalar.number));
    case Scalar::Kind::kText:
      break;
  }
  return JsonValue::Text(scalar.text);
}

bool IsText(const JsonValue& json) { return json.kind() == JsonValue::Kind::kText; }

// Whether a value can stand on either side of < and the like.
bool HasOrder(const JsonValue& json) {
  return IsText(json) || json.kind() == JsonValue::Kind::kNumber;
}

// Letters of more than one byte are not to be cut in two.
bool IsAscii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string TimeText(std::int64_t ms, bool with_offset) {
  if (with_offset) ms += 3600 * 1000;
  const std::int64_t day_ms = 86400 * 1000;
  const std::int64_t days = (ms >= 0 ? ms : ms - day_ms + 1) / day_ms;
  const std::int64_t rest = ms - days * day_ms;
  // The civil date of a day, counted from a first of March.
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = shifted / 146097;
  const std::int64_t of_era = shifted - era * 146097;
  const std::int64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t day_of_year =
      of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03d%s",
                static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
                static_cast<int>(month),
                static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1),
                static_cast<int>(rest / 3600000), static_cast<int>(rest / 60000 % 60),
                static_cast<int>(rest / 1000 % 60), static_cast<int>(rest % 1000),
                with_offset ? "+01:00" : "Z");
  return text;
}

PlanChoice QueryMaker::Plan() {
  static const std::vector<PlanChoice> kPlans = {PlanChoice::kBest, PlanChoice::kBest,
                                                 PlanChoice::kNoIndex, PlanChoice::kRowsOnly};
  return random_.Pick(kPlans);
}

std::string QueryMaker::FieldName() {
  if (profile_.metadata_keys > 0 && random_.Chance(15)) {
    return "metadata.k" + std::to_string(random_.Below(profile_.metadata_keys + 3));
  }
  return random_.Pick(kFields);
}

JsonValue QueryMaker::TimeValue(std::int64_t ms) {
  static const std::vector<std::int64_t> kExtremes = {INT64_MIN, INT64_MIN + 1, -1,
                                                      0,         INT64_MAX - 1, INT64_MAX};
  if (random_.Chance(4)) return JsonValue::Number(random_.Pick(kExtremes));
  switch (random_.Below(6)) {
    case 0:
      return JsonValue::Text(TimeText(ms, false));
    case 1:
      return JsonValue::Text(TimeText(ms, true));
    case 2:
      return JsonValue::Number(std::to_string(ms) + ".0");
    default:
      return JsonValue::Number(ms);
  }
}

JsonValue QueryMaker::Perturbed(const std::string& field, const JsonValue& value) {
  const ReferenceType type = TypeOfField(FullFieldName(field));
  if (value.kind() == JsonValue::Kind::kNumber && type == ReferenceType::kTime) {
    return TimeValue(value.whole() + static_cast<std::int64_t>(random_.Below(3)) - 1);
  }
  if (value.kind() == JsonValue::Kind::kNumber && random_.Chance(3)) {
    static const std::vector<std::string> kExtremes = {"1e308", "-1e308",           "5e-324",
                                                       "-0.0",  "9007199254740993", "1e15"};
    return JsonValue::Number(random_.Pick(kExtremes));
  }
  if (value.kind() == JsonValue::Kind::kNumber && random_.Chance(20)) {
    const long double by = static_cast<long double>(random_.Below(5)) - 2;
    return JsonValue::Number(NumberText(NumberOf(value) + static_cast<double>(by)));
  }
  if (IsText(value) && random_.Chance(10)) {
    return JsonValue::Text(value.text() + (random_.Chance(50) ? "~" : "0"));
  }
  if (IsText(value) && type == ReferenceType::kEnum && random_.Chance(40)) {
    std::string text = value.text();
    for (char& c : text) {
      if (random_.Chance(50) && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return JsonValue::Text(text);
  }
  return value;
}

JsonValue QueryMaker::Sample(const std::string& field) {
  const std::string name = FullFieldName(field);
  const ReferenceType type = TypeOfField(name);
  if (type == ReferenceType::kWords) return JsonValue::Text(rich_.Speech(1 + random_.Below(2)));
  // Many calls lack the field: look at some.
  for (int i = 0; i < 8 && !calls_.empty(); ++i) {
    const FieldValues values = ValuesOfField(name, *random_.Pick(calls_).call, Fault::kNone);
    if (values.elements.empty()) continue;
    return Perturbed(field, JsonOfScalar(random_.Pick(values.elements)));
  }
  switch (type) {
    case ReferenceType::kTime:
      return TimeValue(rich_.StartTime(profile_));
    case ReferenceType::kNumber:
      return JsonValue::Number("100.5");
    case ReferenceType::kBoolean:
      return JsonValue::Bool(random_.Chance(50));
    default:
      return JsonValue::Text("nothing has it");
  }
}

JsonValue QueryMaker::Samples(const std::string& field, bool allow_one) {
  JsonValue list = JsonValue::Array();
  const std::size_t few = random_.Chance(3) ? 40 : 4;
  for (std::size_t i = (allow_one ? 1 : 2) + random_.Below(few); i > 0; --i) {
    list.elements().push_back(Sample(field));
  }
  return list;
}

std::vector<std::string> QueryMaker::OperatorsOf(ReferenceType type) {
  const std::vector<std::string> equality = {"eq", "ne", "in", "not_in", "present"};
  const std::vector<std::string> order = {
      "lt", "le", "gt", "ge", "lower_threshold", "between", "lt", "ge", "upper_threshold"};
  const std::vector<std::string> parts = {"prefix", "suffix", "contains"};
  std::vector<std::string> operators = equality;
  const auto add = [&](const std::vector<std::string>& more) {
    operators.insert(operators.end(), more.begin(), more.end());
  };
  if (type == ReferenceType::kWords) return {"eq", "ne"};
  if (type != ReferenceType::kEnum && type != ReferenceType::kBoolean) add(order);
  const bool is_text = type == ReferenceType::kText || type == ReferenceType::kEnum;
  if (is_text || type == ReferenceType::kAny) add(parts);
  return operators;
}

// Null where there is nothing to compare with.
JsonValue QueryMaker::TestValue(const std::string& field, const std::string& op) {
  if (op == "present") return JsonValue::Bool(random_.Chance(70));
  if (op == "eq" || op == "ne") return Sample(field);
  if (op == "in" || op == "not_in") return Samples(field, true);
  const bool is_part = op == "prefix" || op == "suffix" || op == "contains";
  JsonValue value = Sample(field);
  for (int i = 0; i < 10 && !(is_part ? IsText(value) : HasOrder(value)); ++i) {
    value = Sample(field);
  }
  if (is_part) {
    if (!IsText(value) || !IsAscii(value.text())) return JsonValue::Text("er");
    const std::size_t size = random_.Below(std::min<std::size_t>(value.text().size(), 9) + 1);
    if (op == "prefix") return JsonValue::Text(value.text().substr(0, size));
    if (op == "suffix") return JsonValue::Text(value.text().substr(value.text().size() - size));
    return JsonValue::Text(value.text().substr(value.text().size() / 3, size));
  }
  if (!HasOrder(value)) return JsonValue::Number(std::int64_t{3});
  if (op != "between") return value;
  JsonValue ends = JsonValue::Array();
  JsonValue other = Sample(field);
  for (int i = 0; i < 10 && other.kind() != value.kind(); ++i) other = Sample(field);
  if (other.kind() != value.kind()) other = value;
  ends.elements() = {value, std::move(other)};
  return ends;
}

JsonValue QueryMaker::Tests(const std::string& field, ReferenceType type) {
  const std::vector<std::string> operators = OperatorsOf(type);
  JsonValue tests = JsonValue::Object();
  std::optional<JsonValue::Kind> ordered;  // bounds of one condition are of one kind
  for (std::size_t i = 1 + (random_.Chance(60) ? 0 : random_.Below(3)); i > 0; --i) {
    const std::string& op = random_.Pick(operators);
    JsonValue value = TestValue(field, op);
    const bool is_bound = op == "lt" || op == "le" || op == "gt" || op == "ge" || op == "between" ||
                          op.ends_with("_threshold");
    if (is_bound) {
      const JsonValue::Kind kind = op == "between" ? value.elements().front().kind() : value.kind();
      if (ordered.value_or(kind) != kind) continue;
      ordered = kind;
    }
    tests.Set(op, std::move(value));
  }
  if (tests.members().empty()) tests.Set("present", JsonValue::Bool(true));
  return tests;
}

JsonValue QueryMaker::Condition(const std::string& field) {
  const ReferenceType type = TypeOfField(FullFieldName(field));
  const std::size_t form = random_.Below(10);
  if (form < 3) return Sample(field);
  if (form < 4 && type != ReferenceType::kWords) return Samples(field, true);
  return Tests(field, type);
}

JsonValue QueryMaker::List(int depth) {
  JsonValue list = JsonValue::Array();
  for (std::size_t i = random_.Below(4); i > 0; --i) list.elements().push_back(Criteria(depth));
  return list;
}

JsonValue QueryMaker::Criteria(int depth) {
  JsonValue criteria = JsonValue::Object();
  if (random_.Chance(4)) return criteria;
  for (std::size_t i = 1 + (random_.Chance(60) ? 0 : random_.Below(3)); i > 0; --i) {
    const std::string field = FieldName();
    criteria.Set(field, Condition(field));
  }
  if (depth < 4) {
    if (random_.Chance(15)) criteria.Set("or", List(depth + 1));
    if (random_.Chance(8)) criteria.Set("and", List(depth + 1));
    if (random_.Chance(12)) criteria.Set("not", Criteria(depth + 1));
    // A disjunction of its own, so that not everything has to hold at once.
    if (depth == 0 && random_.Chance(15)) return ObjectOf("or", List(1));
  }
  return criteria;
}

ListQuery QueryMaker::MakeListQuery() {
  static const std::vector<std::int64_t> kLimits = {1, 2, 7, 20, 100, 1000};
  static const std::vector<std::string> kSortKeys = {
      "start_timestamp", "start_timestamp", "start_timestamp", "end_timestamp",  "created_at",
      "updated_at",      "call_duration",   "combined_cost",   "latency.e2e.p50"};
  return {.limit = random_.Pick(kLimits),
          .sort_by = random_.Pick(kSortKeys),
          .sort_order = random_.Chance(50) ? SortOrder::kAscending : SortOrder::kDescending,
          .view = random_.Chance(20) ? View::kFull : View::kSummary,
          .with_total = random_.Chance(85),
          .verify = random_.Chance(20),
          .work = {.plan = Plan()},
          .explain = random_.Chance(20)};
}

AggregateQuery QueryMaker::MakeAggregateQuery() {
  static const std::vector<std::string> kGroups = {"agent_id",
                                                   "call_status",
                                                   "direction",
                                                   "user_sentiment",
                                                   "opt_out_sensitive_data_storage",
                                                   "call_successful",
                                                   "metadata.campaign",
                                                   "metadata.mixed",
                                                   "metadata.priority",
                                                   "metadata.ref",
                                                   "metadata.score",
                                                   "metadata.k1",
                                                   "custom_analysis_data.topic",
                                                   "from_number",
                                                   "metadata.customer.tier",
                                                   "disconnection_reason",
                                                   "conference_sid",
                                                   "hour",
                                                   "day",
                                                   "week",
                                                   "month",
                                                   "metadata.a \"b\""};
  static const std::vector<std::string> kNumbers = {
      "call_duration",     "combined_cost",
      "latency.e2e.p50",   "end_timestamp",
      "metadata.score",    "metadata.mixed",
      "metadata.priority", "latency.e2e.values",
      "latency.llm.p95",   "custom_analysis_data.score",
      "created_at"};
  static const std::vector<std::string> kFunctions = {"count", "sum", "avg", "min", "max",  "p1",
                                                      "p50",   "p90", "p95", "p99", "p99.9"};
  static const std::vector<std::string> kCounted = {"agent_id",
                                                    "call_id",
                                                    "recording_url",
                                                    "call_successful",
                                                    "metadata.tags",
                                                    "to_number",
                                                    "opt_out_sensitive_data_storage",
                                                    "id",
                                                    "metadata.customer"};
  AggregateQuery query;
  for (std::size_t i = random_.Below(3); i > 0; --i) {
    const std::string& group = random_.Pick(kGroups);
    if (std::ranges::find(query.group_by, group) == query.group_by.end()) {
      query.group_by.push_back(group);
    }
  }
  query.metrics.clear();
  for (std::size_t i = 1 + random_.Below(4); i > 0; --i) {
    const std::string metric =
        random_.Chance(25) ? "count" : random_.Pick(kFunctions) + ":" + random_.Pick(kNumbers);
    if (std::ranges::find(query.metrics, metric) == query.metrics.end()) {
      query.metrics.push_back(metric);
    }
  }
  query.time_zone = random_.Chance(50) && !profile_.odd_times ? "Europe/Madrid" : "UTC";
  if (random_.Chance(50)) query.sort_by = random_.Pick(query.metrics);
  query.sort_order = random_.Chance(50) ? SortOrder::kAscending : SortOrder::kDescending;
  if (random_.Chance(30)) query.limit = static_cast<std::int64_t>(1 + random_.Below(5));
  query.work.plan = Plan();
  query.explain = random_.Chance(20);
  return query;
}

}  // namespace callstore::test
