#include "cli/call_splitter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callstore::cli {
namespace {

struct Found {
  std::string text;
  std::int64_t line = 0;
  bool has_problem = false;

  bool operator==(const Found&) const = default;
};

void PrintTo(const Found& found, std::ostream* out) {
  *out << found.line << ":" << found.text << (found.has_problem ? " (problem)" : "");
}

// Splits `text`, handed over in pieces of `piece_bytes`.
std::vector<Found> Split(std::string_view text, std::size_t piece_bytes = 1 << 20,
                         std::size_t most_bytes = CallSplitter::kMostRecordBytes) {
  std::vector<Found> found;
  CallSplitter splitter(
      [&](const SplitRecord& record) {
        found.push_back({std::string(record.text), record.line, !record.problem.empty()});
      },
      most_bytes);
  for (; !text.empty(); text.remove_prefix(std::min(piece_bytes, text.size()))) {
    splitter.Feed(text.substr(0, piece_bytes));
  }
  splitter.Finish();
  return found;
}

struct Case {
  const char* name;
  std::string text;
  std::vector<Found> expected;
};

class CallSplitterTest : public testing::TestWithParam<Case> {};

// Goal:   the same records come out however the stream is cut into pieces.
// Method: every text whole, then in pieces of 1, 2, 3 and 7 bytes.
TEST_P(CallSplitterTest, TextInAnyPiecesGivesItsRecords) {
  for (const std::size_t piece :
       {std::size_t{1} << 20, std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    EXPECT_EQ(Split(GetParam().text, piece), GetParam().expected) << "pieces of " << piece;
  }
}

const Case kCases[] = {
    {"Empty", "", {}},
    {"OnlySpace", " \r\n\n\t", {}},
    {"Lines", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n", {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 2}}},
    {"LinesWithoutLastEnd",
     "{\"id\":\"a\"}\n\n{\"id\":\"b\"}",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 3}}},
    {"LinesOfWindows",
     "{\"id\":\"a\"}\r\n{\"id\":\"b\"}\r\n",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 2}}},
    {"ByteOrderMark", "\xEF\xBB\xBF{\"id\":\"a\"}\n", {{"{\"id\":\"a\"}", 1}}},
    {"BracketsAndQuotesInText",
     "{\"id\":\"}]{[\\\"\\\\\"}\n{\"id\":\"b\"}",
     {{"{\"id\":\"}]{[\\\"\\\\\"}", 1}, {"{\"id\":\"b\"}", 2}}},
    {"Spread",
     "{\n \"id\": \"a\",\n \"x\": {\n}\n}\n{\n\"id\":\"b\"}",
     {{"{\n \"id\": \"a\",\n \"x\": {\n}\n}", 1}, {"{\n\"id\":\"b\"}", 6}}},
    {"Array",
     "[{\"id\":\"a\"}, {\"id\":\"b\"},\n{\"id\":\"c\"}]",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 1}, {"{\"id\":\"c\"}", 2}}},
    {"EmptyArray", "[]\n[ ]", {}},
    {"ListAnswer",
     "{\"message\":\"m\",\"error\":null,\"data\":{\"organization_id\":\"o\",\"calls\":[\n"
     "{\"id\":\"a\"},{\"id\":\"b\",\"data\":{}}],\"pagination\":{\"x\":[\"]}\"]}}}\n",
     {{"{\"id\":\"a\"}", 2}, {"{\"id\":\"b\",\"data\":{}}", 2}}},
    {"ListAnswerWithoutCalls", "{\"status\":\"success\",\"data\":{\"calls\":[]}}", {}},
    {"ListAnswersInLines",
     "{\"data\":{\"calls\":[{\"id\":\"a\"}],\"page\":0}}\n{\"data\":{\"calls\":[{\"id\":\"b\"}]}}"
     "\n",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 2}}},
    {"ListAnswersInArray",
     "[{\"data\":{\"calls\":[{\"id\":\"a\"}]}},{\"data\":{\"calls\":[{\"id\":\"b\"}]}}]",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":\"b\"}", 1}}},
    {"OneCallAnswer",
     "{\"status\":\"success\",\n\"data\":{\"id\":\"a\",\"x\":{}},\"error\":null}",
     {{"{\"id\":\"a\",\"x\":{}}", 2}}},
    {"CallWithOwnData",
     "{\"id\":\"a\",\"data\":{\"calls\":[1]}}\n{\"data\":{\"b\":1},\"call_id\":\"c\"}",
     {{"{\"id\":\"a\",\"data\":{\"calls\":[1]}}", 1},
      {"{\"data\":{\"b\":1},\"call_id\":\"c\"}", 2}}},
    {"BrokenLineFirst",
     "{\"id\":\"a\n{\"id\":\"b\"}\n",
     {{"{\"id\":\"a", 1}, {"{\"id\":\"b\"}", 2}}},
    {"BrokenLineAfterValue",
     "{\"id\":\"a\"\n{\"id\":\"b\"}\n",
     {{"{\"id\":\"a\"\n", 1}, {"{\"id\":\"b\"}", 2}}},
    {"BrokenLineAfterColon",
     "{\"id\":\"a\"}\n{\"id\":\n{\"id\":\"c\"}\n",
     {{"{\"id\":\"a\"}", 1}, {"{\"id\":", 2}, {"{\"id\":\"c\"}", 3}}},
    {"WrongBracket", "{\"id\":[1}\n{\"id\":\"b\"}", {{"{\"id\":[1}", 1}, {"{\"id\":\"b\"}", 2}}},
    {"NotAnObject",
     "hello\n{\"id\":\"b\"}\n42\n",
     {{"hello", 1}, {"{\"id\":\"b\"}", 2}, {"42", 3}}},
    {"NotAnObjectInArray",
     "[1,\"x\",{\"id\":\"b\"},null]",
     {{"1", 1}, {"\"x\"", 1}, {"{\"id\":\"b\"}", 1}, {"null", 1}}},
    {"ArrayInArray",
     "[[{\"id\":\"a\"}],{\"id\":\"b\"}]",
     {{"[{\"id\":\"a\"}]", 1}, {"{\"id\":\"b\"}", 1}}},
    {"BrokenStringInArray",
     "[{\"id\":\"a\n,{\"id\":\"b\"}]",
     {{"{\"id\":\"a", 1}, {"{\"id\":\"b\"}", 2}}},
    {"ArrayBreaksOff", "[{\"id\":\"a\"},", {{"{\"id\":\"a\"}", 1}, {"", 1, true}}},
    {"CallBreaksOff", "[{\"id\":\"a\"},{\"id\":", {{"{\"id\":\"a\"}", 1}, {"{\"id\":", 1}}},
    {"AnswerBreaksOff",
     "{\"data\":{\"calls\":[{\"id\":\"a\"}],\"page",
     {{"{\"id\":\"a\"}", 1}, {"", 1, true}}},
};

INSTANTIATE_TEST_SUITE_P(Texts, CallSplitterTest, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CallSplitter, RecordOverLimitIsProblemAndNextFollows) {
  const std::string large = "{\"id\":\"" + std::string(100, 'x') + "\"}";
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{10}}) {
    const std::vector<Found> found = Split(large + "\n{\"id\":\"b\"}\n", piece, 50);
    ASSERT_EQ(found.size(), 2U) << "pieces of " << piece;
    EXPECT_TRUE(found[0].has_problem);
    EXPECT_TRUE(found[0].text.empty());
    EXPECT_EQ(found[1], (Found{"{\"id\":\"b\"}", 2}));
  }
}

TEST(CallSplitter, BracketsWithoutEndStayBounded) {
  const std::string deep = "{\"a\":" + std::string(100000, '[');
  const std::vector<Found> found = Split(deep + "\n{\"id\":\"b\"}");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_LT(found[0].text.size(), 3000U);
  EXPECT_EQ(found[1], (Found{"{\"id\":\"b\"}", 2}));
}

}  // namespace
}  // namespace callstore::cli
