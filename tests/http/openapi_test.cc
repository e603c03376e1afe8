// Goal:   openapi.json describes the endpoint as it is: every route, parameter, field and error.
// Method: compare the document with the tables of the code; then send requests that end in every
//         status and check each answer against the schema that the document has for it.
#include "http/openapi.h"

#include <set>

#include "api_fixture.h"
#include "http/routes.h"
#include "json_schema.h"

namespace callstore::http {
namespace {

using test::JsonSchema;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

std::set<std::string> NamesOf(const JsonValue& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.members()) names.insert(name);
  return names;
}

// "a, b, c" up to a semicolon.
std::set<std::string> Split(std::string_view list) {
  std::set<std::string> names;
  list = list.substr(0, list.find(';'));
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(", "), list.size());
    names.insert(std::string(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 2, list.size()));
  }
  return names;
}

// Calls `visit` for each member of the document with this name, at any depth.
void ForEachMember(const JsonValue& value, std::string_view name,
                   const std::function<void(const JsonValue&)>& visit) {
  for (const auto& [key, member] : value.members()) {
    if (key == name) visit(member);
    ForEachMember(member, name, visit);
  }
  for (const JsonValue& element : value.elements()) ForEachMember(element, name, visit);
}

class OpenApiTest : public ApiTest {
 protected:
  const JsonValue& At(std::string_view reference) const {
    static const JsonValue kNone;
    const JsonValue* const found = schema_.Resolve(reference);
    EXPECT_NE(found, nullptr) << reference;
    return found == nullptr ? kNone : *found;
  }
  const JsonValue& Path(std::string_view path) const {
    static const JsonValue kNone;
    const JsonValue* const found = At("#/paths").Find(path);
    EXPECT_NE(found, nullptr) << path;
    return found == nullptr ? kNone : *found;
  }
  // What a reference names, or the value itself.
  const JsonValue& Followed(const JsonValue& value) const {
    const JsonValue* const reference = value.Find("$ref");
    return reference == nullptr ? value : At(reference->text());
  }

  // Sends a request and holds its answer against the document.
  Answer SendDescribed(const std::string& path, const Sent& sent) {
    const Answer answer = Send(sent);
    const std::string what = sent.method + " " + sent.target + " " + std::to_string(answer.status);
    std::string method;
    for (const char c : sent.method) method += static_cast<char>(std::tolower(c));
    const JsonValue* operation = Path(path).Find(method);
    // An operation that is not there is described by its neighbours' 405.
    if (operation == nullptr) operation = &Path(path).members().back().second;
    const JsonValue* const response =
        operation->Find("responses")->Find(std::to_string(answer.status));
    if (response == nullptr) {
      ADD_FAILURE() << what << " is not described";
      return answer;
    }
    const JsonValue& described = Followed(*response);
    for (const auto& [name, header] : described.Find("headers")->members()) {
      if (name == "Retry-After") continue;  // where it is busy
      EXPECT_FALSE(answer.Header(name).empty()) << what << " lacks " << name;
    }
    const JsonValue* const content = described.Find("content")->Find(answer.content_type);
    if (content == nullptr) {
      ADD_FAILURE() << what << " " << answer.content_type << " is not described";
    } else if (answer.content_type == "application/json") {
      EXPECT_THAT(schema_.Check(*content->Find("schema"), answer.json()), IsEmpty()) << what << "\n"
                                                                                     << answer.body;
    }
    return answer;
  }

  const JsonValue document_ = JsonValue::Parse(OpenApiJson());
  JsonSchema schema_{document_};
};

TEST_F(OpenApiTest, DocumentIsServedAsItIs) {
  EXPECT_EQ(Get("/openapi.json", "").body, OpenApiJson());
  EXPECT_EQ(At("#/openapi").text(), "3.1.0");
  EXPECT_EQ(At("#/components/securitySchemes/key/name").text(), "X-API-KEY");
  EXPECT_EQ(At("#/components/securitySchemes/secret/name").text(), "X-API-SECRET");
}

TEST_F(OpenApiTest, ReferencesResolveAndEveryComponentIsUsed) {
  std::set<std::string> used;
  ForEachMember(document_, "$ref", [&](const JsonValue& reference) {
    EXPECT_NE(schema_.Resolve(reference.text()), nullptr) << reference.text();
    used.insert(reference.text());
  });
  for (const char* const kind : {"parameters", "headers", "responses", "schemas"}) {
    const std::string folder = "#/components/" + std::string(kind);
    for (const std::string& name : NamesOf(At(folder))) {
      // Named in a description alone: an import is text, a line at a time.
      if (name == "CallInput") continue;
      EXPECT_THAT(used, Contains(folder + "/" + name));
    }
  }
}

