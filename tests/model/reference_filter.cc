#include "model/reference_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/reference_field.h"

namespace callstore::test {
namespace {

using Test = std::pair<std::string_view, const JsonValue*>;  // operator and its value

// How the values of one field compare.
struct Rules {
  ReferenceType type = ReferenceType::kText;
  Fault fault = Fault::kNone;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// A value of a filter, as values of the field are.
Scalar Wanted(const Rules& rules, const JsonValue& json) {
  const bool is_time = rules.type == ReferenceType::kTime;
  switch (json.kind()) {
    case JsonValue::Kind::kNull:
      return {};
    case JsonValue::Kind::kBool:
      return {.kind = Scalar::Kind::kBool, .flag = json.is_true()};
    case JsonValue::Kind::kNumber:
      return {.kind = Scalar::Kind::kNumber,
              .number = is_time ? std::stold(json.text()) : NumberOf(json)};
    case JsonValue::Kind::kText:
      if (is_time) {
        return {.kind = Scalar::Kind::kNumber,
                .number = static_cast<long double>(MsOfTimeText(json.text()))};
      }
      return {.kind = Scalar::Kind::kText, .text = json.text()};
    default:
      throw std::runtime_error("not a scalar: " + json.Print());
  }
}

bool FoldsCase(const Rules& rules) {
  return rules.type == ReferenceType::kEnum && rules.fault != Fault::kEnumCaseMatters;
}

bool Equal(const Rules& rules, const Scalar& value, const Scalar& wanted) {
  using Kind = Scalar::Kind;
  if (value.kind == Kind::kText && wanted.kind == Kind::kText) {
    return FoldsCase(rules) ? Lower(value.text) == Lower(wanted.text) : value.text == wanted.text;
  }
  if (rules.fault == Fault::kTypeIsIgnored && value.kind == Kind::kText &&
      wanted.kind == Kind::kNumber) {
    return value.text == std::to_string(static_cast<std::int64_t>(wanted.number));
  }
  return value == wanted;
}

// Below 0, 0 or above; nothing where the two do not compare.
std::optional<int> Order(const Scalar& a, const Scalar& b) {
  if (a.kind != b.kind) return std::nullopt;
  if (a.kind == Scalar::Kind::kNumber) {
    return a.number < b.number ? -1 : static_cast<int>(a.number > b.number);
  }
  if (a.kind == Scalar::Kind::kText) return a.text.compare(b.text);
  return std::nullopt;
}

bool TextPasses(const Rules& rules, std::string_view op, const Scalar& value,
                const Scalar& wanted) {
  if (value.kind != Scalar::Kind::kText) return false;
  const auto spelled = [&](std::string_view text) {
    return FoldsCase(rules) ? Lower(text) : std::string(text);
  };
  const std::string text = spelled(value.text);
  const std::string part = spelled(wanted.text);
  if (op == "prefix") return text.starts_with(part);
  if (op == "suffix") return text.ends_with(part);
  return text.find(part) != std::string::npos;
}

bool IsBetween(const Rules& rules, const Scalar& value, const JsonValue& ends) {
  Scalar low = Wanted(rules, ends.elements().at(0));
  Scalar high = Wanted(rules, ends.elements().at(1));
  if (rules.fault == Fault::kInvertedRangeTurns && Order(low, high).value_or(0) > 0) {
    std::swap(low, high);
  }
  const auto from_low = Order(value, low);
  const auto from_high = Order(value, high);
  return from_low && from_high && *from_low >= 0 && *from_high <= 0;
}

// One value and one positive operator.
bool Passes(const Rules& rules, const Scalar& value, const Test& test) {
  const auto& [op, json] = test;
  if (op == "present") return true;
  if (op == "between") return IsBetween(rules, value, *json);
  if (op == "in") {
    return std::ranges::any_of(json->elements(), [&](const JsonValue& one) {
      return Equal(rules, value, Wanted(rules, one));
    });
  }
  const Scalar wanted = Wanted(rules, *json);
  if (op == "eq") return Equal(rules, value, wanted);
  if (op == "prefix" || op == "suffix" || op == "contains") {
    return TextPasses(rules, op, value, wanted);
  }
  const auto order = Order(value, wanted);
  if (!order) return false;
  if (op == "lt") return *order < 0 || (rules.fault == Fault::kLtAsLe && *order == 0);
  if (op == "gt") return *order > 0;
  if (op == "le" || op == "upper_threshold") return *order <= 0;
  if (op == "ge" || op == "lower_threshold") return *order >= 0;
  throw std::runtime_error("an unknown operator: " + std::string(op));
}

// All of the positive tests, by one and the same element.
bool SomeElementPasses(const Rules& rules, const FieldValues& values,
                       const std::vector<Test>& tests) {
  if (!values.present) return false;
  const bool presence_alone =
      std::ranges::all_of(tests, [](const Test& test) { return test.first == "present"; });
  if (presence_alone) return true;
  const auto passes_all = [&](const Scalar& value) {
    return std::ranges::all_of(tests, [&](const Test& test) { return Passes(rules, value, test); });
  };
  if (rules.fault == Fault::kListNeedsAll) {
    return !values.elements.empty() && std::ranges::all_of(values.elements, passes_all);
  }
  if (rules.fault == Fault::kTestsOnAnyElement) {
    return std::ranges::all_of(tests, [&](const Test& test) {
      return std::ranges::any_of(values.elements,
                                 [&](const Scalar& value) { return Passes(rules, value, test); });
    });
  }
  return std::ranges::any_of(values.elements, passes_all);
}

bool WordsAreSpoken(const JsonValue& wanted, const JsonValue& call, Fault fault) {
  const std::vector<SpokenWord> spoken = SpokenWords(call);
  return std::ranges::all_of(WordsOf(wanted.text()), [&](const SpokenWord& word) {
    return std::ranges::any_of(spoken, [&](const SpokenWord& other) {
      if (fault == Fault::kSearchFindsParts) {
        return other.folded.find(word.folded) != std::string::npos;
      }
      return other.folded == word.folded;
    });
  });
}

bool SearchHolds(const std::vector<Test>& tests, const JsonValue& call, Fault fault) {
  return std::ranges::all_of(tests, [&](const Test& test) {
    return WordsAreSpoken(*test.second, call, fault) == (test.first == "eq");
  });
}

std::vector<Test> TestsOf(const JsonValue& condition) {
  if (condition.kind() == JsonValue::Kind::kArray) return {{"in", &condition}};
  if (!condition.is_object()) return {{"eq", &condition}};
  std::vector<Test> tests;
  for (const auto& [op, value] : condition.members()) tests.emplace_back(op, &value);
  return tests;
}

bool ConditionHolds(std::string_view field, const JsonValue& condition, const JsonValue& call,
                    Fault fault) {
  const std::string name = FullFieldName(field);
  const Rules rules{TypeOfField(name), fault};
  const std::vector<Test> tests = TestsOf(condition);
  if (rules.type == ReferenceType::kWords) return SearchHolds(tests, call, fault);
  const FieldValues values = ValuesOfField(name, call, fault);
  std::vector<Test> positive;
  for (const Test& test : tests) {
    const auto& [op, json] = test;
    if (op == "ne" || op == "not_in") {
      if (fault == Fault::kNeMissesAbsent && !values.present) return false;
      const Test opposite{op == "ne" ? "eq" : "in", json};
      if (SomeElementPasses(rules, values, {opposite})) return false;
    } else if (op == "present" && !json->is_true()) {
      if (values.present) return false;
    } else {
      positive.push_back(test);
    }
  }
  return positive.empty() || SomeElementPasses(rules, values, positive);
}

constexpr std::pair<FilterOperator, const char*> kOperators[] = {
    {FilterOperator::kEq, "eq"},
    {FilterOperator::kNe, "ne"},
    {FilterOperator::kIn, "in"},
    {FilterOperator::kNotIn, "not_in"},
    {FilterOperator::kLt, "lt"},
    {FilterOperator::kLe, "le"},
    {FilterOperator::kGt, "gt"},
    {FilterOperator::kGe, "ge"},
    {FilterOperator::kBetween, "between"},
    {FilterOperator::kPrefix, "prefix"},
    {FilterOperator::kSuffix, "suffix"},
    {FilterOperator::kContains, "contains"},
    {FilterOperator::kPresent, "present"},
    {FilterOperator::kGe, "lower_threshold"},
    {FilterOperator::kLe, "upper_threshold"}};

JsonValue JsonOf(const FilterValue& value) {
  struct Visitor {
    JsonValue operator()(std::nullptr_t) const { return {}; }
    JsonValue operator()(bool flag) const { return JsonValue::Bool(flag); }
    JsonValue operator()(std::int64_t number) const { return JsonValue::Number(number); }
    JsonValue operator()(double number) const {
      char text[32];
      return JsonValue::Number({text, std::to_chars(std::begin(text), std::end(text), number).ptr});
    }
    JsonValue operator()(const std::string& text) const { return JsonValue::Text(text); }
  };
  return std::visit(Visitor(), value);
}

bool IsFraction(const JsonValue& json) {
  return json.kind() == JsonValue::Kind::kNumber &&
         json.text().find_first_of(".eE") != std::string::npos;
}

bool IsWhole(const JsonValue& json) {
  return json.kind() == JsonValue::Kind::kNumber && !IsFraction(json);
}

FilterValue ValueOf(const JsonValue& json) {
  switch (json.kind()) {
    case JsonValue::Kind::kNull:
      return nullptr;
    case JsonValue::Kind::kBool:
      return json.is_true();
    case JsonValue::Kind::kText:
      return json.text();
    case JsonValue::Kind::kNumber:
      break;
    default:
      throw std::runtime_error("not a scalar: " + json.Print());
  }
  if (IsWhole(json)) return json.whole();
  return NumberOf(json);
}

Filter::Test FilterTestOf(const Test& test) {
  const auto* const found =
      std::ranges::find_if(kOperators, [&](const auto& pair) { return pair.second == test.first; });
  if (found == std::end(kOperators)) throw std::runtime_error("an unknown operator");
  Filter::Test made{.op = found->first, .values = {}};
  if (test.second->kind() == JsonValue::Kind::kArray) {
    for (const JsonValue& value : test.second->elements()) made.values.push_back(ValueOf(value));
  } else {
    made.values.push_back(ValueOf(*test.second));
  }
  return made;
}

// By the operators of Field where one does.
Filter ConditionOf(const std::string& name, const JsonValue& condition) {
  const std::vector<Test> tests = TestsOf(condition);
  const Field field(name);
  if (tests.size() == 1) {
    const auto& [op, json] = tests.front();
    if (op == "eq" && json->kind() == JsonValue::Kind::kText) return field == json->text();
    if (op == "ne" && json->kind() == JsonValue::Kind::kText) return field != json->text();
    if (op == "ge" && IsFraction(*json)) return field >= NumberOf(*json);
    if (op == "ge" && IsWhole(*json)) return field >= json->whole();
    if (op == "lt" && IsFraction(*json)) return field < NumberOf(*json);
    if (op == "lt" && IsWhole(*json)) return field < json->whole();
    if (op == "eq" && json->kind() == JsonValue::Kind::kBool) return field == json->is_true();
    if (op == "prefix") return field.Prefix(json->text());
    if (op == "suffix") return field.Suffix(json->text());
    if (op == "contains") return field.Contains(json->text());
    if (op == "present") return field.Present(json->is_true());
  }
  std::vector<Filter::Test> made;
  for (const Test& test : tests) made.push_back(FilterTestOf(test));
  return Filter::Condition(name, std::move(made));
}

}  // namespace

bool MatchesCriteria(const JsonValue& criteria, const JsonValue& call, Fault fault) {
  const auto matches = [&](const JsonValue& part) { return MatchesCriteria(part, call, fault); };
  return std::ranges::all_of(criteria.members(), [&](const JsonValue::Member& member) {
    const auto& [name, value] = member;
    if (name == "and") return std::ranges::all_of(value.elements(), matches);
    if (name == "or") return std::ranges::any_of(value.elements(), matches);
    if (name == "not") return !matches(value);
    return ConditionHolds(name, value, call, fault);
  });
}

JsonValue CriteriaOf(const Filter& filter) {
  JsonValue criteria = JsonValue::Object();
  JsonValue parts = JsonValue::Array();
  for (const Filter& part : filter.parts()) parts.elements().push_back(CriteriaOf(part));
  switch (filter.kind()) {
    case Filter::Kind::kEverything:
      break;
    case Filter::Kind::kAnd:
      criteria.Set("and", std::move(parts));
      break;
    case Filter::Kind::kOr:
      criteria.Set("or", std::move(parts));
      break;
    case Filter::Kind::kNot:
      criteria.Set("not", std::move(parts.elements().front()));
      break;
    case Filter::Kind::kCondition: {
      JsonValue condition = JsonValue::Object();
      for (const Filter::Test& test : filter.tests()) {
        const auto* const op =
            std::ranges::find(kOperators, test.op, &std::pair<FilterOperator, const char*>::first);
        JsonValue values = JsonValue::Array();
        for (const FilterValue& value : test.values) values.elements().push_back(JsonOf(value));
        const bool is_list = test.op == FilterOperator::kIn || test.op == FilterOperator::kNotIn ||
                             test.op == FilterOperator::kBetween;
        condition.Set(op->second, is_list ? std::move(values) : values.elements().front());
      }
      criteria.Set(filter.field(), std::move(condition));
      break;
    }
  }
  return criteria;
}

Filter FilterOf(const JsonValue& criteria) {
  Filter all;
  for (const auto& [name, value] : criteria.members()) {
    std::vector<Filter> parts;
    if (name == "and" || name == "or") {
      for (const JsonValue& part : value.elements()) parts.push_back(FilterOf(part));
    }
    if (name == "and") {
      all = std::move(all) && Filter::And(std::move(parts));
    } else if (name == "or" && parts.size() == 2) {
      all = std::move(all) && (parts[0] || parts[1]);
    } else if (name == "or") {
      all = std::move(all) && Filter::Or(std::move(parts));
    } else if (name == "not") {
      all = std::move(all) && !FilterOf(value);
    } else {
      all = std::move(all) && ConditionOf(name, value);
    }
  }
  return all;
}

std::int64_t MsOfTimeText(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    return static_cast<std::int64_t>(std::stoll(std::string(text.substr(at, digits))));
  };
  if (text.size() < 24 || text[10] != 'T' || text[19] != '.') {
    throw std::runtime_error("not a time of the tests: " + std::string(text));
  }
  // Days from the civil date, counted from a first of March.
  const std::int64_t month = number(5, 2);
  const std::int64_t year = number(0, 4) - (month <= 2 ? 1 : 0);
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + number(8, 2);
  const std::int64_t days =
      365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 1 - 719468;
  const std::int64_t seconds = days * 86400 + number(11, 2) * 3600 + number(14, 2) * 60;
  const std::int64_t offset =
      text[23] == 'Z' ? 0 : (number(24, 2) * 60 + number(27, 2)) * (text[23] == '-' ? -60 : 60);
  return (seconds + number(17, 2) - offset) * 1000 + number(20, 3);
}

}  // namespace callstore::test
