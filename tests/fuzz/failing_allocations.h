// failing_allocations.h - an allocation that fails when a test wants it to.
// A program with this file's source has its own operator new: it counts the allocations of a
// thread that watches them, and lets one of them fail.
//
// Thread safety: each thread watches its own.
#ifndef CALLSTORE_TESTS_FUZZ_FAILING_ALLOCATIONS_H_
#define CALLSTORE_TESTS_FUZZ_FAILING_ALLOCATIONS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "callstore/error.h"

namespace callstore::fuzz {

// While it lives, allocations of this thread are counted, and number `failing`, from 1, throws
// bad_alloc, or gives null where it must not throw; 0: none fails. One at a time.
class AllocationWatch {
 public:
  explicit AllocationWatch(std::size_t failing);
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;
  ~AllocationWatch();

  std::size_t count() const;
  // Allocations less deallocations, so far.
  std::ptrdiff_t kept() const;
};

// A piece of work. What it keeps from one run to the next is made anew by `prepare`, where it is
// given; then its memory may grow with it, else nothing may stay.
struct Work {
  std::function<Result<std::string>()> run;
  std::function<void()> prepare = {};
};

// Runs the work with its first allocation failing, then its second, and so on until it runs to its
// end. It must give its answer, bad_alloc, or an error that says that memory is short, and then the
// right answer again. Returns what is wrong; empty: nothing.
std::string FaultOfFailingAllocations(const Work& work);

}  // namespace callstore::fuzz

#endif  // CALLSTORE_TESTS_FUZZ_FAILING_ALLOCATIONS_H_
