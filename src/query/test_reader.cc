#include "query/test_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/error.h"
#include "base/utf8.h"
#include "base/words_of_text.h"
#include "callstore/json.h"
#include "query/scalar.h"

namespace callstore::query {
namespace {

using Op = FilterOperator;

// In the order of FilterOperator.
constexpr std::array<std::string_view, 13> kNames = {
    "eq", "ne",      "in",     "not_in", "lt",       "le",     "gt",
    "ge", "between", "prefix", "suffix", "contains", "present"};

constexpr Op kAll[] = {Op::kEq,     Op::kNe,       Op::kIn,     Op::kNotIn,   Op::kLt,
                       Op::kLe,     Op::kGt,       Op::kGe,     Op::kBetween, Op::kPrefix,
                       Op::kSuffix, Op::kContains, Op::kPresent};
constexpr Op kOrdered[] = {Op::kEq, Op::kNe, Op::kIn, Op::kNotIn,   Op::kLt,
                           Op::kLe, Op::kGt, Op::kGe, Op::kBetween, Op::kPresent};
constexpr Op kEnum[] = {Op::kEq,     Op::kNe,     Op::kIn,       Op::kNotIn,
                        Op::kPrefix, Op::kSuffix, Op::kContains, Op::kPresent};
constexpr Op kBoolean[] = {Op::kEq, Op::kNe, Op::kIn, Op::kNotIn, Op::kPresent};
constexpr Op kWords[] = {Op::kEq, Op::kNe};

std::span<const Op> OperatorsOf(FieldType type) {
  switch (type) {
    case FieldType::kText:
    case FieldType::kAny:
      return kAll;
    case FieldType::kEnum:
      return kEnum;
    case FieldType::kTime:
    case FieldType::kNumber:
      return kOrdered;
    case FieldType::kBoolean:
      return kBoolean;
    case FieldType::kWords:
      return kWords;
  }
  return {};
}

bool IsEquality(Op op) {
  return op == Op::kEq || op == Op::kNe || op == Op::kIn || op == Op::kNotIn;
}
bool IsTextTest(Op op) { return op == Op::kPrefix || op == Op::kSuffix || op == Op::kContains; }

// Text that is not UTF-8 is shown up to where it is.
std::string Shown(const FilterValue& value) {
  std::string text;
  if (const auto* given = std::get_if<std::string>(&value)) {
    AppendScalar(Utf8Prefix(*given), &text);
  } else {
    AppendScalar(ViewOf(value), &text);
  }
  return Excerpt(text);
}

// Reads the values of one test.
class ValueReader {
 public:
  ValueReader(const FieldRef& field, std::string_view name, Op op)
      : field_(field), name_(name), op_(op), type_(TypeOf(field)) {}

  Result<std::vector<Scalar>> ReadAll(const std::vector<FilterValue>& values) const;
  Result<bool> ReadFlag(const std::vector<FilterValue>& values) const;
  // The words of a search, sorted, with single spaces between them.
  Result<std::string> ReadSearch(const std::vector<FilterValue>& values) const;
  tl::unexpected<Error> Refuse(std::string_view message, std::string value,
                               std::string_view valid) const;

 private:
  Result<void> CheckCount(const std::vector<FilterValue>& values) const;
  Result<Scalar> Read(const FilterValue& value) const;
  Result<Scalar> ReadText(const std::string& text) const;
  Result<Scalar> ReadTime(const FilterValue& value) const;
  Result<Scalar> ReadNumber(double number) const;
  Result<Scalar> ReadAny(const FilterValue& value) const;
  tl::unexpected<Error> WrongType(const FilterValue& value) const;
  std::string_view ValidValues() const;

