// child.h - work in a process of its own, which may die of it.
// The harnesses open stores in children alone: a parent without threads can fork at any time, and
// an abort, a hang or a kill is one more outcome of a trial.
//
// Thread safety: none. REQUIRES: the calling process has one thread.
#ifndef CALLSTORE_TESTS_CRASH_CHILD_H_
#define CALLSTORE_TESTS_CRASH_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>

namespace callstore::test {

inline constexpr std::chrono::seconds kChildLimit{120};

struct ChildEnd {
  bool finished = false;    // the work came to its end
  std::string report = {};  // what it returned
  // Of one that did not finish: its signal or exit code, and the end of what it said.
  std::string how = {};
  // What to show: the report, or how it ended without one.
  const std::string& text() const { return finished ? report : how; }
};

class Child {
 public:
  // Starts `work` in a forked process. Its standard error is caught.
  explicit Child(const std::function<std::string()>& work);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  // Sends SIGKILL.
  void Kill();
  // Waits for its end; kills it after `limit`.
  ChildEnd Wait(std::chrono::milliseconds limit = kChildLimit);

 private:
  pid_t pid_ = -1;
  int report_ = -1;
  int errors_ = -1;
};

inline ChildEnd RunInChild(const std::function<std::string()>& work,
                           std::chrono::milliseconds limit = kChildLimit) {
  return Child(work).Wait(limit);
}

// In a child: ends it at once, as a power cut does. The report is what a parent gets.
[[noreturn]] void EndChild(const std::string& report);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_CHILD_H_
