// report_page.h - the page that a call report is written on: headings, facts, spoken lines.
// All text is cleaned for the terminal (see text.h) and broken to the width of the page.
//
// Ownership:     owns the text written so far.
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_REPORT_PAGE_H_
#define CALLSTORE_SRC_CLI_REPORT_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/json_text.h"

namespace callstore::cli {

enum class Ink : std::uint8_t { kPlain, kBold, kDim, kAgent, kUser, kTool };

struct SpokenLine {
  std::string time;
  std::string speaker;  // empty: no column for it
  std::string text;
  Ink ink = Ink::kPlain;  // of the speaker
};

class ReportPage {
 public:
  ReportPage(std::size_t width, bool colour);

  void Heading(std::string_view text);

  // "  name   value"; nothing where the value is empty.
  void Fact(std::string_view name, std::string_view value);

  // A fact for every value in an object, nested objects as dotted names.
  void Facts(const JsonText& object, const std::string& prefix = {});

  void Spoken(const SpokenLine& line);

  // Lines that are laid out already, set in by two columns.
  void Block(std::string_view lines);

  std::string TakeText() { return std::move(text_); }
  std::size_t width() const { return width_; }

 private:
  std::string Inked(std::string_view text, Ink ink) const;
  void Hanging(const std::string& lead, std::size_t lead_width, std::string_view text);

  std::size_t width_;
  bool colour_;
  std::string text_;
};

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_REPORT_PAGE_H_
