#include "cli/report_page.h"

#include <algorithm>
#include <vector>

#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kNameWidth = 14;
constexpr std::size_t kTimeWidth = 7;
constexpr std::size_t kSpeakerWidth = 8;
constexpr std::size_t kLeastTextWidth = 20;

std::string_view InkCode(Ink ink) {
  switch (ink) {
    case Ink::kBold:
      return "\033[1m";
    case Ink::kDim:
      return "\033[2m";
    case Ink::kAgent:
      return "\033[36m";
    case Ink::kUser:
      return "\033[32m";
    case Ink::kTool:
      return "\033[33m";
    case Ink::kPlain:
      break;
  }
  return {};
}

}  // namespace

ReportPage::ReportPage(std::size_t width, bool colour)
    : width_(std::max(width, kLeastWidth)), colour_(colour) {}

std::string ReportPage::Inked(std::string_view text, Ink ink) const {
  if (!colour_ || ink == Ink::kPlain) return std::string(text);
  return std::string(InkCode(ink)).append(text).append("\033[0m");
}

void ReportPage::Heading(std::string_view text) {
  if (!text_.empty()) text_ += '\n';
  for (const std::string& line : WrapText(CleanText(text), width_)) {
    text_ += Inked(line, Ink::kBold) + "\n";
  }
}

// `lead`, then `text` beside it; its further lines start below its first.
void ReportPage::Hanging(const std::string& lead, std::size_t lead_width, std::string_view text) {
  const std::size_t room = std::max(kLeastTextWidth, width_ - std::min(width_, lead_width));
  bool first = true;
  for (const std::string& line : WrapText(CleanText(text), room)) {
    text_ += (first ? lead : std::string(lead_width, ' ')) + line + "\n";
    first = false;
  }
}

void ReportPage::Fact(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  const std::string clean = CleanText(name);
  const std::size_t name_width = std::max(kNameWidth, DisplayWidth(clean));
  Hanging("  " + Inked(PadRight(clean, name_width), Ink::kDim) + "  ", name_width + 4, value);
}

void ReportPage::Facts(const JsonText& object, const std::string& prefix) {
  for (const auto& [name, value] : object.Members()) {
    if (value.kind() == JsonKind::kObject && !value.Members().empty()) {
      Facts(value, prefix + name + ".");
    } else {
      Fact(prefix + name, value.kind() == JsonKind::kNull ? "null" : value.Text());
    }
  }
}

void ReportPage::Spoken(const SpokenLine& line) {
  std::string lead = Inked(PadLeft(line.time, kTimeWidth), Ink::kDim) + "  ";
  std::size_t lead_width = kTimeWidth + 2;
  if (!line.speaker.empty()) {
    const std::string speaker = CutText(CleanText(line.speaker), kSpeakerWidth);
    lead += Inked(PadRight(speaker, kSpeakerWidth), line.ink) + "  ";
    lead_width += kSpeakerWidth + 2;
  }
  Hanging(lead, lead_width, line.text);
}

void ReportPage::Block(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    text_.append("  ").append(lines.substr(0, end)).append("\n");
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

}  // namespace callstore::cli
