#include "json/filter_reader.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "callstore/json.h"
#include "json/members.h"
#include "json/names.h"

namespace callstore::json {
namespace {

constexpr std::array<std::string_view, 15> kOperatorNames = {
    "eq",     "ne",       "in",      "not_in",          "lt",
    "le",     "gt",       "ge",      "between",         "prefix",
    "suffix", "contains", "present", "lower_threshold", "upper_threshold"};
constexpr std::array<FilterOperator, kOperatorNames.size()> kOperators = {
    FilterOperator::kEq,      FilterOperator::kNe,     FilterOperator::kIn,
    FilterOperator::kNotIn,   FilterOperator::kLt,     FilterOperator::kLe,
    FilterOperator::kGt,      FilterOperator::kGe,     FilterOperator::kBetween,
    FilterOperator::kPrefix,  FilterOperator::kSuffix, FilterOperator::kContains,
    FilterOperator::kPresent, FilterOperator::kGe,     FilterOperator::kLe};

constexpr std::string_view kScalar = "a text, a number, true, false or null";
constexpr const char* kWrongType = "the value has the wrong type";

// What is being read: a field, and in an object of operators one of them.
struct Place {
  std::string_view field;
  std::string_view op = {};
};

// Every member function returns false at the first error, which is then here or in the walker.
class FilterReader {
 public:
  explicit FilterReader(Walker* walker) : walker_(walker) {}

  Result<Filter> Read();

 private:
  // The criteria of `name`: of the filter, or of an operator.
  bool ReadCriteria(std::string_view name, int level, Filter* filter);
  bool ReadMember(std::string_view name, int level, Filter* part);
  bool ReadParts(std::string_view name, int level, std::vector<Filter>* parts);
  bool ReadCondition(std::string_view field, Filter* part);
  bool ReadTests(std::string_view field, std::vector<Filter::Test>* tests);
  bool ReadTest(const Place& place, Filter::Test* test);
  bool ReadScalars(const Place& place, std::vector<FilterValue>* values);
  bool ReadScalar(const Place& place, FilterValue* value);

  // Refuses the value at the current token.
  bool RefuseValue(const char* message, const Place& place, std::string_view valid);
  bool Refuse(const char* message, const Place& place, std::string_view value,
              std::string_view valid);
  bool RefuseOperator(const Place& place);
  bool TooLarge(const char* message, std::string limit);

  Walker* walker_;
  int conditions_ = 0;
  std::optional<Error> error_;
};

Result<Filter> FilterReader::Read() {
  Filter filter;
  if (ReadCriteria("filter_criteria", 1, &filter)) return filter;
  return tl::unexpected<Error>(error_ ? *std::move(error_) : walker_->TakeError());
}

bool FilterReader::ReadCriteria(std::string_view name, int level, Filter* filter) {
  if (level > kMostFilterLevels) {
    return TooLarge("the filter is nested too deep", std::to_string(kMostFilterLevels) + " levels");
  }
  if (walker_->Peek() != '{') return RefuseValue(kWrongType, {name}, "an object of conditions");
  const std::size_t names = walker_->NameCount();
  std::vector<Filter> parts;
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    walker_->AddName(key);
    return ReadMember(key.name, level, &parts.emplace_back());
  });
  if (!read || !walker_->CheckNames(names)) return false;
  if (parts.size() == 1) {
    *filter = std::move(parts.front());
  } else if (!parts.empty()) {
    *filter = Filter::And(std::move(parts));
  }
  return true;
}

bool FilterReader::ReadMember(std::string_view name, int level, Filter* part) {
  if (name == "not") {
    Filter negated;
    if (!ReadCriteria(name, level + 1, &negated)) return false;
    *part = Filter::Not(std::move(negated));
    return true;
  }
  if (name != "and" && name != "or") return ReadCondition(name, part);
  std::vector<Filter> parts;
  if (!ReadParts(name, level, &parts)) return false;
  *part = name == "and" ? Filter::And(std::move(parts)) : Filter::Or(std::move(parts));
  return true;
}

bool FilterReader::ReadParts(std::string_view name, int level, std::vector<Filter>* parts) {
  if (walker_->Peek() != '[') {
    return RefuseValue(kWrongType, {name}, "an array of objects of conditions");
  }
  return walker_->ReadArray([&] { return ReadCriteria(name, level + 1, &parts->emplace_back()); });
}

bool FilterReader::ReadCondition(std::string_view field, Filter* part) {
  if (++conditions_ > kMostFilterConditions) {
    return TooLarge("the filter has too many conditions",
                    std::to_string(kMostFilterConditions) + " conditions");
  }
  std::vector<Filter::Test> tests;
  if (walker_->Peek() == '{') {
    if (!ReadTests(field, &tests)) return false;
  } else if (walker_->Peek() == '[') {
    tests.push_back({FilterOperator::kIn, {}});
    if (!ReadScalars({field}, &tests.front().values)) return false;
  } else {
    tests.push_back({FilterOperator::kEq, {FilterValue()}});
    if (!ReadScalar({field}, &tests.front().values.front())) return false;
  }
  *part = Filter::Condition(std::string(field), std::move(tests));
  return true;
}

