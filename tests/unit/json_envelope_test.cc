// Goal:   answers have the documented envelope, member by member in the documented order.
#include <gtest/gtest.h>

#include "json_fixture.h"

namespace callstore {
namespace {

using test::JsonValue;
using test::Keep;

constexpr std::string_view kCall =
    R"({"id":"i","organization_id":"org-1","opt_out_sensitive_data_storage":false,)"
    R"("metadata":{},"events":[],"transcript_object":[],"transcript_with_tool_calls":[]})";

TEST(JsonEnvelope, ListHasDocumentedMembers) {
  const auto kept = Keep(R"({"id":"i"})");
  ASSERT_TRUE(kept);
  const Page page{.organization_id = "org-1",
                  .calls = {kept->view(), kept->view()},
                  .pagination = {.page = 1,
                                 .limit = 2,
                                 .total_count = 5,
                                 .total_pages = 3,
                                 .has_next_page = true,
                                 .has_previous_page = true},
                  .next_cursor = "n",
                  .previous_cursor = "p",
                  .end_cursor = "e",
                  .sort_by = "start_timestamp",
                  .applied_filters_json = R"({"start_timestamp":{"ge":1}})"};
  const std::string call(kCall);
  EXPECT_EQ(ToJson(page),
            R"({"message":"Calls retrieved successfully","status":"success","error":null,"data":{)"
            R"("organization_id":"org-1","calls":[)" +
                call + "," + call +
                R"(],"pagination":{"page":1,"limit":2,"total_count":5,"total_pages":3,)"
                R"("has_next_page":true,"has_previous_page":true},"returned_count":2,)"
                R"("sort_order":"descending","sort_by":"start_timestamp",)"
                R"("applied_filters":{"start_timestamp":{"ge":1}},"next_cursor":"n",)"
                R"("previous_cursor":"p","end_cursor":"e"}})");
}

TEST(JsonEnvelope, EmptyListHasNulls) {
  const Page page{.organization_id = "a\"b",
                  .pagination = {.limit = 20},
                  .sort_by = "start_timestamp",
                  .sort_order = SortOrder::kAscending};
  const JsonValue answer = JsonValue::Parse(ToJson(page));
  const JsonValue& data = *answer.Find("data");
  EXPECT_EQ(data.Find("organization_id")->text(), "a\"b");
  EXPECT_EQ(*data.Find("calls"), JsonValue::Array());
  EXPECT_TRUE(data.Find("pagination")->Find("total_count")->is_null());
  EXPECT_TRUE(data.Find("pagination")->Find("total_pages")->is_null());
  for (const char* cursor : {"next_cursor", "previous_cursor", "end_cursor"}) {
    EXPECT_TRUE(data.Find(cursor)->is_null()) << cursor;
  }
  EXPECT_EQ(data.Find("sort_order")->text(), "ascending");
  EXPECT_EQ(*data.Find("applied_filters"), JsonValue::Object());
}

TEST(JsonEnvelope, IncompleteListSaysSo) {
  const Page page{.next_cursor = "n", .end_cursor = "n", .complete = false};
  const std::string text = ToJson(page);
  EXPECT_TRUE(text.ends_with(R"("end_cursor":"n","complete":false}})")) << text;
  EXPECT_NE(text.find(R"("total_count":null,"total_pages":null)"), std::string::npos) << text;
}

TEST(JsonEnvelope, HitsAndExplainFollow) {
  const auto kept = Keep(R"({"id":"i"})");
  ASSERT_TRUE(kept);
  const Page page{
      .calls = {kept->view(), kept->view()},
      .transcript_hits =
          {{{.utterance = 2, .offset_bytes = 5, .size_bytes = 6, .start = 1.25, .end = 2.0},
            {.utterance = 3, .offset_bytes = 0, .size_bytes = 4, .start = {}, .end = {}}},
           {}},
      .explain = Explain{.plan = "columns\nrows",
                         .chunks_read = 1,
                         .chunks_skipped = 2,
                         .chunks_known = 6,
                         .rows_tested = 3,
                         .residual_rows = 4,
                         .residual_transcripts = 5}};
  const std::string text = ToJson(page);
  EXPECT_TRUE(text.ends_with(
      R"("end_cursor":null,"transcript_hits":[)"
      R"([{"utterance":2,"offset":5,"size":6,"start":1.25,"end":2},)"
      R"({"utterance":3,"offset":0,"size":4}],[]],)"
      R"("explain":{"plan":"columns\nrows","chunks_read":1,"chunks_skipped":2,"chunks_known":6,)"
      R"("rows_tested":3,"residual_rows":4,"residual_transcripts":5}}})"))
      << text;
}

TEST(JsonEnvelope, SummaryPageIsPrintedAsSummary) {
  const auto kept = Keep(R"({"id":"i","transcript":"t"})");
  ASSERT_TRUE(kept);
  const Page page{.calls = {kept->view()}, .view = View::kSummary};
  EXPECT_EQ(ToJson(page).find("transcript"), std::string::npos);
  EXPECT_NE(ToJson(page, JsonOptions{.stamps = true}).find("\"stored_at\":1,\"changed_at\":2"),
            std::string::npos);
}

std::vector<std::string> PiecesOf(PageJson json) {
  std::vector<std::string> pieces;
  for (std::string piece; json.Next(&piece); piece.clear()) pieces.push_back(piece);
  std::string rest;
  EXPECT_FALSE(json.Next(&rest)) << "after the last piece there is none";
  EXPECT_EQ(rest, "");
  return pieces;
}

std::string Join(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

TEST(JsonEnvelope, PiecesJoinToThePage) {
  constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  const auto small = Keep(R"({"id":"i","transcript":"t"})");
  const auto large = Keep(R"({"id":"i","transcript":")" + std::string(100'000, 'x') + "\"}");
  ASSERT_TRUE(small && large);
  Page page{.organization_id = "org-1", .sort_by = "start_timestamp"};
  const auto check = [&](std::size_t least, std::size_t most) {
    const std::vector<std::string> pieces = PiecesOf(PageJson(page));
    EXPECT_EQ(Join(pieces), ToJson(page));
    EXPECT_GE(pieces.size(), least);
    EXPECT_LE(pieces.size(), most);
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) EXPECT_GE(pieces[i].size(), kPieceBytes);
  };
  check(1, 1);
  page.calls.assign(3, small->view());
  check(1, 1);
  page.calls.assign(1000, small->view());
  check(3, 10);
  page.calls.assign(3, large->view());
  check(3, 4);
}

TEST(JsonEnvelope, PieceIsAppended) {
  const auto kept = Keep(R"({"id":"i","transcript":"t"})");
  ASSERT_TRUE(kept);
  const Page page{.calls = {kept->view()}, .view = View::kSummary};
  std::string text = "before";
  PageJson summary(page);
  while (summary.Next(&text)) {
  }
  EXPECT_EQ(text, "before" + ToJson(page));
  const JsonOptions stamps{.stamps = true};
  EXPECT_EQ(Join(PiecesOf(PageJson(page, stamps))), ToJson(page, stamps));
}

TEST(JsonEnvelope, ErrorHasCodeAndDetails) {
  const Error error{.code = ErrorCode::kInvalidArgument,
                    .message = "the value is out of range",
                    .details = {{"field", "limit"}, {"value", "\\1"}}};
  EXPECT_EQ(ToJson(error),
            R"({"message":"the value is out of range","status":"error",)"
            R"x("error":"the value is out of range (field: limit, value: \\1)","data":null,)x"
            R"("error_info":{"code":"invalid_argument",)"
            R"("details":{"field":"limit","value":"\\1"}}})");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kUnauthorized), "unauthorized");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kForbidden), "forbidden");
  EXPECT_EQ(ErrorCodeName(ErrorCode::kInternal), "internal");
  EXPECT_NE(ToJson(Error{.code = ErrorCode::kBusy, .message = "busy", .details = {}})
                .find(R"("error":"busy","data":null,"error_info":{"code":"busy","details":{}})"),
            std::string::npos);
}

TEST(JsonEnvelope, OneCallIsTheData) {
  const auto kept = Keep(R"({"id":"i"})");
  ASSERT_TRUE(kept);
  const std::string call(kCall);
  const std::string success = R"(","status":"success","error":null,"data":)";
  EXPECT_EQ(GetEnvelope(kept->view()),
            R"({"message":"Call retrieved successfully)" + success + call + "}");
  EXPECT_EQ(UpdateEnvelope(kept->view()),
            R"({"message":"Call updated successfully)" + success +
                R"({"operation":"update","organization_id":"org-1","call":)" + call + "}}");
  EXPECT_EQ(DeleteEnvelope("org-1", "c"), R"({"message":"Call deleted successfully)" + success +
                                              R"({"call_id":"c","organization_id":"org-1"}})");
}

}  // namespace
}  // namespace callstore
