// Goal:   a cursor says what it was made of, to its own list and to no other, and no edit of it is
//         taken for a cursor. Also: base64, and the checks of a request.
#include "query/cursor.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "query/list_query.h"

namespace callstore::query {
namespace {

constexpr std::uint64_t kBinding = 0x0123456789ABCDEF;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const Cursor kCursor{.position = {.time_ms = 1703097600000, .tie = 0xFEDCBA9876543210},
                     .backward = true};

std::string ReasonOf(std::string_view text, std::uint64_t binding = kBinding) {
  const Result<Cursor> cursor = DecodeCursor(text, binding);
  if (cursor) return "taken";
  EXPECT_EQ(cursor.error().code, ErrorCode::kInvalidCursor);
  EXPECT_EQ(cursor.error().Detail("field"), "cursor");
  return std::string(cursor.error().Detail("reason"));
}

std::string Sealed(std::string body) {
  AppendLittle(static_cast<std::uint32_t>(Hash64(body)), &body);
  return EncodeBase64Url(body);
}

TEST(Cursor, AnyPositionDecodesBack) {
  for (const std::int64_t time : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX}) {
    for (const std::uint64_t tie : {std::uint64_t{0}, UINT64_MAX}) {
      for (const bool backward : {false, true}) {
        const Cursor cursor{.position = {time, tie}, .backward = backward};
        const std::string text = EncodeCursor(cursor, kBinding);
        EXPECT_EQ(text.size(), 40U);
        EXPECT_EQ(text.find_first_not_of(kAlphabet), std::string::npos);
        EXPECT_EQ(DecodeCursor(text, kBinding), cursor);
      }
    }
  }
}

// Cursors that people keep must stay good: never change the expected texts.
TEST(Cursor, TextAndBindingAreFixed) {
  EXPECT_EQ(EncodeCursor(kCursor, kBinding), "AQHvzauJZ0UjAQAIh4iMAQAAEDJUdpi63P7n2CYl");
  EXPECT_EQ(CursorBinding("org-789", "start_timestamp", SortOrder::kDescending, "{}"),
            10677462080236723877ULL);
}

TEST(Cursor, EveryCharacterEditIsRefused) {
  const std::string text = EncodeCursor(kCursor, kBinding);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string edited = text;
      edited[at] = static_cast<char>(byte);
      if (edited != text) {
        ASSERT_NE(ReasonOf(edited), "taken") << at << ' ' << byte;
      }
    }
  }
}

TEST(Cursor, EveryTruncationAndExtensionIsRefused) {
  const std::string text = EncodeCursor(kCursor, kBinding);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(ReasonOf(text.substr(0, size)), "taken") << size;
    EXPECT_NE(ReasonOf(text.substr(text.size() - size)), "taken") << size;
  }
  for (const char more : std::string(kAlphabet) + "= \n") {
    EXPECT_NE(ReasonOf(text + more), "taken");
    EXPECT_NE(ReasonOf(more + text), "taken");
    EXPECT_NE(ReasonOf(text + std::string(4, more)), "taken");
  }
  EXPECT_NE(ReasonOf(text + text), "taken");
}

TEST(Cursor, RefusalNamesItsReason) {
  const std::string text = EncodeCursor(kCursor, kBinding);
  std::string edited = text;
  edited[20] = edited[20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(ReasonOf(text), "taken");
  EXPECT_EQ(ReasonOf(""), "not a cursor");
  EXPECT_EQ(ReasonOf("page two, please"), "not a cursor");
  EXPECT_EQ(ReasonOf("\xFF\xFE"), "not a cursor");
  EXPECT_EQ(ReasonOf(std::string(1 << 20, 'A')), "not a cursor");
  EXPECT_EQ(ReasonOf(edited), "damaged");
  EXPECT_EQ(ReasonOf(text, kBinding + 1), "of another list");
  EXPECT_EQ(ReasonOf(Sealed(std::string(26, '\2'))), "of a newer version");
  EXPECT_EQ(ReasonOf(Sealed("\2 as it may look one day, of any length")), "of a newer version");
  EXPECT_EQ(ReasonOf(Sealed(std::string(26, '\0'))), "not a cursor");
  EXPECT_EQ(ReasonOf(Sealed('\1' + std::string(24, '\0'))), "not a cursor");
  EXPECT_EQ(ReasonOf(Sealed("\1\2" + std::string(24, '\0'))), "not a cursor");
}

TEST(Cursor, RefusalShowsValidTextOnly) {
  const Result<Cursor> cursor = DecodeCursor("abc\xFFzzz", kBinding);
  ASSERT_FALSE(cursor);
  EXPECT_EQ(cursor.error().Detail("value"), "abc");
}

TEST(CursorBinding, EveryPartCounts) {
  const std::uint64_t binding = CursorBinding("org", "key", SortOrder::kDescending, "{}");
  EXPECT_EQ(binding, CursorBinding("org", "key", SortOrder::kDescending, "{}"));
  EXPECT_NE(binding, CursorBinding("orG", "key", SortOrder::kDescending, "{}"));
  EXPECT_NE(binding, CursorBinding("org", "keY", SortOrder::kDescending, "{}"));
  EXPECT_NE(binding, CursorBinding("org", "key", SortOrder::kAscending, "{}"));
  EXPECT_NE(binding, CursorBinding("org", "key", SortOrder::kDescending, "{ }"));
  EXPECT_NE(binding, CursorBinding("orgk", "ey", SortOrder::kDescending, "{}"));
}

TEST(Base64Url, KnownVectorsBothWays) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(EncodeBase64Url(bytes), text);
    EXPECT_EQ(DecodeBase64Url(text), bytes);
  }
}

