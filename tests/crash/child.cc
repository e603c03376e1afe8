#include "crash/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

namespace callstore::test {
namespace {

constexpr std::size_t kShownBytes = 1500;
constexpr char kFinished = '\x06';  // ends a report that is whole

int report_of_this_child = -1;

void WriteAll(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written <= 0) return;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

std::string EndOfFile(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  const off_t from = size > static_cast<off_t>(kShownBytes) ? size - off_t{kShownBytes} : 0;
  std::string text(static_cast<std::size_t>(size - from), '\0');
  const ssize_t got = ::pread(file, text.data(), text.size(), from);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) {
    return "died of signal " + std::to_string(WTERMSIG(status)) + " (" +
           ::strsignal(WTERMSIG(status)) + ")";
  }
  return "ended with code " + std::to_string(WEXITSTATUS(status)) + " and no report";
}

}  // namespace

void EndChild(const std::string& report) {
  WriteAll(report_of_this_child, report.data(), report.size());
  WriteAll(report_of_this_child, &kFinished, 1);
  ::_exit(0);
}

Child::Child(const std::function<std::string()>& work) {
  std::array<int, 2> pipe{};
  errors_ = ::memfd_create("stderr", MFD_CLOEXEC);
  if (errors_ < 0 || ::pipe(pipe.data()) != 0) throw std::runtime_error("no pipe for a child");
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no child");
  if (pid_ > 0) {
    ::close(pipe[1]);
    report_ = pipe[0];
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::close(pipe[0]);
  ::dup2(errors_, STDERR_FILENO);
  report_of_this_child = pipe[1];
  std::string report;
  try {
    report = work();
  } catch (const std::exception& exception) {
    report = std::string("an exception: ") + exception.what();
  }
  std::fflush(stdout);
  EndChild(report);
}

Child::~Child() {
  if (pid_ > 0) {
    Kill();
    ::waitpid(pid_, nullptr, 0);
  }
  if (report_ >= 0) ::close(report_);
  if (errors_ >= 0) ::close(errors_);
}

void Child::Kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

ChildEnd Child::Wait(std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + limit;
  ChildEnd end;
  bool late = false;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd polled{.fd = report_, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&polled, 1, static_cast<int>(left.count())) == 0) {
      late = true;
      Kill();
      break;
    }
    const ssize_t got = ::read(report_, buffer.data(), buffer.size());
    if (got <= 0) break;
    end.report.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (end.report.ends_with(kFinished)) {
    end.report.pop_back();
    end.finished = !late;
  }
  if (!end.finished) {
    end.how =
        late ? "did not end within " + std::to_string(limit.count()) + " ms" : DescribeEnd(status);
    if (const std::string said = EndOfFile(errors_); !said.empty()) end.how += "; it said: " + said;
  }
  return end;
}

}  // namespace callstore::test
