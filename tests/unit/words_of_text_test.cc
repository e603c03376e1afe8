// Goal:   the words of a text are its runs of letters, marks and numbers of any script, alike in
//         any letter case; bytes that are no text do no harm.
// Method: tables; all code points there are; random bytes against a slow reading of the same rules.
#include "base/words_of_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace callstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Encode(utf8proc_int32_t code_point) {
  std::string text(4, '\0');
  const auto size =
      utf8proc_encode_char(code_point, reinterpret_cast<utf8proc_uint8_t*>(text.data()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

const utf8proc_uint8_t* BytesOf(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

bool IsWordCodePoint(utf8proc_int32_t code_point) {
  const std::string_view category = utf8proc_category_string(code_point);
  return category[0] == 'L' || category[0] == 'M' || category[0] == 'N';
}

// The folding of a whole text, by utf8proc's own function.
std::string FoldWhole(std::string_view text) {
  utf8proc_uint8_t* folded = nullptr;
  const auto size = utf8proc_map(BytesOf(text), static_cast<utf8proc_ssize_t>(text.size()), &folded,
                                 UTF8PROC_CASEFOLD);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(folded, &std::free);
  if (size < 0) return "not UTF-8";
  return {reinterpret_cast<const char*>(folded), static_cast<std::size_t>(size)};
}

struct Found {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::string folded;

  friend bool operator==(const Found&, const Found&) = default;
  friend void PrintTo(const Found& found, std::ostream* out) {
    *out << found.offset << "+" << found.size << " '" << found.folded << "'";
  }
};

std::vector<Found> Scan(std::string_view text) {
  std::vector<Found> all;
  for (WordScanner scanner(text); scanner.Next();) {
    all.push_back({scanner.offset(), scanner.size(), std::string(scanner.folded())});
  }
  return all;
}

// The same, one character after the other.
std::vector<Found> ScanSlowly(std::string_view text) {
  std::vector<Found> all;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point = 0;
    const auto size = utf8proc_iterate(
        BytesOf(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    const bool is_word = size > 0 && IsWordCodePoint(code_point);
    const std::size_t length = size > 0 ? static_cast<std::size_t>(size) : 1;
    if (is_word && !in_word) all.push_back({at, 0, ""});
    if (is_word) all.back().size += length;
    in_word = is_word;
    at += length;
  }
  for (Found& found : all) found.folded = FoldWhole(text.substr(found.offset, found.size));
  return all;
}

TEST(WordsOfText, AsciiIsCutAtAllElse) {
  EXPECT_THAT(FoldedWords("Hello, there! It's 9:30_pm\n\tOK"),
              ElementsAre("hello", "there", "it", "s", "9", "30", "pm", "ok"));
  EXPECT_THAT(FoldedWords(""), IsEmpty());
  EXPECT_THAT(FoldedWords(" .,;-\n\"'"), IsEmpty());
  EXPECT_THAT(FoldedWords("a"), ElementsAre("a"));
  EXPECT_THAT(FoldedWords(std::string_view("a\0b", 3)), ElementsAre("a", "b"));
}

TEST(WordsOfText, OtherScriptsAreCutAndFolded) {
  EXPECT_THAT(FoldedWords("¿Dónde está la ESTACIÓN?"),
              ElementsAre("dónde", "está", "la", "estación"));
  EXPECT_THAT(FoldedWords("Straße STRASSE ẞ"), ElementsAre("strasse", "strasse", "ss"));
  EXPECT_THAT(FoldedWords("ΟΔΟΣ οδος"), ElementsAre("οδοσ", "οδοσ"));
  EXPECT_THAT(FoldedWords("ПРИВЕТ, мир—и «ты»"), ElementsAre("привет", "мир", "и", "ты"));
  EXPECT_THAT(FoldedWords("नमस्ते दुनिया।"), ElementsAre("नमस्ते", "दुनिया"));
  EXPECT_THAT(FoldedWords("你好，世界。"), ElementsAre("你好", "世界"));
  EXPECT_THAT(FoldedWords("x² Ⅷ ٣ 👍a👍🏽b"), ElementsAre("x²", "ⅷ", "٣", "a", "b"));
}

TEST(WordsOfText, MarksBelongToTheirWord) {
  EXPECT_THAT(FoldedWords("CAFE\u0301 au lait"), ElementsAre("cafe\u0301", "au", "lait"));
  EXPECT_NE(FoldedWords("cafe\u0301"), FoldedWords("caf\u00e9")) << "text is not normalized";
}

TEST(WordsOfText, PlacesAreThoseInTheText) {
  EXPECT_THAT(Scan("  Über—Äpfel x"),
              ElementsAre(Found{2, 5, "über"}, Found{10, 6, "äpfel"}, Found{17, 1, "x"}));
}

TEST(WordsOfText, BytesThatAreNoTextStandBetween) {
  EXPECT_THAT(FoldedWords("ab\xff"
                          "cd\xc3"),
              ElementsAre("ab", "cd"));
  EXPECT_THAT(FoldedWords("\xed\xa0\x80"
                          "a\xf5\x80\x80\x80z"),
              ElementsAre("a", "z"));
  EXPECT_THAT(FoldedWords("\xe2\x82"), IsEmpty());
}

TEST(WordsOfText, EveryCodePointFoldsToAWordThatFoldsToItself) {
  int changed = 0;
  for (utf8proc_int32_t code_point = 1; code_point <= 0x10FFFF; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    const std::string text = Encode(code_point);
    const std::vector<std::string> words = FoldedWords(text);
    ASSERT_EQ(words.size(), IsWordCodePoint(code_point) ? 1U : 0U) << std::hex << code_point;
    if (words.empty()) continue;
    ASSERT_EQ(words[0], FoldWhole(text)) << std::hex << code_point;
    ASSERT_EQ(FoldedWords(words[0]), words) << std::hex << code_point;
    changed += words[0] != text ? 1 : 0;
  }
  EXPECT_GT(changed, 1000);
}

TEST(WordsOfText, RandomTextAgreesWithSlowReading) {
  constexpr std::string_view kPieces[] = {"a",    "Z",    "9",    " ",        "_",    "é", "É",
                                          "ß",    "İ",    "—",    "\u0301",   "世",   "👍", "ﬃ",
                                          "\xff", "\xc3", "\x80", "\xf0\x9f", "word", "Ω", "\n"};
  std::mt19937 random(7);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (auto left = random() % 12; left > 0; --left)
      text += kPieces[random() % std::size(kPieces)];
    // A copy of its very size, so that a read past its end is noticed.
    const std::vector<char> bytes(text.begin(), text.end());
    ASSERT_EQ(Scan({bytes.data(), bytes.size()}), ScanSlowly(text)) << text;
  }
}

}  // namespace
}  // namespace callstore
