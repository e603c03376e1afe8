// Goal:   a path and its parameters come out as the client meant them, or are refused.
// Method: tables.
#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace callstore::http {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Target {
  std::string path = "before";
  NamesAndValues parameters = {{"before", ""}};
};

Target Parse(std::string_view text) {
  Target target;
  const Outcome<void> parsed = ParseTarget(text, &target.path, &target.parameters);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().error.ToString();
  return target;
}

TEST(Target, PathResolvedWithoutPlus) {
  EXPECT_EQ(Parse("/").path, "/");
  EXPECT_EQ(Parse("/api/calls/").path, "/api/calls/");
  EXPECT_EQ(Parse("//a").path, "//a");
  EXPECT_EQ(Parse("/a+b%20c%2Fd%2fe").path, "/a+b c/d/e");
  EXPECT_EQ(Parse("/%E2%82%AC/\xC3\xA4").path, "/\xE2\x82\xAC/\xC3\xA4");
  EXPECT_EQ(Parse("/a%0Ab").path, "/a\nb");
  EXPECT_EQ(Parse("/...").path, "/...");
  EXPECT_EQ(Parse("/a%2F..%2Fb").path, "/a/../b");  // an id with slashes, not a step
  EXPECT_EQ(Parse("*").path, "*");
}

TEST(Target, AbsoluteFormHasItsPath) {
  EXPECT_EQ(Parse("http://localhost:8080/a?b=c").path, "/a");
  EXPECT_THAT(Parse("http://localhost:8080/a?b=c").parameters, ElementsAre(Pair("b", "c")));
  EXPECT_EQ(Parse("https://localhost").path, "/");
}

TEST(Target, ParametersKeepOrderAndDuplicates) {
  EXPECT_THAT(Parse("/a").parameters, IsEmpty());
  EXPECT_THAT(Parse("/a?").parameters, IsEmpty());
  EXPECT_THAT(Parse("/a?z=1&a=2&z=3").parameters,
              ElementsAre(Pair("z", "1"), Pair("a", "2"), Pair("z", "3")));
  EXPECT_THAT(Parse("/a?&x&&y=&=z&").parameters,
              ElementsAre(Pair("x", ""), Pair("y", ""), Pair("", "z")));
  EXPECT_THAT(Parse("/a?x=1=2?/..").parameters, ElementsAre(Pair("x", "1=2?/..")));
}

TEST(Target, ParametersResolvedWithPlus) {
  EXPECT_THAT(Parse("/a?a+b=c+%2Bd%26%3d%25").parameters, ElementsAre(Pair("a b", "c +d&=%")));
  EXPECT_THAT(Parse("/a?x=%00").parameters, ElementsAre(Pair("x", "\0"s)));
}

TEST(Target, MalformedIs400) {
  for (const std::string& text :
       {""s,          "a"s,           "?a=b"s,    "%2Fa"s,       "localhost:80"s,
        "/%"s,        "/%4"s,         "/%4g"s,    "/a%%"s,       "/%00"s,
        "/a%ff"s,     "/\xC3"s,       "/%C0%80"s, "/%ED%A0%80"s, "/.."s,
        "/a/../b"s,   "/a/%2e%2E/b"s, "/./a"s,    "/a/.."s,      "/?a=%"s,
        "/?a=%zz"s,   "/?%a=b"s,      "/?a=%FF"s, "/?%FF=a"s,    "http://h/../a"s,
        "/?a=b&c=%1"s}) {
    Target target;
    const Outcome<void> parsed = ParseTarget(text, &target.path, &target.parameters);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().status, 400) << text;
    EXPECT_NE(parsed.error().error.Detail("field"), "") << text;
  }
}

}  // namespace
}  // namespace callstore::http