  const FieldRef& field_;
  const std::string_view name_;
  const Op op_;
  const FieldType type_;
};

tl::unexpected<Error> ValueReader::Refuse(std::string_view message, std::string value,
                                          std::string_view valid) const {
  return Fail(ErrorCode::kInvalidArgument, message,
              {{"field", Excerpt(name_)},
               {"operator", std::string(OperatorName(op_))},
               {"value", std::move(value)},
               {"valid", std::string(valid)}});
}

std::string_view ValueReader::ValidValues() const {
  switch (type_) {
    case FieldType::kText:
    case FieldType::kEnum:
      return "text";
    case FieldType::kWords:
      return "text with a word";
    case FieldType::kTime:
      return "ms since the epoch as a whole number, or a date or RFC 3339 as text";
    case FieldType::kNumber:
      return "a finite number";
    case FieldType::kBoolean:
      return "true, false";
    case FieldType::kAny:
      break;
  }
  if (IsTextTest(op_)) return "text";
  return IsEquality(op_) ? "text, a finite number, true, false, null"
                         : "text, a finite number, true, false";
}

tl::unexpected<Error> ValueReader::WrongType(const FilterValue& value) const {
  return Refuse("the value has the wrong type", Shown(value), ValidValues());
}

Result<void> ValueReader::CheckCount(const std::vector<FilterValue>& values) const {
  const bool is_list = op_ == Op::kIn || op_ == Op::kNotIn;
  if (is_list && values.empty()) return Refuse("the list of values is empty", "[]", "a value");
  const std::size_t wanted = op_ == Op::kBetween ? 2 : 1;
  if (is_list || values.size() == wanted) return {};
  return Refuse("the operator takes another number of values", std::to_string(values.size()),
                wanted == 1 ? "1 value" : "2 values");
}

Result<std::vector<Scalar>> ValueReader::ReadAll(const std::vector<FilterValue>& values) const {
  CALLSTORE_RETURN_IF_ERROR(CheckCount(values));
  std::vector<Scalar> scalars;
  scalars.reserve(values.size());
  for (const FilterValue& value : values) {
    CALLSTORE_ASSIGN_OR_RETURN(Scalar scalar, Read(value));
    scalars.push_back(std::move(scalar));
  }
  return scalars;
}

Result<bool> ValueReader::ReadFlag(const std::vector<FilterValue>& values) const {
  CALLSTORE_RETURN_IF_ERROR(CheckCount(values));
  if (const auto* flag = std::get_if<bool>(&values.front())) return *flag;
  return Refuse("the value has the wrong type", Shown(values.front()), "true, false");
}

Result<std::string> ValueReader::ReadSearch(const std::vector<FilterValue>& values) const {
  CALLSTORE_ASSIGN_OR_RETURN(const std::vector<Scalar> texts, ReadAll(values));
  std::vector<std::string> words = FoldedWords(std::get<std::string>(texts.front()));
  if (words.empty()) return Refuse("the text has no word", Shown(values.front()), ValidValues());
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  std::string search;
  for (const std::string& word : words) search.append(search.empty() ? "" : " ").append(word);
  return search;
}

Result<Scalar> ValueReader::Read(const FilterValue& value) const {
  switch (type_) {
    case FieldType::kText:
    case FieldType::kEnum:
    case FieldType::kWords:
      if (const auto* text = std::get_if<std::string>(&value)) return ReadText(*text);
      return WrongType(value);
    case FieldType::kTime:
      return ReadTime(value);
    case FieldType::kNumber:
      if (std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value)) {
        return ReadAny(value);
      }
      return WrongType(value);
    case FieldType::kBoolean:
      if (const auto* flag = std::get_if<bool>(&value)) return *flag;
      return WrongType(value);
    case FieldType::kAny:
      return ReadAny(value);
  }
  return WrongType(value);
}

Result<Scalar> ValueReader::ReadAny(const FilterValue& value) const {
  if (const auto* text = std::get_if<std::string>(&value)) return ReadText(*text);
  if (IsTextTest(op_)) return WrongType(value);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*whole);
  }
  if (const auto* number = std::get_if<double>(&value)) return ReadNumber(*number);
  if (std::holds_alternative<std::nullptr_t>(value) && !IsEquality(op_)) return WrongType(value);
  return value;
}

Result<Scalar> ValueReader::ReadText(const std::string& text) const {
  if (!IsUtf8(text)) return Refuse("the text is not UTF-8", Shown(text), "UTF-8");
  if (type_ != FieldType::kEnum) return text;
  if (!IsTextTest(op_)) return std::string(CanonicalWord(field_, text));
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(), AsciiUpper);
  return upper;
}

