// Goal:   the project's own rules hold, and the checks would notice if they did not.
// Method: run each check over all sources; then over small sources that break the rule.
#include "tidy/source_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// All .h and .cc files below `folders`, by path.
std::vector<Source> ReadSources(const std::vector<std::string_view>& folders) {
  namespace fs = std::filesystem;
  const fs::path root = CALLSTORE_SOURCE_DIR;
  std::vector<Source> sources;
  for (const std::string_view folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".h" && path.extension() != ".cc") continue;
      std::ifstream file(path, std::ios::binary);
      sources.push_back({fs::relative(path, root).generic_string(),
                         std::string(std::istreambuf_iterator<char>(file), {})});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

Findings CheckAll(const std::vector<std::string_view>& folders,
                  Findings (*check)(const Source& source)) {
  Findings all;
  for (const Source& source : ReadSources(folders)) {
    std::ranges::copy(check(source), std::back_inserter(all));
  }
  return all;
}

Findings CheckText(Findings (*check)(const Source& source), std::string path, std::string text) {
  return check({std::move(path), std::move(text)});
}

TEST(SourceTree, SourcesAreFound) { EXPECT_GT(ReadSources({"src", "include"}).size(), 20U); }

TEST(SourceTree, IncludesFollowTheLayers) {
  EXPECT_THAT(CheckAll({"src", "include"}, CheckIncludes), IsEmpty());
}

TEST(SourceTree, LibraryNeverPrintsExitsOrThrows) {
  EXPECT_THAT(CheckAll({"src", "include"}, CheckForbiddenWords), IsEmpty());
}

// Tests may hold long tables of cases.
TEST(SourceTree, FunctionsAreShort) {
  EXPECT_THAT(CheckAll({"src", "include", "bench"}, CheckFunctionLengths), IsEmpty());
}

// Tests may hold texts of other scripts, where one can read them.
TEST(SourceTree, SourcesAreAscii) {
  EXPECT_THAT(CheckAll({"src", "include", "bench"}, CheckAscii), IsEmpty());
}

TEST(Includes, LayerBelowIncludedIsFine) {
  EXPECT_THAT(CheckText(CheckIncludes, "src/store/a.cc",
                        "#include \"engine/b.h\"\n#include \"callstore/store.h\"\n"),
              IsEmpty());
  EXPECT_THAT(CheckText(CheckIncludes, "src/engine/a.cc",
                        "#include <rocksdb/db.h>\n#include <sys/stat.h>\n#include <vector>\n"),
              IsEmpty());
  EXPECT_THAT(CheckText(CheckIncludes, "src/record/a.cc", "#include \"call_generated.h\"\n"),
              IsEmpty());
}

TEST(Includes, LayerAboveIncludedIsReported) {
  EXPECT_THAT(CheckText(CheckIncludes, "src/keys/a.h", "\n#include \"engine/b.h\"\n"),
              ElementsAre(HasSubstr("src/keys/a.h:2: this layer must not include that one")));
  EXPECT_THAT(CheckText(CheckIncludes, "src/cli/a.cc", "#include \"base/error.h\"\n").size(), 1U);
  EXPECT_THAT(
      CheckText(CheckIncludes, "src/columns/a.h", "#include \"callstore/store.h\"\n").size(), 1U);
  EXPECT_THAT(CheckText(CheckIncludes, "src/novelty/a.h", "#include \"base/error.h\"\n").size(),
              1U);
}

TEST(Includes, DependencyOutsideItsFolderIsReported) {
  for (const std::string_view line : {"#include <rocksdb/slice.h>\n", "#include <simdjson.h>\n",
                                      "#include \"call_generated.h\"\n", "#include <xxhash.h>\n",
                                      "#include <flatbuffers/flatbuffers.h>\n"}) {
    EXPECT_THAT(CheckText(CheckIncludes, "src/query/a.cc", std::string(line)).size(), 1U) << line;
  }
}

TEST(Includes, DependencyInPublicHeaderIsReported) {
  EXPECT_THAT(CheckText(CheckIncludes, "include/callstore/a.h",
                        "#include <rocksdb/db.h>\n#include <tl/expected.hpp>\n#include <span>\n"
                        "#include \"base/error.h\"\n"),
              ElementsAre(HasSubstr("a.h:1:"), HasSubstr("a.h:4:")));
}

TEST(ForbiddenWords, InCodeIsReported) {
  EXPECT_THAT(CheckText(CheckForbiddenWords, "src/base/a.cc",
                        "int x = 1'000;\nvoid F() { std::printf(\"x\"); }\nthrow 1;\n"),
              ElementsAre(HasSubstr("a.cc:2: the library must not use printf"),
                          HasSubstr("a.cc:3: the library must not use throw")));
}

TEST(ForbiddenWords, InCommentLiteralOrToolIsFine) {
  EXPECT_THAT(CheckText(CheckForbiddenWords, "src/base/a.cc",
                        "// throw\n/* puts\n abort */\nauto s = \"exit\\\" cout\";\n"
                        "char q = '\"'; auto r = R\"(throw \" )\"; int exit_code; snprintf();\n"),
              IsEmpty());
  EXPECT_THAT(CheckText(CheckForbiddenWords, "src/cli/main.cc", "std::cout << 1;\n"), IsEmpty());
}

std::string FunctionOfLines(std::size_t lines) {
  std::string text = "class A {\n  int F(int a,\n        int b) {\n";
  for (std::size_t i = 0; i + 3 < lines; ++i) text += i % 2 == 0 ? "    Call();\n" : "#endif\n";
  return text + "  }\n};\n";
}

TEST(FunctionLengths, LongFunctionIsReported) {
  EXPECT_THAT(CheckText(CheckFunctionLengths, "src/a.cc", FunctionOfLines(kMaxFunctionLines)),
              IsEmpty());
  EXPECT_THAT(CheckText(CheckFunctionLengths, "src/a.cc", FunctionOfLines(kMaxFunctionLines + 1)),
              ElementsAre(HasSubstr("src/a.cc:2: 71 lines")));
}

TEST(Ascii, OtherCharacterIsReported) {
  EXPECT_THAT(CheckText(CheckAscii, "src/a.cc", "int a;\n// caf\xC3\xA9\n"),
              ElementsAre(HasSubstr("src/a.cc:2:")));
}

}  // namespace
}  // namespace callstore::tidy
