// Goal:   minified JSON is stepped through as it stands, and no bytes lead past the end.
#include "base/minified_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace callstore {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

Members MembersOf(std::string_view object) {
  Members found;
  for (JsonMembers members(object); members.Next();) {
    found.emplace_back(members.key(), members.value());
  }
  return found;
}

std::vector<std::string> ElementsOf(std::string_view array) {
  std::vector<std::string> found;
  for (JsonElements elements(array); elements.Next();) found.emplace_back(elements.value());
  return found;
}

std::string TextOf(std::string_view json_string) {
  std::string buffer = "left from before";
  return std::string(JsonText(json_string, &buffer));
}

TEST(MinifiedJson, ValueEndsWhereItEnds) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {R"("a","b")", 3},  {R"("a\"]",1)", 6}, {R"("\\",1)", 4},      {"12.5e+3,4", 7},
      {"true]", 4},       {"null}", 4},       {R"({"a":[1]},2)", 9}, {R"(["]",{"}":1}],2)", 13},
      {R"([],1)", 2},     {"7", 1},           {R"("open)", 5},       {"[1,[2]", 6},
      {R"({"a":"}")", 8}, {",1", 0}};
  for (const auto& [text, end] : cases) EXPECT_EQ(JsonValueEnd(text, 0), end) << text;
  EXPECT_EQ(JsonValueEnd("1", 9), 1U);
}

