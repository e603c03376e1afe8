// Goal:   nothing of one organization is ever seen or changed by another's key pair.
// Method: two organizations with the same ids and others; every route asked with the other's ids,
//         cursors and names; every answer searched for the marks that only the other's calls have.
#include "api_fixture.h"

namespace callstore::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class IsolationTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    Fill(5, kOrg, R"(,"metadata":{"mark":"MINE"})");
    Fill(3, kOther, R"(,"metadata":{"mark":"THEIRS"})");
    ASSERT_TRUE(store_->PutJson(
        kOther, R"({"id":"secret-id","call_id":"secret-call","metadata":{"mark":"THEIRS"}})"));
  }

  // What kOther has, to see that nothing changed.
  std::string Theirs() { return Get("/api/calls?limit=100", "ck_b").body; }
};

TEST_F(IsolationTest, ListsShowTheOwnCallsAlone) {
  for (const char* const target :
       {"/api/calls", "/api/calls?limit=1000", "/api/calls?metadata.mark=THEIRS",
        "/api/calls?id=secret-id", "/api/calls?id=c0", "/api/calls?sort_by=call_duration",
        "/api/calls/aggregate?group_by=metadata.mark&metrics=count",
        "/api/calls/aggregate?group_by=agent_id&metrics=sum:call_duration",
        "/api/calls?call_id.prefix=secret", "/api/calls?transcript_search=secret"}) {
    const Answer answer = Get(target);
    EXPECT_EQ(answer.status, 200) << target;
    // The filter that was asked for is echoed, beside the calls.
    const JsonValue calls = answer.At("data.calls");
    const std::string body = calls.is_null() ? answer.body : calls.Print();
    EXPECT_THAT(body, Not(HasSubstr("THEIRS"))) << target;
    EXPECT_THAT(body, Not(HasSubstr(kOther))) << target;
    EXPECT_THAT(body, Not(HasSubstr("secret-id"))) << target;
  }
  EXPECT_EQ(Get("/api/calls").At("data.pagination.total_count").whole(), 5);
  EXPECT_EQ(Get("/api/calls?id=secret-id").At("data.pagination.total_count").whole(), 0);
  EXPECT_EQ(Get("/api/calls", "ck_b").At("data.pagination.total_count").whole(), 4);
}

TEST_F(IsolationTest, OrganizationOfARequestIsTheKeysWhateverElseIsSaid) {
  EXPECT_EQ(Get("/api/calls?organization_id=org-other").status, 400);
  EXPECT_EQ(Send({.method = "POST", .body = R"({"organization_id":"org-other"})"}).status, 400);
  EXPECT_EQ(
      Send({.method = "POST", .body = R"({"filter_criteria":{"organization_id":"org-other"}})"})
          .status,
      400);
}

TEST_F(IsolationTest, AnothersCursorIsNoCursor) {
  const Answer theirs = Get("/api/calls?limit=1", "ck_b");
  for (const char* const name : {"next_cursor", "end_cursor"}) {
    const Answer answer =
        Get("/api/calls?limit=1&cursor=" + theirs.Text("data." + std::string(name)));
    EXPECT_EQ(answer.status, 400) << name;
    EXPECT_EQ(answer.code(), "invalid_cursor") << name;
  }
}

TEST_F(IsolationTest, AnothersIdIsAsUnknownAsOneThatNeverWas) {
  const std::string before = Theirs();
  for (const Sent& sent : {Sent{.method = "GET"}, Sent{.method = "PATCH", .body = "{}"},
                           Sent{.method = "DELETE"}, Sent{.method = "HEAD"}}) {
    std::vector<std::string> bodies;
    for (const std::string id : {"secret-id", "secret-call", "unknown-9"}) {
      Sent one = sent;
      one.target = "/api/calls/" + id;
      const Answer answer = Send(one);
      EXPECT_EQ(answer.status, 404) << sent.method << id;
      std::string body = answer.body;
      for (std::size_t at; (at = body.find(id)) != std::string::npos;) body.erase(at, id.size());
      bodies.push_back(body);
    }
    EXPECT_EQ(bodies[0], bodies[2]) << sent.method;
    EXPECT_EQ(bodies[1], bodies[2]) << sent.method;
  }
  EXPECT_EQ(Theirs(), before);
}

TEST_F(IsolationTest, WritesUnderAnothersIdMakeAnOwnCall) {
  const std::string before = Theirs();
  const Answer put =
      Send({.target = "/api/calls/secret-id", .method = "PUT", .body = R"({"agent_id":"mine"})"});
  EXPECT_EQ(put.status, 201);
  EXPECT_THAT(put.body, Not(HasSubstr("THEIRS")));
  EXPECT_EQ(Send({.target = "/api/calls/c0", .method = "PATCH", .body = R"({"agent_id":"x"})"})
                .Text("data.organization_id"),
            kOrg);
  EXPECT_EQ(Send({.target = "/api/calls/c1", .method = "DELETE"}).status, 200);
  const Answer import = Send({.target = "/api/calls/import",
                              .method = "POST",
                              .body = R"({"id":"secret-id","organization_id":"org-other"})"
                                      "\n"
                                      R"({"id":"c2","agent_id":"imported"})"});
  EXPECT_EQ(import.At("data.failed").whole(), 1);
  EXPECT_THAT(import.body, Not(HasSubstr("THEIRS")));
  EXPECT_EQ(Theirs(), before);
}

TEST_F(IsolationTest, FiguresForOperatorsNameNobody) {
  Get("/api/calls/c0");
  Get("/api/calls/secret-id", "ck_b");
  const std::string metrics = Get("/metrics").body;
  std::string lines;
  for (const std::string& line : lines_) lines += line + "\n";
  for (const std::string& text : {metrics, lines}) {
    for (const char* const name : {"org-789", "org-other", "secret-id", "/c0", "cs_a", "cs_b"}) {
      EXPECT_THAT(text, Not(HasSubstr(name)));
    }
  }
}

}  // namespace
}  // namespace callstore::http