bool FilterReader::ReadTests(std::string_view field, std::vector<Filter::Test>* tests) {
  const std::size_t names = walker_->NameCount();
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    walker_->AddName(key);
    return ReadTest({field, key.name}, &tests->emplace_back());
  });
  if (!read || !walker_->CheckNames(names)) return false;
  return !tests->empty() || Refuse("the condition is empty", {field}, "{}", Joined(kOperatorNames));
}

bool FilterReader::ReadTest(const Place& place, Filter::Test* test) {
  const auto known = FindOperator(place.op);
  if (!known) return RefuseOperator(place);
  test->op = *known;
  switch (test->op) {
    case FilterOperator::kIn:
    case FilterOperator::kNotIn:
    case FilterOperator::kBetween:
      return ReadScalars(place, &test->values);
    case FilterOperator::kPresent:
      if (walker_->Peek() != 't' && walker_->Peek() != 'f') {
        return RefuseValue(kWrongType, place, "true or false");
      }
      break;
    default:
      break;
  }
  return ReadScalar(place, &test->values.emplace_back());
}

bool FilterReader::ReadScalars(const Place& place, std::vector<FilterValue>* values) {
  const bool between = place.op == "between";
  const std::string_view valid = between ? "[least, most]" : "an array of at least one value";
  if (walker_->Peek() != '[') return RefuseValue(kWrongType, place, valid);
  const Walker::Token begin = walker_->token();
  if (!walker_->ReadArray([&] { return ReadScalar(place, &values->emplace_back()); })) return false;
  if (between ? values->size() == 2 : !values->empty()) return true;
  walker_->Seek(begin);
  return RefuseValue(between ? "between takes two values" : "the list of values is empty", place,
                     valid);
}

bool FilterReader::ReadScalar(const Place& place, FilterValue* value) {
  const char first = walker_->Peek();
  if (first == '"') {
    std::string_view text;
    if (!walker_->ReadString(&text)) return false;
    *value = std::string(text);
    return true;
  }
  if (first == 't' || first == 'f') {
    bool flag = false;
    if (!walker_->ReadBool(&flag)) return false;
    *value = flag;
    return true;
  }
  if (first == '-' || IsDigit(first)) {
    std::string_view token;
    if (!walker_->ReadNumber(&token)) return false;
    auto number = NumberValue(token);
    if (!number) {
      return Refuse("the number is too large", place, token, "a number that a double can hold");
    }
    *value = *std::move(number);
    return true;
  }
  return walker_->TakeNull() || RefuseValue(kWrongType, place, kScalar);
}

bool FilterReader::RefuseValue(const char* message, const Place& place, std::string_view valid) {
  std::string_view raw;
  return walker_->Skip(&raw) && Refuse(message, place, raw, valid);
}

bool FilterReader::Refuse(const char* message, const Place& place, std::string_view value,
                          std::string_view valid) {
  Details details = {{"field", Excerpt(place.field)}};
  if (!place.op.empty()) details.emplace_back("operator", place.op);
  details.emplace_back("value", Excerpt(value));
  details.emplace_back("valid", valid);
  error_ = Error{ErrorCode::kInvalidArgument, message, std::move(details)};
  return false;
}

bool FilterReader::RefuseOperator(const Place& place) {
  std::string_view raw;
  if (!walker_->Skip(&raw)) return false;
  Details details = {
      {"field", Excerpt(place.field)}, {"operator", Excerpt(place.op)}, {"value", Excerpt(raw)}};
  AddValidNames(place.op, kOperatorNames, &details);
  error_ = Error{ErrorCode::kInvalidArgument, "there is no such operator", std::move(details)};
  return false;
}

bool FilterReader::TooLarge(const char* message, std::string limit) {
  error_ = Error{ErrorCode::kTooLarge, message, {{"field", "filter_criteria"}}};
  error_->details.emplace_back("limit", std::move(limit));
  return false;
}

}  // namespace

Names OperatorNames() { return kOperatorNames; }

std::optional<FilterOperator> FindOperator(std::string_view name) {
  const std::size_t known = FindName(kOperatorNames, name);
  if (known == kOperatorNames.size()) return std::nullopt;
  return kOperators[known];
}

Result<Filter> ReadFilter(Walker* walker) { return FilterReader(walker).Read(); }

std::optional<FilterValue> NumberValue(std::string_view token) {
  if (const auto whole = WholeInt64(token)) return FilterValue(*whole);
  const auto nearest = ToDouble(token);
  if (!nearest) return std::nullopt;
  return FilterValue(nearest->value);
}

}  // namespace callstore::json

namespace callstore {

Result<Filter> ParseFilter(std::string_view json) {
  json::Document document;
  CALLSTORE_RETURN_IF_ERROR(document.Load(json));
  record::TextArena arena;
  json::Walker walker;
  walker.Start(document, document.text(), &arena, json::kRequestSurroundings);
  CALLSTORE_ASSIGN_OR_RETURN(Filter filter, json::ReadFilter(&walker));
  if (!walker.ReadEnd()) return tl::unexpected<Error>(walker.TakeError());
  return filter;
}

}  // namespace callstore
