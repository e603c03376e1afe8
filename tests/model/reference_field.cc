#include "model/reference_field.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace callstore::test {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kAliases = {
    Pair{"duration_ms", "call_duration"},
    Pair{"call_successful", "call_analysis.call_successful"},
    Pair{"in_voicemail", "call_analysis.in_voicemail"},
    Pair{"user_sentiment", "call_analysis.user_sentiment"},
    Pair{"call_summary", "call_analysis.call_summary"},
    Pair{"combined_cost", "call_cost.combined_cost"},
    Pair{"e2e_latency_p50", "latency.e2e.p50"},
    Pair{"call_sid", "telephony_identifier.call_sid"},
    Pair{"conference_sid", "telephony_identifier.conference_sid"},
    Pair{"batch_call_id", "metadata.batch_call_id"},
};

constexpr std::string_view kMetadata = "metadata.";
constexpr std::string_view kCustom = "call_analysis.custom_analysis_data.";
constexpr std::string_view kShortCustom = "custom_analysis_data.";

constexpr std::array<std::string_view, 5> kEnums = {"call_status", "call_type", "direction",
                                                    "disconnection_reason",
                                                    "call_analysis.user_sentiment"};
constexpr std::array<std::string_view, 4> kTimes = {"start_timestamp", "end_timestamp",
                                                    "created_at", "updated_at"};
constexpr std::array<std::string_view, 4> kBooleans = {
    "opt_out_sensitive_data_storage", "call_analysis.call_successful", "call_analysis.in_voicemail",
    "tool_calls.successful"};