TEST(MinifiedJson, TextIsUnescaped) {
  EXPECT_EQ(TextOf(R"("")"), "");
  EXPECT_EQ(TextOf(R"("plain")"), "plain");
  EXPECT_EQ(TextOf(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(TextOf(R"("a\u0041\u00e9\u20AC\ud83d\udcdez")"),
            "aA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\x9Ez");
  EXPECT_EQ(TextOf(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(TextOf(R"("\\\\n")"), R"(\\n)");
}

TEST(MinifiedJson, TextWithoutEscapesIsAView) {
  const std::string json = R"("as it stands")";
  std::string buffer;
  EXPECT_EQ(JsonText(json, &buffer).data(), json.data() + 1);
  EXPECT_TRUE(buffer.empty());
}

TEST(MinifiedJson, HalfASurrogatePairIsNoCharacter) {
  EXPECT_EQ(TextOf(R"("\ud83d")"), "\xEF\xBF\xBD");
  EXPECT_EQ(TextOf(R"("\udcdex")"), "\xEF\xBF\xBDx");
  EXPECT_EQ(TextOf(R"("\ud83d\u0041")"),
            "\xEF\xBF\xBD"
            "A");
}

TEST(MinifiedJson, MembersComeInOrder) {
  EXPECT_EQ(MembersOf("{}"), Members{});
  EXPECT_EQ(MembersOf(R"({"a":1,"b":{"c":[2,3]},"\u0064":"x,y","":null})"),
            (Members{{"a", "1"}, {"b", R"({"c":[2,3]})"}, {"d", R"("x,y")"}, {"", "null"}}));
  EXPECT_EQ(MembersOf("[1,2]"), Members{});
  EXPECT_EQ(MembersOf("3"), Members{});
}

TEST(MinifiedJson, RawKeyKeepsItsEscapes) {
  JsonMembers members(R"({"\u0064":1})");
  ASSERT_TRUE(members.Next());
  EXPECT_EQ(members.raw_key(), R"("\u0064")");
  EXPECT_FALSE(members.Next());
}

TEST(MinifiedJson, ElementsComeInOrder) {
  EXPECT_EQ(ElementsOf("[]"), std::vector<std::string>{});
  EXPECT_EQ(ElementsOf(R"([1,"a,]",[2,[3]],{"b":4},null])"),
            (std::vector<std::string>{"1", R"("a,]")", "[2,[3]]", R"({"b":4})", "null"}));
  EXPECT_EQ(ElementsOf(R"({"a":1})"), std::vector<std::string>{});
}

TEST(MinifiedJson, MemberIsFoundByItsText) {
  constexpr std::string_view kObject = R"({"a":1,"b.c":2,"\u00e9":3,"":4})";
  EXPECT_EQ(FindJsonMember(kObject, "a"), "1");
  EXPECT_EQ(FindJsonMember(kObject, "b.c"), "2");
  EXPECT_EQ(FindJsonMember(kObject, "\xC3\xA9"), "3");
  EXPECT_EQ(FindJsonMember(kObject, ""), "4");
  EXPECT_EQ(FindJsonMember(kObject, "b"), std::nullopt);
  EXPECT_EQ(FindJsonMember("[]", "a"), std::nullopt);
}

TEST(MinifiedJson, PathTakesTheLiteralKeyFirst) {
  constexpr std::string_view kObject =
      R"({"a.b":1,"a":{"b":2,"c":{"d":3},"c.e":4},"x":{"y.z":5},"s":"t","n":{"":6}})";
  EXPECT_EQ(FindJsonPath(kObject, "a.b"), "1");
  EXPECT_EQ(FindJsonPath(kObject, "a.c.d"), "3");
  EXPECT_EQ(FindJsonPath(kObject, "a.c"), R"({"d":3})");
  EXPECT_EQ(FindJsonPath(kObject, "a.c.e"), "4");
  EXPECT_EQ(FindJsonPath(kObject, "x.y.z"), "5");
  EXPECT_EQ(FindJsonPath(kObject, "n."), "6");
  for (const std::string_view path : {"a.x", "x.y", "s.t", "a.c.d.e", "b", "", ".", "a."}) {
    EXPECT_EQ(FindJsonPath(kObject, path), std::nullopt) << path;
  }
}

TEST(MinifiedJson, NumberIsTheNearestDouble) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<std::string_view, double> cases[] = {
      {"0", 0},
      {"-0", 0},
      {"3", 3},
      {"-2.5", -2.5},
      {"1e3", 1000},
      {"12345678901234567890", 12345678901234567890.0},
      {"1e400", kInfinity},
      {"-1e400", -kInfinity},
      {"1E+400", kInfinity},
      {"1e-400", 0},
      {"-1e-400", 0},
      {"1e99999999999999999999", kInfinity},
      {"1e-99999999999999999999", 0}};
  for (const auto& [json, number] : cases) EXPECT_EQ(JsonNumber(json), number) << json;
  EXPECT_EQ(JsonNumber(std::string(500, '9')), kInfinity);
  EXPECT_EQ(JsonNumber("0." + std::string(500, '0') + "1"), 0);
  EXPECT_EQ(JsonNumber("1" + std::string(500, '0') + "e-100"), kInfinity);
  EXPECT_EQ(JsonNumber("1" + std::string(500, '0') + "e-490"), 1e10);
  EXPECT_EQ(JsonNumber("0." + std::string(500, '0') + "1e100"), 0);
}

// What is asked of damaged bytes is an end, inside of them.
TEST(MinifiedJson, AnyBytesComeToAnEnd) {
  constexpr std::string_view kAlphabet = R"({}[]",:\u0d8e1-tn)";
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 16, ' ');
    for (char& c : text) c = kAlphabet[random() % kAlphabet.size()];
    if (random() % 2 == 0) text.insert(0, random() % 2 == 0 ? "{\"a\":" : "[");
    const std::string copy = text;  // of the exact size, so that a sanitizer sees its end
    std::size_t bytes = 0;
    for (JsonMembers members(copy); members.Next();) {
      bytes += members.value().size();
      (void)members.key();
    }
    ASSERT_LE(bytes, copy.size());
    bytes = 0;
    for (JsonElements elements(copy); elements.Next();) bytes += elements.value().size();
    ASSERT_LE(bytes, copy.size());
    ASSERT_LE(JsonValueEnd(copy, 0), copy.size());
    (void)FindJsonPath(copy, "a.b.a");
    std::string buffer;
    ASSERT_LE(JsonText(copy, &buffer).size(), copy.size() + 2);
  }
}

}  // namespace
}  // namespace callstore
