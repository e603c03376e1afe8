// The endpoint's writing routes: what is stored, what is refused, and that nothing is half done.
#include "api_fixture.h"

namespace callstore::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class WritesTest : public ApiTest {
 protected:
  Answer Put(const std::string& id, const std::string& body, const std::string& key = "ck_a") {
    return Send({.target = "/api/calls/" + id, .method = "PUT", .body = body, .key = key});
  }
  Answer Patch(const std::string& id, const std::string& body) {
    return Send({.target = "/api/calls/" + id, .method = "PATCH", .body = body});
  }
  Answer Delete(const std::string& id) {
    return Send({.target = "/api/calls/" + id, .method = "DELETE"});
  }
  Answer Import(const std::string& lines, const std::string& parameters = "") {
    return Send({.target = "/api/calls/import" + parameters, .method = "POST", .body = lines});
  }
  // {new, changed, unchanged, redacted, failed}
  static std::vector<std::int64_t> Counts(const Answer& answer) {
    std::vector<std::int64_t> counts;
    for (const char* const name : {"new", "changed", "unchanged", "redacted", "failed"}) {
      counts.push_back(answer.At("data." + std::string(name)).whole());
    }
    return counts;
  }
};

using Numbers = std::vector<std::int64_t>;

TEST_F(WritesTest, PutNewCallIs201ThenMergesWith200) {
  const Answer created = Put("c1", R"({"agent_id":"a","metadata":{"x":1}})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.json(),
            JsonValue::Parse(R"({"message":"Call updated successfully","status":"success",
            "error":null,"data":{"operation":"update","organization_id":"org-789","call":{
            "id":"c1","agent_id":"a","organization_id":"org-789",
            "opt_out_sensitive_data_storage":false,"metadata":{"x":1},"events":[],
            "transcript_object":[],"transcript_with_tool_calls":[]}}})"));
  const Answer merged = Put("c1", R"({"id":"c1","call_status":"ENDED","metadata":{"y":2}})");
  EXPECT_EQ(merged.status, 200);
  EXPECT_EQ(merged.Text("data.call.agent_id"), "a") << "what the body lacks stays";
  EXPECT_EQ(merged.At("data.call.metadata"), JsonValue::Parse(R"({"x":1,"y":2})"));
  EXPECT_EQ(Put("c1", R"({"call_status":"ENDED"})").body, merged.body) << "again: the same";
  EXPECT_EQ(Get("/api/calls/c1").At("data"), merged.At("data.call"));
}

TEST_F(WritesTest, PutPathNamesTheCallByIdOrCallId) {
  ASSERT_EQ(Put("c1", R"({"call_id":"k1"})").status, 201);
  EXPECT_EQ(Put("k1", R"({"agent_id":"by-call-id"})").Text("data.call.id"), "c1");
  EXPECT_EQ(Put("k1", R"({"id":"c1","agent_id":"again"})").status, 200);
  // A new call may be named by its call_id alone: its id is derived, the same every time.
  const Answer derived = Put("k2", R"({"call_id":"k2"})");
  EXPECT_EQ(derived.status, 201);
  EXPECT_THAT(derived.Text("data.call.id"), Not("k2"));
  EXPECT_EQ(Put("k2", R"({"call_id":"k2"})").status, 200);
  EXPECT_EQ(Put("k3", R"({"id":"c3","call_id":"k3"})").Text("data.call.id"), "c3");
}

TEST_F(WritesTest, PutOfAnotherCallThanThePathNamesIs400) {
  ASSERT_EQ(Put("c1", R"({"call_id":"k1"})").status, 201);
  const Answer other = Put("c2", R"({"id":"c3"})");
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(other.detail("field"), "id");
  EXPECT_EQ(other.detail("valid"), "c2");
  EXPECT_EQ(Put("k1", R"({"id":"c9"})").detail("valid"), "c1");
  const Answer conflict = Put("c2", R"({"call_id":"k1"})");
  EXPECT_EQ(conflict.status, 409) << "k1 belongs to c1";
  EXPECT_EQ(conflict.code(), "conflict");
  EXPECT_EQ(Ids(Get("/api/calls")).size(), 1U) << "nothing else was stored";
}

