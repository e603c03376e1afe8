// text.h - UTF-8 text on a terminal: what may be shown, how wide it is, where it breaks.
// Widths are terminal columns: 2 for East Asian wide characters and most emoji, 0 for combining
// marks. They need a UTF-8 LC_CTYPE (main sets it); without one every character counts 1.
//
// Thread safety: functions without state.
#ifndef CALLSTORE_SRC_CLI_TEXT_H_
#define CALLSTORE_SRC_CLI_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::cli {

void AppendUtf8(std::uint32_t code, std::string* out);

// `text` fit for a terminal, whoever wrote it: valid UTF-8 on one line, without control characters
// and without marks that change the direction of what follows.
std::string CleanText(std::string_view text);

std::size_t DisplayWidth(std::string_view text);

// At most `width` columns of `text`, with an ellipsis at the end where it was cut.
std::string CutText(std::string_view text, std::size_t width);

// `text` and as many spaces as make it `width` columns wide.
std::string PadRight(std::string_view text, std::size_t width);
std::string PadLeft(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken at spaces, or within a word that is wider than a line.
// Never empty. REQUIRES: width >= 2.
std::vector<std::string> WrapText(std::string_view text, std::size_t width);

// "12,345".
std::string GroupDigits(std::int64_t value);

// "1 call", "12,345 calls".
std::string CountOf(std::int64_t count, std::string_view noun);

// "7.9 MB".
std::string FormatBytes(std::int64_t bytes);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_TEXT_H_
