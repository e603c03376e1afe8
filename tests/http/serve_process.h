// serve_process.h - the tool as processes: commands of a shell, and callstore serve.
#ifndef CALLSTORE_TESTS_HTTP_SERVE_PROCESS_H_
#define CALLSTORE_TESTS_HTTP_SERVE_PROCESS_H_

#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#ifdef CALLSTORE_TOOL

namespace callstore::http {

// What a command of the shell prints, without its errors.
inline std::string Shell(const std::string& command) {
  std::string out;
  FILE* const pipe = popen(("{ " + command + "; } 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    out.append(buffer.data(), got);
  }
  pclose(pipe);
  return out;
}

// callstore serve as a process of its own.
class ServeProcess {
 public:
  explicit ServeProcess(std::vector<std::string> arguments) {
    std::array<int, 2> err{};
    if (pipe(err.data()) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      dup2(err[1], STDERR_FILENO);
      close(err[0]);
      close(err[1]);
      std::vector<char*> argv;
      for (std::string& word : arguments) argv.push_back(word.data());
      argv.push_back(nullptr);
      execv(CALLSTORE_TOOL, argv.data());
      _exit(127);
    }
    close(err[1]);
    err_ = err[0];
  }
  ServeProcess(const ServeProcess&) = delete;
  ServeProcess& operator=(const ServeProcess&) = delete;
  ~ServeProcess() {
    if (child_ > 0) kill(child_, SIGKILL);
    Wait();
    if (err_ >= 0) close(err_);
  }

  // Reads its messages until one has `word`; false where it ends, or says nothing for long.
  bool Await(const std::string& word) {
    while (said_.find(word) == std::string::npos || !said_.ends_with('\n')) {
      if (!ReadMore()) return false;
    }
    return true;
  }
  // The port of "listening on http://127.0.0.1:PORT, ..."; 0 where it does not come to that.
  int AwaitPort() {
    if (!Await("listening on ")) return 0;
    const std::size_t colon = said_.find(':', said_.find("http://") + 7);
    return colon == std::string::npos ? 0 : std::atoi(said_.c_str() + colon + 1);
  }
  // Asks it to end; its exit code.
  int Stop() {
    kill(child_, SIGTERM);
    while (ReadMore()) {
    }
    return Wait();
  }
  const std::string& said() const { return said_; }
  pid_t pid() const { return child_; }

 private:
  bool ReadMore() {
    pollfd polled = {.fd = err_, .events = POLLIN, .revents = 0};
    if (poll(&polled, 1, 30'000) <= 0) return false;
    std::array<char, 4096> buffer{};
    const ssize_t got = read(err_, buffer.data(), buffer.size());
    if (got > 0) said_.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
  }
  int Wait() {
    if (child_ <= 0) return -1;
    int status = 0;
    waitpid(std::exchange(child_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t child_ = -1;
  int err_ = -1;
  std::string said_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_TOOL

#endif  // CALLSTORE_TESTS_HTTP_SERVE_PROCESS_H_
