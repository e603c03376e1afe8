#include "http/key_format.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace callstore::http {
namespace {

const std::string kHeading = "{\"format\":\"callstore-keys\",\"version\":1}\n";
const std::string kDigits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

std::string Line(const std::string& key) {
  return R"({"key":")" + key + R"(","secret_sha256":")" + kDigits +
         R"(","organization_id":"org-789","read_only":true,"created_at":1703097600000})" + "\n";
}

// `line` with its first `from` made `to`.
std::string Changed(std::string line, const std::string& from, const std::string& to) {
  const std::size_t at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return line.replace(at, from.size(), to);
}

// These bytes are on the disks of users: a change of them needs a new version.
TEST(KeyFormat, BytesAreAsDocumented) {
  const Result<std::vector<KeyRecord>> records = ParseKeys(kHeading + Line("ck_1"));
  ASSERT_TRUE(records) << records.error().ToString();
  ASSERT_EQ(records->size(), 1U);
  const KeyRecord& record = records->front();
  EXPECT_EQ(record.key, "ck_1");
  EXPECT_EQ(record.secret_digest[1], 0x11);
  EXPECT_EQ(record.secret_digest[31], 0xFF);
  EXPECT_EQ(record.organization_id, "org-789");
  EXPECT_TRUE(record.read_only);
  EXPECT_EQ(record.created_at, 1703097600000);
  EXPECT_EQ(FormatKeys(*records), kHeading + Line("ck_1"));
}

TEST(KeyFormat, AnyOrganizationComesBack) {
  std::vector<KeyRecord> records;
  for (const std::string& name :
       {std::string("line\nbreak"), std::string("\"quoted\\\""), std::string("n\0l", 3),
        std::string("\xF0\x9F\x98\x80 \xC3\xA9\x7F\x1B"), std::string(512, 'x')}) {
    records.push_back({.key = "k" + std::to_string(records.size()),
                       .secret_digest = {1, 2, 3},
                       .organization_id = name,
                       .read_only = false,
                       .created_at = -1});
    EXPECT_TRUE(CheckOrganization(name));
  }
  const Result<std::vector<KeyRecord>> again = ParseKeys(FormatKeys(records));
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_EQ(*again, records);
}

TEST(KeyFormat, OrganizationThatNoCallCanHaveIsRefused) {
  for (const std::string& name : {std::string(), std::string(513, 'x'), std::string("\xFF")}) {
    const Result<void> checked = CheckOrganization(name);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(KeyFormat, DamagedLineIsNamedAndItsValuesAreNot) {
  const std::string good = Line("ck_2");
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"{", ""},
      {"}", ""},
      {"}", "}}"},
      {"\"key\"", "\"kez\""},
      {"\"key\":\"ck_2\",", ""},
      {"true", "1"},
      {"true", "\"true\""},
      {"true", "true,\"read_only\":true"},
      {"true", "true,\"note\":\"x\""},
      {"1703097600000", "\"1703097600000\""},
      {"1703097600000", "1.5"},
      {"ck_2", ""},
      {"ck_2", "ck 2"},
      {"ck_2", "ck\\n2"},
      {"ck_2", "\xC3\xA9"},
      {"ck_2", std::string(257, 'k')},
      {"org-789", ""},
      {"org-789", std::string(513, 'o')},
      {"org-789", "\xFF"},
      {kDigits, kDigits.substr(1)},
      {kDigits, kDigits + "0"},
      {kDigits, "cs_this_is_a_secret"},
      {"aabb", "AABB"},
      {"\n", "\n\n"},
      {"{", "\n{"},
      {"ck_2", "ck_1"},  // there already
  };
  for (const auto& [from, to] : changes) {
    const std::string line = Changed(good, from, to);
    const Result<std::vector<KeyRecord>> records = ParseKeys(kHeading + Line("ck_1") + line);
    ASSERT_FALSE(records) << line;
    EXPECT_EQ(records.error().code, ErrorCode::kCorrupt) << line;
    EXPECT_EQ(records.error().Detail("line"), from == "\n" ? "4" : "3") << line;
    EXPECT_EQ(records.error().ToString().find("cs_this"), std::string::npos);
  }
}

TEST(KeyFormat, LastLineMayLackItsEnd) {
  const std::string text = kHeading + Line("ck_1");
  EXPECT_TRUE(ParseKeys(text.substr(0, text.size() - 1)));
  EXPECT_EQ(ParseKeys(kHeading)->size(), 0U);
}

TEST(KeyFormat, OtherFilesAreRefused) {
  for (const std::string& text : {std::string(), std::string("\n"), Line("ck_1"), "x" + kHeading,
                                  Changed(kHeading, "callstore-keys", "callstore"),
                                  Changed(kHeading, "1", "\"1\""), "\n" + kHeading}) {
    const Result<std::vector<KeyRecord>> records = ParseKeys(text);
    ASSERT_FALSE(records) << text;
    EXPECT_EQ(records.error().code, ErrorCode::kCorrupt) << text;
    EXPECT_EQ(records.error().Detail("line"), "1");
  }
  const Result<std::vector<KeyRecord>> newer = ParseKeys(Changed(kHeading, "1", "2"));
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupportedFormat);
}

}  // namespace
}  // namespace callstore::http
