#include "json/parameter_reader.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "json/filter_reader.h"

namespace callstore::json {
namespace {

Result<void> CheckUtf8(std::string_view name, std::string_view value) {
  if (IsUtf8(name) && IsUtf8(value)) return {};
  return Invalid("the parameter is not UTF-8", Utf8Prefix(name), Utf8Prefix(value), "UTF-8");
}

// What is before the last dot and behind it; no dot: no second part.
std::pair<std::string_view, std::string_view> SplitAtLastDot(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {name, {}};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

}  // namespace

Result<void> ParameterReader::Read(const Parameters& parameters, Names names,
                                   const OnMember& on_member) {
  names_ = names;
  CALLSTORE_RETURN_IF_ERROR(Gather(parameters));
  for (const Given& given : given_) {
    current_ = &given;
    const bool is_member = std::ranges::find(names, given.name) != names.end();
    CALLSTORE_RETURN_IF_ERROR(is_member ? on_member(given.name) : ReadTest());
  }
  return {};
}

Result<void> ParameterReader::Gather(const Parameters& parameters) {
  std::map<std::string_view, std::size_t> places;
  for (const auto& [name, value] : parameters) {
    CALLSTORE_RETURN_IF_ERROR(CheckUtf8(name, value));
    const auto [place, is_new] = places.emplace(name, given_.size());
    if (is_new) given_.push_back({.name = name, .values = {}});
    given_[place->second].values.push_back(&value);
  }
  return {};
}

Result<const std::string*> ParameterReader::Once() const {
  if (current_->values.size() == 1) return current_->values.front();
  return Invalid("the parameter is given more than once", current_->name, *current_->values[1],
                 "one value");
}

Result<void> ParameterReader::ReadWhole(std::string_view name, const Range& range,
                                        std::int64_t* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string* text, Once());
  CALLSTORE_ASSIGN_OR_RETURN(*value, CheckWhole(name, *text, range));
  return {};
}

Result<void> ParameterReader::ReadBool(std::string_view name, bool* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string* text, Once());
  CALLSTORE_ASSIGN_OR_RETURN(*value, CheckBool(name, *text));
  return {};
}

Result<void> ParameterReader::ReadText(std::string_view /*name*/, std::string_view /*valid*/,
                                       std::string* value) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string* text, Once());
  *value = *text;
  return {};
}

Result<void> ParameterReader::ReadTexts(std::string_view name, std::string_view valid,
                                        std::vector<std::string>* values) {
  values->clear();
  for (const std::string* const text : current_->values) {
    for (const std::string& piece : SplitAtCommas(*text)) {
      values->emplace_back(Trim(piece));
      if (values->back().empty()) return Invalid("an element is empty", name, *text, valid);
    }
  }
  return {};
}

Result<void> ParameterReader::ReadChoice(std::string_view name, const Choices& choices,
                                         std::size_t* choice) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string* text, Once());
  CALLSTORE_ASSIGN_OR_RETURN(*choice, FindChoice(name, *text, *text, choices));
  return {};
}

Result<void> ParameterReader::ReadCriteria(Filter* filter) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string* text, Once());
  auto criteria = ParseFilter(*text);
  if (!criteria) {
    Error error = std::move(criteria).error();
    // A fault in the JSON is placed in it; this says in what.
    const bool placed = !error.Detail("field").empty();
    if (!placed) error.details.insert(error.details.begin(), {"field", "filter_criteria"});
    return tl::unexpected<Error>(std::move(error));
  }
  *filter = *std::move(criteria);
  return {};
}

Result<ValuePlace> ParameterReader::ReadPlace() const {
  const std::string_view name = current_->name;
  const auto [field, op] = SplitAtLastDot(name);
  if (FindFieldName(field) && !op.empty()) {
    const auto known = FindOperator(op);
    if (known) return ValuePlace{field, TypeOfFieldNamed(field), *known, TextSource::kAddress};
  }
  if (FindFieldName(name)) {
    return ValuePlace{name, TypeOfFieldNamed(name), FilterOperator::kEq, TextSource::kAddress};
  }
  return RefuseName(field, op);
}

tl::unexpected<Error> ParameterReader::RefuseName(std::string_view field,
                                                  std::string_view op) const {
  const std::string value = Excerpt(*current_->values.front());
  if (FindFieldName(field)) {
    Details details = {{"field", Excerpt(field)}, {"operator", Excerpt(op)}, {"value", value}};
    AddValidNames(op, OperatorNames(), &details);
    return Fail(ErrorCode::kInvalidArgument, "there is no such operator", std::move(details));
  }
  Details details = {{"field", Excerpt(current_->name)}, {"value", value}};
  const bool has_operator = FindOperator(op).has_value();
  const std::string_view meant = has_operator ? field : current_->name;
  const std::vector<std::string> fields = CandidateFieldNames(meant);
  std::vector<std::string_view> candidates(names_.begin(), names_.end());
  candidates.insert(candidates.end(), fields.begin(), fields.end());
  std::string nearest(Nearest(meant, candidates));
  if (has_operator && !nearest.empty()) nearest.append(".").append(op);
  if (!nearest.empty()) details.emplace_back("nearest", std::move(nearest));
  details.emplace_back("valid", Joined(names_) + "; FIELD or FIELD.OP with the fields " +
                                    ValidFieldNames() + " and the operators " +
                                    Joined(OperatorNames()));
  return Fail(ErrorCode::kInvalidArgument, "there is no such parameter", std::move(details));
}

Result<void> ParameterReader::ReadTest() {
  CALLSTORE_ASSIGN_OR_RETURN(const ValuePlace place, ReadPlace());
  if (!TakesList(place)) CALLSTORE_RETURN_IF_ERROR(Once());
  std::vector<FilterValue> values;
  for (const std::string* const text : current_->values) {
    CALLSTORE_RETURN_IF_ERROR(AppendValues(place, *text, &values));
  }
  CALLSTORE_ASSIGN_OR_RETURN(Filter::Test test, MakeTest(place, std::move(values)));
  const auto [at, is_new] = condition_of_.emplace(place.field, conditions_.size());
  if (is_new) conditions_.push_back({.field = place.field, .tests = {}});
  conditions_[at->second].tests.push_back(std::move(test));
  return {};
}

Filter ParameterReader::TakeConditions() {
  std::vector<Filter> parts;
  for (Tests& condition : conditions_) {
    parts.push_back(Filter::Condition(std::string(condition.field), std::move(condition.tests)));
  }
  if (parts.size() == 1) return std::move(parts.front());
  return Filter::And(std::move(parts));
}

}  // namespace callstore::json
