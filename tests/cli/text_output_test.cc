// What the tool prints: csv, tables, times, text on a terminal, progress, the report of a call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <locale.h>

#include <string>
#include <vector>

#include "cli/call_report.h"
#include "cli/csv.h"
#include "cli/explain.h"
#include "cli/json_text.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/times.h"
#include "cli/transcript_hits.h"

namespace callstore::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TextOutput : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }
};

std::string CsvRow(const std::vector<std::string>& values) {
  std::string out;
  AppendCsvRow(values, &out);
  return out;
}

TEST_F(TextOutput, CsvValueWithSpecialCharacterIsQuoted) {
  EXPECT_EQ(CsvRow({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvRow({"a,b", "say \"hi\"", "two\nlines", "cr\r"}),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\"\r\n");
  EXPECT_EQ(CsvRow({""}), "\"\"\r\n");
}

TEST_F(TextOutput, WidthOfScriptsCountsColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("日本"), 4U);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1U);  // e and a combining accent
  EXPECT_EQ(DisplayWidth("Grünewald"), 9U);
}

TEST_F(TextOutput, CleanedTextHoldsNothingThatSteersTerminal) {
  EXPECT_EQ(CleanText("a\033[31mb\tc\nd"), "a [31mb c d");
  EXPECT_EQ(CleanText("a\xC2\x9B"
                      "b"),
            "a b");  // a C1 control character
  EXPECT_EQ(CleanText("a\xE2\x80\xAE"
                      "b"),
            "ab");  // right-to-left override
  EXPECT_EQ(CleanText("a\xFF"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");  // not UTF-8
}

TEST_F(TextOutput, CutTextFitsAndSaysSo) {
  EXPECT_EQ(CutText("abcdef", 6), "abcdef");
  EXPECT_EQ(CutText("abcdef", 4), "abc…");
  EXPECT_EQ(CutText("日本語", 4), "日…");
  EXPECT_EQ(CutText("abc", 0), "");
}

TEST_F(TextOutput, WrapBreaksAtSpacesAndInLongWords) {
  EXPECT_THAT(WrapText("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapText("abcdefgh ij", 5), ElementsAre("abcde", "fgh", "ij"));
  EXPECT_THAT(WrapText("日本語日本", 4), ElementsAre("日本", "語日", "本"));
  EXPECT_THAT(WrapText("", 5), ElementsAre(""));
}

TEST_F(TextOutput, TableAlignsWideCharacters) {
  const std::string table = FormatTable({{.header = "NAME"}, {.header = "N", .align_right = true}},
                                        {{"日本", "7"}, {"abc", "12"}}, {});
  EXPECT_EQ(table, "NAME   N\n日本   7\nabc   12\n");
}

TEST_F(TextOutput, TableTooWideIsCutThenLosesColumns) {
  const std::vector<TableColumn> columns = {{.header = "ID"},
                                            {.header = "TEXT", .least_width = 6, .drop_rank = 1}};
  const std::vector<std::vector<std::string>> rows = {{"call-1", "a long summary"}};
  EXPECT_EQ(FormatTable(columns, rows, {.width = 22}), "ID      TEXT\ncall-1  a long summary\n");
  EXPECT_EQ(FormatTable(columns, rows, {.width = 16}), "ID      TEXT\ncall-1  a long …\n");
  EXPECT_EQ(FormatTable(columns, rows, {.width = 13}), "ID\ncall-1\n");
  EXPECT_EQ(FormatTable(columns, rows, {.width = 3}), "ID\ncall-1\n");  // never cut: ids
}

TEST_F(TextOutput, SpansAndMomentsRead) {
  EXPECT_EQ(FormatSpan(0), "0:00");
  EXPECT_EQ(FormatSpan(600000), "10:00");
  EXPECT_EQ(FormatSpan(3723999.5), "1:02:03");
  EXPECT_EQ(FormatSpan(-1), "?");
  EXPECT_EQ(FormatMoment(1703097600000), "2023-12-20 18:40:00");
  EXPECT_EQ(FormatMoment(-1), "1969-12-31 23:59:59");
  EXPECT_EQ(FormatMoment(9223372036854775807), "9223372036854775807");
}

TEST_F(TextOutput, MomentTakesSpansAndTimes) {
  constexpr std::int64_t kNow = 1703097600000;
  EXPECT_EQ(ParseMoment("--since", "7d", kNow).value(), kNow - 604800000);
  EXPECT_EQ(ParseMoment("--since", "30m", kNow).value(), kNow - 1800000);
  EXPECT_EQ(ParseMoment("--since", "1703097600000", 0).value(), kNow);
  EXPECT_EQ(ParseMoment("--since", "2023-12-20", 0).value(), 1703030400000);
  for (const char* const wrong : {"7x", "d", "-7d", "tomorrow", "99999999999999999d", ""}) {
    const Result<std::int64_t> moment = ParseMoment("--until", wrong, kNow);
    ASSERT_FALSE(moment) << wrong;
    EXPECT_EQ(moment.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(moment.error().Detail("field"), "--until");
  }
}

TEST_F(TextOutput, PathPrefersLiteralKey) {
  const JsonText json(
      R"({"a":{"b":1,"b.c":2,"d":[{"e":"x\u00e9\ud83d\ude00"}]},"a.b":3,"n":null})");
  EXPECT_EQ(json.At("a.b").Text(), "3");
  EXPECT_EQ(json.At("a.b.c").Text(), "2");
  EXPECT_EQ(json.At("a.d.0.e").Text(), "xé😀");
  EXPECT_FALSE(json.At("n").present());
  EXPECT_EQ(json.At("a.d.1").kind(), JsonKind::kNone);
  EXPECT_EQ(json.At("").kind(), JsonKind::kNone);
}

TEST_F(TextOutput, BrokenJsonGivesNoValue) {
  for (const char* const text : {"", "{", "{\"a\":", "{\"a\"", "\"abc", "[1,", "{\"a\":1"}) {
    EXPECT_EQ(JsonText(text).kind(), JsonKind::kNone) << text;
  }
  EXPECT_TRUE(JsonText("{\"a\" 1}").Members().empty());
}

TEST_F(TextOutput, ProgressTellsRateAndTimeLeft) {
  const std::string line = FormatProgress(
      {.label = "a.jsonl", .done = 25, .total = 100, .calls = 5000, .elapsed_s = 10}, 100);
  EXPECT_EQ(line, "a.jsonl  [#####...............]  25%  5,000 calls  500/s  0:30 left");
  EXPECT_LE(DisplayWidth(FormatProgress({.label = "a.jsonl", .calls = 5}, 12)), 12U);
}

TEST_F(TextOutput, NumbersForPeople) {
  EXPECT_EQ(GroupDigits(0), "0");
  EXPECT_EQ(GroupDigits(-1234567), "-1,234,567");
  EXPECT_EQ(CountOf(1, "call"), "1 call");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(7900000), "7.9 MB");
}

TEST_F(TextOutput, ReportTellsDialogueToolsAndMetadata) {
  const std::string report = FormatCallReport(
      R"({"id":"i","call_id":"c-1","organization_id":"o","call_status":"ENDED",)"
      R"("start_timestamp":1703097600000,"call_duration":65000,"metadata":{"a":{"b":[1]}},)"
      R"("transcript_with_tool_calls":[)"
      R"({"role":"agent","content":"Hi\u001b[2J","words":[{"word":"Hi","start":61.5}]},)"
      R"({"role":"tool_call_invocation","tool_call_id":"t","name":"find","arguments":"{\"x\": 1}"},)"
      R"({"role":"tool_call_result","tool_call_id":"t","content":"none","successful":false},)"
      R"({"role":"dtmf","digit":"5"}],"extra":7})",
      {.width = 80});
  EXPECT_THAT(report, HasSubstr("Call c-1\n"));
  EXPECT_THAT(report, HasSubstr("2023-12-20 18:40:00 UTC"));
  EXPECT_THAT(report, HasSubstr("1:05"));
  EXPECT_THAT(report, HasSubstr("   1:01  Agent     Hi"));
  EXPECT_THAT(report, HasSubstr("Tool      → find(x: 1)"));
  EXPECT_THAT(report, HasSubstr("Tool      ← failed: none"));
  EXPECT_THAT(report, HasSubstr("Keys      digit: 5"));
  EXPECT_THAT(report, HasSubstr("  a.b             [1]"));
  EXPECT_THAT(report, HasSubstr("  extra           7"));
  EXPECT_THAT(report, Not(HasSubstr("\033")));
}

TEST_F(TextOutput, ExcerptIsCutAtSpacesAroundItsWord) {
  EXPECT_EQ(ExcerptAround("your order.", 5, 5), "your order.");
  std::string text;
  for (int i = 0; i < 40; ++i) text += "word" + std::to_string(100 + i) + " ";
  const std::size_t at = text.find("word120");
  const std::string excerpt = ExcerptAround(text, at, 7);
  EXPECT_EQ(excerpt,
            "…word117 word118 word119 word120 word121 word122 word123 word124 word125 word126 "
            "word127…");
  EXPECT_EQ(ExcerptAround(text, 0, 7).substr(0, 8), "word100 ");
  EXPECT_THAT(ExcerptAround(text, text.size() - 8, 7), testing::EndsWith("word139 "));
}

// Scripts without spaces, and places that are not in the text, break no character.
TEST_F(TextOutput, ExcerptHoldsWholeCharacters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "日";
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string excerpt = ExcerptAround(text, at, 3);
    EXPECT_EQ(CleanText(excerpt), excerpt) << at;
    EXPECT_THAT(excerpt, HasSubstr("日"));
  }
  EXPECT_EQ(ExcerptAround("short", 100, 100), "short");
  EXPECT_EQ(ExcerptAround("", 0, 0), "");
}

TEST_F(TextOutput, SearchIsFoundAtAnyDepthOfFilter) {
  const Filter search = Field("transcript_search") == "refund";
  const Filter other = Field("call_id") == "x";
  EXPECT_TRUE(SearchesTranscript(search));
  EXPECT_TRUE(SearchesTranscript(other && (other || !search)));
  EXPECT_FALSE(SearchesTranscript(other && !other));
  EXPECT_FALSE(SearchesTranscript({}));
}

TEST_F(TextOutput, ExplainHasOneLineForEachStep) {
  const std::string text = FormatExplain({.plan = "columns\nread\033 rows",
                                          .chunks_read = 3,
                                          .chunks_skipped = 0,
                                          .rows_tested = 12345,
                                          .residual_rows = 7,
                                          .residual_transcripts = 1});
  EXPECT_THAT(text, testing::StartsWith("plan\n  columns\n  read  rows\nwork\n  chunks read "));
  EXPECT_THAT(text, HasSubstr(" 12,345  in the columns\n"));
}

}  // namespace
}  // namespace callstore::cli
