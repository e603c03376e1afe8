#include "cli/stop_signal.h"

#include <signal.h>
#include <time.h>

namespace callstore::cli {
namespace {

sigset_t StopSignals() {
  sigset_t signals{};
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGINT);
  (void)sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void HoldStopSignals() {
  const sigset_t signals = StopSignals();
  (void)pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool AwaitStopSignal(std::chrono::milliseconds time) {
  const sigset_t signals = StopSignals();
  timespec wait{};
  wait.tv_sec = static_cast<time_t>(time.count() / 1000);
  wait.tv_nsec = static_cast<long>(time.count() % 1000 * 1'000'000);
  return sigtimedwait(&signals, nullptr, &wait) > 0;
}

void ReleaseStopSignals() {
  const sigset_t signals = StopSignals();
  (void)signal(SIGINT, SIG_DFL);  // whoever started us may have had them ignored
  (void)signal(SIGTERM, SIG_DFL);
  (void)pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace callstore::cli
