// The entry of a libFuzzer program: the one target that is linked with this file.
#include <cstddef>
#include <cstdint>

#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const callstore::fuzz::Target& target = callstore::fuzz::Targets().front();
  // The data ends where its allocation does. An exception is a crash, with its message.
  (void)target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