TEST_F(OpenApiTest, EveryRouteAndMethodIsDescribed) {
  std::set<std::string> described;
  for (const auto& [path, item] : At("#/paths").members()) {
    for (const std::string& method : NamesOf(item)) {
      if (method != "parameters") described.insert(method + " " + path);
    }
  }
  std::set<std::string> served;
  for (std::size_t i = 0; i < kRoutes; ++i) {
    const auto route = static_cast<Route>(i);
    for (const char* const method : {"get", "post", "put", "patch", "delete"}) {
      std::string upper;
      for (const char* c = method; *c != '\0'; ++c) upper += static_cast<char>(std::toupper(*c));
      if (!Allows(route, ParseMethod(upper))) continue;
      served.insert(method + std::string(" ") + std::string(InfoOf(route).path));
      const JsonValue& operation = *Path(InfoOf(route).path).Find(method);
      EXPECT_EQ(operation.Find("security") != nullptr, InfoOf(route).open) << method;
    }
  }
  EXPECT_EQ(described, served);
}

TEST_F(OpenApiTest, ErrorCodesAreThoseOfTheLibrary) {
  std::set<std::string> codes;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    codes.insert(std::string(ErrorCodeName(static_cast<ErrorCode>(i))));
  }
  std::set<std::string> described;
  for (const JsonValue& code : At("#/components/schemas/ErrorCode/enum").elements()) {
    described.insert(code.text());
  }
  EXPECT_EQ(described, codes);
}

TEST_F(OpenApiTest, MembersOfRequestBodiesAreThoseThatAreTaken) {
  for (const auto& [path, name] : {std::pair<std::string, std::string>{"/api/calls", "ListRequest"},
                                   {"/api/calls/aggregate", "AggregateRequest"}}) {
    const Answer wrong = Send({.target = path, .method = "POST", .body = R"({"zzz":1})"});
    EXPECT_EQ(NamesOf(At("#/components/schemas/" + name + "/properties")),
              Split(wrong.detail("valid")))
        << path;
  }
}

TEST_F(OpenApiTest, EveryParameterIsTakenAndEveryMemberIsAParameter) {
  for (const char* const path : {"/api/calls", "/api/calls/aggregate"}) {
    std::set<std::string> names;
    for (const JsonValue& reference : Path(path).Find("get")->Find("parameters")->elements()) {
      const JsonValue& parameter = Followed(reference);
      const std::string name = parameter.Find("name")->text();
      names.insert(name);
      const JsonValue& schema = *parameter.Find("schema");
      const JsonValue* const words = schema.Find("enum");
      const std::string type = schema.Find("type")->text();
      std::string value = type == "boolean" ? "true" : "1";
      if (words != nullptr) value = words->elements().back().text();
      if (name == "filter_criteria") value = R"({"agent_id":"a"})";
      if (name == "time_zone") value = "Europe/Madrid";
      if (name == "metrics" || name == "sort_by") value = words == nullptr ? "count" : value;
      if (name == "group_by") value = "agent_id,day";
      if (name == "cursor" || name == "conditions") continue;
      const Answer answer = Get(path + ("?" + name + "=" + value));
      EXPECT_EQ(answer.status, 200) << name << "=" << value << " " << answer.body;
    }
    const std::set<std::string> members = Split(Get(path + std::string("?zzz=1")).detail("valid"));
    EXPECT_GE(members.size(), 10U);
    for (const std::string& member : members) EXPECT_THAT(names, Contains(member)) << path;
  }
}

TEST_F(OpenApiTest, FilterFieldsAreParameters) {
  // Of "...; FIELD or FIELD.OP with the fields id, call_duration [duration_ms], ... and the ...".
  std::string valid = Get("/api/calls?zzz=1").detail("valid");
  const std::size_t begin = valid.find("with the fields ");
  ASSERT_NE(begin, std::string::npos) << valid;
  valid = valid.substr(begin + 16, valid.find(" and the operators ") - begin - 16);
  // What follows a field in brackets is an explanation.
  for (std::size_t open; (open = valid.find(" (")) != std::string::npos;) {
    valid.erase(open, valid.find(')', open) + 1 - open);
  }
  std::set<std::string> names;
  for (const JsonValue& reference :
       Path("/api/calls").Find("get")->Find("parameters")->elements()) {
    names.insert(Followed(reference).Find("name")->text());
  }
  std::size_t plain = 0;
  for (std::string field : Split(valid)) {
    for (const char bracket : {'[', ']'}) std::erase(field, bracket);
    for (std::size_t at = 0; at < field.size();) {
      const std::size_t end = std::min(field.find(' ', at), field.size());
      const std::string name = field.substr(at, end - at);
      at = end + 1;
      if (name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) continue;
      ++plain;
      EXPECT_THAT(names, Contains(name));
    }
  }
  EXPECT_GT(plain, 25U) << valid;
}

