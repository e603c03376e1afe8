// run_tool.h - runs the callstore tool as a child process, on pipes or on a terminal.
#ifndef CALLSTORE_TESTS_CLI_RUN_TOOL_H_
#define CALLSTORE_TESTS_CLI_RUN_TOOL_H_

#include <string>
#include <vector>

namespace callstore::cli {

struct RunOptions {
  std::string input = {};  // standard input; on a terminal what somebody types
  bool terminal = false;
  unsigned short columns = 80;                // of the terminal
  std::vector<std::string> environment = {};  // NAME=value, beside PATH and TERM
  int close_output_after_bytes = -1;          // the reader goes away then; -1: stays
  std::string output_path = {};               // standard output goes there instead
};

struct RunResult {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;     // on a terminal: both streams
  std::string err;
};

// Whether this machine gives out pseudo terminals; a bare container may not.
bool HasTerminals();

// Runs the tool with these arguments and waits for its end.
// REQUIRES: HasTerminals() where options.terminal.
RunResult RunTool(const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace callstore::cli

#endif  // CALLSTORE_TESTS_CLI_RUN_TOOL_H_
