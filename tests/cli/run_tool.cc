#include "run_tool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace callstore::cli {
namespace {

// In the child: becomes the tool.
[[noreturn]] void Execute(const std::vector<std::string>& arguments, const RunOptions& options) {
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "TERM=xterm"};
  environment.insert(environment.end(), options.environment.begin(), options.environment.end());
  std::vector<char*> argv = {const_cast<char*>(CALLSTORE_TOOL)};
  for (const std::string& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> env;
  for (const std::string& word : environment) env.push_back(const_cast<char*>(word.c_str()));
  env.push_back(nullptr);
  execve(CALLSTORE_TOOL, argv.data(), env.data());
  _exit(127);
}

int ExitCodeOfChild(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void WriteInput(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;  // the tool does not want it
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Takes what is there; false at the end of the stream.
bool ReadSome(int fd, std::string* text) {
  std::array<char, 65536> buffer{};
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  if (got > 0) text->append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

RunResult RunOnTerminal(const std::vector<std::string>& arguments, const RunOptions& options) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = options.columns;
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) Execute(arguments, options);
  RunResult result;
  WriteInput(terminal, options.input);
  while (ReadSome(terminal, &result.out)) {
  }
  close(terminal);
  result.exit_code = ExitCodeOfChild(child);
  return result;
}

}  // namespace

bool HasTerminals() {
  int terminal = -1;
  int tool = -1;
  if (openpty(&terminal, &tool, nullptr, nullptr, nullptr) != 0) return false;
  close(terminal);
  close(tool);
  return true;
}

RunResult RunTool(const std::vector<std::string>& arguments, const RunOptions& options) {
  if (options.terminal) return RunOnTerminal(arguments, options);
  std::array<int, 2> in{}, out{}, err{};
  EXPECT_EQ(pipe(in.data()) | pipe(out.data()) | pipe(err.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    int target = out[1];
    if (!options.output_path.empty()) target = open(options.output_path.c_str(), O_WRONLY);
    dup2(in[0], STDIN_FILENO);
    dup2(target, STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    for (const auto& ends : {in, out, err}) close(ends[0]), close(ends[1]);
    Execute(arguments, options);
  }
  close(in[0]), close(out[1]), close(err[1]);
  signal(SIGPIPE, SIG_IGN);
  RunResult result;
  WriteInput(in[1], options.input);  // inputs of tests fit a pipe, or the tool reads at once
  close(in[1]);
  const int most = options.close_output_after_bytes;
  std::array<pollfd, 2> polled = {{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (poll(polled.data(), polled.size(), -1) < 0) break;
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents == 0) continue;
      std::string* const text = i == 0 ? &result.out : &result.err;
      const bool enough =
          i == 0 && most >= 0 && result.out.size() >= static_cast<std::size_t>(most);
      if (!enough && ReadSome(polled[i].fd, text)) continue;
      close(polled[i].fd);
      polled[i].fd = -1;
    }
  }
  result.exit_code = ExitCodeOfChild(child);
  return result;
}

}  // namespace callstore::cli
