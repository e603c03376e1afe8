// gate.h - many pass together, or one alone. Who waits to be alone holds back those who come later,
// so that no stream of others keeps it waiting; a std::shared_mutex does not promise that.
//
// Thread safety: a lock, for std::shared_lock and std::unique_lock. Not recursive in any way.
#ifndef CALLSTORE_SRC_STORE_GATE_H_
#define CALLSTORE_SRC_STORE_GATE_H_

#include <mutex>
#include <shared_mutex>

namespace callstore::store {

class Gate {
 public:
  void lock() {
    turn_.lock();
    passage_.lock();
  }
  void unlock() {
    passage_.unlock();
    turn_.unlock();
  }
  void lock_shared() {
    const std::lock_guard turn(turn_);
    passage_.lock_shared();
  }
  void unlock_shared() { passage_.unlock_shared(); }

 private:
  std::mutex turn_;
  std::shared_mutex passage_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GATE_H_