TEST_F(WritesTest, PutOfAnotherOrganizationsCallIs400) {
  const Answer answer = Put("c1", R"({"organization_id":"org-other"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.detail("field"), "organization_id");
  EXPECT_EQ(Put("c1", R"({"organization_id":"org-789"})").status, 201);
}

TEST_F(WritesTest, PutOfWhatIsNoCallIs400) {
  for (const char* const body : {"", "[]", "{", R"({"id":1})", R"({"start_timestamp":"soon"})",
                                 "{}{}", R"({"a":1,"a":2})"}) {
    EXPECT_EQ(Put("c1", body).status, 400) << body;
  }
  EXPECT_EQ(Get("/api/calls/c1").status, 404);
}

TEST_F(WritesTest, PutKeepsWhatACallOptsOutOfAway) {
  const Answer answer =
      Put("c1", R"({"opt_out_sensitive_data_storage":true,"transcript":"secret","agent_id":"a"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
}

TEST_F(WritesTest, BodyOverTheLimitIs413AndSlowOnes408) {
  Serve({.max_body_bytes = 100});
  const std::string large = R"({"agent_id":")" + std::string(200, 'x') + "\"}";
  for (const char* const method : {"PUT", "PATCH"}) {
    const Answer answer = Send({.target = "/api/calls/c1", .method = method, .body = large});
    EXPECT_EQ(answer.status, 413) << method;
    EXPECT_EQ(answer.detail("limit"), "100");
  }
  EXPECT_EQ(Send({.method = "POST", .body = std::string(101, ' ')}).status, 413);
  const Answer slow =
      Send({.target = "/api/calls/c1",
            .method = "PUT",
            .body = "{",
            .body_fails_with = Error{ErrorCode::kDeadline, "the body came too slowly", {}}});
  EXPECT_EQ(slow.status, 408);
  const Answer gone = Send({.target = "/api/calls/c1",
                            .method = "PUT",
                            .body = "{}",
                            .body_fails_with = Error{ErrorCode::kIoError, "gone", {}}});
  EXPECT_EQ(gone.status, 400);
  EXPECT_EQ(Get("/api/calls/c1").status, 404) << "half a body is no call";
}

TEST_F(WritesTest, PatchChangesWhatItNames) {
  Fill(2);
  const Answer answer = Patch("c1", R"({"agent_id":null,"metadata":{"x":1}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Text("data.operation"), "update");
  EXPECT_EQ(answer.At("data.call").Find("agent_id"), nullptr);
  EXPECT_EQ(Patch("call-1", R"({"call_status":"ENDED"})").Text("data.call.id"), "c1");
  EXPECT_EQ(Get("/api/calls/c1").Text("data.call_status"), "ENDED");
  EXPECT_EQ(Patch("none", "{}").status, 404);
  EXPECT_EQ(Patch("c1", R"({"id":"c2"})").status, 400);
  EXPECT_EQ(Patch("c1", R"({"organization_id":"org-other"})").status, 400);
  EXPECT_EQ(Patch("c1", R"({"call_id":"call-0"})").status, 409);
  EXPECT_EQ(Patch("c1", "[]").status, 400);
}

TEST_F(WritesTest, DeleteTakesOneCallAway) {
  Fill(3);
  const Answer answer = Delete("c1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, DeleteEnvelope(kOrg, "c1"));
  EXPECT_EQ(Delete("c1").status, 404);
  EXPECT_EQ(Delete("call-2").Text("data.call_id"), "c2");
  EXPECT_EQ(Ids(Get("/api/calls")), std::vector<std::string>{"c0"});
}

TEST_F(WritesTest, ImportCountsWhatBecameOfLines) {
  Fill(1);
  const std::string lines =
      "\xEF\xBB\xBF"
      R"({"id":"n1"})"
      "\r\n"
      "\n  \r\n"
      R"({"id":"c0","agent_id":"agent-0"})"
      "\n"
      R"({"id":"c0","agent_id":"new"})"
      "\n"
      "nonsense\n"
      R"({"id":"n2","opt_out_sensitive_data_storage":true,"transcript":"s"})"
      "\n"
      R"({"id":"n3","organization_id":"org-other"})"
      "\n"
      R"({"id":"n4"})";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    const Answer answer = Send(
        {.target = "/api/calls/import", .method = "POST", .body = lines, .piece_bytes = piece});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Text("status"), "success");
    const JsonValue errors = answer.At("data.errors");
    ASSERT_EQ(errors.elements().size(), 2U);
    EXPECT_EQ(errors.elements()[0].Find("line")->whole(), 6);
    EXPECT_EQ(errors.elements()[0].Find("code")->text(), "invalid_argument");
    EXPECT_FALSE(errors.elements()[0].Find("message")->text().empty());
    EXPECT_EQ(errors.elements()[1].Find("line")->whole(), 8);
    EXPECT_EQ(errors.elements()[1].Find("details")->Find("field")->text(), "organization_id");
    if (piece == 1) {
      EXPECT_EQ(Counts(answer), (Numbers{3, 1, 1, 1, 2})) << "a line sees those before it";
    } else {
      EXPECT_EQ(Counts(answer)[0], 0) << "again: nothing is new";
    }
  }
  EXPECT_EQ(Get("/api/calls/n3").status, 404);
  EXPECT_EQ(Get("/api/calls/n4").status, 200) << "the last line needs no end";
}

TEST_F(WritesTest, ImportOfNothingIsNothing) {
  for (const char* const lines : {"", "\n\n", "\xEF\xBB\xBF", "  "}) {
    EXPECT_EQ(Counts(Import(lines)), (Numbers{0, 0, 0, 0, 0})) << lines;
  }
}

TEST_F(WritesTest, ImportTellsAFewErrorsAndCountsAll) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += "x\n";
  const Answer answer = Import(lines);
  EXPECT_EQ(Counts(answer), (Numbers{0, 0, 0, 0, 30}));
  EXPECT_EQ(answer.At("data.errors").elements().size(), 20U);
}

