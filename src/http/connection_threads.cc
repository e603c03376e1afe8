#include "http/connection_threads.h"

#include <exception>
#include <utility>

#include "base/thread.h"

namespace callstore::http {

ConnectionThreads::ConnectionThreads(std::size_t most, std::function<void(Accepted)> serve)
    : most_(most), serve_(std::move(serve)) {}

ConnectionThreads::~ConnectionThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  given_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ConnectionThreads::Give(Accepted* accepted) {
  const std::lock_guard lock(mutex_);
  if (open_ >= most_ || stopping_) return false;
  if (idle_ == 0) {
    try {
      threads_.reserve(threads_.size() + 1);
      threads_.push_back(StartThread([this] { Run(); }));
    } catch (const std::exception&) {
      return false;
    }
    ++idle_;
  }
  waiting_.push_back(std::move(*accepted));
  --idle_;
  ++open_;
  given_.notify_one();
  return true;
}

std::size_t ConnectionThreads::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool ConnectionThreads::WaitUntilNone(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, most, [this] { return open_ == 0; });
}

void ConnectionThreads::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    given_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Accepted accepted = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    serve_(std::move(accepted));
    lock.lock();
    ++idle_;
    if (--open_ == 0) none_.notify_all();
  }
}

}  // namespace callstore::http