constexpr const char* kWholeCall = R"({"id":"whole","call_id":"w","agent_id":"a",
    "call_status":"ENDED","call_type":"PHONE_CALL","direction":"INBOUND","from_number":"+1",
    "to_number":"+2","start_timestamp":1,"end_timestamp":2,"call_duration":1.5,
    "disconnection_reason":"USER_HANGUP","recording_url":"r","public_log_url":"p",
    "opt_out_sensitive_data_storage":false,"metadata":{"k":[1]},
    "events":[{"timestamp":1,"event":"e","data":{}}],"transcript":"hello there",
    "transcript_object":[{"role":"agent","content":"hello there",
      "words":[{"word":"hello","start":0.1,"end":0.2}]}],
    "transcript_with_tool_calls":[{"role":"user","content":"x"},
      {"role":"tool_call_invocation","tool_call_id":"t","name":"n","arguments":"{}"},
      {"role":"tool_call_result","tool_call_id":"t","content":"c","successful":true},
      {"role":"dtmf","digit":"1"}],
    "latency":{"e2e":{"max":1,"min":1,"num":1,"p50":1,"p90":1,"p95":1,"p99":1,"values":[1.5]}},
    "call_analysis":{"call_successful":true,"call_summary":"s","user_sentiment":"Positive",
      "in_voicemail":false,"custom_analysis_data":{"a":1}},
    "call_cost":{"combined_cost":0.25},
    "telephony_identifier":{"call_sid":"CA","conference_sid":"CF"},
    "created_at":1,"updated_at":2})";

