// Goal:   the walker takes exactly the texts that RFC 8259 allows, and says where another is wrong.
#include <gtest/gtest.h>

#include <string>

#include "json/walker.h"

namespace callstore::json {
namespace {

// What a walk over a whole text gives: its minified form, or the fault.
Result<std::string> Minify(std::string_view text) {
  Document document;
  if (auto loaded = document.Load(text); !loaded) return tl::unexpected<Error>(loaded.error());
  record::TextArena arena;
  Walker walker;
  walker.Start(document, document.text(), &arena);
  std::string_view json;
  if (!walker.ReadMinified(&json) || !walker.ReadEnd()) {
    return tl::unexpected<Error>(walker.TakeError());
  }
  return std::string(json);
}

std::string Nested(int depth, char open, char close) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, open) + std::string(count, close);
}

TEST(JsonWalker, ValidTextIsMinified) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"null", "null"},
      {" true ", "true"},
      {"\tfalse\r\n", "false"},
      {"0", "0"},
      {"-0", "-0"},
      {"-0.0e+10", "-0.0e+10"},
      {"1E400", "1E400"},
      {R"("")", R"("")"},
      {R"( "a b" )", R"("a b")"},
      {R"("\u0000\ud83d\ude00\/\b")", R"("\u0000\ud83d\ude00\/\b")"},
      {"[]", "[]"},
      {"[ ]", "[]"},
      {"{ }", "{}"},
      {"[1 , 2,3 ]", "[1,2,3]"},
      {"{\"a\" :1}", "{\"a\":1}"},
      {"{\"a\": 1}", "{\"a\":1}"},
      {"{ \"a b\":[ {} ,\"c d\"], \"\": null }", R"({"a b":[{},"c d"],"":null})"},
      {R"({"a":{"x":1},"b":{"x":1}})", R"({"a":{"x":1},"b":{"x":1}})"},
      {"\"\xF0\x9F\x98\x80\x7F\"", "\"\xF0\x9F\x98\x80\x7F\""},
  };
  for (const auto& [text, minified] : cases) {
    const auto result = Minify(text);
    ASSERT_TRUE(result.has_value()) << text << ": " << result.error().ToString();
    EXPECT_EQ(*result, minified);
  }
}

TEST(JsonWalker, InvalidTextIsRefused) {
  using namespace std::string_view_literals;
  constexpr std::string_view kCases[] = {
      ""sv,
      " "sv,
      "{"sv,
      "}"sv,
      "["sv,
      "]"sv,
      "[1"sv,
      "[1,"sv,
      "[1,]"sv,
      "[,1]"sv,
      "[1 2]"sv,
      "[1}"sv,
      "{\"a\"}"sv,
      "{\"a\":}"sv,
      "{\"a\":1,}"sv,
      "{,}"sv,
      "{1:2}"sv,
      "{\"a\"1}"sv,
      "{\"a\":1]"sv,
      "{\"a\":1"sv,
      "{a:1}"sv,
      "{'a':1}"sv,
      "nul"sv,
      "nulll"sv,
      "truefalse"sv,
      "True"sv,
      "tru e"sv,
      "01"sv,
      "-"sv,
      "+1"sv,
      "1."sv,
      ".5"sv,
      "1e"sv,
      "1e+"sv,
      "0x10"sv,
      "1_000"sv,
      "NaN"sv,
      "Infinity"sv,
      "-a"sv,
      "1a"sv,
      "1\"a\""sv,
      "\"a\"b"sv,
      "\"a\"\"b\""sv,
      "\"a"sv,
      "\""sv,
      "\"\\\""sv,
      "\"\\x\""sv,
      "\"\\u12\""sv,
      "\"\\u12g4\""sv,
      "\"\\ud800\""sv,
      "\"\\udc00\""sv,
      "\"\\ud800\\ud800\""sv,
      "\"\\ud800\\n\""sv,
      "\"\\ud800x\""sv,
      "\"\t\""sv,
      "\"\n\""sv,
      "\"\0\""sv,
      "1\0"sv,
      "\0"sv,
      "\"\xFF\""sv,
      "\"\xC0\x80\""sv,
      "\"\xED\xA0\x80\""sv,
      "\"\xE2\x82\""sv,
      "\xEF\xBB\xBF{}"sv,
      "1 2"sv,
      "{} {}"sv,
      "[] ,"sv,
      "null,"sv,
      "// a\n1"sv,
      "[1/**/]"sv,
      "\v1"sv,
      "\xC2\xA0"
      "1"sv,
  };
  for (const std::string_view text : kCases) {
    const auto result = Minify(text);
    ASSERT_FALSE(result.has_value()) << "taken: " << text << " as " << *result;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_FALSE(result.error().Detail("offset").empty()) << text;
  }
}

