#include "bench/compare/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "bench/compare/contestants.h"

extern char** environ;

namespace callstore::bench {
namespace {

// What the process printed, or nothing where it failed.
std::optional<std::string> OutputOf(std::vector<std::string> arguments) {
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string output;
  std::array<char, 4096> buffer = {};
  for (ssize_t size = 0; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  if (error != 0 || ::waitpid(child, &status, 0) != child) return std::nullopt;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return output;
}

// The number behind `name` in a file of such lines.
std::optional<double> NumberIn(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::strtod(line.c_str() + name.size(), nullptr);
  }
  return std::nullopt;
}

double Ns(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
}

}  // namespace

std::string FormatTask(const ChildTask& task) {
  std::ostringstream text;
  text << task.work << ' ' << Index(task.kind) << ' ' << static_cast<int>(task.size) << ' '
       << task.calls << ' ' << task.seed << ' ' << task.options.cache_bytes << ' '
       << task.options.folder;
  return text.str();
}

std::optional<ChildTask> ParseTask(const std::string& text) {
  ChildTask task;
  std::size_t kind = 0;
  int size = 0;
  std::istringstream words(text);
  words >> task.work >> kind >> size >> task.calls >> task.seed >> task.options.cache_bytes;
  std::getline(words >> std::ws, task.options.folder);
  if (words.fail() || kind >= kPeers) return std::nullopt;
  task.kind = kAllPeers[kind];
  task.size = size == 0 ? Size::kSmall : Size::kFull;
  return task;
}

std::map<std::string, double> RunAsChild(const ChildTask& task) {
  const auto output = OutputOf({"/proc/self/exe", "--child=" + FormatTask(task)});
  if (!output)
    Stop("a process for " + task.work + " of " + std::string(PeerName(task.kind)) + " failed");
  std::map<std::string, double> figures;
  std::istringstream words(*output);
  std::string name;
  for (double number = 0; words >> name >> number;) figures[name] = number;
  return figures;
}

std::map<std::string, double> ProcessFigures() {
  std::map<std::string, double> figures;
  const auto add = [&](const char* name, std::optional<double> number, double unit) {
    if (number) figures[name] = *number * unit;
  };
  add("resident_bytes", NumberIn("/proc/self/status", "VmRSS:"), 1024);
  add("own_bytes", NumberIn("/proc/self/status", "RssAnon:"), 1024);
  add("written_bytes", NumberIn("/proc/self/io", "write_bytes:"), 1);
  rusage usage = {};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    figures["cpu_ns"] = Ns(usage.ru_utime) + Ns(usage.ru_stime);
  }
  return figures;
}

}  // namespace callstore::bench
