// connection_threads.h - the threads of a listener: one a connection, made when they are needed and
// used again, up to a number.
//
// Ownership:     owns its threads, and the work that none of them has begun.
// Thread safety: all members from any thread but its own ones.
#ifndef CALLSTORE_SRC_HTTP_CONNECTION_THREADS_H_
#define CALLSTORE_SRC_HTTP_CONNECTION_THREADS_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/socket.h"

namespace callstore::http {

struct Accepted {
  Socket socket;
  std::string remote;
};

class ConnectionThreads {
 public:
  // `serve` is called from many threads; it does not throw.
  ConnectionThreads(std::size_t most, std::function<void(Accepted)> serve);
  ~ConnectionThreads();

  // Has a thread serve it; false: all are at work, and `accepted` is untouched. Never waits.
  bool Give(Accepted* accepted);
  // Connections that are served now.
  std::size_t open() const;
  // Waits until none is; false: it takes longer than `most`.
  bool WaitUntilNone(std::chrono::milliseconds most);

 private:
  void Run();

  const std::size_t most_;
  const std::function<void(Accepted)> serve_;
  mutable std::mutex mutex_;
  std::condition_variable given_;
  std::condition_variable none_;
  std::deque<Accepted> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;  // threads that wait for work, and that no waiting_ is meant for
  std::size_t open_ = 0;
  bool stopping_ = false;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_CONNECTION_THREADS_H_
