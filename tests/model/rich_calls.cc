#include "model/rich_calls.h"

#include <utility>
#include <vector>

namespace callstore::test {
namespace {

constexpr std::int64_t kHourMs = 3600 * 1000;

// 2023-10-28, 2024-03-30 (the clocks of Europe change on the days after), 2023-12-20.
const std::vector<std::int64_t> kDays = {1698451200000, 1711756800000, 1703030400000};

JsonValue Whole(std::size_t number) { return JsonValue::Number(static_cast<std::int64_t>(number)); }

JsonValue ObjectOf(std::vector<JsonValue::Member> members) {
  JsonValue object = JsonValue::Object();
  object.members() = std::move(members);
  return object;
}

JsonValue ArrayOf(std::vector<JsonValue> elements) {
  JsonValue array = JsonValue::Array();
  array.elements() = std::move(elements);
  return array;
}

}  // namespace

std::int64_t RichCalls::StartTime(const Profile& profile) {
  if (profile.odd_times && random_.Chance(10)) {
    return static_cast<std::int64_t>(random_.Below(5)) * 1000 - 2000;
  }
  const auto slots = static_cast<std::int64_t>(random_.Below(profile.ids < 1000 ? 40 : 1000));
  return random_.Pick(kDays) + slots * 72 * kHourMs / 1000;
}

std::string RichCalls::Speech(std::size_t words) {
  static const std::vector<std::string> kWords = {
      "refund", "Refund",           "refunds",          "billing",     "re",
      "42",     "\xC3\x84rger",     "\xC3\xA4RGER",     "caf\xC3\xA9", "CAF\xC3\x89",
      "x9",     "\xCE\xA3\xCF\x83", "\xCF\x83\xCF\x82", "the",         "order"};
  static const std::vector<std::string> kBetween = {" ", " ", ", ", "-", "_", "! "};
  std::string text;
  for (; words > 0; --words) {
    text += random_.Pick(kWords);
    if (words > 1) text += random_.Pick(kBetween);
  }
  return text;
}

JsonValue RichCalls::MetadataValue() {
  static const std::vector<std::string> kNumbers = {
      "3", "3.0", "0.30e1", "4", "-1.5", "1e3", "-0", "0", "9007199254740992", "9007199254740993"};
  static const std::vector<std::string> kTexts = {
      "3", "", "true", "null", "gold", "Gold", "caf\xC3\xA9", "a,b", "say \"x\"\n"};
  switch (random_.Below(8)) {
    case 0:
      return JsonValue();
    case 1:
      return JsonValue::Bool(random_.Chance(50));
    case 2:
    case 3:
    case 4:
      return JsonValue::Number(random_.Pick(kNumbers));
    default:
      return JsonValue::Text(random_.Pick(kTexts));
  }
}

JsonValue RichCalls::Customer() {
  JsonValue customer =
      ObjectOf({{"tier", JsonValue::Text(random_.Chance(50) ? "gold" : "silver")}});
  if (random_.Chance(50)) {
    customer.Set("address", ObjectOf({{"city", JsonValue::Text("M\xC3\xA1laga")},
                                      {"zip", Whole(random_.Below(4))}}));
  }
  if (random_.Chance(20)) customer.Set("address.zip", Whole(9));
  return random_.Chance(10) ? MetadataValue() : customer;
}

JsonValue RichCalls::Tags() {
  static const std::vector<std::string> kTags = {"vip", "new", "late", "7", "long tag"};
  JsonValue tags = JsonValue::Array();
  for (std::size_t i = random_.Below(4); i > 0; --i) {
    tags.elements().push_back(JsonValue::Text(random_.Pick(kTags)));
  }
  if (random_.Chance(30)) tags.elements().push_back(Whole(random_.Below(9)));
  if (random_.Chance(10)) tags.elements().push_back(JsonValue());
  if (random_.Chance(10)) tags.elements().push_back(ArrayOf({JsonValue::Text("vip")}));
  if (random_.Chance(10)) tags.elements().push_back(ObjectOf({{"vip", JsonValue::Bool(true)}}));
  return tags;
}

JsonValue RichCalls::Metadata(const Profile& profile) {
  static const std::vector<std::string> kCampaigns = {"summer-2024", "summer-2023", "winter",
                                                      "caf\xC3\xA9", "Winter"};
  JsonValue metadata = JsonValue::Object();
  if (random_.Chance(70)) metadata.Set("campaign", JsonValue::Text(random_.Pick(kCampaigns)));
  if (random_.Chance(50)) metadata.Set("priority", Whole(1 + random_.Below(4)));
  if (random_.Chance(40)) metadata.Set("mixed", MetadataValue());
  if (random_.Chance(30)) metadata.Set("tags", Tags());
  if (random_.Chance(30)) metadata.Set("customer", Customer());
  if (random_.Chance(10)) metadata.Set("customer.tier", JsonValue::Text("gold"));
  if (random_.Chance(20)) metadata.Set("batch_call_id", JsonValue::Text("batch-1"));
  if (random_.Chance(60)) {
    metadata.Set("ref", JsonValue::Text("ref-" + std::to_string(random_.Below(profile.ids))));
  }
  if (random_.Chance(60)) {
    metadata.Set("score", JsonValue::Number(std::to_string(random_.Below(profile.ids)) + ".5"));
  }
  if (random_.Chance(3)) {
    metadata.Set("long", JsonValue::Text(std::string(300, 'x') + std::to_string(random_.Below(3))));
  }
  if (random_.Chance(10)) metadata.Set("a \"b\"", MetadataValue());
  if (random_.Chance(5)) metadata.Set("", MetadataValue());
  if (random_.Chance(15)) {
    metadata.Set("cl\xC3\xA9",
                 random_.Chance(70) ? MetadataValue() : ObjectOf({{"\xC3\xA9", MetadataValue()}}));
  }
  for (std::size_t i = 0; i < profile.metadata_keys; ++i) {
    if (random_.Chance(25)) metadata.Set("k" + std::to_string(i), Whole(random_.Below(3)));
  }
  return metadata;
}

JsonValue RichCalls::Utterances() {
  JsonValue utterances = JsonValue::Array();
  for (std::size_t i = random_.Below(4); i > 0; --i) {
    JsonValue utterance =
        ObjectOf({{"role", JsonValue::Text(random_.Chance(50) ? "agent" : "user")},
                  {"content", JsonValue::Text(Speech(random_.Below(6)))}});
    if (random_.Chance(10)) utterance.Set("more", MetadataValue());
    utterances.elements().push_back(std::move(utterance));
  }
  return utterances;
}

JsonValue RichCalls::Turns() {
  static const std::vector<std::string> kNames = {"look_up", "transfer", "book", "Book"};
  JsonValue turns = JsonValue::Array();
  for (std::size_t i = random_.Below(3); i > 0; --i) {
    JsonValue call = ObjectOf({{"role", JsonValue::Text("tool_call_invocation")},
                               {"tool_call_id", JsonValue::Text("t1")},
                               {"name", JsonValue::Text(random_.Pick(kNames))},
                               {"arguments", JsonValue::Text("{\"name\":\"inner\"}")}});
    if (random_.Chance(30)) call.Set("extra", MetadataValue());
    turns.elements().push_back(std::move(call));
    if (random_.Chance(30)) continue;
    JsonValue result = ObjectOf({{"role", JsonValue::Text("tool_call_result")},
                                 {"tool_call_id", JsonValue::Text("t1")},
                                 {"content", JsonValue::Text("done")}});
    if (random_.Chance(70)) result.Set("successful", JsonValue::Bool(random_.Chance(50)));
    if (random_.Chance(30)) result.Set("extra", MetadataValue());
    turns.elements().push_back(std::move(result));
  }
  if (random_.Chance(30)) {
    turns.elements().push_back(
        ObjectOf({{"role", JsonValue::Text("dtmf")}, {"name", JsonValue::Text("look_up")}}));
  }
  return turns;
}

JsonValue RichCalls::Latency(bool with_values) {
  static const std::vector<std::string> kFigures = {"120.5", "80", "0.125", "900", "120.5"};
  JsonValue latency = JsonValue::Object();
  for (const char* const component : {"e2e", "llm", "custom"}) {
    if (random_.Chance(40)) continue;
    JsonValue stats = JsonValue::Object();
    for (const char* const figure : {"p50", "p95", "num", "max"}) {
      if (random_.Chance(60)) stats.Set(figure, JsonValue::Number(random_.Pick(kFigures)));
    }
    if (with_values && random_.Chance(60)) {
      JsonValue values = JsonValue::Array();
      for (std::size_t i = random_.Below(5); i > 0; --i) {
        values.elements().push_back(JsonValue::Number(std::to_string(random_.Below(200)) + ".25"));
      }
      stats.Set("values", std::move(values));
    }
    latency.Set(component, std::move(stats));
  }
  return latency;
}

JsonValue RichCalls::Analysis() {
  static const std::vector<std::string> kSentiments = {"Positive", "NEGATIVE", "neutral", "Angry",
                                                       "angry"};
  JsonValue analysis = JsonValue::Object();
  if (random_.Chance(60)) analysis.Set("call_successful", JsonValue::Bool(random_.Chance(50)));
  if (random_.Chance(30)) analysis.Set("in_voicemail", JsonValue::Bool(random_.Chance(30)));
  if (random_.Chance(50)) {
    analysis.Set("user_sentiment", JsonValue::Text(random_.Pick(kSentiments)));
  }
  if (random_.Chance(30)) analysis.Set("call_summary", JsonValue::Text(Speech(random_.Below(3))));
  if (random_.Chance(40)) {
    JsonValue custom = ObjectOf({{"score", Whole(random_.Below(5))}, {"topic", MetadataValue()}});
    if (random_.Chance(40)) custom.Set("tags", Tags());
    if (random_.Chance(40)) custom.Set("nested", ObjectOf({{"deep.er", MetadataValue()}}));
    analysis.Set("custom_analysis_data", random_.Chance(90) ? std::move(custom) : Whole(3));
  }
  return analysis;
}

void RichCalls::AddTimes(const Profile& profile, JsonValue* call) {
  const std::int64_t start = StartTime(profile);
  const std::int64_t length = static_cast<std::int64_t>(random_.Below(20)) * 30000 - 30000;
  if (random_.Chance(85)) call->Set("start_timestamp", JsonValue::Number(start));
  if (random_.Chance(60)) call->Set("end_timestamp", JsonValue::Number(start + length));
  if (random_.Chance(40)) call->Set("created_at", JsonValue::Number(start - 1000));
  if (random_.Chance(40)) call->Set("updated_at", JsonValue::Number(StartTime(profile)));
}

void RichCalls::AddScalars(const Profile& profile, JsonValue* call) {
  static const std::vector<std::string> kStatus = {"ENDED", "ended",  "Ongoing", "busy",
                                                   "ERROR", "WARPED", "warped"};
  static const std::vector<std::string> kReasons = {"USER_HANGUP", "agent_hangup", "ERROR_X",
                                                    "error_x"};
  static const std::vector<std::string> kDurations = {"0",      "0.25",  "60000", "60000.5",
                                                      "600000", "6.0e5", "90061"};
  const auto number = [&](std::size_t n) { return std::to_string(random_.Below(n)); };
  const auto text = [&](std::size_t percent, const char* name, const std::string& value) {
    if (random_.Chance(percent)) call->Set(name, JsonValue::Text(value));
  };
  text(80, "call_status", random_.Pick(kStatus));
  text(60, "call_type", random_.Chance(50) ? "phone_call" : "WEB_CALL");
  text(60, "direction", random_.Chance(60) ? "INBOUND" : "sideways");
  text(40, "disconnection_reason", random_.Pick(kReasons));
  text(85, "agent_id", "agent-" + number(profile.agents));
  text(50, "from_number", "+3460" + number(30));
  text(50, "to_number", "+1555" + number(profile.ids * 3));
  text(20, "recording_url", "https://audio.example/" + number(50));
  text(10, "public_log_url", "https://logs.example/" + number(3));
  if (random_.Chance(40)) {
    call->Set("call_duration", JsonValue::Number(random_.Pick(kDurations)));
  }
  if (random_.Chance(6)) call->Set("opt_out_sensitive_data_storage", JsonValue::Bool(true));
  if (random_.Chance(40)) {
    static const std::vector<std::string> kCosts = {"0", "0.25", "0.1", "12.5", "1e-7", "0.3"};
    call->Set("call_cost", ObjectOf({{"combined_cost", JsonValue::Number(random_.Pick(kCosts))}}));
  }
  if (random_.Chance(30)) {
    JsonValue telephony = ObjectOf({{"call_sid", JsonValue::Text("CA" + number(profile.ids))}});
    if (random_.Chance(50)) telephony.Set("conference_sid", JsonValue::Text("CF" + number(4)));
    call->Set("telephony_identifier", std::move(telephony));
  }
}

void RichCalls::AddLongParts(JsonValue* call) {
  if (random_.Chance(30)) call->Set("transcript", JsonValue::Text(Speech(random_.Below(8))));
  if (random_.Chance(35)) call->Set("transcript_object", Utterances());
  if (random_.Chance(35)) call->Set("transcript_with_tool_calls", Turns());
}

JsonValue RichCalls::MakeCall(const Profile& profile, std::size_t number) {
  JsonValue call = ObjectOf({{"organization_id", JsonValue::Text(profile.organization)},
                             {"id", JsonValue::Text(Id(number))}});
  if (number % 20 == 3) call.Set("call_id", JsonValue::Text("call-" + std::to_string(number)));
  AddTimes(profile, &call);
  AddScalars(profile, &call);
  if (random_.Chance(70)) call.Set("metadata", Metadata(profile));
  if (random_.Chance(50)) call.Set("call_analysis", Analysis());
  if (random_.Chance(40)) call.Set("latency", Latency(profile.long_parts));
  if (profile.long_parts) AddLongParts(&call);
  return call;
}

JsonValue RichCalls::MakePatch(const Profile& profile) {
  static const std::vector<std::string> kDeleted = {
      "start_timestamp", "end_timestamp", "metadata",      "call_analysis",
      "call_status",     "created_at",    "latency",       "call_cost",
      "agent_id",        "transcript",    "call_duration", "updated_at"};
  JsonValue patch = JsonValue::Object();
  JsonValue other = MakeCall(profile, 0);
  for (auto& [name, value] : other.members()) {
    if (name == "id" || name == "organization_id" || name == "call_id") continue;
    if (random_.Chance(25)) patch.Set(name, std::move(value));
  }
  if (random_.Chance(30)) patch.Set(random_.Pick(kDeleted), JsonValue());
  return patch;
}

std::string EscapedJson(const JsonValue& json) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::string text = json.Print();
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0xC0 || i + 1 == text.size()) {
      escaped += text[i];
      continue;
    }
    // The tests have no letters of more than two bytes.
    const unsigned code = (lead & 0x1FU) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU);
    escaped += "\\u0";
    for (const unsigned shift : {8U, 4U, 0U}) escaped += kHex[code >> shift & 0xFU];
  }
  return escaped;
}

}  // namespace callstore::test
