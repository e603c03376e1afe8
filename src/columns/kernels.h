// kernels.h - tests of many values at once, as bitmaps of the rows that pass.
// Plain loops that the compiler makes vectors of; on x86-64 the widest variant that the machine has
// is chosen once, at run time.
//
// Pure. Thread safety: free functions.
#ifndef CALLSTORE_SRC_COLUMNS_KERNELS_H_
#define CALLSTORE_SRC_COLUMNS_KERNELS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace callstore::columns {

// `rows` unsigned values of 1, 2, 4 or 8 bytes, at any address.
struct ValueArray {
  const char* values = nullptr;
  std::size_t width = 1;
  std::size_t rows = 0;
};

// Adds the rows with low <= value <= low + span to `bits` (one word for 64 rows). Both are taken in
// the width of the values.
void AddInRange(const ValueArray& array, std::uint64_t low, std::uint64_t span,
                std::uint64_t* bits);

// The variants of AddInRange that this machine can run, the widest first, which is the one used.
enum class KernelSet : std::uint8_t { kPlain, kAvx2, kAvx512 };
std::vector<KernelSet> AvailableKernels();
// AddInRange by one of them. REQUIRES: it is available.
void AddInRangeBy(KernelSet kernels, const ValueArray& array, std::uint64_t low, std::uint64_t span,
                  std::uint64_t* bits);

// Adds the rows with table[value] != 0 to `bits`; values of `size` or more are out. REQUIRES: width
// 1 or 2, and for width 1 a table of 256 whatever `size` is.
void AddInTable(const ValueArray& array, const std::uint8_t* table, std::size_t size,
                std::uint64_t* bits);

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_KERNELS_H_
