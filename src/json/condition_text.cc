// One condition as a line of text to a Filter.
// Text has no types, so the value is read as what its field holds; a field of any type is compared
// with the text and with the scalar that it spells. Fields that are not known here are of text:
// whether they exist is checked where the filter is used.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "callstore/json.h"
#include "json/document.h"
#include "json/filter_reader.h"
#include "json/names.h"

namespace callstore {
namespace {

enum class ValueKind : std::uint8_t { kText, kWords, kBoolean, kNumber, kTime, kAny };

struct KnownField {
  std::string_view name;
  ValueKind kind;
};
constexpr std::array kKnownFields = {
    KnownField{"batch_call_id", ValueKind::kAny},
    KnownField{"call_analysis.call_successful", ValueKind::kBoolean},
    KnownField{"call_analysis.in_voicemail", ValueKind::kBoolean},
    KnownField{"call_cost.combined_cost", ValueKind::kNumber},
    KnownField{"call_duration", ValueKind::kNumber},
    KnownField{"call_successful", ValueKind::kBoolean},
    KnownField{"combined_cost", ValueKind::kNumber},
    KnownField{"created_at", ValueKind::kTime},
    KnownField{"duration_ms", ValueKind::kNumber},
    KnownField{"e2e_latency_p50", ValueKind::kNumber},
    KnownField{"end_timestamp", ValueKind::kTime},
    KnownField{"in_voicemail", ValueKind::kBoolean},
    KnownField{"opt_out_sensitive_data_storage", ValueKind::kBoolean},
    KnownField{"start_timestamp", ValueKind::kTime},
    KnownField{"tool_calls.successful", ValueKind::kBoolean},
    KnownField{"transcript_search", ValueKind::kWords},
    KnownField{"updated_at", ValueKind::kTime},
};
static_assert(std::ranges::is_sorted(kKnownFields, {}, &KnownField::name));

constexpr std::array kKnownPrefixes = {
    KnownField{"metadata.", ValueKind::kAny},
    KnownField{"custom_analysis_data.", ValueKind::kAny},
    KnownField{"call_analysis.custom_analysis_data.", ValueKind::kAny},
    KnownField{"latency.", ValueKind::kNumber},
};

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
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kValidForms =
    "FIELD OP VALUE with =, !=, <, <=, >, >=, ~, ^= or $=; FIELD?; !FIELD?";

ValueKind KindOf(std::string_view field) {
  const auto known = std::ranges::lower_bound(kKnownFields, field, {}, &KnownField::name);
  if (known != kKnownFields.end() && known->name == field) return known->kind;
  for (const KnownField& prefix : kKnownPrefixes) {
    if (field.starts_with(prefix.name)) return prefix.kind;
  }
  return ValueKind::kText;
}

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

std::string_view Trim(std::string_view text) {
  return WithoutLeadingSpace(text.substr(0, text.find_last_not_of(kSpace) + 1));
}

bool IsEquality(FilterOperator op) {
  return op == FilterOperator::kEq || op == FilterOperator::kNe;
}

bool IsOrder(FilterOperator op) {
  return op == FilterOperator::kLt || op == FilterOperator::kLe || op == FilterOperator::kGt ||
         op == FilterOperator::kGe;
}

// The number that the whole text spells.
std::optional<FilterValue> SpelledNumber(const std::string& text) {
  // A string ends with a zero byte, so that the end of a number is found.
  if (json::NumberEnd(text.c_str()) != text.data() + text.size()) return std::nullopt;
  return json::NumberValue(text);
}

std::optional<FilterValue> SpelledScalar(const std::string& text) {
  if (text == "true") return FilterValue(true);
  if (text == "false") return FilterValue(false);
  if (text == "null") return FilterValue(nullptr);
  return SpelledNumber(text);
}

// One condition with a value: its parts, and then the values of its text.
class ConditionReader {
 public:
  // `sign_at` is where the first character of a sign stands in the text.
  Result<Filter> Read(std::string_view text, std::size_t sign_at);

 private:
  struct Piece {
    std::string text;
    bool quoted = false;
  };

  Result<void> ReadSign(std::string_view text, std::size_t sign_at);
  void TakeThreshold();
  Result<void> CheckSpace(bool space_before) const;
  // The next value; the rest begins behind the comma after it.
  Result<Piece> TakePiece(bool is_list);
  Result<Piece> TakeQuoted(bool is_list);
  Result<void> AppendValue(Piece piece);