Result<Scalar> ValueReader::ReadNumber(double number) const {
  if (!std::isfinite(number)) return WrongType(number);
  return number == 0 ? 0.0 : number;  // -0 is 0
}

Result<Scalar> ValueReader::ReadTime(const FilterValue& value) const {
  if (const auto* ms = std::get_if<std::int64_t>(&value)) return *ms;
  if (const auto* number = std::get_if<double>(&value)) {
    constexpr double kBeyond = 9223372036854775808.0;  // 2^63
    const bool whole = std::trunc(*number) == *number;
    if (!whole || *number < -kBeyond || *number >= kBeyond) return WrongType(value);
    return static_cast<std::int64_t>(*number);
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return WrongType(value);
  const Result<std::int64_t> ms = ParseTime(*text);
  if (!ms) return Refuse("the text is not a time", Shown(value), ms.error().Detail("valid"));
  return *ms;
}

void SetTexts(std::vector<Scalar> scalars, std::vector<std::string>* texts) {
  texts->push_back(std::get<std::string>(std::move(scalars.front())));
}

// Sets what `op` tests for. REQUIRES: as many values as it takes, of the types that it takes.
void SetTest(Op op, std::vector<Scalar> values, Condition* condition) {
  switch (op) {
    case Op::kEq:
    case Op::kNe:
    case Op::kIn:
    case Op::kNotIn:
      condition->one_of = std::move(values);
      SortScalars(LetterCaseOf(condition->field), &condition->one_of);
      return;
    case Op::kLt:
    case Op::kLe:
      condition->high = {std::move(values[0]), op == Op::kLt};
      return;
    case Op::kGt:
    case Op::kGe:
      condition->low = {std::move(values[0]), op == Op::kGt};
      return;
    case Op::kBetween:
      condition->low = {std::move(values[0]), false};
      condition->high = {std::move(values[1]), false};
      return;
    case Op::kPrefix:
      return SetTexts(std::move(values), &condition->prefixes);
    case Op::kSuffix:
      return SetTexts(std::move(values), &condition->suffixes);
    case Op::kContains:
      return SetTexts(std::move(values), &condition->contains);
    case Op::kPresent:
      condition->present = true;
      return;
  }
}

}  // namespace

std::string_view OperatorName(FilterOperator op) {
  const auto i = static_cast<std::size_t>(op);
  return i < kNames.size() ? kNames[i] : "unknown";
}

std::string OperatorNames(FieldType type) {
  std::string names;
  for (const Op op : OperatorsOf(type)) {
    names.append(names.empty() ? "" : ", ").append(OperatorName(op));
  }
  return names;
}

bool IsNegative(const Filter::Test& test) {
  if (test.op == Op::kNe || test.op == Op::kNotIn) return true;
  return test.op == Op::kPresent && test.values == std::vector<FilterValue>{false};
}

Result<Condition> ReadTest(const FieldRef& field, std::string_view name, const Filter::Test& test) {
  const FieldType type = TypeOf(field);
  const std::span<const Op> operators = OperatorsOf(type);
  if (std::ranges::find(operators, test.op) == operators.end()) {
    return Fail(ErrorCode::kInvalidArgument, "the field does not have this operator",
                {{"field", Excerpt(name)},
                 {"operator", std::string(OperatorName(test.op))},
                 {"valid", OperatorNames(type)}});
  }
  const ValueReader reader(field, name, test.op);
  Condition condition;
  condition.field = field;
  if (type == FieldType::kWords) {
    CALLSTORE_ASSIGN_OR_RETURN(condition.search, reader.ReadSearch(test.values));
    return condition;
  }
  if (test.op == Op::kPresent) {
    CALLSTORE_RETURN_IF_ERROR(reader.ReadFlag(test.values));
    condition.present = true;
    return condition;
  }
  CALLSTORE_ASSIGN_OR_RETURN(std::vector<Scalar> values, reader.ReadAll(test.values));
  if (test.op == Op::kBetween && !SameType(values[0], ViewOf(values[1]))) {
    return reader.Refuse("between takes two values of one type", Shown(test.values[1]),
                         "a value of the type of " + Shown(test.values[0]));
  }
  SetTest(test.op, std::move(values), &condition);
  return condition;
}

}  // namespace callstore::query
