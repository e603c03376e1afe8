#include "model/call_maker.h"

namespace callstore::test {
namespace {

using namespace std::string_literals;

constexpr std::int64_t kBaseTime = 1703097600000;
constexpr std::size_t kIds = 48;

JsonValue ObjectOf(std::vector<JsonValue::Member> members) {
  JsonValue object = JsonValue::Object();
  object.members() = std::move(members);
  return object;
}

}  // namespace

const std::vector<std::string>& HostileNames() {
  static const std::vector<std::string> kNames = {
      "a",
      "ab",
      "a\0"s,
      "a\0b"s,
      "org-78",
      "org-789",
      "org-78/",
      std::string(512, 'x'),
      std::string(511, 'x') + 'y',
      "\xC3\xBC\xF0\x9F\x93\x9E",
      "../..",
      " \"\n\\",
  };
  return kNames;
}

const std::vector<std::string>& InvalidNames() {
  static const std::vector<std::string> kNames = {
      "", std::string(513, 'x'), "\xFF", "a\xFF", "\xC0\x80", "\xED\xA0\x80", "\xC3",
  };
  return kNames;
}

std::string CallMaker::Id() {
  const std::size_t i = Below(kIds);
  if (i < HostileNames().size()) return HostileNames()[i];
  return "id-" + std::to_string(i);
}

std::string CallMaker::CallId() { return "call-" + std::to_string(Below(kIds)); }

std::int64_t CallMaker::Time() {
  if (Chance(2)) return Chance(50) ? INT64_MAX : INT64_MIN;
  return kBaseTime + static_cast<std::int64_t>(Below(9)) - 4;
}

std::string CallMaker::Text() {
  static const std::vector<std::string> kTexts = {
      "",
      "x",
      "a \"quoted\"\ttab",
      "nul\0here"s,
      "Gr\xC3\xBC\xC3\x9F"
      "e \xF0\x9F\x93\x9E",
      "\\ / \x7F",
  };
  return Pick(kTexts);
}

JsonValue CallMaker::FreeValue() {
  switch (Below(7)) {
    case 0:
      return JsonValue();
    case 1:
      return JsonValue::Bool(Chance(50));
    case 2:
      return JsonValue::Number(Chance(50) ? "1.50" : "123456789012345678901234567890.5e-7");
    case 3:
      return ObjectOf({{"deep", JsonValue::Number(std::int64_t{3})}, {"none", JsonValue()}});
    case 4: {
      JsonValue list = JsonValue::Array();
      list.elements() = {JsonValue(), JsonValue::Text("3"), JsonValue::Number(std::int64_t{3})};
      return list;
    }
    default:
      return JsonValue::Text(Text());
  }
}

JsonValue CallMaker::Metadata() {
  JsonValue metadata = JsonValue::Object();
  for (const char* const name : {"", "a", "b", "transcript", "\xC3\xBC\"\n"}) {
    if (Chance(40)) metadata.Set(name, FreeValue());
  }
  return metadata;
}

JsonValue CallMaker::Events() {
  JsonValue events = JsonValue::Array();
  for (std::size_t i = Below(3); i > 0; --i) {
    JsonValue event = ObjectOf({{Chance(50) ? "type" : "event", JsonValue::Text("call_started")}});
    if (Chance(70)) event.Set("timestamp", JsonValue::Number(Time()));
    if (Chance(50)) event.Set("data", FreeValue());
    events.elements().push_back(std::move(event));
  }
  return events;
}

JsonValue CallMaker::Utterance() {
  static const std::vector<std::string> kRoles = {"agent", "user", "Agent", "whisper"};
  JsonValue utterance = ObjectOf({{"role", JsonValue::Text(Pick(kRoles))},
                                  {"content", JsonValue::Text("Hello, \xC3\xBCser")}});
  if (Chance(60)) {
    JsonValue words = JsonValue::Array();
    for (const char* const text : {"Hello,", "\xC3\xBCser"}) {
      JsonValue word = ObjectOf({{"word", JsonValue::Text(Chance(95) ? text : "elsewhere")}});
      if (Chance(90)) word.Set("start", JsonValue::Number(Chance(90) ? "0.4" : "0.12345"));
      if (Chance(90)) word.Set("end", JsonValue::Number("1.659"));
      words.elements().push_back(std::move(word));
    }
    utterance.Set("words", std::move(words));
  }
  if (Chance(10)) utterance.Set("more", FreeValue());
  return utterance;
}

JsonValue CallMaker::Turns(const JsonValue& utterances) {
  JsonValue turns = JsonValue::Array();
  for (const JsonValue& utterance : utterances.elements()) {
    if (Chance(80)) turns.elements().push_back(utterance);
    if (Chance(20)) {
      turns.elements().push_back(ObjectOf({{"role", JsonValue::Text("tool_call_invocation")},
                                           {"tool_call_id", JsonValue::Text("t1")},
                                           {"name", JsonValue::Text("look_up")},
                                           {"arguments", JsonValue::Text("{\"a\":1}")}}));
      turns.elements().push_back(ObjectOf({{"role", JsonValue::Text("tool_call_result")},
                                           {"tool_call_id", JsonValue::Text("t1")},
                                           {"content", JsonValue::Text(Text())},
                                           {"successful", JsonValue::Bool(Chance(50))}}));
    }
    if (Chance(20)) {
      turns.elements().push_back(
          ObjectOf({{"role", JsonValue::Text("dtmf")}, {"digit", JsonValue::Text("7")}}));
    }
    if (Chance(10)) turns.elements().push_back(Utterance());
  }
  return turns;
}

JsonValue CallMaker::Latency() {
  JsonValue latency = JsonValue::Object();
  for (const char* const component : {"e2e", "llm", "custom"}) {
    if (Chance(50)) continue;
    JsonValue stats = ObjectOf({{"p50", JsonValue::Number("120.5")}});
    if (Chance(50)) stats.Set("num", JsonValue::Number(std::int64_t{12}));
    if (Chance(50)) {
      JsonValue values = JsonValue::Array();
      if (Chance(80)) values.elements() = {JsonValue::Number("0.1"), JsonValue::Number("350.25")};
      stats.Set("values", std::move(values));
    }
    if (Chance(20)) stats.Set("jitter", FreeValue());
    latency.Set(component, std::move(stats));
  }
  return latency;
}

JsonValue CallMaker::Analysis() {
  JsonValue analysis = JsonValue::Object();
  if (Chance(70)) analysis.Set("call_successful", JsonValue::Bool(Chance(50)));
  if (Chance(50)) analysis.Set("call_summary", Chance(80) ? JsonValue::Text(Text()) : JsonValue());
  if (Chance(50))
    analysis.Set("user_sentiment", JsonValue::Text(Chance(50) ? "POSITIVE" : "Angry"));
  if (Chance(30)) analysis.Set("in_voicemail", JsonValue::Bool(false));
  if (Chance(30))
    analysis.Set("custom_analysis_data", ObjectOf({{"score", JsonValue::Number("7.0")}}));
  if (Chance(20)) analysis.Set("more", FreeValue());
  return analysis;
}

void CallMaker::AddScalars(JsonValue* call) {
  static const std::vector<std::string> kStatus = {"ENDED", "ended", "Ongoing", "REGISTERED",
                                                   "WARPED"};
  static const std::vector<std::string> kReasons = {"USER_HANGUP", "user_hangup", "ERROR_X"};
  if (Chance(80)) call->Set("start_timestamp", JsonValue::Number(Time()));
  if (Chance(40)) call->Set("end_timestamp", JsonValue::Number(Time()));
  if (Chance(40)) call->Set("created_at", JsonValue::Number(Time()));
  if (Chance(40)) call->Set("updated_at", JsonValue::Number(Time()));
  if (Chance(70)) call->Set("call_status", JsonValue::Text(Pick(kStatus)));
  if (Chance(50)) call->Set("call_type", JsonValue::Text(Chance(50) ? "phone_call" : "WEB_CALL"));
  if (Chance(50)) call->Set("direction", JsonValue::Text(Chance(50) ? "INBOUND" : "sideways"));
  if (Chance(30)) call->Set("disconnection_reason", JsonValue::Text(Pick(kReasons)));
  for (const char* const name :
       {"agent_id", "from_number", "to_number", "recording_url", "public_log_url", "transcript"}) {
    if (Chance(30)) call->Set(name, Chance(90) ? JsonValue::Text(Text()) : JsonValue());
  }
  if (Chance(30)) call->Set("call_duration", JsonValue::Number(Chance(50) ? "600000" : "0.25"));
  if (Chance(15)) {
    call->Set("opt_out_sensitive_data_storage", JsonValue::Bool(Chance(60)));
  }
}

void CallMaker::AddLongParts(JsonValue* call) {
  if (Chance(40)) call->Set("events", Events());
  if (Chance(40)) {
    JsonValue utterances = JsonValue::Array();
    for (std::size_t i = Below(4); i > 0; --i) utterances.elements().push_back(Utterance());
    if (Chance(70)) call->Set("transcript_with_tool_calls", Turns(utterances));
    if (Chance(80)) call->Set("transcript_object", std::move(utterances));
  }
  if (Chance(30)) call->Set("latency", Latency());
}

JsonValue CallMaker::MakeCall(std::string_view organization) {
  JsonValue call = ObjectOf({{"organization_id", JsonValue::Text(organization)}});
  const std::size_t keys = Below(10);
  if (keys > 0) call.Set("id", JsonValue::Text(Id()));
  if (keys < 3) call.Set("call_id", JsonValue::Text(CallId()));
  AddScalars(&call);
  AddLongParts(&call);
  if (Chance(50)) call.Set("metadata", Metadata());
  if (Chance(40)) call.Set("call_analysis", Analysis());
  if (Chance(30)) {
    call.Set("call_cost",
             Chance(20) ? JsonValue() : ObjectOf({{"combined_cost", JsonValue::Number("0.25")}}));
  }
  if (Chance(30)) {
    call.Set("telephony_identifier", ObjectOf({{"call_sid", JsonValue::Text(Text())}}));
  }
  if (Chance(20)) call.Set("unknown", FreeValue());
  return call;
}

JsonValue CallMaker::MakePatch() {
  static const std::vector<std::string> kDeleted = {
      "call_id", "start_timestamp", "metadata",   "transcript", "call_analysis",
      "unknown", "call_status",     "created_at", "events",     "latency"};
  JsonValue patch = JsonValue::Object();
  if (Chance(30)) patch.Set(Pick(kDeleted), JsonValue());
  if (Chance(30)) patch.Set("metadata", Metadata());
  if (Chance(30)) patch.Set("call_status", JsonValue::Text("ENDED"));
  if (Chance(20)) patch.Set("start_timestamp", JsonValue::Number(Time()));
  if (Chance(20)) patch.Set("call_analysis", Analysis());
  if (Chance(10)) patch.Set("latency", Latency());
  if (Chance(10)) patch.Set("events", Events());
  if (Chance(10)) patch.Set("call_id", JsonValue::Text(CallId()));
  if (Chance(10)) patch.Set("unknown", FreeValue());
  if (Chance(5)) patch.Set("id", Chance(50) ? JsonValue() : JsonValue::Text("another"));
  if (Chance(5)) patch.Set("opt_out_sensitive_data_storage", JsonValue::Bool(Chance(50)));
  return Chance(3) ? JsonValue::Array() : patch;
}

TimeRange CallMaker::MakeRange() {
  TimeRange range;
  if (Chance(60)) return range;
  if (Chance(60)) range.ge = Time();
  if (Chance(60)) range.lt = Time();
  return range;
}

ListQuery CallMaker::MakeQuery() {
  static const std::vector<std::int64_t> kLimits = {1, 2, 3, 7, 20, 1000};
  return {.limit = Pick(kLimits),
          .sort_order = Chance(50) ? SortOrder::kAscending : SortOrder::kDescending,
          .view = Chance(70) ? View::kFull : View::kSummary,
          .filter = MakeRange(),
          .with_total = Chance(85),
          .verify = Chance(50)};
}

}  // namespace callstore::test
