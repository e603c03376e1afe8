// shared_memory.h - a value that a process and the children that it forks see alike, and that
// outlives a child that is killed.
//
// Ownership:     owns the mapping. REQUIRES: T has no pointers and needs no destructor.
// Thread safety: T's own.
#ifndef CALLSTORE_TESTS_CRASH_SHARED_MEMORY_H_
#define CALLSTORE_TESTS_CRASH_SHARED_MEMORY_H_

#include <sys/mman.h>

#include <new>
#include <stdexcept>
#include <type_traits>

namespace callstore::test {

template <typename T>
class SharedMemory {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  SharedMemory()
      : memory_(
            ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory");
    Reset();
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(memory_, sizeof(T)); }

  void Reset() { new (memory_) T; }
  T* operator->() { return static_cast<T*>(memory_); }
  T& operator*() { return *static_cast<T*>(memory_); }

 private:
  void* memory_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_SHARED_MEMORY_H_
