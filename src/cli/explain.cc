#include "cli/explain.h"

#include <algorithm>
#include <string_view>

#include "cli/text.h"

namespace callstore::cli {

std::string FormatExplain(const Explain& explain) {
  std::string text = "plan\n";
  for (std::string_view rest = explain.plan; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) text += "  " + CleanText(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto line = [&](std::string_view name, std::int64_t value, std::string_view note) {
    text += "  " + PadRight(name, 18) + PadLeft(GroupDigits(value), 14);
    if (!note.empty()) text.append("  ").append(note);
    text += "\n";
  };
  text += "work\n";
  line("chunks read", explain.chunks_read, "");
  line("chunks skipped", explain.chunks_skipped, "");
  line("chunks known", explain.chunks_known, "counted by an earlier query");
  line("rows tested", explain.rows_tested, "in the columns");
  line("calls read", explain.residual_rows, "where the columns could not decide");
  line("transcripts read", explain.residual_transcripts, "");
  return text;
}

}  // namespace callstore::cli
