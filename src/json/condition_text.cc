// One condition as a line of text to a Filter.
// Fields that are not known here are of text: whether they exist is checked where the filter is
// used.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "callstore/json.h"
#include "json/condition_values.h"
#include "json/document.h"
#include "json/names.h"

namespace callstore {
namespace {

using json::TextSource;
using json::Trim;

struct OperatorSign {
  std::string_view sign;
  FilterOperator op;
};
// A sign comes before those that it begins with.
constexpr std::array kSigns = {
    OperatorSign{"!=", FilterOperator::kNe},     OperatorSign{"<=", FilterOperator::kLe},
    OperatorSign{">=", FilterOperator::kGe},     OperatorSign{"^=", FilterOperator::kPrefix},
    OperatorSign{"$=", FilterOperator::kSuffix}, OperatorSign{"=", FilterOperator::kEq},
    OperatorSign{"<", FilterOperator::kLt},      OperatorSign{">", FilterOperator::kGt},
    OperatorSign{"~", FilterOperator::kContains}};

// Thresholds as an address has them, where = is the only sign: call_duration.ge=60000.
constexpr std::array kThresholds = {
    OperatorSign{".lt", FilterOperator::kLt},
    OperatorSign{".le", FilterOperator::kLe},
    OperatorSign{".gt", FilterOperator::kGt},
    OperatorSign{".ge", FilterOperator::kGe},
    OperatorSign{".lower_threshold", FilterOperator::kGe},
    OperatorSign{".upper_threshold", FilterOperator::kLe},
};

constexpr std::string_view kSignCharacters = "=!<>~^$?";
constexpr std::string_view kValidForms =
    "FIELD OP VALUE with =, !=, <, <=, >, >=, ~, ^= or $=; FIELD?; !FIELD?";

// Finds the field and the operator of a condition with a value, and where the value begins.
class SignReader {
 public:
  // `sign_at` is where the first character of a sign stands in the text.
  Result<void> Read(std::string_view text, std::size_t sign_at);

  const json::ValuePlace& place() const { return place_; }
  std::string_view values() const { return values_; }

 private:
  void TakeThreshold();
  Result<void> CheckSpace(bool space_before) const;

  json::ValuePlace place_;
  std::string_view values_;
};

Result<void> SignReader::Read(std::string_view text, std::size_t sign_at) {
  const std::string_view tail = text.substr(sign_at);
  const auto sign = std::ranges::find_if(
      kSigns, [&](const OperatorSign& known) { return tail.starts_with(known.sign); });
  // "==" and "<>" are meant as signs, too; a value that begins so can be quoted.
  const std::size_t size = sign == kSigns.end() ? 1 : sign->sign.size();
  const bool more =
      tail.size() > size && std::string_view("=<>").find(tail[size]) != std::string_view::npos;
  const std::string_view field = Trim(text.substr(0, sign_at));
  if (sign == kSigns.end() || more) {
    return Fail(ErrorCode::kInvalidArgument, "there is no such operator",
                {{"field", Excerpt(field)},
                 {"operator", std::string(tail.substr(0, size + (more ? 1 : 0)))},
                 {"value", Excerpt(text)},
                 {"valid", std::string(kValidForms)}});
  }
  place_ = {field, json::TypeOfFieldNamed(field), sign->op, TextSource::kLine};
  values_ = tail.substr(size);
  if (place_.op == FilterOperator::kEq && place_.type != FieldType::kAny) TakeThreshold();
  return CheckSpace(Trim(text.substr(sign_at - 1, 1)).empty());
}

void SignReader::TakeThreshold() {
  for (const OperatorSign& threshold : kThresholds) {
    if (!place_.field.ends_with(threshold.sign)) continue;
    place_.field.remove_suffix(threshold.sign.size());
    place_.type = json::TypeOfFieldNamed(place_.field);
    place_.op = threshold.op;
    return;
  }
}

Result<void> SignReader::CheckSpace(bool space_before) const {
  // "a >= 5" is how people write; "a>= 5" is how "a>=+5" arrives from an address.
  if (place_.type != FieldType::kNumber || space_before || !values_.starts_with(' ')) return {};
  return json::UnescapedPlus(place_.field, values_);
}

Result<Filter> ReadCondition(std::string_view text, std::size_t sign_at) {
  SignReader reader;
  CALLSTORE_RETURN_IF_ERROR(reader.Read(text, sign_at));
  std::vector<FilterValue> values;
  CALLSTORE_RETURN_IF_ERROR(json::AppendValues(reader.place(), reader.values(), &values));
  CALLSTORE_ASSIGN_OR_RETURN(Filter::Test test, json::MakeTest(reader.place(), std::move(values)));
  return Filter::Condition(std::string(reader.place().field), {std::move(test)});
}

// FIELD? and !FIELD?
Result<Filter> ParsePresence(std::string_view text) {
  const bool present = !text.starts_with('!');
  std::string_view field = text;
  if (!present) field.remove_prefix(1);
  const bool ends = field.ends_with('?');
  if (ends) field.remove_suffix(1);
  field = Trim(field);
  if (!ends || field.empty() || field.find_first_of(kSignCharacters) != std::string_view::npos) {
    return json::Invalid("the condition is malformed", "condition", text, kValidForms);
  }
  return Field(std::string(field)).Present(present);
}

}  // namespace

Result<Filter> ParseCondition(std::string_view text) {
  if (!json::IsValidUtf8(text)) {
    return Fail(ErrorCode::kInvalidArgument, "the condition is not UTF-8",
                {{"field", "condition"}, {"valid", "UTF-8"}});
  }
  text = Trim(text);
  const std::size_t sign_at = text.find_first_of(kSignCharacters);
  if (sign_at == std::string_view::npos) {
    return json::Invalid("the condition has no operator", "condition", text, kValidForms);
  }
  const bool is_absence = sign_at == 0 && text.front() == '!';
  if (is_absence || text[sign_at] == '?') return ParsePresence(text);
  if (sign_at == 0) {
    return json::Invalid("the condition has no field", "condition", text, kValidForms);
  }
  return ReadCondition(text, sign_at);
}

}  // namespace callstore