TEST_F(OpenApiTest, LiveSuccessesAreDescribed) {
  ASSERT_TRUE(store_->PutJson(kOrg, kWholeCall));
  Fill(3);
  for (const char* const parameters :
       {"", "?view=summary", "?limit=1&page=1", "?explain=true&agent_id=a&sort_by=call_duration",
        "?transcript_search=hello", "?scan_limit_rows=1&metadata.k.present=true", "?page=99"}) {
    EXPECT_EQ(
        SendDescribed("/api/calls", {.target = "/api/calls" + std::string(parameters)}).status, 200)
        << parameters;
  }
  SendDescribed("/api/calls", {.method = "POST", .body = R"({"limit":2})"});
  const std::string aggregate = "/api/calls/aggregate";
  SendDescribed(aggregate, {.target = aggregate + "?group_by=day,agent_id&explain=true"
                                                  "&metrics=count,avg:call_duration"});
  SendDescribed(aggregate, {.target = aggregate, .method = "POST", .body = "{}"});
  const std::string call = "/api/calls/{id}";
  for (const char* const parameters : {"", "?view=summary"}) {
    SendDescribed(call, {.target = "/api/calls/whole" + std::string(parameters)});
  }
  EXPECT_EQ(SendDescribed(call, {.target = "/api/calls/n", .method = "PUT", .body = "{}"}).status,
            201);
  EXPECT_EQ(SendDescribed(call, {.target = "/api/calls/n", .method = "PUT", .body = "{}"}).status,
            200);
  SendDescribed(call, {.target = "/api/calls/n", .method = "PATCH", .body = R"({"agent_id":"b"})"});
  SendDescribed(call, {.target = "/api/calls/n", .method = "DELETE"});
  SendDescribed("/api/calls/import", {.target = "/api/calls/import",
                                      .method = "POST",
                                      .body = "{\"id\":\"i\"}\nnonsense\n{\"id\":7}"});
  for (const char* const path : {"/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    SendDescribed(path, {.target = path});
  }
  EXPECT_EQ(NamesOf(Get("/api/calls/whole").At("data")),
            NamesOf(At("#/components/schemas/Call/properties")))
      << "the call of this test has every field that is described";
  EXPECT_THAT(schema_.Check(At("#/components/schemas/CallInput"), JsonValue::Parse(kWholeCall)),
              IsEmpty());
}

TEST_F(OpenApiTest, LiveErrorsAreDescribed) {
  Fill(2);
  const std::string call = "/api/calls/{id}";
  const std::string import = "/api/calls/import";
  const auto slow = Error{ErrorCode::kDeadline, "slow", {}};
  struct Case {
    int status;
    std::string path;
    Sent sent;
  };
  const std::vector<Case> cases = {
      {400, "/api/calls", {.target = "/api/calls?limit=0"}},
      {400, "/api/calls", {.target = "/api/calls?cursor=x"}},
      {401, "/api/calls", {.key = ""}},
      {405, "/api/calls", {.method = "PUT"}},
      {413, "/api/calls", {.method = "POST", .body = std::string(2 << 20, ' ')}},
      {408, "/api/calls", {.method = "POST", .body_fails_with = slow}},
      {415, "/api/calls", {.method = "POST", .content_type = "text/plain"}},
      {400, "/api/calls/aggregate", {.target = "/api/calls/aggregate?limit=0"}},
      {401, "/api/calls/aggregate", {.target = "/api/calls/aggregate", .key = ""}},
      {400, call, {.target = "/api/calls/c0?x=1"}},
      {401, call, {.target = "/api/calls/c0", .key = ""}},
      {404, call, {.target = "/api/calls/none"}},
      {404, call, {.target = "/api/calls/none", .method = "PATCH", .body = "{}"}},
      {404, call, {.target = "/api/calls/none", .method = "DELETE"}},
      {400, call, {.target = "/api/calls/c0", .method = "PUT", .body = "["}},
      {403, call, {.target = "/api/calls/c0", .method = "PUT", .key = "ck_r"}},
      {403, call, {.target = "/api/calls/c0", .method = "PATCH", .key = "ck_r"}},
      {403, call, {.target = "/api/calls/c0", .method = "DELETE", .key = "ck_r"}},
      {408, call, {.target = "/api/calls/c0", .method = "PUT", .body_fails_with = slow}},
      {409, call, {.target = "/api/calls/c9", .method = "PUT", .body = R"({"call_id":"call-0"})"}},
      {409,
       call,
       {.target = "/api/calls/c1", .method = "PATCH", .body = R"({"call_id":"call-0"})"}},
      {415, call, {.target = "/api/calls/c0", .method = "PUT", .content_type = "text/plain"}},
      {405, call, {.target = "/api/calls/c0", .method = "POST"}},
      {400, import, {.target = import + "?on_existing=x", .method = "POST"}},
      {403, import, {.target = import, .method = "POST", .key = "ck_r"}},
      {405, import, {.target = import, .method = "DELETE"}},
      {408, import, {.target = import, .method = "POST", .body_fails_with = slow}},
      {415, import, {.target = import, .method = "POST", .content_type = "image/png"}},
      {400, "/healthz", {.target = "/healthz?x=1"}},
      {405, "/metrics", {.target = "/metrics", .method = "POST"}}};
  for (const auto& [status, path, sent] : cases) {
    EXPECT_EQ(SendDescribed(path, sent).status, status) << sent.method << sent.target;
  }
  api_->Drain();
  EXPECT_EQ(SendDescribed("/readyz", {.target = "/readyz"}).status, 503);
  Open({.mode = OpenMode::kReadOnly});
  for (const char* const method : {"PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(
        SendDescribed(call, {.target = "/api/calls/c0", .method = method, .body = "{}"}).status,
        503);
  }
}

TEST_F(OpenApiTest, CheckerFindsWhatIsNotDescribed) {
  const JsonValue& answer = At("#/components/schemas/Error");
  const std::string good = Get("/none").body;
  EXPECT_THAT(schema_.Check(answer, JsonValue::Parse(good)), IsEmpty());
  const auto findings = [&](const std::string& member, JsonValue value) {
    JsonValue changed = JsonValue::Parse(good);
    changed.Set(member, std::move(value));
    return schema_.Check(answer, changed);
  };
  EXPECT_THAT(findings("more", JsonValue()), ElementsAre("$.more: is not described"));
  EXPECT_THAT(findings("message", JsonValue::Number("1")),
              ElementsAre(R"($.message: 1 is not "string")"));
  EXPECT_THAT(findings("status", JsonValue::Text("success")),
              ElementsAre(R"($.status: "success" is not in the enum)"));
  EXPECT_THAT(findings("error_info", JsonValue::Parse(R"({"code":"internal"})")),
              ElementsAre("$.error_info: lacks details"));
  const auto check = [&](const char* schema, const char* value) {
    return schema_.Check(JsonValue::Parse(schema), JsonValue::Parse(value)).size();
  };
  EXPECT_EQ(check(R"({"type":"integer","minimum":1,"maximum":2})", "3"), 1U);
  EXPECT_EQ(check(R"({"type":["integer","null"]})", "1.5"), 1U);
  EXPECT_EQ(check(R"({"anyOf":[{"type":"null"},{"type":"string"}]})", "1"), 1U);
  EXPECT_EQ(check(R"({"type":"array","items":{"type":"string"}})", R"(["a",1,2])"), 2U);
  EXPECT_EQ(check(R"({"type":"object","additionalProperties":{"type":"string"}})", R"({"a":1})"),
            1U);
  EXPECT_EQ(check(R"({"type":"object","properties":{},"additionalProperties":true})", R"({"a":1})"),
            1U);
  EXPECT_EQ(check(R"({"kind":"text"})", "1"), 1U) << "a keyword nobody checks";
  EXPECT_EQ(check(R"({"$ref":"#/none"})", "1"), 1U);
}

}  // namespace
}  // namespace callstore::http