TEST(JsonWalker, FaultNamesOffsetPathAndValue) {
  struct Case {
    std::string_view text, offset, path, value;
  };
  const Case cases[] = {
      {R"({"a":[1,{"b":tru}]})", "13", "$.a[1].b", "tru"},
      {R"({"a":1,"a":2})", "7", "$", "\"a\""},
      {R"({"x":{"k":1,"k":2}})", "12", "$.x", "\"k\""},
      {R"([[0],[1,01]])", "8", "$[1][1]", "01"},
      {R"({"odd key":"\q"})", "12", "$[\"odd key\"]", "\\q\""},
      {"{\"a\":\n  -}", "8", "$.a", "-"},
  };
  for (const Case& c : cases) {
    const auto result = Minify(c.text);
    ASSERT_FALSE(result.has_value()) << c.text;
    EXPECT_EQ(result.error().Detail("offset"), c.offset) << c.text;
    EXPECT_EQ(result.error().Detail("path"), c.path) << c.text;
    EXPECT_EQ(result.error().Detail("value"), c.value) << c.text;
    EXPECT_FALSE(result.error().Detail("valid").empty()) << c.text;
  }
}

TEST(JsonWalker, TextFaultHasOffset) {
  EXPECT_EQ(Minify("{\"a\":\"\xFF\"}").error().Detail("offset"), "6");
  EXPECT_EQ(Minify("[\"\\\"\x01\"]").error().Detail("offset"), "4");
  EXPECT_EQ(Minify("[\"a\",\"b]").error().Detail("offset"), "5");
}

TEST(JsonWalker, DuplicateKeyIsRefusedAnywhere) {
  EXPECT_FALSE(Minify(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(Minify(R"([{"a":{"":1,"":2}}])"));
  std::string large = "{";
  for (int i = 0; i < 100; ++i) large += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(Minify(large + "\"k100\":0}"));
  const auto twice = Minify(large + "\"k42\":0}");
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().Detail("offset"), std::to_string(large.size()));
}

TEST(JsonWalker, DepthOverLimitIsTooLarge) {
  EXPECT_TRUE(Minify(Nested(kMostDepth, '[', ']')));
  for (const std::string& text :
       {Nested(kMostDepth + 1, '[', ']'), Nested(100000, '[', ']'), std::string(100000, '[')}) {
    const auto result = Minify(text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(result.error().Detail("limit"), "64 levels");
  }
}

TEST(JsonWalker, EscapesAreRead) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("a\u00e9b\u20AC")", "a\u00e9b\u20ac"},
      {R"("\ud83d\ude00 \uD83D\uDE00")", "\U0001F600 \U0001F600"},
      {R"("\u0000x")", std::string_view("\0x", 2)},
      {R"("\uffff\u0080\u07ff\u0800\udbff\udfff")", "\uffff\u0080\u07ff\u0800\U0010ffff"},
  };
  for (const auto& [text, value] : cases) {
    Document document;
    ASSERT_TRUE(document.Load(text));
    record::TextArena arena;
    Walker walker;
    walker.Start(document, document.text(), &arena);
    std::string_view read;
    ASSERT_TRUE(walker.ReadString(&read)) << text;
    EXPECT_EQ(read, value);
  }
}

TEST(JsonWalker, EveryTruncationIsRefused) {
  const std::string text =
      R"( {"a":[1,-2.5e3,{"b":"\u00e9 \ud83d\ude00 €"}],"c":{"d":null,"e":[true,false]},"f":""})";
  ASSERT_TRUE(Minify(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(Minify(text.substr(0, size))) << size;
  }
}

// Any byte in any place: no crash, and what is taken is again taken, unchanged.
TEST(JsonWalker, ChangedByteNeverBreaksTheWalk) {
  const std::string text = R"({"a":[1,-2.5e3,{"b":"\u00e9\n"}],"c":{"d":null},"e":true})";
  int taken = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      const auto once = Minify(changed);
      if (!once) continue;
      ++taken;
      ASSERT_EQ(Minify(*once).value_or("refused"), *once) << changed;
    }
  }
  EXPECT_GT(taken, 500);
}

TEST(Document, TextOverLimitIsTooLarge) {
  const std::string text(kMaxTextBytes + 1, ' ');
  Document document;
  const auto loaded = document.Load(text);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(loaded.error().Detail("limit"), std::to_string(kMaxTextBytes));
}

TEST(Document, SmallTextAfterLargeIsRead) {
  Document document;
  ASSERT_TRUE(document.Load("[" + std::string(1 << 20, ' ') + "]"));
  document.ReleaseTokens();
  ASSERT_TRUE(document.Load("[]"));
  EXPECT_EQ(document.tokens_end() - document.tokens_begin(), 2);
  document.ReleaseTokens();
  ASSERT_TRUE(document.Load("[1]"));
  EXPECT_EQ(document.tokens_end() - document.tokens_begin(), 3);
}

}  // namespace
}  // namespace callstore::json
