#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

constexpr std::chrono::milliseconds kLeastPause{100};
constexpr std::size_t kBarWidth = 20;

std::string FormatBar(double share) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
  return "[" + std::string(full, '#') + std::string(kBarWidth - full, '.') + "]";
}

}  // namespace

void Progress::Start(std::string label, std::int64_t total, std::string noun) {
  label_ = std::move(label);
  noun_ = std::move(noun);
  total_ = total;
  start_ = Clock::now();
  last_drawn_ = start_;
}

void Progress::Update(std::int64_t done, std::int64_t count) {
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_drawn_ < kLeastPause) return;
  last_drawn_ = now;
  const std::chrono::duration<double> elapsed = now - start_;
  const std::size_t width = TerminalWidth(STDERR_FILENO);
  WriteToStderr("\r" +
                FormatProgress({.label = label_,
                                .done = done,
                                .total = total_,
                                .calls = count,
                                .elapsed_s = elapsed.count(),
                                .noun = noun_},
                               width > 1 ? width - 1 : 79) +
                "\033[K");
  shown_ = true;
}

void Progress::Clear() {
  if (shown_) WriteToStderr("\r\033[K");
  shown_ = false;
}

std::string FormatProgress(const ProgressState& state, std::size_t width) {
  const double elapsed_s = std::max(state.elapsed_s, 1e-3);
  const auto rate = static_cast<std::int64_t>(static_cast<double>(state.calls) / elapsed_s);
  std::string facts = CountOf(state.calls, state.noun) + "  " + GroupDigits(rate) + "/s";
  if (state.total > 0) {
    const double share =
        std::clamp(static_cast<double>(state.done) / static_cast<double>(state.total), 0.0, 1.0);
    facts = FormatBar(share) + " " + PadLeft(std::to_string(static_cast<int>(share * 100)), 3) +
            "%  " + facts;
    if (share > 0) facts += "  " + FormatSpan(elapsed_s * (1 - share) / share * 1000) + " left";
  }
  const std::size_t room = width > facts.size() + 2 ? width - facts.size() - 2 : 0;
  const std::string label = CutText(CleanText(state.label), std::min<std::size_t>(room, 30));
  return CutText(label.empty() ? facts : label + "  " + facts, width);
}

}  // namespace callstore::cli
