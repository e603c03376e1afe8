// main.cc - the callstore tool: a store of calls from the command line.
// It uses nothing but the public API.
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <optional>
#include <variant>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"
#include "cli/terminal.h"

namespace callstore::cli {
namespace {

Session MakeSession(const CommonOptions& common, const Command& command) {
  const bool terminal = IsTerminal(STDOUT_FILENO);
  Format format = terminal ? Format::kTable : Format::kJson;
  if (std::holds_alternative<ShowOptions>(command)) format = Format::kTable;
  if (std::holds_alternative<ExportOptions>(command)) format = Format::kJsonl;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {
      .common = common,
      .format = common.format.value_or(format),
      .table = {.width = TerminalWidth(STDOUT_FILENO), .bold_header = UsesColour(STDOUT_FILENO)},
      .now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
      .out = {}};
}

int Run(int argc, const char* const* argv) {
  int exit_code = kExitOk;
  const std::optional<Arguments> arguments = ParseArguments(argc, argv, &exit_code);
  if (!arguments) return exit_code;
  Session session = MakeSession(arguments->common, arguments->command);
  Result<void> done = std::visit([&](const auto& options) { return RunCommand(options, &session); },
                                 arguments->command);
  if (done) done = session.out.Flush();
  return done ? session.exit_code : ReportError(&session, done.error());
}

}  // namespace
}  // namespace callstore::cli

int main(int argc, char** argv) {
  (void)setlocale(LC_CTYPE, "C.UTF-8");  // the width of characters; text is always UTF-8 here
  (void)signal(SIGPIPE, SIG_IGN);        // a reader that goes away is an error of write
  try {
    return callstore::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    callstore::cli::Notice(error.what());
    return callstore::cli::kExitError;
  }
}
