// Conditions as lines of text: FIELD OP VALUE.
#include <algorithm>
#include <utility>

#include "model/query_maker.h"

namespace callstore::test {
namespace {

struct TextOperator {
  const char* text;
  const char* op;
};

const std::vector<TextOperator> kEquality = {{"=", "in"}, {"!=", "not_in"}};
const std::vector<TextOperator> kBounds = {{"<", "lt"}, {"<=", "le"}, {">", "gt"}, {">=", "ge"}};
const std::vector<TextOperator> kParts = {{"~", "contains"}, {"^=", "prefix"}, {"$=", "suffix"}};

// Plain text can stand in a line as it is, but for its commas.
bool IsPlain(const std::string& text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         text.find_first_of("\"\\\n") == std::string::npos;
}

bool SpellsNumber(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.-e") == std::string::npos &&
         text.find_first_of("0123456789") != std::string::npos && text.front() != '.' &&
         text.find('-', 1) == std::string::npos;
}

std::string WithEscapedCommas(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ',') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// How a value is written, and the values that it stands for.
struct Written {
  std::string text;
  std::vector<JsonValue> values;
};

Written WriteAny(const JsonValue& value, bool quoted) {
  if (value.kind() != JsonValue::Kind::kText) {
    const std::string text = value.Print();
    return {text, {JsonValue::Text(text), value}};
  }
  const std::string& text = value.text();
  if (quoted || text.empty()) return {"\"" + text + "\"", {value}};
  std::vector<JsonValue> values = {value};
  if (text == "true" || text == "false") values.push_back(JsonValue::Bool(text == "true"));
  if (text == "null") values.emplace_back();
  if (SpellsNumber(text)) values.push_back(JsonValue::Number(text));
  return {WithEscapedCommas(text), std::move(values)};
}

}  // namespace

TextCondition QueryMaker::MakeTextCondition() {
  std::string field = FieldName();
  while (field.find_first_of("\"=!<>~^$?") != std::string::npos) field = FieldName();
  const ReferenceType type = TypeOfField(FullFieldName(field));
  const bool is_any = type == ReferenceType::kAny;
  const auto criteria = [&](const char* op, JsonValue value) {
    JsonValue condition = JsonValue::Object();
    condition.Set(op, std::move(value));
    JsonValue made = JsonValue::Object();
    made.Set(field, std::move(condition));
    return made;
  };
  if (type != ReferenceType::kWords && random_.Chance(10)) {
    const bool present = random_.Chance(50);
    return {(present ? "" : "!") + field + "?", criteria("present", JsonValue::Bool(present))};
  }
  JsonValue value = Sample(field);
  if (type == ReferenceType::kTime && value.kind() == JsonValue::Kind::kNumber) {
    value = JsonValue::Number(value.whole());  // times as text are whole
  }
  const bool is_text = value.kind() == JsonValue::Kind::kText;
  if (is_text && !IsPlain(value.text())) return MakeTextCondition();
  const std::string bare = is_text ? value.text() : value.Print();
  const std::string space = random_.Chance(30) ? " " : "";
  const bool has_parts = type == ReferenceType::kText || type == ReferenceType::kEnum || is_any;
  if (has_parts && is_text && bare.find(',') == std::string::npos && random_.Chance(20)) {
    const TextOperator& op = random_.Pick(kParts);
    return {field + space + op.text + space + bare, criteria(op.op, value)};
  }
  const bool has_order = type == ReferenceType::kTime || type == ReferenceType::kNumber || is_any;
  const bool is_number = value.kind() == JsonValue::Kind::kNumber;
  if (has_order && (is_number || type == ReferenceType::kTime) && random_.Chance(40)) {
    const TextOperator& op = random_.Pick(kBounds);
    return {field + space + op.text + space + bare, criteria(op.op, value)};
  }
  if (type == ReferenceType::kWords) {
    if (bare.find(',') != std::string::npos) return MakeTextCondition();
    return {field + "=" + bare, criteria("eq", value)};
  }
  JsonValue list = JsonValue::Array();
  const TextOperator& op = random_.Pick(kEquality);
  std::string text = field + space + op.text + space;
  Written written = {WithEscapedCommas(bare), {value}};
  if (is_any) written = WriteAny(value, random_.Chance(30));
  text += written.text;
  list.elements() = std::move(written.values);
  if (random_.Chance(30) && is_any) {
    text += ",other";
    list.elements().push_back(JsonValue::Text("other"));
  }
  return {std::move(text), criteria(op.op, std::move(list))};
}

}  // namespace callstore::test