  std::string_view field_;
  ValueKind kind_ = ValueKind::kText;
  FilterOperator op_ = FilterOperator::kEq;
  std::string_view rest_;  // of the text of the values
  bool more_ = true;       // a value follows in it
  std::vector<FilterValue> values_;
};

Result<Filter> ConditionReader::Read(std::string_view text, std::size_t sign_at) {
  CALLSTORE_RETURN_IF_ERROR(ReadSign(text, sign_at));
  // Searched words are words with any punctuation.
  const bool is_list = IsEquality(op_) && kind_ != ValueKind::kWords;
  while (more_) {
    CALLSTORE_ASSIGN_OR_RETURN(Piece piece, TakePiece(is_list));
    CALLSTORE_RETURN_IF_ERROR(AppendValue(std::move(piece)));
  }
  if (values_.size() > 1) {
    op_ = op_ == FilterOperator::kEq ? FilterOperator::kIn : FilterOperator::kNotIn;
  }
  return Filter::Condition(std::string(field_), {{op_, std::move(values_)}});
}

Result<void> ConditionReader::ReadSign(std::string_view text, std::size_t sign_at) {
  const std::string_view tail = text.substr(sign_at);
  const auto sign = std::ranges::find_if(
      kSigns, [&](const OperatorSign& known) { return tail.starts_with(known.sign); });
  // "==" and "<>" are meant as signs, too; a value that begins so can be quoted.
  const std::size_t size = sign == kSigns.end() ? 1 : sign->sign.size();
  const bool more =
      tail.size() > size && std::string_view("=<>").find(tail[size]) != std::string_view::npos;
  if (sign == kSigns.end() || more) {
    return Fail(ErrorCode::kInvalidArgument, "there is no such operator",
                {{"field", Excerpt(Trim(text.substr(0, sign_at)))},
                 {"operator", std::string(tail.substr(0, size + (more ? 1 : 0)))},
                 {"value", Excerpt(text)},
                 {"valid", std::string(kValidForms)}});
  }
  field_ = Trim(text.substr(0, sign_at));
  kind_ = KindOf(field_);
  op_ = sign->op;
  rest_ = tail.substr(size);
  if (op_ == FilterOperator::kEq && kind_ != ValueKind::kAny) TakeThreshold();
  return CheckSpace(kSpace.find(text[sign_at - 1]) != std::string_view::npos);
}

void ConditionReader::TakeThreshold() {
  for (const OperatorSign& threshold : kThresholds) {
    if (!field_.ends_with(threshold.sign)) continue;
    field_.remove_suffix(threshold.sign.size());
    kind_ = KindOf(field_);
    op_ = threshold.op;
    return;
  }
}

Result<void> ConditionReader::CheckSpace(bool space_before) const {
  // "a >= 5" is how people write; "a>= 5" is how "a>=+5" arrives from an address.
  if (kind_ != ValueKind::kNumber || space_before || !rest_.starts_with(' ')) return {};
  return json::Invalid("the number begins with a space, which an unescaped + in an address becomes",
                       field_, rest_,
                       "a number right after the operator; %2B for a + in an address");
}

Result<ConditionReader::Piece> ConditionReader::TakePiece(bool is_list) {
  rest_ = WithoutLeadingSpace(rest_);
  if (rest_.starts_with('"')) return TakeQuoted(is_list);
  Piece piece;
  std::size_t at = 0;
  for (; at < rest_.size() && !(is_list && rest_[at] == ','); ++at) {
    if (is_list && rest_.substr(at).starts_with("\\,")) ++at;
    piece.text += rest_[at];
  }
  piece.text.resize(Trim(piece.text).size());
  more_ = at < rest_.size();
  rest_ = rest_.substr(std::min(at + 1, rest_.size()));
  return piece;
}

Result<ConditionReader::Piece> ConditionReader::TakeQuoted(bool is_list) {
  Piece piece{.text = {}, .quoted = true};
  std::size_t at = 1;
  for (; at < rest_.size() && rest_[at] != '"'; ++at) {
    const std::string_view tail = rest_.substr(at);
    if (tail.starts_with("\\\"") || tail.starts_with("\\\\")) ++at;
    piece.text += rest_[at];
  }
  if (at == rest_.size()) {
    return json::Invalid("the quotes are not closed", field_, rest_, "\"VALUE\"");
  }
  const std::string_view tail = WithoutLeadingSpace(rest_.substr(at + 1));
  more_ = is_list && tail.starts_with(',');
  if (!more_ && !tail.empty()) {
    return json::Invalid("something follows the closing quote", field_, rest_,
                         "\"VALUE\", with \\\" for a quote in it");
  }
  rest_ = tail.substr(more_ ? 1 : 0);
  return piece;
}

Result<void> ConditionReader::AppendValue(Piece piece) {
  const bool compares = IsEquality(op_) || IsOrder(op_);
  if (piece.quoted || !compares || kind_ == ValueKind::kText || kind_ == ValueKind::kWords) {
    values_.emplace_back(std::move(piece.text));
    return {};
  }
  if (kind_ == ValueKind::kTime) {
    auto time = ParseTime(piece.text);
    if (!time) {
      return json::Invalid(time.error().message, field_, piece.text, time.error().Detail("valid"));
    }
    values_.emplace_back(*time);
    return {};
  }
  if (kind_ == ValueKind::kNumber) {
    auto number = SpelledNumber(piece.text);
    if (!number) return json::Invalid("the value is not a number", field_, piece.text, "a number");
    values_.push_back(*std::move(number));
    return {};
  }
  auto scalar = IsEquality(op_) ? SpelledScalar(piece.text) : SpelledNumber(piece.text);
  if (kind_ == ValueKind::kBoolean) {
    const bool is_boolean = scalar && std::holds_alternative<bool>(*scalar);
    values_.push_back(is_boolean ? *std::move(scalar) : FilterValue(std::move(piece.text)));
    return {};
  }
  // Of two types nothing is between; the order is that of the one it is spelled as.
  if (!scalar || IsEquality(op_)) values_.emplace_back(std::move(piece.text));
  if (scalar) values_.push_back(*std::move(scalar));
  return {};
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
  return ConditionReader().Read(text, sign_at);
}

}  // namespace callstore
