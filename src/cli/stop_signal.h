// stop_signal.h - SIGINT and SIGTERM for a command that runs until it is told to stop.
// They are blocked and waited for, so that no call of the store or the server is interrupted.
//
// Thread safety: the main thread alone.
#ifndef CALLSTORE_SRC_CLI_STOP_SIGNAL_H_
#define CALLSTORE_SRC_CLI_STOP_SIGNAL_H_

#include <chrono>

namespace callstore::cli {

// From now on the signals wait. REQUIRES: no other thread has been started: the ones that follow
// take this over.
void HoldStopSignals();

// Waits for one of them. False: none came in this time.
bool AwaitStopSignal(std::chrono::milliseconds time);

// The next one ends the process at once.
void ReleaseStopSignals();

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_STOP_SIGNAL_H_
