#include "fuzz/failing_allocations.h"

#include <cstdlib>
#include <new>

namespace callstore::fuzz {
namespace {

struct Watched {
  bool on = false;
  std::size_t failing = 0;
  std::size_t count = 0;
  std::ptrdiff_t kept = 0;
};
constinit thread_local Watched watched;

bool Fails() { return watched.on && ++watched.count == watched.failing; }

void* Allocate(std::size_t size, std::size_t alignment) {
  if (Fails()) return nullptr;
  void* const bytes =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(size == 0 ? 1 : size)
          : std::aligned_alloc(alignment, (size + alignment - 1) & ~(alignment - 1));
  if (watched.on && bytes != nullptr) ++watched.kept;
  return bytes;
}

void* AllocateOrThrow(std::size_t size, std::size_t alignment) {
  void* const bytes = Allocate(size, alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}

void Free(void* bytes) {
  if (watched.on && bytes != nullptr) --watched.kept;
  std::free(bytes);
}

std::string ShownOf(const Result<std::string>& answer) {
  return answer ? "the answer " + *answer : "the error " + answer.error().ToString();
}

bool SameAnswer(const Result<std::string>& a, const Result<std::string>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (a) return *a == *b;
  return a.error().code == b.error().code && a.error().message == b.error().message &&
         a.error().details == b.error().details;
}

// An error of a work that has none otherwise.
bool SaysThatMemoryIsShort(const Result<std::string>& answer) {
  return !answer && answer.error().code == ErrorCode::kInternal;
}

}  // namespace

AllocationWatch::AllocationWatch(std::size_t failing) {
  watched = {.on = true, .failing = failing, .count = 0, .kept = 0};
}
AllocationWatch::~AllocationWatch() { watched.on = false; }
std::size_t AllocationWatch::count() const { return watched.count; }
std::ptrdiff_t AllocationWatch::kept() const { return watched.kept; }

namespace {

struct Attempt {
  bool right = true;
  bool done = false;  // no allocation was left to fail
  std::ptrdiff_t kept = 0;
};

Attempt Try(const Work& work, const Result<std::string>& expected, std::size_t failing) {
  Attempt attempt;
  const AllocationWatch watch(failing);
  try {
    const Result<std::string> answer = work.run();
    attempt.done = watch.count() < failing;
    attempt.right =
        SameAnswer(answer, expected) || (!attempt.done && SaysThatMemoryIsShort(answer));
  } catch (const std::bad_alloc&) {
    attempt.right = watch.count() >= failing;
  }
  attempt.kept = watch.kept();
  return attempt;
}

}  // namespace

std::string FaultOfFailingAllocations(const Work& work) {
  const auto prepare = [&] {
    if (work.prepare) work.prepare();
  };
  // What is made once in a program is made here.
  prepare();
  const Result<std::string> expected = work.run();
  if (!SameAnswer(work.run(), expected)) return "the work has two answers";
  constexpr std::size_t kMostAllocations = 20'000;
  for (std::size_t failing = 1; failing <= kMostAllocations; ++failing) {
    const std::string where = "allocation " + std::to_string(failing) + " fails: ";
    prepare();
    const Attempt attempt = Try(work, expected, failing);
    if (!attempt.right) return where + "another answer";
    if (!work.prepare && attempt.kept != 0) {
      return where + std::to_string(attempt.kept) + " allocations leak";
    }
    const Result<std::string> again = work.run();
    if (!SameAnswer(again, expected)) {
      return where + "afterwards " + ShownOf(again) + ", not " + ShownOf(expected);
    }
    if (attempt.done) return failing == 1 ? "the work does not allocate" : "";
  }
  return "the work does not come to its end";
}

}  // namespace callstore::fuzz

// The operators of the program. An alignment of 0 is an ordinary one.
using callstore::fuzz::Allocate;
using callstore::fuzz::AllocateOrThrow;
using callstore::fuzz::Free;

void* operator new(std::size_t size) { return AllocateOrThrow(size, 0); }
void* operator new[](std::size_t size) { return AllocateOrThrow(size, 0); }
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return Allocate(size, 0);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return Allocate(size, 0);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return AllocateOrThrow(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* bytes) noexcept { Free(bytes); }
void operator delete[](void* bytes) noexcept { Free(bytes); }
void operator delete(void* bytes, std::size_t /*size*/) noexcept { Free(bytes); }
void operator delete[](void* bytes, std::size_t /*size*/) noexcept { Free(bytes); }
void operator delete(void* bytes, const std::nothrow_t& /*tag*/) noexcept { Free(bytes); }
void operator delete[](void* bytes, const std::nothrow_t& /*tag*/) noexcept { Free(bytes); }
void operator delete(void* bytes, std::align_val_t /*alignment*/) noexcept { Free(bytes); }
void operator delete[](void* bytes, std::align_val_t /*alignment*/) noexcept { Free(bytes); }
void operator delete(void* bytes, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  Free(bytes);
}
void operator delete[](void* bytes, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  Free(bytes);
}
