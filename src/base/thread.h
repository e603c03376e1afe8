// thread.h - threads of the library's own.
#ifndef CALLSTORE_SRC_BASE_THREAD_H_
#define CALLSTORE_SRC_BASE_THREAD_H_

#include <signal.h>

#include <thread>
#include <utility>

namespace callstore {

// A thread begins with the mask of the one that makes it.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    // Faults of the thread's own stay.
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) {
      sigdelset(&blocked, fault);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_ = {};
};

// A thread that gets no signals: those are for the threads of whoever uses the library.
// std::system_error where the system has none.
template <typename Body>
std::thread StartThread(Body&& body) {
  const SignalsBlocked blocked;
  return std::thread(std::forward<Body>(body));
}

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_THREAD_H_
