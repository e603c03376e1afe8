// source_rules.h - rules of this project that no compiler holds, checked on the text of the
// sources. A check returns one line per finding, "path:line: what is wrong"; none is good. The
// checks read text, not C++: they rely on clang-format's layout.
#ifndef CALLSTORE_TESTS_TIDY_SOURCE_RULES_H_
#define CALLSTORE_TESTS_TIDY_SOURCE_RULES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::tidy {

struct Source {
  std::string path;  // from the project's root, with slashes
  std::string text;
};

using Findings = std::vector<std::string>;

inline constexpr std::size_t kMaxFunctionLines = 70;

// The text with comments, string and character literals blanked; lines stay where they are.
std::string BlankCommentsAndLiterals(std::string_view text);

// Who may include whom: the table at the top of source_rules.cc.
Findings CheckIncludes(const Source& source);

// The library never prints, exits, aborts or throws; the tool may.
Findings CheckForbiddenWords(const Source& source);

Findings CheckFunctionLengths(const Source& source);

Findings CheckAscii(const Source& source);

}  // namespace callstore::tidy

#endif  // CALLSTORE_TESTS_TIDY_SOURCE_RULES_H_
