// Goal:   the library never prints, exits or aborts, whatever a header that it includes does.
// Method: the undefined symbols of the built library, by nm. CALLSTORE_TEST_LIBRARY names another
//         library than this build's; then asserts must be compiled out too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace callstore::tidy {
namespace {

using ::testing::IsSupersetOf;

constexpr std::array<std::string_view, 22> kForbidden = {
    "abort",     "exit",      "_exit",        "quick_exit", "printf",        "fprintf",
    "vprintf",   "vfprintf",  "__printf_chk", "dprintf",    "__fprintf_chk", "puts",
    "fputs",     "putchar",   "fputc",        "perror",     "fwrite",        "_ZSt4cout",
    "_ZSt4cerr", "_ZSt4clog", "stdout",       "stderr"};

// The names that `library` (.a or .so) takes from elsewhere.
std::set<std::string> UndefinedSymbols(const std::string& library) {
  const bool shared = library.find(".so") != std::string::npos;
  const std::string command =
      std::string("nm --undefined-only ") + (shared ? "--dynamic " : "") + "'" + library + "'";
  std::set<std::string> symbols;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return symbols;
  std::array<char, 1 << 14> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) {
    // "                 U name" or "... U name@GLIBC_2.2.5".
    std::string_view text = line.data();
    text.remove_suffix(text.ends_with('\n') ? 1 : 0);
    const std::size_t space = text.rfind(' ');
    if (space == std::string_view::npos || space < 1 || text[space - 1] != 'U') continue;
    text.remove_prefix(space + 1);
    symbols.emplace(text.substr(0, text.find('@')));
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return symbols;
}

TEST(Symbols, LibraryNeverPrintsExitsOrAborts) {
  if (!std::string_view(CALLSTORE_SANITIZE).empty()) GTEST_SKIP() << "a sanitizer adds its own";
  const char* other = std::getenv("CALLSTORE_TEST_LIBRARY");
  const std::string library = other != nullptr ? other : CALLSTORE_LIBRARY;
  const std::set<std::string> symbols = UndefinedSymbols(library);
  ASSERT_THAT(symbols, IsSupersetOf({"memcpy", "_Znwm"})) << "is that the library? " << library;
  for (const std::string_view name : kForbidden) {
    EXPECT_FALSE(symbols.contains(std::string(name))) << library << " uses " << name;
  }
  if (other != nullptr) {
    EXPECT_FALSE(symbols.contains("__assert_fail")) << library << " has asserts compiled in";
  }
}

// The control: GoogleTest prints, and the same reading of symbols sees it in this program.
TEST(Symbols, PrintingProgramIsSeen) {
  const auto symbols = UndefinedSymbols(std::filesystem::read_symlink("/proc/self/exe").string());
  EXPECT_TRUE(std::ranges::any_of(kForbidden, [&symbols](std::string_view name) {
    return symbols.contains(std::string(name));
  }));
}

}  // namespace
}  // namespace callstore::tidy