TEST_F(WritesTest, ImportOnExistingSaysWhatBecomesOfStoredCalls) {
  const std::string call = R"({"id":"c1","updated_at":5,"agent_id":"a","call_status":"ENDED"})";
  const std::string newer = R"({"id":"c1","updated_at":6,"agent_id":"b"})";
  const auto after = [&](const std::string& parameters) {
    Import(call, "?on_existing=replace");
    EXPECT_EQ(Import(newer, parameters).status, 200);
    const Answer answer = Get("/api/calls/c1");
    return answer.Text("data.agent_id") + " " +
           (answer.At("data.call_status").is_null() ? "-" : answer.Text("data.call_status"));
  };
  EXPECT_EQ(after(""), "b ENDED");
  EXPECT_EQ(after("?on_existing=merge"), "b ENDED");
  EXPECT_EQ(after("?on_existing=replace"), "b -");
  EXPECT_EQ(after("?on_existing=keep"), "a ENDED");
  EXPECT_EQ(after("?on_existing=newer"), "b -");
  const Answer wrong = Import(call, "?on_existing=older");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.detail("valid"), "merge, replace, keep, newer");
}

TEST_F(WritesTest, ImportOfManyLinesStoresAll) {
  std::string lines;
  for (int i = 0; i < 1203; ++i) lines += R"({"id":"m)" + std::to_string(i) + "\"}\n";
  EXPECT_EQ(Counts(Import(lines)), (Numbers{1203, 0, 0, 0, 0}));
  EXPECT_EQ(store_->Count(kOrg).value(), 1203);
}

TEST_F(WritesTest, ImportLineOverTheLimitFailsAlone) {
  const std::string lines = R"({"id":"n1"})"
                            "\n" +
                            std::string((65 << 20) + 1, ' ') + "\n" + R"({"id":"n2"})";
  const Answer answer = Send(
      {.target = "/api/calls/import", .method = "POST", .body = lines, .piece_bytes = 1 << 20});
  EXPECT_EQ(Counts(answer), (Numbers{2, 0, 0, 0, 1}));
  EXPECT_EQ(answer.Text("data.errors.0.code"), "too_large");
  EXPECT_EQ(answer.At("data.errors.0.line").whole(), 2);
}

TEST_F(WritesTest, ImportThatBreaksOffSaysHowFarItCame) {
  std::string lines;
  for (int i = 0; i < 700; ++i) lines += R"({"id":"m)" + std::to_string(i) + "\"}\n";
  const Answer answer =
      Send({.target = "/api/calls/import",
            .method = "POST",
            .body = lines,
            .body_fails_with = Error{ErrorCode::kDeadline, "the body came too slowly", {}}});
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.detail("new"), "500");
  EXPECT_EQ(answer.detail("line"), "501");
  EXPECT_EQ(store_->Count(kOrg).value(), 500);
  Serve({.max_import_bytes = 1000});
  EXPECT_EQ(Import(lines).status, 413);
}

TEST_F(WritesTest, StoreThatTakesNoWritesAnswers503AndNamesNoPath) {
  Fill(1);
  Open({.mode = OpenMode::kReadOnly});
  for (const Sent& sent :
       {Sent{.target = "/api/calls/c0", .method = "PUT", .body = "{}"},
        Sent{.target = "/api/calls/c0", .method = "PATCH", .body = "{}"},
        Sent{.target = "/api/calls/c0", .method = "DELETE"},
        Sent{.target = "/api/calls/import", .method = "POST", .body = R"({"id":"n"})"}}) {
    const Answer answer = Send(sent);
    EXPECT_EQ(answer.status, 503) << sent.method;
    EXPECT_EQ(answer.code(), "read_only");
    EXPECT_THAT(answer.body, Not(HasSubstr(folder_.path())));
  }
  EXPECT_EQ(Get("/api/calls/c0").status, 200);
  EXPECT_EQ(Get("/readyz").Text("mode"), "reader");
}

}  // namespace
}  // namespace callstore::http