template <std::size_t n>
bool IsOneOf(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Scalar NumberScalar(long double number) {
  return {.kind = Scalar::Kind::kNumber, .number = number};
}

// The literal key first, then a path into objects.
const JsonValue* FindPath(const JsonValue& object, std::string_view key, Fault fault) {
  const auto by_path = [&]() -> const JsonValue* {
    const std::size_t dot = key.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const JsonValue* const inner = object.Find(key.substr(0, dot));
    if (inner == nullptr || !inner->is_object()) return nullptr;
    return FindPath(*inner, key.substr(dot + 1), fault);
  };
  const JsonValue* const literal = object.Find(key);
  if (fault == Fault::kPathBeforeLiteralKey) {
    const JsonValue* const found = by_path();
    return found == nullptr ? literal : found;
  }
  return literal == nullptr ? by_path() : literal;
}

// A member of a member, and so on; no key has a dot.
const JsonValue* FindMember(const JsonValue& call, std::string_view path) {
  const JsonValue* at = &call;
  while (at != nullptr && at->is_object()) {
    const std::size_t dot = path.find('.');
    at = at->Find(path.substr(0, dot));
    if (dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

Scalar ScalarOf(const JsonValue& json, bool is_time) {
  switch (json.kind()) {
    case JsonValue::Kind::kBool:
      return {.kind = Scalar::Kind::kBool, .flag = json.is_true()};
    case JsonValue::Kind::kNumber:
      return NumberScalar(is_time ? static_cast<long double>(json.whole()) : NumberOf(json));
    case JsonValue::Kind::kText:
      return {.kind = Scalar::Kind::kText, .text = json.text()};
    default:
      return {};
  }
}

FieldValues AnyValues(const JsonValue* object, std::string_view key, Fault fault) {
  FieldValues values;
  if (object == nullptr || !object->is_object()) return values;
  const JsonValue* const json = FindPath(*object, key, fault);
  if (json == nullptr || (fault == Fault::kNullIsAbsent && json->is_null())) return values;
  values.present = true;
  values.whole = json;
  if (json->kind() < JsonValue::Kind::kArray) values.elements.push_back(ScalarOf(*json, false));
  for (const JsonValue& element : json->elements()) {
    if (element.kind() < JsonValue::Kind::kArray) {
      values.elements.push_back(ScalarOf(element, false));
    }
  }
  return values;
}

FieldValues ToolCallValues(const JsonValue& call, std::string_view member) {
  FieldValues values;
  const JsonValue* const turns = call.Find("transcript_with_tool_calls");
  if (turns == nullptr) return values;
  const std::string_view wanted = member == "name" ? "tool_call_invocation" : "tool_call_result";
  for (const JsonValue& turn : turns->elements()) {
    const JsonValue* const role = turn.Find("role");
    const JsonValue* const value = turn.Find(member);
    if (role == nullptr || role->text() != wanted || value == nullptr || value->is_null()) continue;
    values.present = true;
    values.elements.push_back(ScalarOf(*value, false));
  }
  return values;
}

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// A letter of two bytes that the tests use, folded; empty: not a letter.
std::string_view FoldedLetter(std::string_view letter) {
  static constexpr std::array kLetters = {
      Pair{"\xC3\x84", "\xC3\xA4"}, Pair{"\xC3\xA4", "\xC3\xA4"}, Pair{"\xC3\x89", "\xC3\xA9"},
      Pair{"\xC3\xA9", "\xC3\xA9"}, Pair{"\xCE\xA3", "\xCF\x83"}, Pair{"\xCF\x83", "\xCF\x83"},
      Pair{"\xCF\x82", "\xCF\x83"}};
  const auto* const found = std::ranges::find(kLetters, letter, &Pair::first);
  return found == kLetters.end() ? std::string_view() : found->second;
}

}  // namespace

std::string FullFieldName(std::string_view name) {
  if (name.starts_with(kShortCustom)) return "call_analysis." + std::string(name);
  const auto* const alias = std::ranges::find(kAliases, name, &Pair::first);
  return std::string(alias == kAliases.end() ? name : alias->second);
}

ReferenceType TypeOfField(std::string_view name) {
  if (name.starts_with(kMetadata) || name.starts_with(kCustom)) return ReferenceType::kAny;
  if (name.starts_with("latency.")) return ReferenceType::kNumber;
  if (name == "call_duration" || name == "call_cost.combined_cost") return ReferenceType::kNumber;
  if (IsOneOf(kEnums, name)) return ReferenceType::kEnum;
  if (IsOneOf(kTimes, name)) return ReferenceType::kTime;
  if (IsOneOf(kBooleans, name)) return ReferenceType::kBoolean;
  return name == "transcript_search" ? ReferenceType::kWords : ReferenceType::kText;
}

double NumberOf(const JsonValue& json) { return std::strtod(json.text().c_str(), nullptr); }

FieldValues ValuesOfField(std::string_view name, const JsonValue& call, Fault fault) {
  if (name.starts_with(kMetadata)) {
    return AnyValues(call.Find("metadata"), name.substr(kMetadata.size()), fault);
  }
  if (name.starts_with(kCustom)) {
    return AnyValues(FindMember(call, "call_analysis.custom_analysis_data"),
                     name.substr(kCustom.size()), fault);
  }
  if (name.starts_with("tool_calls.")) return ToolCallValues(call, name.substr(11));
  FieldValues values;
  const bool is_time = TypeOfField(name) == ReferenceType::kTime;
  const JsonValue* json = FindMember(call, name);
  if (fault == Fault::kUnstartedInBounds && name == "start_timestamp" && json == nullptr) {
    json = call.Find("created_at");
  }
  if (json != nullptr) {
    values = {.present = true, .elements = {ScalarOf(*json, is_time)}, .whole = json};
  } else if (name == "opt_out_sensitive_data_storage" && fault != Fault::kOptOutMayBeAbsent) {
    values = {.present = true, .elements = {{.kind = Scalar::Kind::kBool}}};
  } else if (name == "call_duration" && fault != Fault::kDurationAsGiven) {
    const JsonValue* const start = call.Find("start_timestamp");
    const JsonValue* const end = call.Find("end_timestamp");
    if (start != nullptr && end != nullptr) {
      const auto duration = static_cast<double>(end->whole() - start->whole());
      values = {.present = true, .elements = {NumberScalar(duration)}};
    }
  }
  return values;
}

std::vector<SpokenWord> WordsOf(std::string_view text) {
  std::vector<SpokenWord> words;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool ascii = static_cast<unsigned char>(text[at]) < 0x80;
    const std::string_view letter = text.substr(at, ascii ? 1 : 2);
    std::string folded(FoldedLetter(letter));
    if (ascii && IsWordByte(letter.front())) {
      folded = static_cast<char>(std::tolower(static_cast<unsigned char>(letter.front())));
    }
    if (!folded.empty()) {
      if (!in_word) words.push_back({.offset_bytes = at});
      words.back().folded += folded;
      words.back().size_bytes += letter.size();
    }
    in_word = !folded.empty();
    at += letter.size();
  }
  return words;
}

std::vector<SpokenWord> SpokenWords(const JsonValue& call) {
  if (const JsonValue* const transcript = call.Find("transcript")) {
    return WordsOf(transcript->text());
  }
  std::vector<SpokenWord> words;
  if (const JsonValue* const utterances = call.Find("transcript_object")) {
    for (const JsonValue& utterance : utterances->elements()) {
      const JsonValue* const content = utterance.Find("content");
      if (content == nullptr) continue;
      std::vector<SpokenWord> more = WordsOf(content->text());
      words.insert(words.end(), more.begin(), more.end());
    }
  }
  return words;
}

}  // namespace callstore::test
