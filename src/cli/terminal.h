// terminal.h - what the tool asks of the terminal, and how it speaks on standard error.
#ifndef CALLSTORE_SRC_CLI_TERMINAL_H_
#define CALLSTORE_SRC_CLI_TERMINAL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace callstore::cli {

bool IsTerminal(int fd);

// Columns of the terminal at `fd`; 0 where it is none. A terminal that does not say counts 80.
std::size_t TerminalWidth(int fd);

// True where colour may be used at `fd`: a terminal, not "dumb", and NO_COLOR is not set.
bool UsesColour(int fd);

// Writes `text` as it is. Errors are ignored: there is nowhere left to tell them.
void WriteToStderr(std::string_view text);

// Writes "callstore: TEXT" as one clean line.
void Notice(std::string_view text);

// From now on SIGINT and SIGTERM set a flag, so that a command can end in good order. A second
// one ends the process.
void CatchInterrupts();
bool Interrupted();

// Asks on the terminal and waits for a line. Nothing where the input ended.
std::optional<std::string> Ask(const std::string& question);

// Asks for a yes or no. True for "y" or "yes".
bool Confirm(const std::string& question);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_TERMINAL_H_
