#include "cli/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>

#include "cli/text.h"

namespace callstore::cli {
namespace {

volatile sig_atomic_t interrupted = 0;

void OnInterrupt(int /*signal*/) { interrupted = 1; }

}  // namespace

bool IsTerminal(int fd) { return isatty(fd) == 1; }

std::size_t TerminalWidth(int fd) {
  constexpr std::size_t kUnknownWidth = 80;
  if (!IsTerminal(fd)) return 0;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUnknownWidth;
  return size.ws_col;
}

bool UsesColour(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  return IsTerminal(fd) && terminal != nullptr && std::string_view(terminal) != "dumb";
}

void WriteToStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Notice(std::string_view text) { WriteToStderr("callstore: " + CleanText(text) + "\n"); }

void CatchInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnInterrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  (void)sigemptyset(&action.sa_mask);
  (void)sigaction(SIGINT, &action, nullptr);
  (void)sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return interrupted != 0; }

std::optional<std::string> Ask(const std::string& question) {
  WriteToStderr(CleanText(question) + " ");
  std::string answer;
  if (std::getline(std::cin, answer)) return answer;
  WriteToStderr("\n");
  return std::nullopt;
}

bool Confirm(const std::string& question) {
  const std::string answer = Ask(question + " [y/N]").value_or("");
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

}  // namespace callstore::cli