TEST(Base64Url, OtherTextIsRefused) {
  for (const std::string_view text :
       {"Z", "Zg==", "Zg=", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9vY", "Zm9v\n", "\xC3\xA9"}) {
    EXPECT_FALSE(DecodeBase64Url(text)) << text;
  }
}

TEST(Base64Url, RandomBytesDecodeBack) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 50, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
  }
}

void ExpectRefused(const Result<void>& result, std::string_view field, std::string_view value) {
  ASSERT_FALSE(result) << field << ' ' << value;
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(result.error().Detail("field"), field);
  EXPECT_EQ(result.error().Detail("value"), value);
  EXPECT_FALSE(result.error().Detail("valid").empty());
}

TEST(ListQueryCheck, ValidRequestsPass) {
  EXPECT_TRUE(CheckListQuery({}));
  EXPECT_TRUE(CheckListQuery({.page = INT64_MAX, .limit = 1000}));
  EXPECT_TRUE(CheckListQuery({.limit = 1, .sort_order = SortOrder::kAscending}));
  EXPECT_TRUE(CheckListQuery({.cursor = "any", .view = View::kSummary}));
}

TEST(ListQueryCheck, OutOfRangeNamesTheField) {
  ExpectRefused(CheckListQuery({.page = -1}), "page", "-1");
  ExpectRefused(CheckListQuery({.limit = 0}), "limit", "0");
  ExpectRefused(CheckListQuery({.limit = -1}), "limit", "-1");
  ExpectRefused(CheckListQuery({.limit = 1001}), "limit", "1001");
  ExpectRefused(CheckListQuery({.page = 1, .cursor = "any"}), "page", "1");
  ExpectRefused(CheckListQuery({.sort_order = static_cast<SortOrder>(2)}), "sort_order", "2");
  ExpectRefused(CheckListQuery({.view = static_cast<View>(9)}), "view", "9");
}

TEST(ListQueryCheck, DocumentedSortKeysPassAndOthersAreRefused) {
  for (const char* key : {"start_timestamp", "call_duration", "latency.e2e.p50", "updated_at"}) {
    EXPECT_TRUE(CheckListQuery({.sort_by = key})) << key;
  }
  for (const char* key : {"", "Start_Timestamp", "colour"}) {
    const Result<void> result = CheckListQuery({.sort_by = key});
    ExpectRefused(result, "sort_by", key);
    EXPECT_EQ(result.error().message, "sort_by is not a sort key");
  }
}

TEST(ListQueryCheck, WorkLimitsAreNotNegative) {
  EXPECT_TRUE(CheckListQuery(
      {.work = {.deadline_ms = INT64_MAX, .scan_limit_rows = 1, .plan = PlanChoice::kRowsOnly}}));
  ExpectRefused(CheckListQuery({.work = {.deadline_ms = -1}}), "deadline_ms", "-1");
  ExpectRefused(CheckWorkLimits({.scan_limit_rows = -5}), "scan_limit_rows", "-5");
  ExpectRefused(CheckWorkLimits({.plan = static_cast<PlanChoice>(3)}), "plan", "3");
}

TEST(KeyCheck, OneTo512BytesOfUtf8Pass) {
  EXPECT_TRUE(CheckOrganization("o"));
  EXPECT_TRUE(CheckOrganization(std::string(512, 'o')));
  EXPECT_TRUE(CheckCallKey("id", "caf\xC3\xA9 \xF0\x9F\x93\x9E"));
  EXPECT_TRUE(CheckCallKey("call_id", std::string_view("\0", 1)));
}

TEST(KeyCheck, OtherLengthsAndBytesAreRefused) {
  ExpectRefused(CheckOrganization(""), "organization_id", "");
  ExpectRefused(CheckCallKey("id", ""), "id", "");
  ExpectRefused(CheckCallKey("call_id", std::string(513, 'c')), "call_id",
                std::string(100, 'c') + "...");
  ExpectRefused(CheckCallKey("id", "caf\xC3"), "id", "caf");
}

TEST(Utf8, PrefixEndsBeforeTheFirstInvalidByte) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"", 0},
      {"plain", 5},
      {"\xC2\x80\xDF\xBF", 4},
      {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", 12},
      {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 8},
      {"a\x80", 1},
      {"a\xC0\xAF", 1},  // a longer form of '/'
      {"a\xC1\xBF", 1},
      {"a\xE0\x9F\xBF", 1},
      {"a\xED\xA0\x80", 1},  // a surrogate
      {"a\xF0\x8F\xBF\xBF", 1},
      {"a\xF4\x90\x80\x80", 1},  // past U+10FFFF
      {"a\xF5\x80\x80\x80", 1},
      {"a\xFF", 1},
      {"a\xC3", 1},  // cut off
      {"a\xE2\x82", 1},
      {"a\xF0\x9F\x93", 1},
      {"a\xE2\x82\x41", 1},
      {"a\xF0\x9F\x93\xC3", 1},
  };
  for (const auto& [bytes, valid] : cases) {
    EXPECT_EQ(Utf8Prefix(bytes).size(), valid) << testing::PrintToString(bytes);
    EXPECT_EQ(IsUtf8(bytes), valid == bytes.size());
  }
}

}  // namespace
}  // namespace callstore::query
